"""The ways to read data from a text; each gives plain JSON values, or says why not."""

import ast
import json
import re
import warnings
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from solvitur.llm import lenient
from solvitur.syntax import parse_expression

_MOST_TAGS = 50

_FENCE = re.compile(r"```[^\n`]*\n(.*?)(?:```[ \t]*(?=\n|\Z)|\Z)", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z_][\w.-]*)>")


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
    has_bracket = re.search(r"[{\[]", text)
    source = _bracketed(text) if has_bracket else text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an escape that Python does not know
            tree = parse_expression(source)
        return _plain(tree.body)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        kind = UnreadError if has_bracket else AbsentError
        raise kind(f"not a Python literal: {error}") from None


def mended(text: str) -> Any:
    """JSON whose punctuation is amiss; see `solvitur.llm.lenient`."""
    try:
        return lenient.loads(_from_bracket(text))
    except ValueError as error:
        raise UnreadError(f"not JSON: {error}") from None


def _json(text: str) -> Any:
    """Strict JSON, and stricter than the json module: no NaN, no key twice, no overflow."""
    try:
        return json.loads(
            text,
            object_pairs_hook=lenient.unique,
            parse_constant=_refuse,
            parse_float=lenient.finite,
        )
    except (ValueError, RecursionError) as error:
        raise UnreadError(f"not JSON: {error}") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def _from_bracket(text: str) -> str:
    """The last fence, or all of the text, from its first bracket on."""
    fences = _FENCE.findall(text)
    region = fences[-1] if fences else text
    start = re.search(r"[{\[]", region)
    if start is None:
        raise AbsentError("there is no bracket")
    return region[start.start() :]


def _bracketed(text: str) -> str:
    """The same, up to the last bracket."""
    region = _from_bracket(text)
    return region[: max(region.rfind("}"), region.rfind("]")) + 1]


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
            return lenient.finite(repr(node.value))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -_plain(node.operand)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_plain(element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return lenient.unique(
                [(_key(key), _plain(value)) for key, value in zip(keys, values, strict=True)]
            )
    raise ValueError(f"{ast.unparse(node)[:60]!r} is not data")


def _key(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str() | int()) if not isinstance(node.value, bool):
            return str(node.value)
    raise ValueError("a key is not a text or an integer")
