"""Messages that limit or compare what is decided: "at most two tables"; no model is asked."""

import re
from collections.abc import Iterator, Sequence

from solvitur.agents.chat.edits.edits import Amount, Side
from solvitur.agents.chat.hearing.readings import SHARES, Heard, converted, related
from solvitur.agents.chat.hearing.saying import COST, EACH, GAIN, TOTAL, Saying, is_of
from solvitur.agents.chat.hearing.vocabulary import (
    Place,
    Role,
    VariableEntry,
    Vocabulary,
    stems,
    unit_stems,
)
from solvitur.formulation.canonical import canonical
from solvitur.formulation.changing import total_text
from solvitur.formulation.elements import Constraint, Domain, Sense, Variable
from solvitur.formulation.expression import Comparison, Node, parse
from solvitur.formulation.printing import show, show_number
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity

_COUNTS = (Kind.PLAIN, Kind.WEAK)
"""Numbers that may count what is decided."""
_AT_MOST = re.compile(
    r"\b(?:at (?:the )?(?:very )?(?:(?P<most>most)|least)|(?P<more>no more|up to)|"
    r"no (?:less|fewer))\b",
    re.IGNORECASE,
)
"""Says which way a multiple limits, where the words around its number do not: "most" and "more"."""
_RATIO = re.compile(r"\bas (?:many|much)\b|\btimes\b|\bthe (?:number|amount) of\b", re.IGNORECASE)
"""Says that a number is a multiple of something that is decided."""
_NEVER = r"\b(?:no|not|never|nor|\w+n't)\b.{0,30}?"
_AS_MANY = r"as (?:many|much)\b(?P<c>.+?)\bas\b(?P<d>.+)"


