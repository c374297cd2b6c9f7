"""The ways to read data from a text; each gives plain JSON values, or says why not."""

import ast
import json
import re
import warnings
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

_MOST_REPAIR = 20_000
"""Characters; json-repair takes a time that grows with the square of the length."""
_MOST_TAGS = 50

_FENCE = re.compile(r"```[^\n`]*\n(.*?)(?:```[ \t]*(?=\n|\Z)|\Z)", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z_][\w.-]*)>")
_NO_VALUE = re.compile(r"[:,\[]\s*-?(NaN|Infinity|undefined)\b")
_PUNCTUATION = re.compile(r"[\s\[\]{},:\"'“”\\]+")
_LITERALS = {"True": "true", "False": "false", "None": "null"}


class UnreadError(Exception):
    """The text cannot be read this way; the message says why."""


class AbsentError(UnreadError):
    """Nothing in the text even looks like it."""


def whole(text: str) -> Any:
    """The whole text as JSON."""
    try:
        return _json(text)
    except UnreadError as error:
        if text.lstrip().startswith(("{", "[")):
            raise
        raise AbsentError(str(error)) from None


def fenced(text: str) -> Any:
    """JSON in the last Markdown fence."""
    fences = _FENCE.findall(text)
    if not fences:
        raise AbsentError("there is no Markdown fence")
    return _json(fences[-1])


def tagged(text: str, shape: Any) -> Any:
    """The fields of the shape, each between its own tags, or else JSON between any tags."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        fields = {name: _between(text, name) for name in shape.model_fields}
        found = {name: content for name, content in fields.items() if content is not None}
        if found:
            return {
                name: _as_field(content, shape.model_fields[name].rebuild_annotation())
                for name, content in found.items()
            }
    names = list(dict.fromkeys(_TAG.findall(text)))[:_MOST_TAGS]
    for name in reversed(names):
        content = _between(text, name)
        if content is not None and content.lstrip().startswith(("{", "[")):
            return _json(content)
    raise AbsentError("there are no tags with data in them")


def embedded(text: str) -> Any:
    """JSON from the first bracket to the last, with other words around it."""
    return _json(_bracketed(text))


def literal(text: str) -> Any:
    """A Python literal, without what JSON cannot say (sets, bytes, complex numbers)."""
    try:
        source = _bracketed(text)
    except AbsentError:
        source = text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an escape that Python does not know
            tree = ast.parse(source, mode="eval")
        return _plain(tree.body)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise UnreadError(f"not a Python literal: {error}") from None


def repaired(text: str) -> Any:
    """JSON with its quotes, commas and brackets mended.

    Only punctuation may change. Where json-repair would drop, join or make up a
    word or a number (``3 * 4`` as 3, ``50%`` as 50), the text counts as unreadable.
    """
    from json_repair import loads

    source = _bracketed(text)
    if len(source) > _MOST_REPAIR:
        raise UnreadError(f"more than {_MOST_REPAIR:,} characters are not repaired")
    try:
        value = loads(source, skip_json_loads=True, strict=True)
    except Exception as error:  # a lenient parser on garbage fails in its own ways
        raise UnreadError(f"cannot be repaired: {error}") from None
    if _NO_VALUE.search(source):
        raise UnreadError("NaN, Infinity and undefined are not values")
    if _words(_unescaped(source)) != _words("".join(_scalars(value))):
        raise UnreadError("cannot be repaired without losing or inventing a part of it")
    return value


def _json(text: str) -> Any:
    """Strict JSON, and stricter than the json module: no NaN, no key twice, no overflow."""
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise UnreadError(f"not JSON: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} appears twice")
    return fields


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is too large")
    return value


def _bracketed(text: str) -> str:
    """The last fence, or all of the text, from its first bracket to its last."""
    fences = _FENCE.findall(text)
    region = fences[-1] if fences else text
    start = re.search(r"[{\[]", region)
    if start is None:
        raise AbsentError("there is no bracket")
    end = max(region.rfind("}"), region.rfind("]"))
    return region[start.start() : end + 1 if end > start.start() else None]


def _between(text: str, name: str) -> str | None:
    """What stands between the last opening tag of this name and its closing tag."""
    start = text.rfind(f"<{name}>")
    end = text.find(f"</{name}>", start)
    if start < 0 or end < 0:
        return None
    return text[start + len(name) + 2 : end].strip("\r\n")


def _as_field(content: str, annotation: Any) -> Any:
    """The content as text where the field takes any text, else as JSON."""
    try:
        TypeAdapter(annotation).validate_json(json.dumps(content), strict=True)
    except ValidationError:
        return _json(content)
    return content


def _plain(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=str() | int() | None):
            return node.value
        case ast.Constant(value=float()):
            return _finite(repr(node.value))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -_plain(node.operand)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_plain(element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return _unique(
                [(_key(key), _plain(value)) for key, value in zip(keys, values, strict=True)]
            )
    raise ValueError(f"{ast.unparse(node)[:60]!r} is not data")


def _key(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str() | int()) if not isinstance(node.value, bool):
            return str(node.value)
    raise ValueError("a key is not a text or an integer")


def _scalars(value: Any) -> list[str]:
    """Every key and value in order, as the characters that say it."""
    if isinstance(value, dict):
        return [part for key, each in value.items() for part in (key, *_scalars(each))]
    if isinstance(value, list):
        return [part for each in value for part in _scalars(each)]
    return [value if isinstance(value, str) else json.dumps(value)]


def _unescaped(text: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\[nrtbf]", " ", text)


def _words(text: str) -> str:
    """The text without the characters that a repair may change."""
    text = re.sub(r"\b(True|False|None)\b", lambda match: _LITERALS[match[0]], text)
    return _PUNCTUATION.sub("", text)
