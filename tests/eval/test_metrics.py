"""The figures of a run, on samples that can be counted by hand."""

import random
from typing import Any

import pytest

from solvitur.agents import Answer
from solvitur.agents.answer import Round
from solvitur.eval import Metrics, Sample, Score, Verdict, figures, sample_of, wilson
from solvitur.eval.metrics import is_right, values
from solvitur.eval.scoring import OtherReading, failed
from solvitur.llm import Usage

RIGHT, WRONG, ERROR, UNSCORED = (Score(verdict=verdict) for verdict in Verdict)
LET_GO = OtherReading(outcome="solved", objective=3.0, is_right=True)
KEPT = OtherReading(outcome="solved", objective=2.0, is_right=False)


def made(score: Score, problem: str = "a", epoch: int = 0, **more: Any) -> Sample:
    executed = score.verdict is not Verdict.error
    return Sample(
        **{"problem": problem, "epoch": epoch, "score": score, "executed": executed, **more}
    )


def of(*scores: Score, **more: Any) -> Metrics:
    return figures(made(score, str(n), **more) for n, score in enumerate(scores))


def test_the_three_failures_are_counted_apart() -> None:
    found = of(RIGHT, RIGHT, WRONG, ERROR, UNSCORED)
    assert found.verdicts == {"right": 2, "wrong": 1, "error": 1, "unscored": 1}
    assert (found.problems, found.samples) == (5, 5)


def test_what_is_unscored_is_in_the_execution_rate_alone() -> None:
    found = of(RIGHT, RIGHT, WRONG, ERROR, UNSCORED)
    assert found.sa is not None
    assert found.er is not None
    assert (found.sa.value, found.sa.values) == (0.5, 4)
    assert (found.sa.low, found.sa.high) == wilson(2, 4)
    assert (found.er.value, found.er.values) == (0.8, 5)


def test_solving_times_are_the_attempts_of_those_who_count_them() -> None:
    found = figures([made(RIGHT, "a", attempts=1), made(WRONG, "b", attempts=4), made(ERROR, "c")])
    assert found.ast is not None
    assert (found.ast.value, found.ast.values) == (2.5, 2)
    assert of(RIGHT).ast is None


def test_the_strict_figure_needs_both() -> None:
    within, outside = (Score(verdict=Verdict.right, strict=strict) for strict in (True, False))
    found = of(within, outside, RIGHT, Score(verdict=Verdict.wrong, strict=False))
    assert found.sa is not None
    assert found.sa_strict is not None
    assert (found.sa.value, found.sa_strict.value) == (0.75, 0.5)


def test_other_readings_have_figures_of_their_own() -> None:
    found = of(
        RIGHT.model_copy(update={"as_continuous": KEPT}),
        WRONG.model_copy(update={"as_continuous": LET_GO}),
        WRONG.model_copy(update={"as_integer": LET_GO}),
        WRONG,
        ERROR,
    )
    shown = (found.sa, found.sa_continuous, found.sa_integer, found.sa_any_reading)
    assert [each and each.value for each in shown] == [0.2, 0.2, 0.4, 0.6]


def test_every_label_version_has_its_figure() -> None:
    found = of(
        Score(verdict=Verdict.right, by_label={"sirl": Verdict.wrong}),
        Score(verdict=Verdict.wrong, by_label={"sirl": Verdict.right}),
        Score(verdict=Verdict.right, by_label={"sirl": Verdict.right}),
        RIGHT,
    )
    assert found.sa is not None
    assert found.sa.value == 0.75
    assert {name: each.value for name, each in found.sa_by_label.items()} == {"sirl": 2 / 3}
    assert found.sa_every_label is not None
    assert found.sa_any_label is not None
    assert (found.sa_every_label.value, found.sa_any_label.value) == (0.5, 1.0)


def test_nothing_is_said_of_what_nobody_could_judge() -> None:
    found = of(UNSCORED, UNSCORED)
    assert (found.sa, found.sa_strict, found.sa_any_label, found.feasible) == (None,) * 4
    assert of(RIGHT, RIGHT.model_copy(update={"feasible": False})).feasible is not None


def test_more_epochs_of_the_same_problems_do_not_make_sure() -> None:
    once = of(RIGHT, WRONG, RIGHT, WRONG)
    often = figures(
        made(score, str(n), epoch)
        for n, score in enumerate([RIGHT, WRONG, RIGHT, WRONG])
        for epoch in range(10)
    )
    assert once.sa is not None
    assert often.sa is not None
    assert (often.problems, often.samples) == (4, 40)
    assert often.sa.high - often.sa.low == pytest.approx(once.sa.high - once.sa.low)


def test_costs_are_unknown_where_one_price_is() -> None:
    found = figures([made(RIGHT, "a", cost=0.5, seconds=1), made(WRONG, "b", cost=1.5, seconds=4)])
    assert found.cost is not None
    assert (found.cost.mean, found.cost.median, found.cost.total) == (1.0, 1.0, 2.0)
    assert (found.seconds.mean, found.seconds.total) == (2.5, 5.0)
    assert found.solver_seconds is None
    assert figures([made(RIGHT, "a", cost=None), made(WRONG, "b", cost=1)]).cost is None


def test_an_answer_is_turned_into_what_figures_need() -> None:
    attempt = Round(route="two-shot", outcome="solved", objective=1.0, evidence=())
    answer = Answer.model_validate(
        {
            "outcome": "solved",
            "objective": 1.0,
            "rounds": (attempt, attempt),
            "usage": Usage(prompt_tokens=70, completion_tokens=30),
            "cost": 0.25,
            "seconds": 3.0,
            "solver_seconds": 0.5,
        }
    )
    found = sample_of("easy-01", answer, RIGHT, epoch=2)
    assert found == Sample(
        problem="easy-01",
        epoch=2,
        score=RIGHT,
        executed=True,
        attempts=2,
        prompt_tokens=70,
        completion_tokens=30,
        cost=0.25,
        seconds=3.0,
        solver_seconds=0.5,
    )
    whole = figures([found])
    assert (whole.tokens.total, whole.completion_tokens.total) == (100, 30)


def test_no_answer_at_all_is_an_error() -> None:
    lost = Sample(problem="a", score=failed("the agent raised ValueError"), executed=False)
    assert figures([lost]).verdicts["error"] == 1


def test_values_are_put_by_problem() -> None:
    listed = [made(RIGHT, "b"), made(UNSCORED, "a"), made(WRONG, "b", 1)]
    assert values(listed, is_right) == {"b": [1.0, 0.0]}


def test_the_order_of_samples_makes_no_difference() -> None:
    listed = [made(RIGHT if n % 3 else WRONG, str(n % 7), n, seconds=0.1 * n) for n in range(40)]
    mixed = random.Random(1).sample(listed, 40)
    assert figures(mixed) == figures(listed)
    assert Metrics.model_validate_json(figures(listed).model_dump_json()) == figures(listed)


def test_no_samples_have_no_figures() -> None:
    with pytest.raises(ValueError, match="there are no samples"):
        figures([])
