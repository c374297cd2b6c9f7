import re
from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.training.tuning import Recipe, read_recipe

LEAST = 'base = "smollm2-135m"\nlessons = ["a.jsonl"]\nout = "toy"\n'


def read(folder: Path, text: str) -> Recipe:
    (folder / "a.jsonl").touch()
    (folder / "run.toml").write_text(text)
    return read_recipe(folder / "run.toml")


def test_paths_are_seen_from_the_folder_of_the_file(tmp_path: Path) -> None:
    recipe = read(tmp_path, LEAST)
    assert (recipe.out, recipe.lessons) == (tmp_path / "toy", (tmp_path / "a.jsonl",))
    assert recipe.base == "smollm2-135m"


def test_a_base_that_is_a_file_is_seen_from_there_too(tmp_path: Path) -> None:
    (tmp_path / "my.gguf").touch()
    recipe = read(tmp_path, LEAST.replace("smollm2-135m", "my.gguf"))
    assert recipe.base == str(tmp_path / "my.gguf")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{LEAST}lern_rate = 1", r"no setting 'lern_rate'; did you mean"),
        (f"{LEAST}rank = 0", r"rank = 0: should be greater than or equal to 1. rank: Of the adapt"),
        (f"{LEAST}rank = true", r"rank = True: a truth value does not fit"),
        (f'{LEAST}precision = "int4"', r"precision = 'int4': should be 'bfloat16' or 'float32'"),
        ('base = "smollm2-135m"\nout = "toy"', r"'lessons' is missing. lessons: Files from"),
        ("base = ", r"run.toml is not a TOML file"),
        (LEAST.replace("a.jsonl", "b.jsonl"), r"no file of lessons at .*b.jsonl; make one with"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read(tmp_path, text)


def test_a_run_is_told_by_what_changes_its_losses_and_by_its_lessons(tmp_path: Path) -> None:
    recipe = read(tmp_path, LEAST)
    elsewhere = recipe.model_copy(update={"out": tmp_path / "other", "threads": 2, "save_every": 1})
    assert elsewhere.fingerprint() == recipe.fingerprint()
    assert recipe.model_copy(update={"seed": 1}).fingerprint() != recipe.fingerprint()
    told = recipe.fingerprint()
    (tmp_path / "a.jsonl").write_text("other lessons")
    assert recipe.fingerprint() != told


def test_the_documents_list_every_setting() -> None:
    text = (Path(__file__).parents[3] / "docs" / "tuning.md").read_text(encoding="utf-8")
    table = text.partition("| setting |")[2].partition("\n\n")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in row.split(", ")]
    assert [name.strip("`") for name in named] == list(Recipe.model_fields)
