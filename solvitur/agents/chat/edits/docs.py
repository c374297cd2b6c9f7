"""Docs that state a number keep true when the number becomes another.

A doc is often the sentence of the problem that a number is from, and one sentence may be the doc of
several elements: "There are 40 hours of labour and 45 planks."
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from solvitur.formulation.amounts import amounts
from solvitur.formulation.difference import Difference, diff
from solvitur.formulation.elements import Formulation
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show_number
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity, quantities

_Moves = dict[float, float]
"""New numbers by the old ones."""
_GROUPS = ("parameters", "variables", "constraints")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NO_DATA = (Kind.LABEL, Kind.WEAK)
_NOTE = re.compile(r" \(now [^()]*\)\Z")


def restated(before: Instance, after: Instance) -> Formulation:
    """Give the formulation with docs that state the numbers it has now.

    Where the sentence has the old number twice, or in words that cannot be said otherwise, the new
    one is noted behind it.

    Args:
        before: The formulation before the change.
        after: It after the change, with the docs of before.

    Example:
        >>> def shop(hours):
        ...     return Instance(Formulation.model_validate({
        ...         "variables": [{"name": "x"}],
        ...         "objective": {"sense": "maximize", "expression": "x"},
        ...         "constraints": [{"name": "work", "expression": f"2 * x <= {hours}",
        ...                          "doc": "There are 40 hours of labour."}]}))
        >>> restated(shop(40), shop(30)).constraints[0].doc
        'There are 30 hours of labour.'
    """
    formulation = after.formulation
    sentences: dict[str, str] = {}
    for doc, moves in _moved(before, after).items():
        sentences[doc] = _said_anew(doc, moves)
    if all(doc == said for doc, said in sentences.items()):
        return formulation

    def told(element: Any) -> Any:
        said = sentences.get(element.doc, element.doc)
        return element if said == element.doc else element.model_copy(update={"doc": said})

    groups = {name: tuple(map(told, getattr(formulation, name))) for name in _GROUPS}
    return formulation.model_copy(update={**groups, "objective": told(formulation.objective)})


def with_docs_of(before: Formulation, after: Formulation) -> Formulation:
    """Put back the docs that state other numbers and are the same but for them.

    What is shown of a change is the number itself, and not each sentence that states it.

    Example:
        >>> def shop(hours, text):
        ...     return Formulation.model_validate({
        ...         "parameters": [{"name": "labour", "value": hours, "doc": text}],
        ...         "variables": [{"name": "x"}],
        ...         "objective": {"sense": "maximize", "expression": "x"}})
        >>> shown = with_docs_of(shop(40, "40 hours"), shop(30, "30 hours"))
        >>> shown.parameters[0].doc, shown.parameters[0].value
        ('40 hours', 30.0)
    """

    def told(old: Any, new: Any) -> Any:
        if old is None or old.doc == new.doc or _blank(old.doc) != _blank(new.doc):
            return new
        return new.model_copy(update={"doc": old.doc})

    groups = {}
    for name in _GROUPS:
        old = {each.name: each for each in getattr(before, name)}
        groups[name] = tuple(told(old.get(new.name), new) for new in getattr(after, name))
    return after.model_copy(update={**groups, "objective": told(before.objective, after.objective)})


def differences(before: Formulation, after: Formulation) -> Difference:
    """Say what is different; of a number, not also each sentence that states it."""
    return diff(before, with_docs_of(before, after)) or diff(before, after)


# --- what became of which number -----------------------------------------------------------------


def _moved(before: Instance, after: Instance) -> Mapping[str, _Moves]:
    """Give the numbers that became others, by the docs of what they stand in."""
    found: dict[str, _Moves] = {}
    for docs, moves in _changes(before, after):
        for doc in docs:
            if doc:
                found.setdefault(doc, {}).update(moves)
    return found


def _changes(before: Instance, after: Instance) -> Iterator[tuple[list[str], _Moves]]:
    for parameter in after.formulation.parameters:
        new = after.parameters[parameter.name]
        old = before.parameters.get(parameter.name, new)
        if old is new or len(old) > _MOST:
            continue
        moves = _moves([(old[key], new[key]) for key in old if key in new])
        if moves:
            rules = [r for r in after.rules if parameter.name in r.relation.names]
            docs = [parameter.doc, *(rule.constraint.doc for rule in rules)]
            if parameter.name in after.objective.names:
                docs.append(after.formulation.objective.doc)
            yield docs, moves
    expressions = {each.name: each.expression for each in before.formulation.constraints}
    for each in after.formulation.constraints:
        yield [each.doc], _written(expressions.get(each.name, ""), each.expression)
    one, other = before.formulation.objective, after.formulation.objective
    yield [other.doc], _written(one.expression, other.expression)


_MOST = 1000
"""Entries of a parameter that a sentence can state."""


def _written(old: str, new: str) -> _Moves:
    """Give the numbers of an expression that became others; none where it is another one."""
    if not old or old == new:
        return {}
    was, now = list(amounts(parse(old))), list(amounts(parse(new)))
    return _moves(list(zip(was, now, strict=True))) if len(was) == len(now) else {}


def _moves(pairs: list[tuple[float, float]]) -> _Moves:
    """Leave out what stayed, and old numbers of which it does not tell what became of them."""
    moves: dict[float, set[float]] = {}
    for old, new in pairs:
        moves.setdefault(old, set()).add(new)
    return {old: new.pop() for old, new in moves.items() if len(new) == 1 and old not in new}


# --- sentences -----------------------------------------------------------------------------------


def _said_anew(doc: str, moves: _Moves) -> str:
    said, notes, end = [], [], 0
    stated = [number for number in quantities(doc) if number.kind not in _NO_DATA]
    for number in stated:
        new = next((moves[value] for value in number.readings if value in moves), None)
        if new is None:
            continue
        is_only = sum(not moves.keys().isdisjoint(each.readings) for each in stated) == 1 or (
            sum(number.value == each.value for each in stated) == 1
        )
        written = _rewritten(number, new, moves) if is_only else None
        if written is None:
            notes.append(show_number(new))
            continue
        said += [doc[end : number.start], written]
        end = number.end
    note = f" (now {', '.join(dict.fromkeys(notes))})" if notes else ""
    return f"{''.join(said)}{doc[end:]}{note}"


def _rewritten(number: Quantity, new: float, moves: _Moves) -> str | None:
    """Write another number in the place of one; ``None`` where the words do not allow it."""
    text = number.text
    if number.kind is Kind.PERCENT:
        share = new * 100 if number.value in moves else new
        found = _DIGITS.search(text)
        return _DIGITS.sub(show_number(float(f"{share:.12g}")), text, count=1) if found else None
    if number.kind is not Kind.PLAIN or number.value not in moves:
        return None
    if _DIGITS.fullmatch(text) or not _DIGITS.search(text):
        return show_number(new)
    return None


def _blank(doc: str) -> str:
    """Give a doc without the numbers that it states."""
    doc = _NOTE.sub("", doc)
    for number in reversed(quantities(doc)):
        doc = f"{doc[: number.start]}#{doc[number.end :]}"
    return doc