def _compared(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_COMPARED = (
    ("<=", _compared(
        rf"{_NEVER}\b(?:more|greater|larger|higher)\b(?P<a>.+?)\bthan\b(?P<b>.+)",
        rf"\bat (?:the )?most {_AS_MANY}",
        rf"(?P<e>.+?){_NEVER}\b(?:exceed|outnumber)\b(?P<f>.+)",
    )),
    (">=", _compared(
        rf"{_NEVER}\b(?:less|fewer|smaller|lower)\b(?P<a>.+?)\bthan\b(?P<b>.+)",
        rf"\bat (?:the )?least {_AS_MANY}",
    )),
    ("==", _compared(
        r"(?P<a>.+?)\b(?:equals?|(?:is|be|are) (?:equal to|the same as)|as (?:many|much) as)"
        r"\b(?P<b>.+)",
        rf"\b(?:exactly )?{_AS_MANY}",
        r"\b(?:same|equal) (?:number|amount)s? of\b(?P<e>.+?)\b(?:and|as)\b(?P<f>.+)",
    )),
    (">=", _compared(
        r"\b(?:more|greater|larger)\b(?P<a>.+?)\bthan\b(?P<b>.+)",
        r"(?P<c>.+?)\b(?:exceeds?|outnumber)\b(?P<d>.+)",
    )),
    ("<=", _compared(r"\b(?:less|fewer|smaller)\b(?P<a>.+?)\bthan\b(?P<b>.+)")),
)  # fmt: skip
"""Which way the first of two things is limited by the second."""


def comparison(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "more chairs than tables", "at least as much exterior as interior paint"."""
    if said.numbers:
        return
    for relation, pattern in _COMPARED:
        match = pattern.search(said.text)
        if match is None:
            continue
        sides = [group for group in match.groups() if group]
        if len(sides) != 2:
            continue
        left, right = (_only(known.mentioned(stems(side))) for side in sides)
        if left is None or right is None or left == right:
            continue
        yield related(said, known, f"{left.text} {relation} {right.text}")
        return


def _only(entries: Sequence[VariableEntry]) -> VariableEntry | None:
    return entries[0] if len(entries) == 1 else None


def ratio(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "no more than twice as many tables as chairs", "at most a third may be barley"."""
    if len(said.numbers) != 1 or said.numbers[0].kind not in (*SHARES, Kind.MULTIPLE):
        return
    (number,) = said.numbers
    if number.kind is Kind.MULTIPLE or _RATIO.search(said.text):
        yield from _multiple(said, known, number)
    else:
        yield from _share(said, known, number)


def _multiple(said: Saying, known: Vocabulary, number: Quantity) -> Iterator[Heard]:
    """Read how many times another decision one is to be."""
    after = known.mentioned(stems(said.text[number.end :]))
    pair = after if len(after) == 2 else known.mentioned(said.content)
    if len(pair) != 2 or not _RATIO.search(said.text):
        return
    left, right = sorted(pair, key=lambda e: _first(said.text, e))
    changed = list(_same_ratio(known, left, right, number))
    if changed:
        yield from changed
        return
    cue = said.cue(number)
    relation = cue.relation if cue else "=="
    if cue is None and not _is_exact(said) and (side := _AT_MOST.search(said.text)):
        relation = "<=" if side["most"] or side["more"] else ">="
    factor_text = show_number(number.value)
    yield related(said, known, f"{left.text} {relation} {factor_text} * {right.text}")


def _share(said: Saying, known: Vocabulary, number: Quantity) -> Iterator[Heard]:
    """Read what part of all a decision is to be."""
    mentioned, cue = known.mentioned(said.content), said.cue(number)
    if len(mentioned) != 1 or not (cue or _is_exact(said)):
        return
    (entry,) = mentioned
    relation = cue.relation if cue else "=="
    total = _total(known, entry)
    changed = list(_same_share(known, entry, relation, number))
    if changed:
        yield from changed
    elif total and re.search(r"\b(?:of|from)\b", said.text):
        share = show_number(number.value)
        yield related(said, known, f"{entry.text} {relation} {share} * {total}", 2.6)


def _is_exact(said: Saying) -> bool:
    return "exactly" in said.text.lower()


def _first(text: str, entry: VariableEntry) -> int:
    """Say where a decision is first named."""
    for match in re.finditer(r"[^\W\d_]+", text):
        if {*stems(match[0])} & entry.words:
            return match.start()
    return len(text)


def _same_ratio(
    known: Vocabulary, left: VariableEntry, right: VariableEntry, number: Quantity
) -> Iterator[Heard]:
    """Change the factor of a constraint that relates the two already."""
    for place in known.places:
        if place.value == 0 or place.is_limit:
            continue
        constraint = _constraint_of(known, place)
        relation = None if constraint is None else parse(constraint.expression)
        if not isinstance(relation, Comparison) or len(relation.operands) != 2:
            continue  # also what holds under a condition only
        one, other = relation.operands
        labels = {left.label, right.label, left.variable, right.variable}
        if place.about & labels and _speaks_of(one, left) and _speaks_of(other, right):
            amount = Amount(number=number.value)
            yield Heard((place.change(amount),), f"{place.said}: {number.text}", 3.0)


def _speaks_of(node: Node, entry: VariableEntry) -> bool:
    """Whether an entry stands somewhere in an expression."""
    return show(node) == entry.text or any(_speaks_of(each, entry) for each in node.children())


def _same_share(
    known: Vocabulary, entry: VariableEntry, relation: str, number: Quantity
) -> Iterator[Heard]:
    """Change the share that a constraint allows one decision of all of them already."""
    for place in known.places:
        constraint = _constraint_of(known, place)
        if constraint is None or place.is_limit or place.value == 0:
            continue
        node = parse(constraint.expression)
        if not isinstance(node, Comparison) or node.operators != (relation,):
            continue
        left, right = node.operands
        own = place.parameter in right.names or place.constraint == constraint.name
        is_share = entry.variable in right.names or 0 < place.value <= 1
        if show(left) == entry.text and own and is_share:
            percent = 100 if place.value > 1 else 1
            amount = Amount(number=float(f"{number.value * percent:.12g}"))
            yield Heard((place.change(amount),), f"{place.said}: {number.text}", 3.0)


def _constraint_of(known: Vocabulary, place: Place) -> Constraint | None:
    for constraint in known.instance.formulation.constraints:
        if constraint.name == place.constraint:
            return constraint
        is_factor = place.parameter and not place.key and place.limits is None
        if is_factor and place.parameter in parse(constraint.expression).names:
            return constraint
    return None


def _total(known: Vocabulary, entry: VariableEntry | None) -> str:
    """Write the sum of everything that is decided alike; empty where there is none.

    A yes or no is not added to what is counted.
    """
    formulation = known.instance.formulation
    counted = [v for v in formulation.variables if v.domain is not Domain.binary]
    variables = counted or list(formulation.variables)
    if entry is not None:
        variables = [v for v in variables if v.name == entry.variable or not v.index]
    own = [v for v in variables if entry is None or v.name == entry.variable]
    if own and own[0].index:
        return _total_of(known, own[0]) if len(own) == 1 else ""
    units = {v.unit for v in variables}
    if len(variables) < 2 or len(units) > 1 or any(v.index for v in variables):
        return ""
    return f"({' + '.join(v.name for v in variables)})"


def _total_of(known: Vocabulary, variable: Variable) -> str:
    if len(variable.index) != 1:
        return ""
    return total_text(known.instance.formulation, variable)


def totals(known: Vocabulary) -> dict[str, str]:
    """Give the sums of what is decided alike, by name."""
    found = {v.name: _total_of(known, v) for v in known.instance.formulation.variables if v.index}
    together = _total(known, None) if not found else ""
    return {name: text for name, text in found.items() if text} | (
        {"all decisions": together} if together else {}
    )


def limit(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "at most two tables", "we need at least 10 chairs", "no more than 30 altogether"."""
    if len(said.numbers) != 1 or said.numbers[0].kind not in _COUNTS:
        return
    (number,) = said.numbers
    cue = said.cue(number)
    is_plain = cue is not None and cue.is_plain
    if not is_plain and not re.search(r"\bexactly\b", said.text, re.I):
        return
    relation = cue.relation if cue and is_plain else "=="
    mentioned = known.mentioned(said.content)
    unit = said.unit(number)
    is_given = _resource(said, known)
    if is_given and said.has(TOTAL) and not mentioned:
        return  # what is used of something, and not how many there are
    if said.has(TOTAL) or (not mentioned and not is_given):
        total = _total(known, mentioned[0] if len(mentioned) == 1 else None)
        others = set(said.content) - known.known
        if total and not others:
            units = {variable.unit for variable in known.instance.formulation.variables}
            own = units.pop() if len(units) == 1 else ""
            yield from _sum_limit(said, known, total, relation, number, own)
        return
    for entry in mentioned if len(mentioned) == 1 else ():
        if not _counts(said, known, entry, number, unit):
            return
        yield from _entry_limit(said, known, entry, relation, number)


def goal_limit(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "keep the total cost below 500", "the profit must be at least 200"."""
    if len(said.numbers) != 1 or said.numbers[0].kind not in _COUNTS:
        return
    (number,) = said.numbers
    cue, objective = said.cue(number), known.instance.formulation.objective
    is_all = not known.mentioned(said.content) and not said.has(EACH)
    if cue is None or not cue.is_plain or not is_all:
        return
    goals = [place for place in known.places if Role.goal in place.roles]
    own = {*stems(objective.doc)}.union(*(stems(place.parameter or "") for place in goals))
    words = GAIN if objective.sense is Sense.maximize else COST
    content = [word for word in said.content if not name_of(word)]
    if content and all(word in own or is_of(word, words) for word in content):
        unit = next((place.unit.partition("/")[0] for place in goals), "")
        yield from _sum_limit(said, known, objective.expression, cue.relation, number, unit)


def _resource(said: Saying, known: Vocabulary) -> bool:
    """Whether the words speak of something that is limited, or given by the unit."""
    variables = {
        w
        for v in known.instance.formulation.variables
        for w in (*stems(v.name), *stems(v.doc), *unit_stems(v.unit))
    }
    sets = {w for s in known.instance.formulation.sets for w in (*stems(s.name), *stems(s.doc))}
    words = set(said.content) - variables - sets
    return any(word in place.words for word in words for place in known.places)


def _counts(
    said: Saying, known: Vocabulary, entry: VariableEntry, number: Quantity, unit: str
) -> bool:
    """Whether a number counts the decision itself: "10 chairs", "20 hectares of chickpeas"."""
    if factor(unit, entry.unit) is not None:
        return True
    after = stems(said.text[number.end :])[:3]
    own = {*entry.words, *unit_stems(entry.unit)}
    for variable in known.instance.formulation.variables:
        if variable.name == entry.variable:
            own |= {*stems(variable.doc), *stems(variable.name)}
    others = [w for w in said.content if w not in own and _is_given(w, known)]
    if others:
        return False
    named = name_of(unit)
    return not after or bool({*after} & own) or not (named and factor(unit, entry.unit) is None)


def _is_given(word: str, known: Vocabulary) -> bool:
    """Whether a word is that of something which is given by the unit, or limited for all."""
    return any(
        word in place.words
        for place in known.places
        if (Role.use in place.roles and place.key != ()) or (place.limits and not place.about)
    )


def _entry_limit(
    said: Saying, known: Vocabulary, entry: VariableEntry, relation: str, number: Quantity
) -> Iterator[Heard]:
    for place in known.places:
        if place.limits and place.about == {entry.label} and place.relation == relation:
            value = converted(said, number, place.unit or entry.unit)
            amount = Amount(number=value)
            yield Heard((place.change(amount),), f"{place.said}: {show_number(value)}", 3.0)
            return
    value = converted(said, number, entry.unit)
    if relation == "==":
        yield related(said, known, f"{entry.text} == {show_number(value)}")
        return
    side: Side = "upper" if relation == "<=" else "lower"
    edit = entry.bounded(side, value, said.text)
    yield Heard((edit,), f"{entry.name} {relation} {show_number(value)}", 3.0)


def _sum_limit(
    said: Saying, known: Vocabulary, total: str, relation: str, number: Quantity, unit: str
) -> Iterator[Heard]:
    """Give a sum another limit, where it has one; else its first, in its own unit."""
    wanted = canonical(parse(total))
    for place in known.places:
        if place.limits and place.relation == relation:
            (rule,) = (r for r in known.instance.rules if r.constraint.name == place.limits)
            if any(canonical(side) == wanted for side in rule.relation.operands):
                value = converted(said, number, place.unit)
                yield Heard((place.change(Amount(number=value)),), place.said, 3.0)
                return
    value = converted(said, number, unit)
    yield related(said, known, f"{total} {relation} {show_number(value)}", 2.6)
