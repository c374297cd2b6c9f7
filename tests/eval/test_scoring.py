"""One verdict by the label, and beside it what laxer scorers would have said."""

import math
from functools import partial
from typing import Any

import pytest

from solvitur.agents import Answer
from solvitur.eval import Label, Problem, Score, Scorer, Verdict, load_dataset, read_label, score
from solvitur.formulation import Domain, Formulation
from solvitur.solvers import solve

SHOP = Formulation.model_validate(
    {
        "sets": [{"name": "P", "elements": ["chair", "table"]}],
        "parameters": [
            {"name": "profit", "index": ["P"], "values": {"chair": 30, "table": 50}},
            {"name": "wood", "index": ["P"], "values": {"chair": 3, "table": 7}},
        ],
        "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
        "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
        "constraints": [{"name": "stock", "expression": "sum(wood[p] * x[p] for p in P) <= 10"}],
    }
)


def problem(label: Any, **more: Any) -> Problem:
    try:
        return Problem(id="shop", question="?", label=read_label(label), **more)
    except ValueError as error:
        return Problem(id="shop", question="?", label=None, label_fault=str(error), **more)


def answer(objective: float | None = None, outcome: str = "solved", **more: Any) -> Answer:
    return Answer.model_validate({"outcome": outcome, "objective": objective, **more})


def solved(formulation: Formulation) -> Answer:
    found = solve(formulation)
    return answer(
        found.objective, found.outcome.value, formulation=formulation, variables=found.variables()
    )


# --- the verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "given", "verdict", "reason"),
    [
        (80, answer(80.0), "right", ""),
        (80, answer(80.007), "right", ""),
        (80, answer(80.1), "wrong", "80.1 where the label says 80: 0.12% more"),
        (80, answer(84.0), "wrong", "84 where the label says 80: 5.00% more"),
        (80, answer(40.0), "wrong", "40 where the label says 80: 50.00% less"),
        (80, answer(800.0), "wrong", "800 where the label says 80: 9 times more"),
        (80, answer(-80.0), "wrong", "-80 where the label says 80: the sign is the opposite"),
        (0, answer(3.0), "wrong", "3 where the label says 0"),
        (0, answer(-0.0), "right", ""),
        (80, answer(80.0, "limit"), "right", ""),
        (80, answer(79.0, "limit"), "wrong", "79 where the label says 80: 1.25% less"),
        (80, answer(outcome="infeasible"), "wrong", "infeasible where the label says 80"),
        ("infeasible", answer(outcome="infeasible"), "right", ""),
        ("infeasible", answer(outcome="unbounded"), "wrong", "unbounded where the label says inf"),
        ("no best solution", answer(outcome="unbounded"), "right", ""),
        ("no best solution", answer(outcome="infeasible"), "right", ""),
        ("no best solution", answer(3.0), "wrong", "3 where the label says no optimum"),
        (80, answer(outcome="not_formulated"), "error", "not formulated"),
        (80, answer(outcome="error", message="no server\nat all"), "error", "error: no server"),
        (80, answer(outcome="no_answer", message="60 s"), "error", "no answer: 60 s"),
        (80, answer(outcome="budget"), "error", "budget"),
        (80, answer(), "error", "it is solved, and there is no objective"),
        (80, answer(math.nan), "error", "it is solved, and there is no objective"),
        (80, answer(math.inf), "error", "it is solved, and there is no objective"),
        ("35%", answer(80.0), "unscored", "'35%' is no number"),
        (None, answer(outcome="error"), "unscored", "there is no label"),
    ],
)
def test_the_verdict_and_its_reason(label: Any, given: Answer, verdict: str, reason: str) -> None:
    found = score(problem(label), given)
    assert found.verdict == verdict
    assert found.reason.startswith(reason)
    assert bool(found.reason) == bool(reason)


def test_the_strict_tolerance_is_shown_beside() -> None:
    assert score(problem(80), answer(80.00001)).strict is True
    assert score(problem(80), answer(80.001)).strict is False
    assert score(problem(80), answer(90.0)).strict is False
    assert score(problem("infeasible"), answer(outcome="infeasible")).strict is None
    assert score(problem(80), answer(outcome="error")).strict is None


def test_another_tolerance_makes_another_scorer() -> None:
    lax: Scorer = partial(score, tolerance=0.05)
    assert lax(problem(80), answer(84.0)).verdict is Verdict.right
    assert score(problem(80), answer(84.0)).verdict is Verdict.wrong


def test_a_scorer_of_ones_own_is_any_function() -> None:
    def mine(problem: Problem, answer: Answer) -> Score:
        is_there = "chair" in str(answer.variables)
        return Score(verdict=Verdict.right if is_there else Verdict.wrong, equivalent=True)

    scorer: Scorer = mine
    assert scorer(problem(1), answer(2.0, variables={"chair": 3})).verdict is Verdict.right


def test_labels_of_others_have_verdicts_of_their_own() -> None:
    several = problem(80, labels={"sirl": read_label(90), "second": read_label("infeasible")})
    assert score(several, answer(90.0)).by_label == {"sirl": "right", "second": "wrong"}
    assert score(several, answer(90.0)).verdict is Verdict.wrong
    assert score(several, answer(outcome="error")).by_label["sirl"] is Verdict.error


def test_every_reference_of_ours_is_right_and_holds() -> None:
    ours = load_dataset("word-problems").filter(lambda p: str(p.label).isdigit())
    for each in ours.limit(3):
        assert each.formulation is not None
        found = score(each, solved(each.formulation), readings=False)
        assert (found.verdict, found.strict, found.feasible) == ("right", True, True)


# --- other readings ------------------------------------------------------------------------------


