"""JSON as language models write it: forgiving in punctuation, never in words and numbers."""

import json
import re
from typing import Any, NoReturn

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,}\]/])")
_WORD = re.compile(r"[A-Za-z_]\w*")
_KEY = re.compile(r"(?!(?:None|True|False)\b)[A-Za-z_]\w*")
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_DEEPEST = 100


def loads(text: str) -> Any:
    r"""Read JSON whose punctuation may be amiss.

    Forgiven: single quotes, keys without quotes, line breaks inside strings,
    ``True``/``False``/``None``, comments, a comma too many, a comma missing at a
    line break, closing brackets missing at the end, and words after it. Everything
    else that is not JSON is an error, so no word or number is lost, joined, cut or made up.

    >>> loads("{name: 'x', size: 3, // three\n}")
    {'name': 'x', 'size': 3}

    Raises:
        ValueError: The text is not even that; the message says where.
    """
    return _Reader(text).everything()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def everything(self) -> Any:
        value = self._value()
        if re.search(r"[{\[]", self._text[self._at :]):
            self._fail("there is more data after the end")
        return value

    def _value(self) -> Any:
        self._skip()
        match self._text[self._at : self._at + 1]:
            case "{":
                return self._collection("}", self._member, unique)
            case "[":
                return self._collection("]", self._value, list)
            case '"' | "'":
                return self._string()
        return self._number_or_word()

    def _collection(self, closing: str, element: Any, build: Any) -> Any:
        """Elements up to the closing bracket, or up to the end of the text."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail("it is nested too deeply")
        self._at += 1
        elements = []
        self._skip()
        while not self._take(closing) and self._at < len(self._text):
            elements.append(element())
            line_ended = self._skip()
            comma = self._take(",")
            self._skip()
            here = self._text[self._at : self._at + 1]
            if not (comma or line_ended or here in (closing, "")):
                self._fail(f"a comma or {closing} is missing")
        self._depth -= 1
        return build(elements)

    def _member(self) -> tuple[str, Any]:
        key = self._string() if self._text[self._at] in "\"'" else self._match(_KEY, "a key")
        self._skip()
        if not self._take(":"):
            self._fail("a colon is missing")
        return key, self._value()

    def _string(self) -> str:
        whole = self._match(_STRING, "a closed string")
        if whole.startswith("'"):
            inner = re.sub(r"\\'|\"", lambda each: "'" if each[0] == r"\'" else r"\"", whole[1:-1])
            whole = f'"{inner}"'
        value: str = json.loads(whole, strict=False)
        return value

    def _number_or_word(self) -> Any:
        if number := _NUMBER.match(self._text, self._at):
            self._at = number.end()
            return json.loads(number[0], parse_float=finite)
        start = self._at
        word = self._match(_WORD, "a value")
        if word not in _WORDS:
            self._at = start
            self._fail(f"{word} is not a value")
        return _WORDS[word]

    def _match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            self._fail(f"expected {what}")
        self._at = found.end()
        return found[0]

    def _take(self, character: str) -> bool:
        if self._text.startswith(character, self._at):
            self._at += len(character)
            return True
        return False

    def _skip(self) -> bool:
        """Pass over space and comments; say whether a line ended in them."""
        space = self._match(_SPACE, "space")
        return "\n" in space

    def _fail(self, why: str) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        column = self._at - self._text.rfind("\n", 0, self._at)
        here = self._text[self._at : self._at + 20]
        raise ValueError(f"{why} at line {line} column {column}, before {here!r}")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict; a key that appears twice is an error."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise ValueError(f"the key {name!r} appears twice")
        fields[name] = value
    return fields


def finite(text: str) -> float:
    """A number as a float; one too large for it is an error."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is too large")
    return value
