"""The least change is found by another road too: scipy minimizes the sum of the shares."""

from dataclasses import replace

import pytest

from solvitur.formulation import Formulation
from solvitur.solvers import Kind, Options, Outcome, Relaxation, relaxation
from tests.solvers.conflicts import PLANTED, RANDOM, Planted, best, drawn, least_change


def changed(model: Planted, found: Relaxation) -> Planted:
    """Change a model as was said."""
    rows, variables = dict(model.rows), dict(model.variables)
    for change in found.changes:
        name = change.requirement.label
        if change.requirement.kind is Kind.row:
            terms, operator, right = rows[name]
            assert change.before == right
            rows[name] = terms, operator, change.after
        else:
            end = {Kind.lower_bound: "lower", Kind.upper_bound: "upper"}[change.requirement.kind]
            assert change.before == getattr(variables[name], end)
            variables[name] = replace(variables[name], **{end: change.after})
    return replace(model, variables=variables, rows=rows)


@pytest.mark.parametrize("name", PLANTED)
def test_the_change_is_the_least_and_gives_the_answer_that_is_said(name: str) -> None:
    is_the_least_and_does_what_it_says(PLANTED[name]())


@pytest.mark.parametrize("seed", RANDOM)
def test_so_it_is_for_random_models(seed: int) -> None:
    is_the_least_and_does_what_it_says(drawn(seed))


def is_the_least_and_does_what_it_says(model: Planted) -> None:
    rates = enumerate(model.variables)
    goal = {name: float(1 + n % 3) for n, name in rates if not name.startswith("n")}
    written = " + ".join(f"{rate} * {variable}" for variable, rate in goal.items())
    found = relaxation(model.formulation(written))
    assert found.total == pytest.approx(least_change(model), rel=1e-6)
    relaxed = changed(model, found)
    assert relaxed.is_feasible(relaxed.requirements)
    if (least := best(relaxed, goal)) is None:
        assert (found.outcome, found.objective) == (Outcome.unbounded, None)
    else:
        assert found.outcome is Outcome.solved
        assert found.objective == pytest.approx(least, rel=1e-6, abs=1e-6)
    for other in found.others:
        assert other.total >= found.total - 1e-6
        enough = changed(model, other)
        assert enough.is_feasible(enough.requirements)
        if (least := best(enough, goal)) is None:
            assert (other.outcome, other.objective) == (Outcome.unbounded, None)
        else:
            assert other.objective == pytest.approx(least, rel=1e-6, abs=1e-6)
        (change,) = other.changes
        nearly = replace(change, after=change.before + 0.99 * (change.after - change.before))
        short = changed(model, replace(other, changes=(nearly,)))
        assert not short.is_feasible(short.requirements)


def shop(**changes: object) -> Formulation:
    return Formulation.model_validate(
        {
            "parameters": [{"name": "hours", "value": 40, "unit": "h"}],
            "variables": [{"name": "x", "doc": "chairs", "unit": "item"}],
            "objective": {"sense": "maximize", "expression": "30 * x"},
            "constraints": [
                {"name": "labour", "expression": "2 * x + 4 <= hours", "doc": "work"},
                {"name": "order", "expression": "x >= 24", "doc": "promised"},
            ],
            **changes,
        }
    )


def said(formulation: Formulation) -> list[str]:
    return str(relaxation(formulation)).splitlines()


def test_the_report_says_what_to_change_by_how_much_and_what_comes_of_it() -> None:
    assert said(shop()) == [
        "With the least change there is an answer:",
        "- order (promised): 18 instead of 24 (6 item less)",
        "Then the objective is 540.",
        "Or with one of these alone:",
        "- labour (work): 52 instead of 40 (12 h more); then the objective is 720",
    ]


def test_the_constant_is_shown_as_it_is_written() -> None:
    labour = {"name": "labour", "expression": "40 * x + 4 <= hours", "doc": "work"}
    order = {"name": "order", "expression": "x == 24"}
    few = shop(
        variables=[{"name": "x", "domain": "integer"}],
        parameters=[{"name": "hours", "value": 963, "unit": "h"}],
        constraints=[labour, order],
    )
    assert said(few)[1] == "- labour (work): 964 instead of 963 (1 h more)"


def test_what_hangs_things_together_does_not_give_way() -> None:
    """To let the big M be 0.001 off would be cheapest, and mean nothing."""
    link = {"name": "link", "expression": "1000 * x <= 10000 * y"}
    rows = [
        link,
        {"name": "use", "expression": "y <= 0.2"},
        {"name": "need", "expression": "x >= 3"},
    ]
    found = relaxation(shop(variables=[{"name": "x"}, {"name": "y"}], constraints=rows))
    assert [change.requirement.name for change in found.changes] == ["need"]


def test_what_is_at_least_zero_stays_so() -> None:
    below = shop(constraints=[{"name": "sum", "expression": "x <= -5"}])
    assert said(below)[1] == "- sum: 0 instead of -5 (5 item more)"


def test_a_feasible_formulation_needs_no_change() -> None:
    fine = relaxation(shop(constraints=[{"name": "labour", "expression": "x <= 3"}]))
    assert (fine.changes, fine.total) == ((), 0)
    assert str(fine) == "Nothing has to change for there to be an answer."


def test_without_time_it_is_said_that_nothing_was_found() -> None:
    model = PLANTED["coins among 30 rows"]()
    found = relaxation(model.formulation(), Options(time_limit=1e-9))
    assert found.changes or found.message
    assert str(found)


def test_a_factor_or_a_unit_does_not_decide_what_gives_way() -> None:
    plain = [{"name": "a", "expression": "x <= 2"}, {"name": "b", "expression": "x >= 3"}]
    scaled = [{"name": "a", "expression": "0.002 * x <= 0.004"}, plain[1]]
    by_name = [
        [change.requirement.name for change in relaxation(shop(constraints=rows)).changes]
        for rows in (plain, scaled)
    ]
    assert by_name == [["b"], ["b"]]
