"""Messages about what is decided, what is best, and limits that go; no model is asked."""

from collections.abc import Iterator

from solvitur.agents.chat.edits.edits import (
    Edit,
    RemoveConstraint,
    SetDomain,
    SetObjective,
)
from solvitur.agents.chat.hearing.readings import Heard
from solvitur.agents.chat.hearing.saying import (
    EXCLUDE,
    FRACTION,
    LIMITS,
    REMOVE,
    SENSE,
    WHOLE,
    Saying,
)
from solvitur.agents.chat.hearing.vocabulary import Role, Vocabulary, stems, unit_stems
from solvitur.formulation.changing import total_text
from solvitur.formulation.elements import Domain, Sense
from solvitur.formulation.expression import constant_side
from solvitur.formulation.printing import one_line, show


def domain(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "chairs can be fractional", "only whole servings"."""
    for pattern, domain in ((FRACTION, Domain.continuous), (WHOLE, Domain.integer)):
        match = pattern.search(said.text)
        if match is None or not known.known.isdisjoint(stems(match[0])):
            continue  # "part-time" may be what is decided on
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


def sense_of(said: Saying, known: Vocabulary) -> Iterator[Heard]:
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
        found = constant_side(rule.relation, instance.bounds)
        side = None if found is None else rule.relation.operands[1 - found[0]]
        if side is not None and len(side.names) > 1:
            words = [*stems(rule.constraint.name)]
            for name in side.names & set(instance.parameters):
                words += stems(name)
            yield show(side), tuple(words)
    for variable in formulation.variables:
        expression = total_text(formulation, variable)
        yield expression, (*stems(variable.name), *stems(variable.doc), *unit_stems(variable.unit))


def removal(said: Saying, known: Vocabulary) -> Iterator[Heard]:
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


def exclusion(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "no spinach please", "we don't make tables any more"."""
    if said.numbers or not (said.has(EXCLUDE) or said.has(REMOVE)):
        return
    mentioned = known.mentioned(said.content)
    if not mentioned or len(mentioned) == len(known.entries) > 1:
        return
    edits = tuple(entry.bounded("upper", 0, said.text) for entry in mentioned)
    yield Heard(edits, f"no {', '.join(e.name for e in mentioned)}", 2.5)
