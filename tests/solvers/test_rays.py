"""A ray is checked by substitution: rows and bounds hold far along it, and the objective gains."""

import random
from pathlib import Path

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.elements import Sense
from solvitur.formulation.instance import Instance
from solvitur.solvers import Outcome, Ray, ray, solve
from solvitur.solvers.verify import verify

FORMULATIONS = Path(__file__).parents[1] / "formulations"


def made(variables: list[dict[str, object]], expression: str, *rows: str) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": variables,
            "objective": {"sense": "maximize", "expression": expression},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
        }
    )


def goes_on_for_ever(formulation: Formulation, found: Ray) -> None:
    """Step from a point along the ray, near and far, and let the formulation judge."""
    instance = Instance(formulation)
    still = formulation.model_copy(
        update={"objective": formulation.objective.model_copy(update={"expression": "0"})}
    )
    start = solve(still)
    assert start.outcome is Outcome.solved
    before = verify(instance, start.values, None).objective
    for steps in (1, 1000):
        there = {name: dict(entries) for name, entries in start.values.items()}
        for move in found.moves:
            there[move.name][move.key] += steps * move.rate
        check = verify(instance, there, before + steps * found.gain)
        assert check.ok, str(check)
    assert found.gain > 0 if formulation.objective.sense is Sense.maximize else found.gain < 0


@pytest.mark.parametrize(
    "name", ["unbounded_lp", "unbounded_milp", "unbounded_qp", "unbounded_without_rows"]
)
def test_the_ray_of_every_known_unbounded_problem_goes_on_for_ever(name: str) -> None:
    formulation = Formulation.from_file(FORMULATIONS / f"{name}.json")
    found = ray(formulation)
    assert found.moves
    goes_on_for_ever(formulation, found)


@pytest.mark.parametrize("seed", range(12))
def test_the_ray_of_a_random_unbounded_program_goes_on_for_ever(seed: int) -> None:
    """Rows hold along a planted direction, which gains."""
    random_ = random.Random(seed)
    way = [random_.choice([0, 0, 1, 2, 3]) for _ in range(6)] + [1]
    domains = [random_.choice(["continuous", "integer"]) for _ in way]
    variables = [{"name": f"x{n}", "domain": domain} for n, domain in enumerate(domains)]
    rows, goal = [], [float(random_.randint(-3, 3)) for _ in way]
    goal[-1] += 1 - min(0.0, sum(g * w for g, w in zip(goal, way, strict=True)))
    for _ in range(5):
        row = [float(random_.randint(-4, 4)) for _ in way]
        row[-1] -= max(0.0, sum(a * w for a, w in zip(row, way, strict=True)))
        rows.append(f"{written(row)} <= {random_.randint(0, 9)}")
    formulation = made(variables, written(goal), *rows)
    assert solve(formulation).outcome is Outcome.unbounded
    found = ray(formulation)
    goes_on_for_ever(formulation, found)
    assert all(float(move.rate).is_integer() for move in found.moves)


def written(row: list[float]) -> str:
    return " + ".join(f"({value}) * x{n}" for n, value in enumerate(row))


def test_one_variable_without_end_is_said_in_one_sentence() -> None:
    chairs = {"name": "x", "doc": "chairs", "unit": "item", "domain": "integer"}
    assert str(ray(made([chairs], "3 * x", "x >= 2"))).splitlines() == [
        "x (chairs) can grow without end: each step of 1 item raises the objective by 3.",
        "A limit on it is missing.",
    ]


def test_several_variables_are_said_with_their_rates_and_the_others_are_not() -> None:
    variables = [{"name": "buy"}, {"name": "sell"}, {"name": "idle"}]
    found = ray(made(variables, "5 * sell - 3 * buy - idle", "sell <= 0.75 * buy + 10"))
    assert str(found).splitlines() == [
        "Nothing ends this; each step raises the objective by 3:",
        "- buy grows by 4",
        "- sell grows by 3",
        "A limit on one of them is missing.",
    ]


def test_what_falls_without_end_is_said_so() -> None:
    found = ray(made([{"name": "x", "lower": None, "upper": 5}], "-2 * x"))
    assert str(found).startswith(
        "x can fall without end: each step of 1 raises the objective by 2."
    )


def test_where_there_is_an_optimum_there_is_no_ray() -> None:
    found = ray(made([{"name": "x", "upper": 5}], "x"))
    assert (found.moves, found.gain) == ((), 0)
    assert str(found) == "There is no direction in which the objective improves without end."
