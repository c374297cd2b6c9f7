"""Sets, parameters and variables as language models write them, read into a draft.

Each reader takes one statement in plain signs (see `solvitur.formulation.free_text.signs`) and adds
to the draft, or raises FormulationError with what to write instead. Remarks go into the ``doc`` of
the element; nothing is dropped.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from solvitur.errors import FormulationError
from solvitur.formulation.evaluate import Evaluator
from solvitur.formulation.expression import parse
from solvitur.formulation.free_text.draft import Draft, Element
from solvitur.formulation.free_text.names import Names
from solvitur.formulation.free_text.notation import translate
from solvitur.formulation.free_text.signs import NUMBER, clauses, number
from solvitur.formulation.literals import read_literal

_NUMBER_HERE = re.compile(rf"\s*({NUMBER})")
_SUM_HERE = re.compile(r"[-+*/^().\d\s]+")
_EQUALS = re.compile(r"(?<![<>=!:])=(?![=<>])|:=")
_INTERVAL = re.compile(
    r"[\s\[]*-?\d{1,9}(?:, ?-?\d{1,9}){0,3}[\s,]*(?:\.{2,3}|to)[\s,]*-?\d{1,9}\]?"
)
_INDICES = re.compile(r"([^\W\d]\w*) ?(?:\[([^\[\]]*)\]|_ ?\{([^{}]*)\}|\(([^()]*)\))$")
_ASIDE = re.compile(r"[<>]|.{0,80}[<>]=?[^=]*=")
_PROSE = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "be",
        "by",
        "define",
        "for",
        "given",
        "is",
        "let",
        "of",
        "represent",
        "set",
        "that",
        "the",
    ]
)

_NAME = r"[^\W\d_](?:\w*[^\W_])?(?:\[[^\[\]]*\]| ?_ ?\{[^{}]*\}|\( ?[a-z](?: ?, ?[a-z])* ?\))?"
_NAMES = re.compile(rf"{_NAME}(?:\s?(?:,|,? and\b|&)\s?{_NAME})*")
_NAME_HERE = re.compile(_NAME)
_NEXT_WORD = re.compile(r"\s*([^\W\d]\w*)")
_TAIL = frozenset(
    [
        "in",
        "for",
        "is",
        "are",
        "be",
        "where",
        "must",
        "integer",
        "integers",
        "binary",
        "continuous",
        "free",
        "and",
        "or",
        "at",
        "with",
    ]
)
_HEAD = re.compile(r"[^:<>=()/]*")
_NOISE = re.compile(
    r"(?:(?:let|define|the|decision|binary|integer|continuous|non-?negative|real|variables?)\b\s*)*",
    re.IGNORECASE,
)
_BOUND_BEFORE = re.compile(rf"{NUMBER}\s*<=?\s*")
_BINARY = re.compile(r"\bbinar(?:y|ies)\b|\{ ?0 ?, ?1 ?\}|\b0[-/]1\b", re.IGNORECASE)
_INTEGER = re.compile(
    r"(?<!non-)\b(?:integers?|integral|integrality|whole numbers?)\b|[\u2124\u2115]", re.IGNORECASE
)
_FREE = re.compile(r"\b(?:free|unrestricted)\b|\u211d(?! ?[\u208a+^_{])", re.IGNORECASE)
_LOWER = re.compile(rf">=?\s*({NUMBER})|({NUMBER})\s*<")
_UPPER = re.compile(rf"<=?\s*({NUMBER})|({NUMBER})\s*>")


def read_set(draft: Draft, text: str) -> None:
    """Read ``Crops = {Soybeans, Corn}: what is grown`` or ``T = 1..12``; several on a line too.

    Raises:
        FormulationError: There are no elements.
    """
    place = 0
    while (opening := text.find("{", place)) >= 0:
        elements, end = read_literal(text, opening)
        _add_set(draft, text[place:opening], _interval(text[opening:end]) or tuple(elements))
        place = end
    equals = None if place else _EQUALS.search(text)
    found = _INTERVAL.match(text, equals.end()) if equals else None
    if equals and found:
        _add_set(draft, text[: equals.start()], _interval(found[0]) or ())
        place = found.end()
    if not place:
        raise FormulationError(
            f"no elements in {text[:60]!r}; write NAME = {{a, b, c}} or NAME = 1..12"
        )
    list(draft.elements["Sets"].values())[-1]["doc"] = tidy(text[place:])


def _interval(text: str) -> range | None:
    """Read ``1..12``, ``{1, 2, ..., 12}`` or ``1 to 12``: the first number and the last."""
    if not _INTERVAL.fullmatch(text.strip("{} ")):
        return None
    first, *_, last = re.findall(r"-?\d+", text)
    return range(int(first), int(last) + 1)


def _add_set(draft: Draft, before: str, content: range | tuple[Any, ...]) -> None:
    """Name the set by what stands before its elements: ``Crops =``, ``products P in``."""
    last = re.split(r"[,;:(]|\. ", before[-200:].rstrip(" =:"))[-1]
    words = last.removesuffix(" in").split()
    if len(words) > 4 or _PROSE.intersection(word.lower() for word in words):
        words = words[-1:]
    name = draft.names.identifier(" ".join(words))
    if isinstance(content, tuple):
        draft.add("Sets", {"name": name, "elements": content})
    else:
        draft.add("Sets", {"name": name, "range": (content.start, content.stop - 1)})


def read_parameter(draft: Draft, text: str) -> None:
    """Read ``Land available = 100 hectares``, ``c = {A: 1, B: 2}`` or ``c[A] = 1, c[B] = 2``.

    Raises:
        FormulationError: There is no number, or no set that its indices are from.
    """
    found: list[tuple[str, Any, str]] = []
    remarks: list[str] = []
    for place, (sign, clause) in enumerate(clauses(text)):
        sides = _EQUALS.split(clause) if not _ASIDE.match(clause) else [clause]
        if (
            len(sides) == 1
            and (sign, place, len(remarks)) == (":", 1, 1)
            and _NUMBER_HERE.match(clause)
        ):
            sides = [remarks.pop(), clause]  # Demand: 30 units
        if len(sides) == 1:
            remarks.append(clause)
        else:
            found.append((sides[0].strip(), *_value(sides[-1])))
    if not found:
        raise FormulationError(f"no number in {text[:60]!r}; write name = number")
    doc = "; ".join(filter(None, map(tidy, remarks)))
    for written, value, rest in found:
        name, keys = _target(draft, written)
        if isinstance(value, dict | list):
            draft.add("Parameters", {"doc": doc, **_table(draft, name, keys, value)})
        elif keys:
            draft.add_entry(name, keys, value, doc)
        else:
            draft.add("Parameters", {"name": name, "value": value, "unit": tidy(rest), "doc": doc})


def _value(text: str) -> tuple[Any, str]:
    """Read a number, a sum of numbers or a table, and give what stands after it."""
    bare = text.lstrip()
    if bare[:1] in ("{", "["):
        value, end = read_literal(bare)
        return value, bare[end:]
    found, run = _NUMBER_HERE.match(bare), _SUM_HERE.match(bare)
    if run and len(run[0].rstrip()) > (found.end() if found else 0):
        arithmetic = translate(run[0].rstrip(), Names())
        if not arithmetic.rest:
            return Evaluator({}, {}).number(parse(arithmetic.text), {}), bare[run.end() :]
    if found is None:
        raise FormulationError(f"{bare[:40]!r} is not a number; write name = number")
    return number(found[1]), bare[found.end() :]


def _target(draft: Draft, written: str) -> tuple[str, tuple[str, ...]]:
    """Take the name and what is in its index apart: ``c[A, 1]``, ``c_{A}``, ``Land``."""
    found = _INDICES.search(written[-200:])
    if found is None:
        return draft.names.identifier(written), ()
    inside = found[2] or found[3] or found[4] or ""
    keys = tuple(key.strip(" \"'") for key in inside.split(","))
    if all(map(draft.names.is_index, keys)):
        return draft.names.identifier(found[1]), keys
    return draft.names.identifier(written), ()


def _table(
    draft: Draft, name: str, keys: Sequence[str], value: dict[str, Any] | list[Any]
) -> Element:
    """Find the sets of a table: from its indices, from its keys, or from its size."""
    name, index = draft.indexed(name, keys)
    cells = list(_cells(value))
    if isinstance(value, list) and not any(key for key, _ in cells):
        rows = len(value) if isinstance(value[0], list) else 0
        size = (rows, len(cells) // rows) if rows else (len(cells),)
        index = index or draft.names.index_of_size(size)
        places = list(product(*(draft.names.sets[each] for each in index)))
        if len(places) != len(cells):
            raise FormulationError(f"'{name}' has {len(cells)} numbers for {len(places)} entries")
        cells = [(tuple(map(str, place)), cells[at][1]) for at, place in enumerate(places)]
    index = index or draft.names.index_of([key for key, _ in cells])
    return {"name": name, "index": index, "values": [[list(key), cell] for key, cell in cells]}


def _cells(value: Any, key: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give the numbers of a table with their keys; those of a plain list have none."""
    if isinstance(value, dict):
        for word, inner in value.items():
            yield from _cells(inner, (*key, word))
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, list) and len(inner) == 2 and isinstance(inner[0], list):
                yield tuple(map(str, inner[0])), inner[1]
            else:
                yield from _cells(inner, key)
    else:
        yield key, value


