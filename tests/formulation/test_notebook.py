"""What a notebook gets is whole HTML that holds the formulation and nothing that runs."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from solvitur.formulation import Formulation
from solvitur.formulation.notebook import MOST_ROWS, escaped
from tests.formulation.strategies import any_formulation, no_clock

FILES = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))


class Page(HTMLParser):
    """Tags that are open, tags that were seen, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = set("div h4 h5 p ul li code table tr th td b".split())  # noqa: SIM905
ATTRIBUTES = {("class", "tex2jax_ignore mathjax_ignore"), ("colspan", "2")}


def five(**more: Any) -> Formulation:
    goal = {"sense": "minimize", "expression": "x"}
    return Formulation.model_validate({"variables": [{"name": "x"}], "objective": goal, **more})


@settings(no_clock, max_examples=40)
@given(any_formulation())
def test_no_tag_comes_from_a_text(formulation: Formulation) -> None:
    page = Page(formulation._repr_html_())
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES


def test_a_script_is_shown_and_does_not_run() -> None:
    words = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    page = Page(five(title=words, constraints=[{"name": "r", "expression": words}])._repr_html_())
    assert page.tags <= TAGS
    assert page.text.count(words) == 2


@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_every_name_and_word_of_a_file_is_shown(path: Path) -> None:
    formulation = Formulation.from_file(path)
    text = Page(formulation._repr_html_()).text
    for element in (*formulation.sets, *formulation.parameters, *formulation.variables):
        assert element.name in text
        assert element.doc in text
    for constraint in formulation.constraints:
        assert constraint.expression in text
    assert formulation.title in text


def test_what_is_long_is_cut_and_says_so() -> None:
    rows = [{"name": f"r{n}", "expression": "x <= 1"} for n in range(MOST_ROWS + 5)]
    values = {"a": "b" * 5_000}
    page = five(
        sets=[{"name": "P", "elements": list(values.values())}], constraints=rows
    )._repr_html_()
    assert "... and 5 more" in page
    assert "characters more)" in page
    assert len(escaped("<" * 10_000)) < 5_000
