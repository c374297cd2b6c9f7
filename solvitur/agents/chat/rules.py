"""What a message changes, as far as its words leave no doubt; no model is asked.

Each rule reads one shape of message: a limit on a number of things, a comparison of two, a number
that becomes another, a limit that goes, an element that comes. What a number is said of is found by
the words it shares with the formulation, and the runners-up are kept: where they come close, or
words stay unexplained, the message is not understood by rule.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from solvitur.agents.chat.edits import (
    AddConstraint,
    Amount,
    Edit,
    How,
    RemoveConstraint,
    SetBound,
    SetDomain,
    SetObjective,
    SetParameter,
    Side,
)
from solvitur.agents.chat.saying import (
    CAP,
    COST,
    DEMAND,
    EACH,
    EXCLUDE,
    FRACTION,
    GAIN,
    LIMITS,
    REMOVE,
    SENSE,
    STOCK,
    TAKES,
    TOTAL,
    USE,
    WHOLE,
    Saying,
)
from solvitur.agents.chat.vocabulary import (
    Entry,
    Place,
    Role,
    Vocabulary,
    atom_words,
    stems,
    unit_stems,
)
from solvitur.formulation.canonical import canonical
from solvitur.formulation.changing import free_name
from solvitur.formulation.elements import Constraint, Domain, Sense, Variable
from solvitur.formulation.expression import Comparison, parse
from solvitur.formulation.printing import one_line, show, show_number
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity

SURE = 1.6
"""What the best reading must score to be taken without asking."""
AHEAD = 0.7
"""How far it must be ahead of the next one."""
_CLOSE = 1.5
"""How far behind the best a reading may be to be named in a question."""
_COUNTS = (Kind.PLAIN, Kind.WEAK)
_SHARES = (Kind.PERCENT, Kind.FRACTION)
_AT_MOST = re.compile(
    r"\b(?:at (?:the )?(?:very )?(?:(?P<most>most)|least)|(?P<more>no more|up to)|"
    r"no (?:less|fewer))\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\bas (?:many|much)\b|\btimes\b|\bthe (?:number|amount) of\b", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """One way to understand a message."""

    edits: tuple[Edit, ...]
    words: str
    """It for a person, as one of several that are asked about."""
    score: float
    unexplained: tuple[str, ...] = ()
    """Stems of the message that nothing in the formulation has."""
    assumption: str = ""


def understand(said: Saying, known: Vocabulary) -> list[Heard]:
    """Give the ways to understand a message, the likeliest first; none where no rule fits."""
    for rule in (_domain, _sense, _removal, _comparison, _ratio, _limit, _exclusion, _number):
        found = sorted(rule(said, known), key=lambda heard: -heard.score)
        if found:
            strange = () if rule is _domain else unexplained(said, known)
            return [replace(heard, unexplained=strange) for heard in found]
    return []


def unexplained(said: Saying, known: Vocabulary) -> tuple[str, ...]:
    """Give the stems that nothing in the formulation has."""
    units = {s for n in said.numbers for s in stems(said.unit(n))}
    return tuple(
        word
        for word in said.content
        if word not in known.known and word not in units and not name_of(word)
    )


def is_sure(found: Sequence[Heard], said: Saying) -> bool:
    """Whether the first of some readings can be taken without asking."""
    best = found[0]
    if best.score < SURE or (len(found) > 1 and best.score - found[1].score < AHEAD):
        return False
    return len(best.unexplained) * 2 <= max(1, len(said.content))


def close(found: Sequence[Heard], most: int = 5) -> list[Heard]:
    """Give those that are nearly as likely as the first."""
    return [heard for heard in found if found[0].score - heard.score <= _CLOSE][:most]


# --- domains, goals and limits that go -----------------------------------------------------------


def _domain(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "chairs can be fractional", "only whole servings"."""
    for pattern, domain in ((FRACTION, Domain.continuous), (WHOLE, Domain.integer)):
        if not said.has(pattern):
            continue
        if said.numbers:
            return
        if said.has_not(pattern):
            domain = Domain.integer if domain is Domain.continuous else Domain.continuous
        mentioned = known.mentioned(said.content)
        variables = list(known.instance.formulation.variables)
        named = [v for v in variables if {*stems(v.name), *stems(v.doc)} & set(said.content)]
        edits: list[Edit] = []
        if mentioned and len(mentioned) < len(known.entries):
            edits = [
                SetDomain(variable=e.variable, key=e.key or None, domain=domain) for e in mentioned
            ]
        else:
            edits = [SetDomain(variable=v.name, domain=domain) for v in named or variables]
        names = ", ".join(e.name for e in mentioned) or "all"
        yield Heard(tuple(edits), f"{names}: {domain.value} values", 3.0)
        return


