import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, TemplateNotFound, UndefinedError, meta

import solvitur.prompts.library as library
from solvitur.prompts.library import examples, render

FOLDER = Path(str(files(library)))
TEMPLATES = sorted(path.stem for path in FOLDER.glob("*.jinja"))
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.json"))
each_template = pytest.mark.parametrize("name", TEMPLATES)
each_example_file = pytest.mark.parametrize("name", EXAMPLES)


class Value(str):
    """A value whose every attribute is the value again, and which is a number where one is due."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Value":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __float__(self) -> float:
        return 1.0


def source(name: str) -> str:
    """Give a template, with those that it includes."""
    text = (FOLDER / f"{name}.jinja").read_text(encoding="utf-8")
    return re.sub(r"""\{% include "(\w+)\.jinja" %\}""", lambda found: source(found[1]), text)


def placeholders(name: str) -> list[str]:
    tree = Environment(undefined=StrictUndefined, autoescape=True).parse(source(name))
    return sorted(meta.find_undeclared_variables(tree))


def values_for(name: str, text: str = "one") -> dict[str, object]:
    """Give each placeholder a value: a list where the template goes through it."""
    value = Value(text)
    return {
        each: [value, value] if re.search(rf"in {each}\b|{each} \|", source(name)) else value
        for each in placeholders(name)
    }


def test_there_are_prompts_and_examples() -> None:
    assert TEMPLATES
    assert EXAMPLES


@each_template
def test_the_first_line_says_the_version_and_what_is_asked(name: str) -> None:
    first, *_ = source(name).splitlines()
    assert re.fullmatch(r"\{# version [1-9]\d*: \S.* #\}", first)


@each_template
def test_a_prompt_can_be_filled_in(name: str) -> None:
    filled = render(name, **values_for(name))
    assert filled == filled.strip() != ""
    assert not re.search(r"\{[%#]|[%#]\}|version \d", filled)


@each_template
def test_every_value_goes_into_the_prompt_as_it_is(name: str) -> None:
    odd = "<b>&amp; {{ 7 * 7 }} {% if %} \\n \"quoted\" 'too'"
    filled = render(name, **values_for(name, odd))
    assert filled.count(odd) >= len(placeholders(name))


@pytest.mark.parametrize(
    ("name", "missing"), [(name, each) for name in TEMPLATES for each in placeholders(name)]
)
def test_a_missing_value_is_an_error(name: str, missing: str) -> None:
    values = {each: value for each, value in values_for(name).items() if each != missing}
    with pytest.raises(UndefinedError, match=missing):
        render(name, **values)


def test_an_unknown_prompt_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render("no_such_prompt")


@pytest.mark.parametrize("name", ["../library/staged_goal", "../../errors.py", "/etc/passwd"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(TemplateNotFound):
        render(name)


@each_template
def test_a_prompt_is_short_enough_for_a_small_model(name: str) -> None:
    assert len(source(name)) < 2_500


@each_example_file
def test_each_file_of_examples_has_a_version_and_some_examples(name: str) -> None:
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert set(content) == {"version", "examples"}
    assert content["version"] >= 1
    assert list(examples(name)) == content["examples"]
    asked = [example.get("problem") or example["words"] for example in content["examples"]]
    assert all(words.strip() for words in asked)


def test_unknown_examples_are_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        examples("no_such_examples")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_goes_into_a_prompt_unchanged(text: str) -> None:
    assert f"[{text}]" in render("direct_problem", problem=f"[{text}]")
