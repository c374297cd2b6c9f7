"""The page of a run: what is on it, that hostile text does nothing, and how it looks."""

import asyncio
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.evolution.heuristics import (
    Candidate,
    Failure,
    Fate,
    Fault,
    Method,
    Result,
    Standing,
    evolve,
    to_html,
)
from solvitur.evolution.heuristics.page.drawing import curve, tree
from solvitur.evolution.heuristics.page.figures import difference, faults, yields
from solvitur.runs import Limits
from tests.browser import PATH, Page, browser
from tests.evolution.heuristics.toy import PROBLEM, model

HOSTILE = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'></title></style></svg>"
    "<!-- \"'` {{ 7 * 7 }} {% raw %} \u202eevil\u2066 a\u200bb \x1b[2J ]]>"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("run")
    method = Method(population=3, generations=2, operators={"crossover": 1.0, "mutation": 1.0})
    return asyncio.run(evolve(PROBLEM, model(), method, run=folder))


@pytest.fixture(scope="module")
def hostile(run: Result) -> Result:
    """The same, where everything that a model can say is hostile."""
    failure = Failure(Fault.raised, HOSTILE, HOSTILE * 3)
    candidates = (
        Candidate(
            number=0,
            generation=0,
            operator="initial",
            idea=HOSTILE * 9,
            code=HOSTILE,
            score=1.0,
            scores={"a": 1.0},
            fate=Fate.kept,
            first_failure=failure,
            hint=HOSTILE,
        ),
        Candidate(
            number=1,
            generation=1,
            operator="mutation",
            parents=(0,),
            idea=HOSTILE,
            code=f"{HOSTILE}\n{'x' * 500}",
            fate=Fate.failed,
            failure=failure,
        ),
    )
    standings = (
        Standing(name=HOSTILE, number=0, scores={"training": 1.0, HOSTILE: None}),
        Standing(name=HOSTILE, scores={"training": 2.0, HOSTILE: 1.0}),
    )
    facts = run.facts.model_copy(update={"model": HOSTILE, "measure": HOSTILE})
    return dataclasses.replace(run, facts=facts, candidates=candidates, standings=standings)


def test_every_candidate_is_on_the_page_with_its_fate(run: Result) -> None:
    page = to_html(run)
    for each in run.candidates:
        assert f'id="c{each.number}"' in page
    assert page.count("What is not as in") >= sum(len(each.parents) for each in run.candidates)
    assert run.best is not None
    assert f"Code of candidate {run.best.number}" in page


def test_a_difference_has_what_came_and_what_went() -> None:
    made = {"number": 0, "generation": 0, "operator": "m1", "fate": Fate.kept}
    parent = Candidate(**made, code="a\nb\nc")
    child = Candidate(**made, code="a\nB\nc")
    told = [(line.kind, line.text) for line in difference(parent, child)]
    assert told == [("gap", "…"), ("same", " a"), ("gone", "-b"), ("new", "+B"), ("same", " c")]


def test_what_operators_bring_adds_up(run: Result) -> None:
    found = yields(run)
    scores = [each.score for each in run.candidates if each.score is not None]
    assert sum(each.made for each in found) == len(run.candidates)
    assert sum(each.gain for each in found) == pytest.approx(scores[0] - min(scores))
    assert sum(each.tokens for each in found) == run.used.tokens


def test_failures_are_counted_by_what_was_wrong_first(run: Result) -> None:
    failed = [each for each in run.candidates if each.first_failure or each.failure]
    assert sum(count for _, count, _ in faults(run)) == len(failed) > 0


def test_the_curve_goes_down_to_the_best_and_the_tree_ends_in_it(run: Result) -> None:
    drawn, lineage = curve(run), tree(run)
    assert drawn is not None
    assert lineage is not None
    heights = [float(y) for y in re.findall(r"(?:V|M\S+ )([\d.]+)", drawn.path)]
    assert heights == sorted(heights)
    (best,) = [dot for dot in drawn.dots if dot.is_best]
    assert heights[-1] == best.y
    assert max(lineage.dots, key=lambda dot: dot.y).is_best or len(lineage.dots) == 1
    assert all(start.y < end.y for start, end in lineage.edges)


def test_a_run_that_has_nothing_yet_has_a_page(tmp_path: Path) -> None:
    nothing = evolve(PROBLEM, model(), run=tmp_path, limits=Limits(calls=0))
    page = to_html(asyncio.run(nothing))
    assert "<svg" not in page
    assert "It is not at its end" not in page  # what is known was tried


def test_hostile_text_is_text(hostile: Result) -> None:
    page = to_html(hostile)
    assert "<script>window" not in page
    assert "<img" not in page
    assert "49" not in re.findall(r"\{\{.*?\}\}|49", page)
    assert "\u202e" not in page
    assert "\x1b" not in page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.skipif(PATH is None, reason="there is no Chromium")
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("which", ["run", "hostile"])
def test_it_is_quiet_reaches_nobody_and_fits(
    page: Page, which: str, width: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "report.html"
    path.write_text(to_html(request.getfixturevalue(which)), encoding="utf-8")
    page.open(path, width=width)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.value("typeof window.hit") == "undefined"
    assert page.complaints == []
    assert page.requests == [path.as_uri()]
    assert page.value("document.documentElement.scrollWidth") == width


@pytest.mark.skipif(PATH is None, reason="there is no Chromium")
def test_numbers_on_the_curve_can_be_read_on_a_phone(
    page: Page, run: Result, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(to_html(run), encoding="utf-8")
    page.open(path, width=360)
    assert page.value("document.querySelector('.chart text').getBoundingClientRect().height") > 9


def test_that_one_is_worse_than_what_is_drawn_is_said_of_one(run: Result) -> None:
    far = run.candidates[0].model_copy(update={"score": 1e9})
    page = to_html(dataclasses.replace(run, candidates=(far, *run.candidates[1:])))
    assert "One is worse than what is drawn." in page
