"""The same two formulations with other data."""

from typing import Any

from solvitur.equivalence import Conclusion, Ladder, check
from solvitur.equivalence.ladder import rungs
from solvitur.formulation import Formulation
from solvitur.formulation.instance import Instance


def tour(cut: str, forall: str) -> Formulation:
    """Write the round trip of least length, with one more constraint."""
    return Formulation.model_validate(
        {
            "sets": [{"name": "V", "range": [0, 4]}],
            "parameters": [
                {
                    "name": "d",
                    "index": ["V", "V"],
                    "values": {
                        str(i): {str(j): abs(i - j) * (3 + i) + 1 for j in range(5)}
                        for i in range(5)
                    },
                }
            ],
            "variables": [
                {"name": "x", "index": ["V", "V"], "domain": "binary"},
                {"name": "u", "index": ["V"], "lower": 1, "upper": "len(V)"},
            ],
            "objective": {
                "sense": "minimize",
                "expression": "sum(d[i, j] * x[i, j] for i in V for j in V)",
            },
            "constraints": [
                {
                    "name": "out",
                    "forall": "i in V",
                    "expression": "sum(x[i, j] for j in V if j != i) == 1",
                },
                {
                    "name": "into",
                    "forall": "j in V",
                    "expression": "sum(x[i, j] for i in V if j != i) == 1",
                },
                {"name": "still", "forall": "i in V", "expression": "x[i, i] == 0"},
                {
                    "name": "order",
                    "forall": "i in V, j in V if i != j and i != 0 and j != 0",
                    "expression": "u[i] - u[j] + len(V) * x[i, j] <= len(V) - 1",
                },
                {"name": "cut", "forall": forall, "expression": cut},
            ],
        }
    )


PLAIN = tour("x[i, i] <= 1", "i in V")
NO_RETURN = tour("x[i, j] + x[j, i] <= 1", "i in V, j in V if i < j")


def test_a_cut_that_only_small_instances_refute_is_refuted_by_one() -> None:
    assert check(PLAIN, NO_RETURN, seconds=20).conclusion is Conclusion.proved
    verdict = check(PLAIN, NO_RETURN, ladder=Ladder(), seconds=20)
    assert verdict.conclusion is Conclusion.different
    assert verdict.reason == (
        "with 2 of each set: the second has no solution, and the first has one"
    )


def plan(expression: str, **other: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "table", "shelf", "bed"]}],
            "parameters": [
                {
                    "name": "use",
                    "index": ["P"],
                    "values": {"chair": 2, "table": 5, "shelf": 3, "bed": 9},
                },
                {"name": "stock", "value": 40},
            ],
            "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
            "objective": {"sense": "maximize", "expression": "sum((1 + use[p]) * x[p] for p in P)"},
            "constraints": [{"name": "wood", "expression": expression}],
            **other,
        }
    )


def test_what_holds_on_every_rung_is_said_of_the_instances_tried() -> None:
    a = plan("sum(use[p] * x[p] for p in P) <= stock")
    b = plan("stock - sum(use[p] * x[p] for p in P) >= 0")
    verdict = check(a, b, ladder=Ladder(sizes=(2, 3), seeds=(7,)), seconds=20)
    assert verdict.conclusion is Conclusion.on_instances
    names = [name for name, _ in verdict.instances]
    assert names[:3] == ["2 of each set", "3 of each set", "other numbers (7)"]
    assert all(each.agrees for _, each in verdict.instances)
    assert names[-1] == "stock times -1"


def test_an_instance_without_a_solution_has_none_in_both() -> None:
    a = plan("sum(use[p] * x[p] for p in P) <= stock")
    b = plan("sum(use[p] * (x[p] + 0) for p in P) <= stock * 2 / 2 + 0.5")
    verdict = check(a, b, ladder=Ladder(sizes=(), seeds=()), seconds=20)
    assert verdict.instances[-1][1].profile.has_solution == (False, False)
    assert verdict.instances[-1][0] == "stock times -1"


def test_numbers_written_into_one_of_the_two_are_told_apart_by_other_numbers() -> None:
    a = plan("sum(use[p] * x[p] for p in P) <= stock")
    b = plan("sum(use[p] * x[p] for p in P) <= 40")
    assert check(a, b).conclusion is Conclusion.proved
    verdict = check(a, b, ladder=Ladder(), seconds=20)
    assert verdict.conclusion is Conclusion.different
    assert verdict.counter_example is not None


def test_other_data_are_not_made_up_where_the_two_take_different_ones() -> None:
    a = plan("sum(use[p] * x[p] for p in P) <= stock")
    b = plan(
        "sum(use[p] * x[p] for p in P) <= wood",
        parameters=[
            a.parameters[0].model_dump(exclude_none=True),
            {"name": "wood", "value": 40},
        ],
        constraints=[{"name": "c", "expression": "sum(use[p] * x[p] for p in P) <= wood"}],
    )
    assert list(rungs(Instance(a), Instance(b), Ladder())) == []
    assert check(a, b, ladder=Ladder()).conclusion is Conclusion.proved


def test_the_same_seed_makes_the_same_numbers() -> None:
    one = Instance(plan("x['bed'] <= stock"))
    first, again = (list(rungs(one, one, Ladder(seeds=(3,)))) for _ in range(2))
    assert [r.a.parameters["use"] for r in first] == [r.a.parameters["use"] for r in again]
    (other,) = (r for r in rungs(one, one, Ladder(seeds=(3,))) if r.name == "other numbers (3)")
    assert dict(other.a.parameters["use"]) != dict(one.parameters["use"])
