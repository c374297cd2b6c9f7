"""An amount for each pair as five elements: asked is only what the words leave open.

Those are whether amounts are whole, which way the goal goes, and for a list of numbers which sum it
bounds and which way, in the same words and under the same kind of grammar as for other problems.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solvitur.agents.stepwise import aims, grammars
from solvitur.agents.stepwise.domains import domain
from solvitur.agents.stepwise.mentions import stems
from solvitur.agents.stepwise.pairs import Margin, Matrix, Pairs
from solvitur.agents.stepwise.sketch import TOTAL, Decision, element, safe
from solvitur.agents.stepwise.talk import Talk, focus
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Objective,
    Parameter,
    Sense,
    Set,
    Variable,
)
from solvitur.formulation.printing import show_number
from solvitur.formulation.words.quantities import unit_after
from solvitur.prompts.library import render

AMOUNT = "amount"
_WHERE = r"(?:to|from|at|in|into|on|by|for|of|via|and|between)"
_RELATIONS = ("<=", ">=", "==")


@dataclass(frozen=True)
class Bound:
    """A margin whose relation is settled, and the table that its sum is weighted with."""

    margin: Margin
    relation: str
    weight: Matrix | None


async def paired(talk: Talk, found: Pairs) -> Formulation:
    """Ask what the words leave open, and write the five elements.

    Raises:
        BadReply: A reply cannot be used.
    """
    amount = await _amount(talk, found)
    goal, sense = await _goal(talk, found)
    weights = [matrix for matrix in found.matrices if matrix is not goal]
    bounds = [await _bound(talk, found, margin, weights, sense) for margin in found.margins]
    return _Writer(found, amount, goal, sense, bounds).formulation()


# --- what is asked -------------------------------------------------------------------------------


async def _amount(talk: Talk, found: Pairs) -> Decision:
    """Ask for the words of the decision, and whether it is whole, unless that is known."""
    question = render("staged_variables", problem=found.reading.text.strip())
    one, other = found.kinds
    told = _told(found)
    if told is not None:
        decision = Decision(name=AMOUNT, doc=f"for each of the {one} and {other}", domain=told)
        plain = Domain.integer if told is Domain.binary else told
        said = {"name": AMOUNT, "doc": decision.doc, "domain": plain.value}
        talk.put(question, json.dumps({"variables": [said]}))
        return decision
    schema = grammars.one_variable(AMOUNT)
    (named,) = await talk.ask_for("variables", tuple[Decision], question, schema)
    decision = Decision.model_validate(named)
    return decision.model_copy(update={"doc": _of_every_pair(decision.doc, found)})


def _of_every_pair(doc: str, found: Pairs) -> str:
    """Leave out of the words of the decision which one of the pairs they speak of."""
    names = "|".join(re.escape(name) for side in found.names for name in side)
    return re.sub(rf"(?: {_WHERE})? (?:the )?(?:{names})(?!\w)", "", doc)


def _told(found: Pairs) -> Domain | None:
    """Give the domain that the words tell: of what is measured, of what is done or not."""
    if found.is_assignment:
        return Domain.binary
    tables = {word for matrix in found.matrices for word in stems(matrix.name)}
    numbers = [  # hours that a table speaks of are not what amounts are counted in
        margin.number
        for margin in found.margins
        if margin.number is not None and not tables & set(stems(margin.words))
    ]
    units = dict.fromkeys(unit_after(found.reading.text, number) for number in numbers)
    for unit in units or {"": None}:
        told = {
            domain(found.reading, Decision(name=AMOUNT, doc=unit, domain=either))
            for either in (Domain.integer, Domain.continuous)
        }
        if len(told) == 1:
            return told.pop()
    return None


async def _goal(talk: Talk, found: Pairs) -> tuple[Matrix, Sense]:
    """Ask which table is summed up and which way, unless that is known; money comes first."""
    talk.put(render("staged_table"), json.dumps({"rows": [_row(m) for m in found.matrices]}))
    money = [matrix for matrix in found.matrices if matrix.is_money]
    sums = money[:1] or list(found.matrices)
    names = [matrix.name for matrix in sums]
    sense = aims.sense(found.reading, names)
    said = f"{sense} {names[0]}" if sense and len(names) == 1 else None
    grammar = grammars.goal((), sense, names)
    way, _, name = (await talk.settle(render("staged_goal"), said, grammar)).partition(" ")
    return next(matrix for matrix in sums if matrix.name == name), Sense(way)


def _row(matrix: Matrix) -> dict[str, object]:
    values = {f"{one} - {other}": value for (one, other), value in matrix.grid.values.items()}
    return {"name": matrix.name, "values": values}


async def _bound(
    talk: Talk, found: Pairs, margin: Margin, weights: Sequence[Matrix], sense: Sense
) -> Bound:
    """Ask which sum a list of numbers bounds and which way, unless that is known."""
    spoken = set(stems(margin.words))
    named = [weight for weight in weights if spoken & set(stems(weight.name))]
    is_told = any(
        set(stems(each.words)) & set(stems(weight.name))
        for each in found.margins
        for weight in weights
    )
    sums = named or ([] if is_told else list(weights))
    lefts = [weight.name for weight in sums]
    if not named:
        lefts = [TOTAL, *lefts]
    relations = _relations(found, margin, sense)
    value = show_number(next(iter(margin.values.values())))
    number = margin.number
    question = (
        render("staged_limit", focus=focus(found.reading, number))
        if number
        else render("staged_comparison", focus=margin.words)
    )
    right = number.text if number else value
    only = f"{lefts[0]} {relations[0]} {right}" if len(lefts) == len(relations) == 1 else None
    grammar = grammars.bound(lefts, relations, right)
    left, relation, _ = (await talk.settle(question, only, grammar)).split(" ", 2)
    weight = next((each for each in weights if each.name == left), None)
    return Bound(margin, relation, weight)


def _relations(found: Pairs, margin: Margin, sense: Sense) -> Sequence[str]:
    """Give what is left: one side has what the other needs, and something has to be done."""
    known = {each.relation for each in found.margins}
    if known == {"<="} and sense is Sense.minimize and not margin.is_plain:
        return ("==",)  # else nothing at all would be best
    if margin.relation is not None and margin.is_sure(sense):
        return (margin.relation,)
    others = {each.relation for each in found.margins if each.side != margin.side}
    return ("<=", "==") if others == {">="} else _RELATIONS


# --- the five elements ---------------------------------------------------------------------------


class _Writer:
    def __init__(
        self, found: Pairs, amount: Decision, goal: Matrix, sense: Sense, bounds: Sequence[Bound]
    ) -> None:
        self.found, self.amount = found, amount
        self.goal, self.sense, self.bounds = goal, sense, bounds
        self.taken: set[str] = set()
        self.sets = tuple(self.fresh(kind) for kind in found.kinds)
        self.variable = self.fresh("taken" if found.is_assignment else AMOUNT)
        self.loops = tuple(self.fresh(name) for name in ("i", "j"))
        self.tables = {matrix.name: self.fresh(matrix.name) for matrix in found.matrices}
        self.parameters = [self.table(matrix) for matrix in found.matrices]

    def formulation(self) -> Formulation:
        constraints = (*self.rows(), *self.routes(), *self.closed())
        goal = self.sum({}, self.goal)
        return Formulation(
            sets=tuple(
                Set(name=name, elements=names)
                for name, names in zip(self.sets, self.found.names, strict=True)
            ),
            parameters=tuple(self.parameters),
            variables=(
                Variable(
                    name=self.variable,
                    index=self.sets,
                    domain=self.amount.domain,
                    doc=self.amount.doc,
                ),
            ),
            objective=Objective(sense=self.sense, expression=goal),
            constraints=constraints,
        )

    def table(self, matrix: Matrix) -> Parameter:
        (rows, columns), given = self.found.names, matrix.grid.values
        values = {r: {c: given.get((r, c), 0.0) for c in columns} for r in rows}
        doc = matrix.grid.caption[:200]
        return Parameter(name=self.tables[matrix.name], index=self.sets, values=values, doc=doc)

    def sum(self, fixed: dict[int, str], weight: Matrix | None) -> str:
        """Write the sum of all amounts, of those of one name, or of one pair."""
        keys = [fixed.get(side, loop) for side, loop in enumerate(self.loops)]
        entry = f"[{', '.join(keys)}]"
        factor = f"{self.tables[weight.name]}{entry} * " if weight else ""
        loops = [
            f"for {self.loops[side]} in {self.sets[side]}" for side in (0, 1) if side not in fixed
        ]
        term = f"{factor}{self.variable}{entry}"
        return f"sum({term} {' '.join(loops)})" if loops else term

    def rows(self) -> Iterator[Constraint]:
        for bound in self.bounds:
            margin, side = bound.margin, bound.margin.side
            kind = self.sets[side]
            if len(margin.values) == len(self.found.names[side]):
                loop = self.loops[side]
                name = self.fresh(f"{kind}_{margin.name}")
                right = self.right(margin, f"{kind}_{margin.name}", kind)
                left = self.sum({side: loop}, bound.weight)
                yield Constraint(
                    name=name,
                    forall=f"{loop} in {kind}",
                    expression=f"{left} {bound.relation} {right.format(loop)}",
                    doc=margin.words,
                )
                continue
            for one, value in margin.values.items():
                left = self.sum({side: element(one)}, bound.weight)
                name = self.fresh(f"{margin.name}_{safe(one, ())}")
                yield self.alone(name, left, bound.relation, value, margin.words)

    def right(self, margin: Margin, name: str, kind: str) -> str:
        """Declare the numbers of a margin; give how one of them is written."""
        values = set(margin.values.values())
        if values == {1.0} and self.found.is_assignment:
            return "1"
        name = self.fresh(f"{margin.name}_of_{kind}")
        if len(values) == 1:
            self.parameters.append(Parameter(name=name, value=values.pop(), doc=margin.words))
            return name
        self.parameters.append(
            Parameter(name=name, index=(kind,), values=dict(margin.values), doc=margin.words)
        )
        return f"{name}[{{}}]"

    def alone(
        self, name: str, left: str, relation: str, value: float, words: str, forall: str = ""
    ) -> Constraint:
        """Bound a sum by one number, which becomes a parameter that keeps its words."""
        number = Parameter(name=self.fresh(f"{name}_limit"), value=value, doc=words)
        self.parameters.append(number)
        return Constraint(
            name=name, forall=forall, expression=f"{left} {relation} {number.name}", doc=words
        )

    def routes(self) -> Iterator[Constraint]:
        for route in self.found.routes:
            each = f"{self.loops[0]} in {self.sets[0]}, {self.loops[1]} in {self.sets[1]}"
            keys = map(element, route.pair) if route.pair else self.loops
            left = self.sum(dict(enumerate(keys)), None)
            name = self.fresh("route")
            forall = "" if route.pair else each
            yield self.alone(name, left, route.relation, route.value, route.words, forall)

    def closed(self) -> Iterator[Constraint]:
        """Leave out the pairs that the table has no number for."""
        rows, columns = self.found.names
        for row in rows:
            for column in columns:
                if (row, column) not in self.goal.grid.values:
                    left = self.sum({0: element(row), 1: element(column)}, None)
                    doc = f"the table has no number for {row} and {column}"
                    yield Constraint(name=self.fresh("closed"), expression=f"{left} == 0", doc=doc)

    def fresh(self, name: str) -> str:
        own = safe(name, self.taken)
        self.taken.add(own)
        return own
