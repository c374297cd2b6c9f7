"""Data written out in text: ``{chair: 30, table: 50}``, ``{(a, b): 4}``, ``[1, 2.5, "x y"]``.

A superset of JSON in which a word needs no quotes, curly brackets may hold a set, and a key may be
a tuple. `show_literal` writes what `read_literal` reads back to the same value.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from solvitur.errors import FormulationError

MAX_DEPTH = 200
"""Deepest nesting of brackets."""

_CONSTANTS = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_WORD = re.compile(r"[^\W\d_]\w*(?:[ -]\w+)*")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,300}")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_BARE = re.compile(r"[^\s,:{}\[\]()\"'][^,:{}\[\]()\"']*")
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def show_literal(value: Any) -> str:
    """Write numbers, words, lists, tuples and dictionaries as text on one line.

    Example:
        >>> show_literal({"chair": 30, "1": {"a-b": 0.5}})
        '{chair: 30, 1: {a-b: 0.5}}'
        >>> show_literal([[["a", "b"], 4], [["b", 1], 7]])
        '{(a, b): 4, (b, 1): 7}'
    """
    match value:
        case dict():
            inside = (f"{_key(key)}: {show_literal(entry)}" for key, entry in value.items())
            return f"{{{', '.join(inside)}}}"
        case list() if value and all(map(_is_pair, value)):
            inside = (f"{show_literal(tuple(k))}: {show_literal(v)}" for k, v in value)
            return f"{{{', '.join(inside)}}}"
        case list():
            return f"[{', '.join(map(show_literal, value))}]"
        case tuple():
            return f"({', '.join(map(show_literal, value))}{',' if len(value) == 1 else ''})"
        case str():
            return value if _is_plain(value) else quote(value)
        case _:
            return json.dumps(value)


def show_set(elements: tuple[Any, ...]) -> str:
    """Write the elements of a set.

    Example:
        >>> show_set(("chair", ("a", 1), 3))
        '{chair, (a, 1), 3}'
    """
    return f"{{{', '.join(map(show_literal, elements))}}}"


def quote(text: str) -> str:
    """Write any text in double quotes, without line breaks or anything invisible."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def read_literal(text: str, start: int = 0) -> tuple[Any, int]:
    """Read one value; give it and the position after it.

    Curly brackets give a dictionary, a list of pairs when a key is a tuple, or a list when there
    are no keys. Keys are text, as in JSON.

    Raises:
        FormulationError: It cannot be read; says the column.

    Example:
        >>> read_literal("{Soybeans: 20, New York: 1.5} hectares")
        ({'Soybeans': 20, 'New York': 1.5}, 29)
        >>> read_literal("{(a, b): 4}")[0], read_literal("{a, 2, (b, c)}")[0]
        ([[['a', 'b'], 4]], ['a', 2, ('b', 'c')])
    """
    reader = _Reader(text, start)
    value = reader.value(0)
    return value, reader.place


class _Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.place = start

    def value(self, depth: int) -> Any:
        opening = self._peek()
        if opening not in _CLOSING:
            return self._atom()[1]
        if depth > MAX_DEPTH:
            raise self._fault(f"brackets are nested deeper than {MAX_DEPTH}")
        if opening == "{":
            return self._curly(depth + 1)
        values = [self.value(depth + 1) for _ in self._entries()]
        if opening == "[":
            return values
        return values[0] if len(values) == 1 and not self.ends_in_comma else tuple(values)

    def _curly(self, depth: int) -> Any:
        keys: list[Any] = []
        values: list[Any] = []
        for _ in self._entries():
            key, value = self._key_and_value(depth)
            if self._peek() == ":":
                self.place += 1
                keys.append(key)
                value = self.value(depth)
            values.append(value)
        if not keys and values:
            return values
        if len(keys) != len(values):
            raise self._fault("some entries have a 'key:' and some have none")
        if any(isinstance(key, list) for key in keys):
            return [[key, value] for key, value in zip(keys, values, strict=True)]
        if len(set(keys)) < len(keys):
            raise self._fault("a key is given twice")
        return dict(zip(keys, values, strict=True))

    def _key_and_value(self, depth: int) -> tuple[str | list[Any], Any]:
        if self._peek() not in _CLOSING:
            return self._atom()
        value = self.value(depth)
        return (list(value) if isinstance(value, list | tuple) else str(value)), value

    def _entries(self) -> Iterator[None]:
        """Stop at every entry of the bracket that opens here, and step over commas and its end."""
        closing = _CLOSING[self._peek()]
        self.place += 1
        comma = False
        while self._peek() != closing:
            yield
            comma = self._peek() == ","
            if comma:
                self.place += 1
            elif self._peek() != closing:
                raise self._fault(f"a comma or '{closing}' is missing")
        self.place += 1
        self.ends_in_comma = comma

    def _atom(self) -> tuple[str, Any]:
        """Give a word as it stands, and as the number or constant it may be."""
        found = _QUOTED.match(self.text, self.place)
        if found:
            self.place = found.end()
            word = found.group()
            if word.startswith("'"):
                return word[1:-1], word[1:-1]
            try:
                loaded = json.loads(word)
            except ValueError:
                raise self._fault("a quoted text cannot be read") from None
            return loaded, loaded
        found = _BARE.match(self.text, self.place)
        if not found:
            raise self._fault("a value is missing")
        word = found.group().strip()
        self.place += len(word)
        return word, _plain_value(word)

    def _peek(self) -> str:
        while self.text[self.place : self.place + 1].isspace():
            self.place += 1
        return self.text[self.place : self.place + 1]

    def _fault(self, message: str) -> FormulationError:
        return FormulationError(message, column=self.place + 1)


def _plain_value(word: str) -> Any:
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if len(word) < 400 and _NUMBER.fullmatch(word) else word


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], list)
        and len(value[0]) > 0
        and all(isinstance(part, str) or type(part) is int for part in value[0])
    )


def _is_plain(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and word not in _CONSTANTS and word.isprintable()


def _key(key: str) -> str:
    return key if _is_plain(key) or _INTEGER.fullmatch(key) else quote(key)
