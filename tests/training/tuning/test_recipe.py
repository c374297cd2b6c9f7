import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from solvitur.errors import ConfigError
from solvitur.training.tuning import KTO, SFT, read_recipe

LEAST = 'base = "smollm2-135m"\nlessons = ["a.jsonl"]\nout = "toy"\n'


def read(folder: Path, text: str) -> SFT:
    (folder / "a.jsonl").touch()
    (folder / "run.toml").write_text(text)
    return read_recipe(folder / "run.toml", SFT)


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
        (
            LEAST.replace("a.jsonl", "b.jsonl"),
            r"no file .*b\.jsonl; make it with: solvitur tr",
        ),
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


@pytest.mark.parametrize("after", ["", "## Aligning"], ids=["sft", "kto"])
def test_the_documents_list_every_setting(after: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / "tuning.md").read_text(encoding="utf-8")
    table = text[text.index(after) :].partition("| setting |")[2].partition("\n\n")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in row.split(", ")]
    listed = [name.strip("`") for name in named]
    if after:  # what differs; the others are those of every run
        own = [name for name, field in KTO.model_fields.items() if differs(name, field)]
        assert sorted(listed) == sorted(own)
    else:
        assert sorted(listed) == sorted(SFT.model_fields)


def differs(name: str, field: FieldInfo) -> bool:
    known = SFT.model_fields.get(name)
    return known is None or known.default != field.default


def test_what_an_alignment_goes_on_from_has_to_be_there(tmp_path: Path) -> None:
    file = tmp_path / "kto.toml"
    told = 'base = "smollm2-135m"\nout = "aligned"\nafter = "toy"\nsamples = ["s.jsonl"]\n'
    file.write_text(told)
    with pytest.raises(ConfigError, match=r"no file .*s\.jsonl; make it with: solvitur train sam"):
        read_recipe(file, KTO)
    (tmp_path / "s.jsonl").touch()
    with pytest.raises(ConfigError, match=r"adapter_model.* make it with: solvitur train sft"):
        read_recipe(file, KTO)
    weights = tmp_path / "toy" / "adapter" / "adapter_model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.touch()
    recipe = read_recipe(file, KTO)
    assert (recipe.start, recipe.inputs) == (weights.parent, (tmp_path / "s.jsonl", weights))
    told_apart = recipe.fingerprint()
    weights.write_text("other weights")
    assert recipe.fingerprint() != told_apart