def test_the_continuous_reading_is_told_and_never_makes_right() -> None:
    """Wood for ten thirds of a chair is worth 100; of whole chairs only 90."""
    found = score(problem(100), solved(SHOP))
    assert found.verdict is Verdict.wrong
    assert found.as_continuous is not None
    assert (found.as_continuous.objective, found.as_continuous.is_right) == (
        pytest.approx(100),
        True,
    )
    assert found.as_integer is None


def test_the_integer_reading_is_told_and_never_makes_right() -> None:
    split = SHOP.model_copy(
        update={"variables": (SHOP.variables[0].model_copy(update={"domain": Domain.continuous}),)}
    )
    found = score(problem(90), solved(split))
    assert found.verdict is Verdict.wrong
    assert found.as_continuous is None
    assert found.as_integer is not None
    assert (found.as_integer.objective, found.as_integer.is_right) == (90, True)


def test_a_choice_lies_between_its_bounds_when_it_is_continuous() -> None:
    chosen = Formulation.model_validate(
        {
            "variables": [
                {"name": "y", "domain": "binary"},
                {"name": "z", "domain": "binary", "upper": 0},
            ],
            "objective": {"sense": "maximize", "expression": "10 * y + z"},
            "constraints": [{"name": "half", "expression": "2 * y <= 1"}],
        }
    )
    found = score(problem(5), solved(chosen)).as_continuous
    assert found is not None
    assert (found.outcome, found.objective, found.is_right) == ("solved", 5, True)
    free = score(
        problem(15), answer(10.0, formulation=chosen.model_copy(update={"constraints": ()}))
    )
    assert free.as_continuous is not None
    assert free.as_continuous.objective == 10


def test_a_reading_that_cannot_be_solved_is_an_error_of_its_own() -> None:
    broken = SHOP.model_copy(
        update={"objective": SHOP.objective.model_copy(update={"expression": "nothing"})}
    )
    found = score(problem(90), answer(90.0, formulation=broken))
    assert found.verdict is Verdict.right
    assert found.as_continuous is not None
    assert (found.as_continuous.outcome, found.as_continuous.is_right) == ("error", None)


def test_readings_are_left_out_where_nobody_asks() -> None:
    found = score(problem(90), solved(SHOP), readings=False)
    assert (found.as_continuous, found.as_integer) == (None, None)


def test_a_reading_without_a_label_is_right_for_nobody() -> None:
    found = score(problem(None), solved(SHOP))
    assert found.as_continuous is not None
    assert found.as_continuous.is_right is None


# --- the point in the reference ------------------------------------------------------------------


def changed(**parts: Any) -> Formulation:
    return Formulation.model_validate(SHOP.model_dump() | parts)


@pytest.mark.parametrize(
    ("formulation", "equivalent", "note"),
    [
        (SHOP, True, "equivalent (proved exactly)"),
        (
            changed(
                variables=[{"name": "x", "index": ["P"], "domain": "continuous"}],
            ),
            False,
            "not equivalent",
        ),
        (
            changed(
                constraints=[
                    {"name": "half", "expression": "sum(0.5 * wood[p] * x[p] for p in P) <= 5"}
                ]
            ),
            True,
            "equivalent (proved exactly)",
        ),
        (
            changed(constraints=[{"name": "curve", "expression": "x['chair'] * x['table'] <= 1"}]),
            None,
            "unknown",
        ),
    ],
)
def test_a_formulation_is_compared_with_the_reference(
    formulation: Formulation, equivalent: bool | None, note: str
) -> None:
    found = score(problem(80, formulation=SHOP), answer(80.0, formulation=formulation))
    assert found.equivalent is equivalent
    assert found.equivalent_note.startswith(note)


def test_without_a_reference_or_a_formulation_nothing_is_compared() -> None:
    for found in (
        score(problem(80), answer(80.0, formulation=SHOP)),
        score(problem(80, formulation=SHOP), answer(80.0)),
        score(problem(80, formulation=SHOP), answer(80.0, formulation=SHOP), readings=False),
    ):
        assert (found.equivalent, found.equivalent_note) == (None, "")


@pytest.mark.parametrize(
    ("variables", "feasible", "note"),
    [
        ({"x": {"chair": 3, "table": 0}}, True, ""),
        ({"x": {"chair": 4, "table": 0}}, False, "violated: stock"),
        ({"x": {"chair": 0.5, "table": 1}}, False, "violated: a whole number"),
        ({"x": {"chair": "3", "table": 0}}, None, "the point is not in the words of the reference"),
        ({"x": {"chair": 3}}, None, "the point does not have every entry of x"),
        ({"x": {"chair": 3, "bed": 1}}, None, "the point is not in the words of the reference"),
        ({"chairs": 3}, None, "the point has the variables chairs, and the reference x"),
        ({"x": {"chair": 3, "table": 0}, "y": 1}, None, "the point has the variables x, y, and"),
        ({}, None, "there is no point"),
    ],
)
def test_a_point_is_judged_by_the_reference_where_it_has_its_names(
    variables: dict[str, Any], feasible: bool | None, note: str
) -> None:
    found = score(problem(90, formulation=SHOP), answer(90.0, variables=variables))
    assert found.feasible is feasible
    assert found.feasible_note.startswith(note)
    assert found.verdict is Verdict.right


def test_without_a_reference_nothing_is_said_of_the_point() -> None:
    found = score(problem(90), answer(90.0, variables={"x": 1}))
    assert (found.feasible, found.feasible_note) == (None, "there is no reference formulation")


def test_a_score_is_kept_as_json() -> None:
    found = score(problem(100, labels={"other": Label(outcome="unbounded")}), solved(SHOP))
    assert Score.model_validate_json(found.model_dump_json()) == found
