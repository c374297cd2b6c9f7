"""The figures on a page are those of the runs."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from solvitur.agents import Answer
from solvitur.eval import Question, Report, compare, evaluate, share
from solvitur.eval.page.figures import amounts, by_tag, differences, shares
from solvitur.eval.page.runs import shown_runs, title
from solvitur.llm import Usage
from tests.eval.runs import here, joiner, problems, run


def test_shares_are_in_per_cent_with_their_intervals(reports: tuple[Report, Report]) -> None:
    found = {figure.name: figure for figure in shares(shown_runs(reports))}
    bars = found["SA, solving accuracy"].bars
    assert [(bar.letter, bar.value, bar.count) for bar in bars] == [
        ("A", 100.0, 6),
        ("B", pytest.approx(100 / 3), 6),
    ]
    sa = reports[1].metrics.sa if reports[1].metrics else None
    assert sa is not None
    assert (bars[1].low, bars[1].high) == (100 * sa.low, 100 * sa.high)
    assert found["SA, solving accuracy"].is_main
    assert not found["within 1e-6"].is_main


def test_a_share_of_few_problems_is_no_line(tmp_path: Path) -> None:
    assert shares(shown_runs([run(tmp_path, joiner, woods=(42,), scorer=here)])) == ()


def test_accuracy_by_tag_is_of_the_problems_with_the_tag(tmp_path: Path) -> None:
    async def only_small(asked: Question) -> Answer | None:
        return await joiner(asked) if int(asked.id) < 6 else None

    dataset = problems(range(42, 52))
    tagged = tuple(
        problem.model_copy(
            update={"tags": ("all", "even") if n % 2 == 0 else ("all", "first")[: 1 + (n < 5)]}
        )
        for n, problem in enumerate(dataset)
    )
    report = asyncio.run(
        evaluate(only_small, replace(dataset, problems=tagged), run=tmp_path, scorer=here)
    )
    found = {figure.name: figure.bars[0] for figure in by_tag(shown_runs([report]))}
    assert list(found) == ["all", "even"]
    assert (found["even"].value, found["even"].count) == (60.0, 5)
    expected = share({str(n): [float(n < 6)] for n in range(0, 10, 2)})
    assert (found["even"].low, found["even"].high) == (100 * expected.low, 100 * expected.high)


def test_what_nobody_spent_is_no_amount(reports: tuple[Report, Report]) -> None:
    found = {amount.name: amount.rows for amount in amounts(shown_runs(reports))}
    assert "tokens" not in found
    assert [row.letter for row in found["seconds"]] == ["A", "B"]


def test_a_price_that_is_not_known_is_said_where_others_are(tmp_path: Path) -> None:
    async def priced(asked: Question) -> Answer:
        told = {"usage": Usage(prompt_tokens=1, cost=0.25), "cost": 0.25}
        return (await joiner(asked)).model_copy(update=told)

    async def unpriced(asked: Question) -> Answer:
        told = {"usage": Usage(prompt_tokens=1, cost=None), "cost": None}
        return (await joiner(asked)).model_copy(update=told)

    known = run(tmp_path / "a", priced, scorer=here)
    unknown = run(tmp_path / "b", unpriced, scorer=here)
    found = {each.name: each.rows for each in amounts(shown_runs([known, unknown]))}
    assert [(row.mean, row.total) for row in found["US dollars"]] == [("0.25", "0.75"), ("", "")]


def test_differences_are_drawn_on_a_scale_that_holds_them(reports: tuple[Report, Report]) -> None:
    found = differences(compare(*reports))
    assert (found.pairs, found.reach) == (6, 100)
    accuracy = found.gaps[0]
    assert (accuracy.gain, accuracy.is_clear) == ("+66.7", True)
    same = differences(compare(reports[0], reports[0]))
    assert same.gaps[0].gain == "+0.0"
    assert not same.gaps[0].is_clear


def test_a_page_is_called_after_what_is_on_it(reports: tuple[Report, Report]) -> None:
    assert title(shown_runs(reports[:1])) == "chairs, tests.eval.runs.joiner"
    assert title(shown_runs(reports)) == "chairs: 2 runs"


@dataclass(frozen=True)
class Routed:
    """An agent that says by which route it answers."""

    route: str

    @property
    def settings(self) -> dict[str, object]:
        return {"name": "routed", "route": self.route, "rounds": 3}

    async def __call__(self, question: Question) -> Answer:
        return await joiner(question)


def test_runs_of_one_agent_are_told_apart_by_what_it_was_told(tmp_path: Path) -> None:
    routes = ("formulation", "code")
    shown = shown_runs([run(tmp_path / route, Routed(route)) for route in routes])

    assert [each.name for each in shown] == [f"chairs, routed, route {route}" for route in routes]


def test_how_a_run_was_made_is_told(reports: tuple[Report, Report]) -> None:
    (shown,) = shown_runs(reports[:1])
    facts = dict(shown.facts)
    assert facts["data set"] == "Chairs"
    assert facts["problems"] == "6"
    assert facts["judged by"] == "tests.eval.runs.here"
    assert facts["run"] == reports[0].folder.name
    assert "calls to models" not in facts