def _sense(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "minimise cost instead", "bake the fewest loaves"."""
    match = SENSE.search(said.text)
    if match is None or said.numbers:
        return
    sense = Sense.maximize if match["up"] else Sense.minimize
    objective = known.instance.formulation.objective
    own = {*stems(objective.doc)}
    for place in known.places:
        if Role.goal in place.roles:
            own |= {*stems(place.parameter or "")}
    content = said.content
    for expression, words in _measures(known):
        shared = len({*words} & {*content})
        if shared:
            edit = SetObjective(sense=sense, expression=expression, doc=said.text)
            yield Heard((edit,), f"{sense.value} {expression}", 1.5 + shared)
    if not content or own & {*content}:
        shared = len(own & {*content})
        changed = SetObjective(sense=sense)
        yield Heard((changed,), f"{sense.value} what is there now", 2.0 + shared)


def _measures(known: Vocabulary) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give what can be made as much or as little as possible: sums, with their words."""
    instance = known.instance
    formulation = instance.formulation
    for rule in instance.rules:
        if rule.loops or len(rule.relation.operands) != 2:
            continue
        sides = [s for s in rule.relation.operands if not s.names.isdisjoint(instance.bounds)]
        if len(sides) == 1 and len(list(sides[0].names)) > 1:
            words = [*stems(rule.constraint.name)]
            for name in sides[0].names & set(instance.parameters):
                words += stems(name)
            yield show(sides[0]), tuple(words)
    for variable in formulation.variables:
        expression = variable.name
        if variable.index:
            letters = [
                f"i{n}" if len(variable.index) > 1 else "i" for n in range(len(variable.index))
            ]
            loops = " ".join(
                f"for {i} in {s}" for i, s in zip(letters, variable.index, strict=True)
            )
            expression = f"sum({variable.name}[{', '.join(letters)}] {loops})"
        yield expression, (*stems(variable.name), *stems(variable.doc), *unit_stems(variable.unit))


def _removal(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "forget the wood limit", "the order of chairs was cancelled"."""
    if not said.has(REMOVE) or said.numbers:
        return
    speaks_of_limits = said.has(LIMITS)
    mentioned = known.mentioned(said.content)
    for constraint in known.instance.formulation.constraints:
        words = dict.fromkeys(stems(constraint.doc), 0.8)
        for place in known.places:
            if place.limits == constraint.name:
                words |= {w: max(1.0, words.get(w, 0)) for w in place.words}
        words |= dict.fromkeys(stems(constraint.name), 1.6)
        limiting = set(stems(said.text))
        shared = [w for w in limiting if w in words]
        score = sum(words[w] for w in shared)
        if score and (speaks_of_limits or not mentioned or not _OF_LIMITS.issuperset(shared)):
            doc = f" ({one_line(constraint.doc)[:60]})" if constraint.doc else ""
            yield Heard(
                (RemoveConstraint(name=constraint.name),),
                f"without the constraint {constraint.name}{doc}",
                score + (0.5 if speaks_of_limits else 0.0),
            )


_OF_LIMITS = frozenset(stems("limit rule constraint restriction requirement order contract cap"))
"""Stems that limits have in common, so that they tell none from another."""


def _exclusion(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "no spinach please", "we don't make tables any more"."""
    if said.numbers or not (said.has(EXCLUDE) or said.has(REMOVE)):
        return
    mentioned = known.mentioned(said.content)
    if not mentioned or len(mentioned) == len(known.entries) > 1:
        return
    edits = tuple(
        SetBound(
            variable=e.variable,
            key=e.key or None,
            side="upper",
            amount=Amount(number=0),
            doc=said.text,
        )
        for e in mentioned
    )
    yield Heard(edits, f"no {', '.join(e.name for e in mentioned)}", 2.5)


# --- what is compared ----------------------------------------------------------------------------

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


def _comparison(said: Saying, known: Vocabulary) -> Iterator[Heard]:
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
        yield _related(said, known, f"{left.text} {relation} {right.text}")
        return


def _only(entries: Sequence[Entry]) -> Entry | None:
    return entries[0] if len(entries) == 1 else None


def _related(said: Saying, known: Vocabulary, expression: str, score: float = 3.0) -> Heard:
    name = free_name(known.instance.formulation, "_".join(stems(said.text)[:3]) or "limit")
    if not name.isidentifier():
        name = free_name(known.instance.formulation, "limit")
    constraint = Constraint(name=name, expression=expression, doc=said.text)
    return Heard((AddConstraint(constraint=constraint),), expression, score)


def _ratio(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "no more than twice as many tables as chairs", "at most a third may be barley"."""
    if len(said.numbers) != 1 or said.numbers[0].kind not in (*_SHARES, Kind.MULTIPLE):
        return
    (number,) = said.numbers
    mentioned = known.mentioned(said.content)
    cue = said.cue(number)
    relation = cue.relation if cue else "=="
    exact = "exactly" in said.text.lower()
    if number.kind is Kind.MULTIPLE or _RATIO.search(said.text):
        after = known.mentioned(stems(said.text[number.end :]))
        pair = after if len(after) == 2 else mentioned
        if len(pair) != 2 or not _RATIO.search(said.text):
            return
        left, right = sorted(pair, key=lambda e: _first(said.text, e))
        changed = list(_same_ratio(known, left, right, number))
        if changed:
            yield from changed
            return
        if cue is None and not exact and (side := _AT_MOST.search(said.text)):
            relation = "<=" if side["most"] or side["more"] else ">="
        factor_text = show_number(number.value)
        yield _related(said, known, f"{left.text} {relation} {factor_text} * {right.text}")
    elif len(mentioned) == 1 and (cue or exact):
        (entry,) = mentioned
        total = _total(known, entry)
        if total and re.search(r"\b(?:of|from)\b", said.text):
            changed = list(_same_share(known, entry, relation, number))
            if changed:
                yield from changed
                return
            share = show_number(number.value)
            yield _related(said, known, f"{entry.text} {relation} {share} * {total}", 2.6)


def _first(text: str, entry: Entry) -> int:
    """Say where a decision is first named."""
    for match in re.finditer(r"[^\W\d_]+", text):
        if {*stems(match[0])} & entry.words:
            return match.start()
    return len(text)


def _same_ratio(known: Vocabulary, left: Entry, right: Entry, number: Quantity) -> Iterator[Heard]:
    """Change the factor of a constraint that relates the two already."""
    for place in known.places:
        if place.value == 0 or place.is_limit:
            continue
        constraint = _constraint_of(known, place)
        if constraint is None:
            continue
        names = parse(constraint.expression)
        said = {left.text, right.text}
        text = show(names)
        if all(each in text for each in said) and place.about & {left.label, right.label} | (
            {left.variable, right.variable} & place.about
        ):
            sides = re.split(r"<=|>=|==", text)
            if len(sides) == 2 and right.text in sides[1] and left.text in sides[0]:
                amount = Amount(number=number.value)
                yield Heard((place.change(amount),), f"{place.said}: {number.text}", 3.0)


def _same_share(
    known: Vocabulary, entry: Entry, relation: str, number: Quantity
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
        if show(left) == entry.text and own and entry.variable in right.names:
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


def _total(known: Vocabulary, entry: Entry | None) -> str:
    """Write the sum of everything that is decided alike; empty where there is none."""
    formulation = known.instance.formulation
    variables = list(formulation.variables)
    if entry is not None:
        variables = [v for v in variables if v.name == entry.variable or not v.index]
    own = [v for v in variables if entry is None or v.name == entry.variable]
    if own and own[0].index:
        return _total_of(own[0]) if len(own) == 1 else ""
    units = {v.unit for v in variables}
    if len(variables) < 2 or len(units) > 1 or any(v.index for v in variables):
        return ""
    return f"({' + '.join(v.name for v in variables)})"


def _total_of(variable: Variable) -> str:
    if len(variable.index) != 1:
        return ""
    letter = "i" if variable.name != "i" else "j"
    return f"sum({variable.name}[{letter}] for {letter} in {variable.index[0]})"


def totals(known: Vocabulary) -> dict[str, str]:
    """Give the sums of what is decided alike, by name."""
    found = {v.name: _total_of(v) for v in known.instance.formulation.variables if v.index}
    together = _total(known, None) if not found else ""
    return {name: text for name, text in found.items() if text} | (
        {"all decisions": together} if together else {}
    )


# --- limits --------------------------------------------------------------------------------------


def _limit(said: Saying, known: Vocabulary) -> Iterator[Heard]:
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
    if said.has(TOTAL) or (not mentioned and not _resource(said, known)):
        total = _total(known, mentioned[0] if len(mentioned) == 1 else None)
        others = set(said.content) - known.known
        if total and not others:
            yield from _total_limit(said, known, total, relation, number)
        return
    for entry in mentioned if len(mentioned) == 1 else ():
        if not _counts(said, known, entry, number, unit):
            return
        yield from _entry_limit(said, known, entry, relation, number)


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


def _counts(said: Saying, known: Vocabulary, entry: Entry, number: Quantity, unit: str) -> bool:
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
    said: Saying, known: Vocabulary, entry: Entry, relation: str, number: Quantity
) -> Iterator[Heard]:
    for place in known.places:
        if place.limits and place.about == {entry.label} and place.relation == relation:
            value = converted(said, number, place.unit or entry.unit)
            amount = Amount(number=value)
            yield Heard((place.change(amount),), f"{place.said}: {show_number(value)}", 3.0)
            return
    value = converted(said, number, entry.unit)
    if relation == "==":
        yield _related(said, known, f"{entry.text} == {show_number(value)}")
        return
    side: Side = "upper" if relation == "<=" else "lower"
    edit = SetBound(
        variable=entry.variable,
        key=entry.key or None,
        side=side,
        amount=Amount(number=value),
        doc=said.text,
    )
    yield Heard((edit,), f"{entry.name} {relation} {show_number(value)}", 3.0)


def _total_limit(
    said: Saying, known: Vocabulary, total: str, relation: str, number: Quantity
) -> Iterator[Heard]:
    wanted = show(parse(total))
    for place in known.places:
        if place.limits and place.relation == relation:
            (constraint,) = (
                c for c in known.instance.formulation.constraints if c.name == place.limits
            )
            sides = [show(parse(side)) for side in re.split("<=|>=|==", constraint.expression)]
            if any(_same_sum(side, wanted) for side in sides):
                value = converted(said, number, place.unit)
                yield Heard((place.change(Amount(number=value)),), place.said, 3.0)
                return
    yield _related(said, known, f"{total} {relation} {show_number(number.value)}", 2.6)


def _same_sum(one: str, other: str) -> bool:
    return canonical(parse(one)) == canonical(parse(other))


def converted(said: Saying, number: Quantity, unit: str) -> float:
    """Give a number in the unit that the formulation has it in."""
    word = said.unit(number)
    if not name_of(word) and said.reading.is_money(number):
        word = "cents" if re.match(r"\s*cents?\b", said.text[number.end :], re.I) else ""
    times = factor(word, unit.partition("/")[0]) if word else None
    return float(f"{number.value * (1.0 if times is None else times):.12g}")


# --- numbers that become others ------------------------------------------------------------------


def _number(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "labour is only 30 hours", "profit of chairs rises by 10 %", "double the solvent"."""
    if len(said.numbers) > 1:
        return
    number = said.numbers[0] if said.numbers else None
    if number is None and said.factor is None:
        return
    yield from ranked(said, known, number)


def ranked(said: Saying, known: Vocabulary, number: Quantity | None) -> Iterator[Heard]:
    """Give every number of the formulation that a number of the message may be about."""
    amount = Amount(how=How.times, number=said.factor or 1.0)
    if number is not None and said.factor is None:
        amount = said.amount(number)
    groups: dict[str, list[tuple[float, Place]]] = {}
    for place, score in scored(said, known, number):
        groups.setdefault(place.parameter or place.label, []).append((score, place))
    readings = []
    for found in groups.values():
        best = max(score for score, _ in found)
        chosen = [place for score, place in found if score > best - 0.01]
        if best > 0:
            readings.append(_set(said, known, chosen, best, amount, number))
    readings = [heard for heard in readings if heard.score > 0]
    yield from _together(readings) if amount.how is How.times else readings


def _together(readings: list[Heard]) -> list[Heard]:
    """Take all numbers that a share fits alike: "demand grows by 10 %" is said of each demand."""
    most = max((heard.score for heard in readings), default=0.0)
    alike = [heard for heard in readings if heard.score > most - 0.01]
    if len(alike) < 2:
        return readings
    rest = [heard for heard in readings if heard not in alike]
    edits = tuple(edit for heard in alike for edit in heard.edits)
    return [Heard(edits, "; ".join(heard.words for heard in alike), most), *rest]


def _set(
    said: Saying,
    known: Vocabulary,
    chosen: list[Place],
    score: float,
    amount: Amount,
    number: Quantity | None,
) -> Heard:
    place = chosen[0]
    is_share = 0 < place.value <= 1 or "%" in place.unit
    is_part = number is not None and number.kind in _SHARES and amount.how is How.to
    if number is not None and is_part and not is_share:
        # A part of something that is no share: "only half" is half of what there is.
        score -= 0.0 if said.is_part(number) else 10.0
        amount = Amount(how=How.times, number=number.value)
    if number is not None and amount.how is not How.times:
        value = converted(said, number, place.unit)
        sign = -1 if amount.number < 0 else 1
        amount = amount.model_copy(update={"number": sign * abs(value) if value >= 0 else value})
    entries = len(known.instance.parameters[place.parameter]) if place.parameter else 0
    if place.key and len(chosen) == entries > 1:
        edits: tuple[Edit, ...] = (SetParameter(name=place.parameter or "", amount=amount),)
    else:
        edits = tuple(each.change(amount) for each in chosen)
    new = [amount.after(each.value) for each in chosen]
    pairs = list(zip(chosen, new, strict=True))
    words = "; ".join(f"{each.said} -> {show_number(value)}" for each, value in pairs[:3])
    is_vague = len(chosen) > 1 and amount.how is How.to
    score -= 1.5 * is_vague + max(_strangeness(each.value, value) for each, value in pairs)
    return Heard(edits, words, score)


def _strangeness(old: float, new: float) -> float:
    """Say how little a new number is of the old one's kind."""
    if new < 0 <= old:
        return 2.0
    if old <= 0 or new <= 0:
        return 0.0
    return 0.25 * max(0.0, abs(math.log(new / old)) - math.log(2))


def scored(
    said: Saying, known: Vocabulary, number: Quantity | None
) -> Iterator[tuple[Place, float]]:
    """Score how well each number of the formulation fits what is said."""
    mentioned = {entry.label for entry in known.mentioned(said.content)}
    everything = len(mentioned) == len(known.entries)
    cue = said.cue(number) if number is not None else None
    relation = cue.relation if cue and cue.is_plain else None
    for place in known.places:
        if relation and place.relation != relation:
            continue  # "at least 2" is no number of another kind
        shared = [word for word in said.content if word in place.words]
        score = sum(place.words[word] * known.rarity[word] for word in shared)
        if mentioned and not everything:
            if place.about & mentioned:
                score += 1.0 if len(place.about) <= len(mentioned) else 0.3
            elif place.about:
                score -= 3.0
            else:
                score -= 0.5
        elif place.about:
            score -= 0.7
        unsaid = sum(not set(atom_words(atom)) & set(said.content) for atom in place.key or ())
        if unsaid < len(place.key or ()):
            score -= 0.5 * unsaid
        if score <= 0:
            continue
        score += _worth(said, place, known.instance.formulation.objective.sense)
        yield place, score + _role(said, place, bool(mentioned)) + _unit(said, place, number)


def _worth(said: Saying, place: Place, sense: Sense) -> float:
    """Say how well it fits what is earned or paid."""
    score = 0.0
    for words, own in ((GAIN, Sense.maximize), (COST, Sense.minimize)):
        if said.has(words):
            is_named = any(words.fullmatch(word) for word in place.words)
            score += 1.0 if is_named or (sense is own and Role.goal in place.roles) else 0.0
    return score


def _role(said: Saying, place: Place, is_single: bool) -> float:
    """Say how well what a number is for fits the verbs."""
    score = 1.0 if Role.least in place.roles and said.has(DEMAND) else 0.0
    is_whole = not place.about
    if said.has(CAP):
        score += {"<=": 1.0, ">=": -1.0}.get(place.relation, 0.0)
    if place.limits and (said.has(EACH) or (Role.most in place.roles and said.has(TAKES))):
        score -= 1.0
    if not is_single and Role.use in place.roles and said.has(TAKES):
        score += 1.0
    if is_single and Role.use in place.roles and said.has(USE):
        score += 1.0
    if place.limits and Role.most in place.roles and said.has(STOCK):
        score += 1.0 if is_whole or not is_single else 0.7
    if is_whole and not is_single and place.limits:
        score += 0.5
    return score


def _unit(said: Saying, place: Place, number: Quantity | None) -> float:
    """Say how well the unit of a number fits."""
    if number is None or number.kind is not Kind.PLAIN:
        return 0.0
    own = place.unit.partition("/")[0]
    word = said.unit(number)
    if name_of(word) and name_of(own):
        return 0.8 if factor(word, own) is not None else -2.0
    if said.reading.is_money(number) and own:
        return 1.0 if name_of(own) in ("dollar", "euro", "pound") else -1.0
    if own and {*stems(word)} & {*unit_stems(own)}:
        return 0.5
    return 0.0
