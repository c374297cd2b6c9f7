"""An edit changes what it names, nothing else, and can be taken back."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents.chat.edits.docs import with_docs_of
from solvitur.agents.chat.edits.edits import (
    EDITS,
    AddConstraint,
    AddElement,
    AddVariable,
    Amount,
    Edit,
    How,
    ParameterEntry,
    RemoveConstraint,
    RemoveElement,
    ReplaceConstraint,
    SetBound,
    SetDomain,
    SetLimit,
    SetObjective,
    SetParameter,
    SetWritten,
    edited,
)
from solvitur.errors import FormulationError
from solvitur.eval import word_problems
from solvitur.formulation import Constraint, Domain, Formulation, Sense, Variable, diff
from solvitur.formulation.amounts import amounts
from solvitur.formulation.evaluate import unwrap
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.solvers import solve

FILES = sorted((Path(__file__).parents[3] / "formulations").glob("*.json"))
OWN = {problem.id: problem.formulation for problem in word_problems() if problem.formulation}

SHOP: dict[str, Any] = {
    "sets": [{"name": "P", "elements": ["chair", "table"], "doc": "products"}],
    "parameters": [
        {"name": "profit", "index": ["P"], "values": {"chair": 30, "table": 50}},
        {"name": "hours", "index": ["P"], "values": {"chair": 2}, "default": 5},
        {"name": "labour", "value": 40, "unit": "h"},
    ],
    "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
    "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
    "constraints": [
        {"name": "work", "expression": "sum(hours[p] * x[p] for p in P) <= labour"},
        {"name": "wood", "expression": "3 * x['chair'] + 7 * x['table'] <= 60"},
    ],
}
PLAIN: dict[str, Any] = {
    "variables": [{"name": "chairs"}, {"name": "tables"}],
    "objective": {"sense": "maximize", "expression": "30 * chairs + 50 * tables"},
    "constraints": [
        {"name": "wood", "expression": "3 * chairs + 7 * tables <= 60"},
        {"name": "order", "expression": "10 <= chairs"},
    ],
}


def shop(**changes: Any) -> Formulation:
    return Formulation.model_validate({**SHOP, **changes})


def plain() -> Formulation:
    return Formulation.model_validate(PLAIN)


def changes(before: Formulation, *edits: Edit) -> list[str]:
    return list(diff(before, edited(before, edits)).lines)


def by(number: float) -> Amount:
    return Amount(how=How.by, number=number)


# --- there and back ------------------------------------------------------------------------------

Trip = tuple[Edit, Edit, str]
"""An edit, the one that takes it back, and the element that it changes."""


def trips(formulation: Formulation) -> Iterator[Trip]:
    instance = Instance(formulation)
    for parameter in formulation.parameters:
        if parameter.expression is None and parameter.source is None:
            element = f"parameter '{parameter.name}'"
            for key, value in list(instance.parameters[parameter.name].items())[:3]:
                there = SetParameter(name=parameter.name, key=key, amount=by(7))
                back = SetParameter(name=parameter.name, key=key, amount=Amount(number=value))
                yield there, back, element
            if any(instance.parameters[parameter.name].values()):
                twice = Amount(how=How.times, number=2)
                half = Amount(how=How.times, number=0.5)
                there = SetParameter(name=parameter.name, amount=twice)
                yield there, SetParameter(name=parameter.name, amount=half), element
    for variable in formulation.variables:
        element = f"variable '{variable.name}'"
        other = Domain.integer if variable.domain is Domain.continuous else Domain.continuous
        there_domain = SetDomain(variable=variable.name, domain=other)
        yield there_domain, SetDomain(variable=variable.name, domain=variable.domain), element
        if variable.upper is None and variable.domain is not Domain.binary:
            bound = SetBound(variable=variable.name, side="upper", amount=Amount(number=999))
            yield bound, SetBound(variable=variable.name, side="upper", amount=None), element
    for constraint in formulation.constraints:
        element = f"constraint '{constraint.name}'"
        there_gone = RemoveConstraint(name=constraint.name)
        yield there_gone, AddConstraint(constraint=constraint), element
        for place, _ in enumerate(list(amounts(parse(constraint.expression)))[:2]):
            written = {"constraint": constraint.name, "place": place}
            more = SetWritten(**written, amount=by(3))
            yield more, SetWritten(**written, amount=by(-3)), element
    sense = formulation.objective.sense
    other_sense = Sense.minimize if sense is Sense.maximize else Sense.maximize
    yield SetObjective(sense=other_sense), SetObjective(sense=sense), "objective"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_edit_and_its_inverse_give_back_the_same_formulation(path: Path) -> None:
    before = Formulation.from_file(path)
    every = list(trips(before))
    for there, back, element in random.Random(path.stem).sample(every, min(6, len(every))):
        try:
            after = edited(before, [there])
        except FormulationError:
            continue  # a logarithm, a set over which something else runs: refused, not half done
        assert not diff(before, with_docs_of(before, edited(after, [back])))
        (line,) = diff(before, with_docs_of(before, after)).lines
        assert line.startswith(element)


@pytest.mark.parametrize("name", sorted(OWN))
def test_nearly_every_edit_of_a_word_problem_can_be_made(name: str) -> None:
    every = list(trips(OWN[name]))
    made = 0
    for there, back, element in every[:12]:
        try:
            after = edited(OWN[name], [there])
        except FormulationError:
            continue
        assert not diff(OWN[name], with_docs_of(OWN[name], edited(after, [back])))
        (line,) = diff(OWN[name], with_docs_of(OWN[name], after)).lines
        assert line.startswith(element)
        made += 1
    assert made >= 0.8 * len(every[:12])


@pytest.mark.parametrize("name", sorted(OWN))
def test_an_element_that_is_taken_away_can_be_put_back(name: str) -> None:
    before = OWN[name]
    instance = Instance(before)
    for declared in before.sets:
        element = list(instance.sets[declared.name])[-1]
        gone = RemoveElement(set=declared.name, element=unwrap(element))
        try:
            after = edited(before, [gone])
        except FormulationError:
            continue
        there = Instance(after)
        entries = tuple(
            ParameterEntry(name=p.name, key=key, number=value)
            for p in before.parameters
            if p.expression is None and p.source is None
            for key, value in instance.parameters[p.name].items()
            if declared.name in p.index and key not in there.parameters[p.name]
        )
        back = AddElement(set=declared.name, element=unwrap(element), entries=entries)
        assert not diff(before, with_docs_of(before, edited(after, [back])))


def test_edits_are_json() -> None:
    edits: tuple[Edit, ...] = (
        SetParameter(name="profit", key=("chair",), amount=Amount(how="times", number=1.1)),
        SetWritten(constraint=None, place=0, amount=Amount(number=3)),
        SetBound(variable="x", side="upper", amount=None),
        AddElement(set="A", element=("a", 1)),
        AddConstraint(constraint=Constraint(name="c", expression="x <= 2")),
    )
    assert EDITS.validate_json(EDITS.dump_json(edits)) == edits
    assert json.loads(EDITS.dump_json(edits))[0]["kind"] == "set_parameter"


# --- what is changed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            SetParameter(name="labour", amount=Amount(number=30)),
            "parameter 'labour': 40 -> 30 [h]",
        ),
        (
            SetParameter(name="profit", key=("chair",), amount=Amount(how="times", number=1.1)),
            "parameter 'profit': [chair] 30 -> 33",
        ),
        (
            SetParameter(name="profit", amount=by(5)),
            "parameter 'profit': [chair] 30 -> 35, [table] 50 -> 55",
        ),
        (
            SetParameter(name="hours", key=("table",), amount=Amount(number=6)),
            "parameter 'hours': [table] 5 -> 6",
        ),
        (
            SetLimit(constraint="wood", amount=Amount(number=50)),
            "constraint 'wood': `3 * x['chair'] + 7 * x['table'] <= 60` -> "
            '`3 * x["chair"] + 7 * x["table"] <= 50`',
        ),
        (
            SetLimit(constraint="work", amount=by(5)),
            "parameter 'labour': 40 -> 45 [h]",
        ),
        (
            SetBound(variable="x", side="upper", amount=Amount(number=9)),
            "variable 'x': upper bound none -> 9",
        ),
        (
            SetBound(variable="x", key=("table",), side="upper", amount=Amount(number=2)),
            "constraint 'x_table_upper' is new: `x[\"table\"] <= 2`",
        ),
        (
            SetDomain(variable="x", domain=Domain.continuous),
            "variable 'x': integer -> continuous",
        ),
        (SetObjective(sense=Sense.minimize), "objective: maximize -> minimize"),
        (
            RemoveConstraint(name="work"),
            "constraint 'work' is gone: `sum(hours[p] * x[p] for p in P) <= labour`",
        ),
        (
            ReplaceConstraint(
                name="work", constraint=Constraint(name="work", expression="x['chair'] <= 4")
            ),
            "constraint 'work': `sum(hours[p] * x[p] for p in P) <= labour` -> `x['chair'] <= 4`",
        ),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else "",
)
def test_a_difference_names_just_what_was_edited(edit: Edit, line: str) -> None:
    assert changes(shop(), edit) == [line]


def test_a_bound_of_one_entry_is_changed_where_it_is_and_taken_away() -> None:
    bound = {"variable": "x", "key": ("table",), "side": "upper"}
    with_two = edited(shop(), [SetBound(**bound, amount=Amount(number=2))])
    assert changes(with_two, SetBound(**bound, amount=by(1))) == [
        'constraint \'x_table_upper\': `x["table"] <= 2` -> `x["table"] <= 3`'
    ]
    assert not diff(shop(), edited(with_two, [SetBound(**bound, amount=None)]))


def test_a_looser_bound_of_one_entry_leaves_those_of_the_others() -> None:
    capped = shop(variables=[{"name": "x", "index": ["P"], "upper": 4}])
    more = SetBound(variable="x", key=("chair",), side="upper", amount=Amount(number=6))
    bounds = Instance(edited(capped, [more])).bounds["x"]
    assert {key: each.upper for key, each in bounds.items()} == {("chair",): 6, ("table",): 4}


def test_a_derived_parameter_is_scaled_where_it_is_derived() -> None:
    derived = {"name": "gain", "index": ["P"], "over": "p in P", "expression": "profit[p] + 1"}
    before = shop(parameters=[*SHOP["parameters"], derived])
    more = SetParameter(name="gain", amount=Amount(how="times", number=2))
    after = edited(before, [more, SetParameter(name="profit", amount=Amount(number=9))])
    assert dict(Instance(after).parameters["gain"]) == {("chair",): 20, ("table",): 20}


def test_the_limit_of_one_row_leaves_those_of_the_others() -> None:
    each = {"name": "most", "forall": "p in P", "expression": "x[p] <= 8"}
    before = shop(constraints=[each])
    after = edited(before, [SetLimit(constraint="most", key=("table",), amount=by(-3))])
    best = solve(after)
    assert best.values["x"] == {("chair",): 8, ("table",): 5}


def test_the_limit_of_one_row_is_the_entry_that_it_ends_at() -> None:
    room = {"name": "room", "index": ["P"], "values": {"chair": 8, "table": 6}}
    each = {"name": "most", "forall": "p in P", "expression": "x[p] <= room[p]"}
    before = shop(parameters=[*SHOP["parameters"], room], constraints=[each])
    less = SetLimit(constraint="most", key=("table",), amount=by(-1))
    assert changes(before, less) == ["parameter 'room': [table] 6 -> 5"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "night", "expression": "2 * x['chair'] <= labour"},
        {"name": "day", "forall": "p in P", "expression": "x[p] <= labour"},
    ],
)
def test_a_limit_that_others_share_is_written_into_its_own_constraint(
    other: dict[str, str],
) -> None:
    before = shop(constraints=[*SHOP["constraints"], other])
    after = edited(before, [SetLimit(constraint="work", amount=Amount(number=30))])
    assert Instance(after).parameters["labour"][()] == 40
    assert after.constraints[0].expression.endswith("<= 30")


def test_a_new_element_comes_with_its_numbers() -> None:
    shelf = AddElement(
        set="P",
        element="shelf",
        entries=(
            ParameterEntry(name="profit", key=("shelf",), number=60),
            ParameterEntry(name="hours", key=("shelf",), number=2),
        ),
    )
    after = edited(shop(), [shelf])
    assert solve(after).objective == 20 * 60
    assert [line.split(":")[0] for line in diff(shop(), after).lines] == [
        "set 'P'",
        "parameter 'profit'",
        "parameter 'hours'",
    ]


def test_a_new_variable_takes_part_in_objective_and_limits() -> None:
    shelf = AddVariable(variable=Variable(name="shelves"), objective=20, uses={"wood": 2})
    after = edited(plain(), [shelf])
    assert after.objective.expression == "30 * chairs + 50 * tables + 20 * shelves"
    assert after.constraints[0].expression == "3 * chairs + 7 * tables + 2 * shelves <= 60"
    assert solve(after).objective == pytest.approx(600)


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            SetParameter(name="labor", amount=Amount(number=3)),
            "there is no parameter 'labor'; there are: 'profit', 'hours', 'labour'",
        ),
        (
            SetParameter(name="profit", key=("desk",), amount=Amount(number=3)),
            "the parameter 'profit' has no entry profit[desk]; there are: profit[chair], "
            "profit[table]",
        ),
        (RemoveConstraint(name="steel"), "there is no constraint 'steel'"),
        (
            AddConstraint(constraint=Constraint(name="wood", expression="x['chair'] <= 2")),
            "constraint 'wood': there is one of this name; give it another name",
        ),
        (
            AddConstraint(constraint=Constraint(name="c", expression="y <= 2")),
            "constraint 'c': unknown name 'y'",
        ),
        (
            AddConstraint(constraint=Constraint(name="c", expression="x['chair'] <")),
            "constraint 'c': cannot read the expression",
        ),
        (
            AddElement(set="P", element="shelf"),
            "set 'P': numbers for 'shelf' are missing; give profit[shelf]",
        ),
        (AddElement(set="P", element="chair"), "set 'P': 'chair' is in it already"),
        (RemoveElement(set="P", element="chair"), "constraint 'wood' speaks of 'chair'"),
        (RemoveElement(set="P", element="desk"), "set 'P': it has no element 'desk'"),
        (
            SetBound(variable="x", side="upper", amount=by(1)),
            "there is no number yet that could become more or less",
        ),
        (
            SetWritten(constraint="wood", place=3, amount=by(1)),
            "constraint 'wood': it has 3 numbers written in it, and number 4 is asked for",
        ),
        (
            SetParameter(name="labour", amount=Amount(how="times", number=1e300)),
            "the new number grows too large",
        ),
        (
            SetBound(variable="x", key=("chair",), side="upper", amount=None),
            "x[chair] has no upper bound of its own",
        ),
        (
            AddVariable(variable=Variable(name="y"), uses={"glue": 1}),
            "there is no constraint 'glue'",
        ),
    ],
)
def test_what_cannot_be_edited_is_said_in_words(edit: Edit, words: str) -> None:
    with pytest.raises(FormulationError) as caught:
        edited(shop(), [edit])
    assert words in str(caught.value)


def test_all_edits_are_made_or_none() -> None:
    before = shop()
    good = SetParameter(name="labour", amount=Amount(number=30))
    with pytest.raises(FormulationError):
        edited(before, [good, RemoveConstraint(name="steel")])
    assert before == shop()


def test_one_entry_may_be_split_while_the_others_stay_whole() -> None:
    split = SetDomain(variable="x", key=("chair",), domain=Domain.continuous)
    after = edited(shop(), [split])
    less = SetParameter(name="labour", amount=Amount(number=39))
    best = solve(edited(after, [less])).values["x"]
    assert best["chair",] == 19.5
    assert not best["table",] % 1
    whole = SetDomain(variable="x", key=("chair",), domain=Domain.integer)
    assert not diff(shop(), edited(after, [whole]))
