"""Other numbers give what the formulation gives that has them written down from the start."""

import math
from typing import Any

import pytest

from solvitur.errors import FormulationError
from solvitur.formulation import Formulation
from solvitur.solvers import Comparison, Options, Outcome, Shift, solve, what_if


def shop(**changes: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [
                {"name": "P", "elements": ["chair", "desk"]},
                {"name": "A", "elements": [["a", 1], ["b", 2]]},
            ],
            "parameters": [
                {"name": "profit", "index": ["P"], "values": {"chair": 30, "desk": 50}},
                {"name": "hours", "value": 40},
                {"name": "double", "expression": "2 * hours"},
                {"name": "most", "index": ["A"], "values": [[["a", 1], 4], [["b", 2], 6]]},
            ],
            "variables": [
                {"name": "x", "index": ["P"], "domain": "integer", "upper": 12},
                {"name": "f", "index": ["A"]},
                {"name": "idle", "upper": 5},
            ],
            "objective": {
                "sense": "maximize",
                "expression": "sum(profit[p] * x[p] for p in P)"
                " + sum(f[i, j] for (i, j) in A) + idle",
            },
            "constraints": [
                {"name": "labour", "expression": '2 * x["chair"] + 4 * x["desk"] <= hours'},
                {"name": "twice", "expression": 'double >= 7 * x["desk"]'},
                {"name": "flow", "forall": "(i, j) in A", "expression": "f[i, j] <= most[i, j]"},
                {"name": "whole", "forall": "r in A", "expression": "f[r] <= 9"},
                {"name": "few", "forall": "p in P if p != 'desk'", "expression": "x[p] <= 11"},
                {"name": "tied", "expression": "idle <= f['a', 1]"},
                {"name": "chain", "expression": "0 <= idle <= 4"},
            ],
            **changes,
        }
    )


def objective(formulation: Formulation) -> float:
    solution = solve(formulation)
    assert solution.objective is not None
    return solution.objective


def gain(**changes: Any) -> float:
    found = what_if(shop(), **changes)
    assert found.before.objective == pytest.approx(objective(shop()))
    assert found.after.verification is not None
    assert found.after.verification.ok
    assert found.change is not None
    return found.change


def test_a_parameter_gets_another_value_and_what_is_derived_from_it_follows() -> None:
    parameters = shop().model_dump()["parameters"]
    parameters[1]["value"] = 14
    other = objective(shop(parameters=parameters))
    assert gain(parameters={"hours": 14}) == pytest.approx(other - objective(shop()))


def test_one_entry_of_a_parameter_gets_another_value() -> None:
    assert gain(parameters={"profit[chair]": 31}) == pytest.approx(10)
    assert gain(parameters={"most[b,2]": 8}) == pytest.approx(2)


def test_a_bound_can_be_tighter_or_looser_for_one_entry_or_for_a_scalar() -> None:
    assert gain(bounds={"x[chair]": (None, 3)}) < 0
    assert gain(bounds={"x[chair]": (None, 20)}) == 0  # 'few' holds it
    assert gain(bounds={"f[a, 1]": (None, 1)}) == pytest.approx(-3 - 3)
    assert gain(bounds={"idle": (None, 8)}) == 0  # 'chain' holds it
    assert gain(bounds={"idle": (1, 2)}) == pytest.approx(-2)


def test_a_lower_bound_can_fall() -> None:
    low = shop(
        objective={"sense": "minimize", "expression": "sum(x[p] for p in P) + idle"}, constraints=[]
    )
    found = what_if(low, bounds={"x[desk]": (-3, None), "idle": (-2, None)})
    assert found.change == pytest.approx(-5)


def test_the_number_of_a_row_is_changed_in_that_row_alone() -> None:
    assert gain(limits={"labour": 42}) == pytest.approx(gain(parameters={"hours": 42}))
    assert gain(limits={"flow[a, 1]": 3}) == pytest.approx(-1 - 1)
    assert gain(limits={"whole[b, 2]": 2, "whole[a, 1]": 100}) == pytest.approx(-4)
    assert gain(limits={"few[chair]": 6}) == pytest.approx(gain(bounds={"x[chair]": (None, 6)}))
    assert gain(limits={"twice": 0}) == pytest.approx(330 - 550)


def test_the_report_says_what_comes_of_it() -> None:
    assert str(what_if(shop(), parameters={"hours": 38})).splitlines() == [
        "With hours = 38:",
        "The highest value is 544, 20 less.",
        "- x[chair]: 11 instead of 10",
        "- x[desk]: 4 instead of 5",
    ]
    same = what_if(shop(), bounds={"x[desk]": (0, 12)})
    assert str(same).splitlines()[1] == "The highest value is 564, as before."


def test_what_rules_every_answer_out_is_a_result() -> None:
    found: Comparison = what_if(shop(), limits={"labour": -1})
    assert (found.after.outcome, found.change, found.shifts) == (Outcome.infeasible, None, ())
    assert str(found).splitlines()[1] == "There is no answer: the limits contradict each other."


def test_an_answer_where_there_was_none_is_said_so() -> None:
    rows = [{"name": "much", "expression": "idle >= 7"}]
    goal = {"sense": "maximize", "expression": "idle"}
    found = what_if(shop(constraints=rows, objective=goal), limits={"much": 3})
    assert str(found).splitlines() == [
        "With limit of much = 3:",
        "There is an answer, and there was none before.",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": {"stock": 1}}, "there is no parameter 'stock'; there are: profit, hours"),
        (
            {"parameters": {"profit[sofa]": 1}},
            r"no entry 'profit\[sofa\]'; there are: profit",
        ),
        ({"bounds": {"y": (0, 1)}}, "there is no variable 'y'"),
        ({"limits": {"room": 1}}, "there is no row 'room'; a row is named as in labour"),
        ({"limits": {"tied": 1}}, "constraint 'tied': it has not just one constant side"),
        ({"limits": {"chain": 1}}, "constraint 'chain': it has not just one constant side"),
        ({"parameters": {"hours": "12"}}, "parameter 'hours': '12' is no number"),
        ({"parameters": {"profit[desk]": math.nan}}, r"'profit\[desk\]': nan is no finite number"),
        ({"limits": {"labour": None}}, "limit 'labour': None is no number"),
        ({"bounds": {"idle": (0, math.inf)}}, "upper bound of 'idle': inf is no finite number"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_the_names_there_are(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(FormulationError, match=words):
        what_if(shop(), **changes)


def test_a_shift_says_both_values() -> None:
    assert str(Shift("x", ("chair",), 3.0, 4.5)) == "x[chair]: 4.5 instead of 3"


def test_the_solver_is_told_the_options_both_times() -> None:
    found = what_if(shop(), parameters={"hours": 38}, options=Options(time_limit=60))
    assert found.before.outcome is found.after.outcome is Outcome.solved