def read_variable(draft: Draft, text: str) -> None:
    """Read ``x_cow: number of cows``, ``x, y >= 0, integer`` or ``y[i] in {0, 1} for i in I``.

    Raises:
        FormulationError: There is no name, or an index runs over an unknown set.
    """
    noise = _NOISE.match(text)
    start = noise.end() if noise else 0
    bound = _BOUND_BEFORE.match(text, start)
    start = bound.end() if bound else start
    written, end = _names(text, start)
    written = [name for name in written if name not in draft.names.letters] or written
    told = text[end:]
    known = draft.names.split(written[0])
    if known and known[0] in draft.elements["Variables"] and not re.search(r"[<>]|\bin\b", told):
        variable = draft.elements["Variables"][known[0]]
        variable["doc"] = "; ".join(filter(None, (variable["doc"], f"{written[0]} {told.strip()}")))
        return
    facts = f"{text[:start]} {draft.remarks.get('Variables', '')} {told}"
    properties = {**domain(facts), **_bounds(facts), "doc": tidy(told)}
    for each in written:
        name, index = draft.indexed(*_target(draft, each))
        draft.add("Variables", {"name": name, "index": index, **properties})


def _names(text: str, start: int) -> tuple[list[str], int]:
    """Find the names a statement begins with: ``x, y[i] and z``, or words up to a sign."""
    found = _NAMES.match(text, start)
    following = _NEXT_WORD.match(text, found.end()) if found else None
    if found and not (following and following[1].lower() not in _TAIL):
        names = [name for name in _NAME_HERE.findall(found[0]) if name != "and"]
    else:
        found = _HEAD.match(text, start)
        names = [found[0].strip()] if found and found[0].strip() else []
    if not found or not names:
        raise FormulationError(f"no name in {text[:60]!r}; write name: what it is")
    return names, found.end()


def domain(facts: str) -> Element:
    """Find the domain that words speak of, if they do.

    Example:
        >>> domain("whole numbers"), domain("number of cows")
        ({'domain': 'integer'}, {})
    """
    if _BINARY.search(facts):
        return {"domain": "binary"}
    return {"domain": "integer"} if _INTEGER.search(facts) else {}


def _bounds(facts: str) -> Element:
    """Find numeric bounds; a bound of another kind is to be a constraint."""
    found: Element = {"lower": None} if _FREE.search(facts) else {}
    signs = len(re.findall(r"[<>]", facts))
    for name, pattern in (("lower", _LOWER), ("upper", _UPPER)):
        if match := pattern.search(facts):
            found[name] = number(match[1] or match[2])
            signs -= 1
    if signs > 0:
        raise FormulationError("this bound is not a plain number; write it under Constraints")
    return found


def tidy(remark: str) -> str:
    """Take the punctuation around a remark away.

    Example:
        >>> tidy(" // (what it is): ")
        'what it is'
    """
    return remark.strip(" :;,./()")
