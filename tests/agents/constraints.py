"""Reads what a request holds a model to: grammars as regular expressions, schemas as checks."""

import json
import re
from collections.abc import Iterator
from typing import Any

from solvitur.llm import Request

_PIECE = re.compile(
    r"""\s*(?:
      (?P<literal>"(?:\\.|[^"\\])*")
    | (?P<name>[a-z][\w-]*)
    | (?P<set>\[(?:\\.|[^\]\\])*\])
    | (?P<mark>[()|?*+])
    )""",
    re.VERBOSE,
)


def rules(grammar: str) -> dict[str, str]:
    """Split a grammar into its rules; each stands on one line."""
    return {
        name.strip(): body.strip()
        for name, body in (line.split("::=", 1) for line in grammar.splitlines() if line.strip())
    }


def admits(grammar: str, text: str) -> bool:
    """Whether a text follows a grammar, from its root to its end."""
    return re.fullmatch(_regex(rules(grammar), "root"), text) is not None


def literals(grammar: str, rule: str | None = None) -> set[str]:
    """Give the literals of a grammar, or of one rule of it."""
    bodies = rules(grammar)
    chosen = bodies.values() if rule is None else [bodies[rule]]
    return {
        json.loads(match["literal"])
        for body in chosen
        for match in _PIECE.finditer(body)
        if match["literal"]
    }


def _regex(bodies: dict[str, str], rule: str) -> str:
    pieces = []
    place = 0
    body = bodies[rule]
    while place < len(body):
        match = _PIECE.match(body, place)
        assert match is not None, f"this is no GBNF: {body[place:]!r}"
        place = match.end()
        if match["literal"]:
            pieces.append(f"(?:{re.escape(json.loads(match['literal']))})")
        elif match["name"]:
            pieces.append(_regex(bodies, match["name"]))
        else:
            pieces.append(match["set"] or match["mark"])
    return f"(?:{''.join(pieces)})"


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a JSON value follows a schema; the words of JSON schema that we use, no others."""
    known = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
    known |= {"pattern", "minItems", "maxItems", "maxLength"}
    assert set(schema) <= known, f"this check does not know {set(schema) - known}"
    if "anyOf" in schema:
        return any(fits(each, value) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {"object": dict, "array": list, "string": str, "null": type(None), "integer": int}
    kinds["number"] = (int, float)  # type: ignore[assignment]
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if schema["type"] == "object":
        return _fits_object(schema, value)
    if schema["type"] == "array":
        count = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return count and all(fits(schema.get("items", {}), each) for each in value)
    if schema["type"] == "string":
        pattern = re.search(schema.get("pattern", ""), value) is not None
        return pattern and len(value) <= schema.get("maxLength", len(value))
    return True


def _fits_object(schema: dict[str, Any], value: dict[str, Any]) -> bool:
    own = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    return set(schema.get("required", ())) <= set(value) and all(
        fits(own[key], each)
        if key in own
        else (fits(others, each) if isinstance(others, dict) else others)
        for key, each in value.items()
    )


def enums(schema: Any) -> Iterator[list[Any]]:
    """Give every list of choices in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), list):
            yield schema["enum"]
        for each in schema.values():
            yield from enums(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from enums(each)


def step(request: Request) -> str:
    """Name what a step asks for: "variables", "rows", "row", "goal", "limit" or "comparison"."""
    if request.json_schema is not None:
        (name,) = request.json_schema["properties"]
        return str(name)
    assert request.grammar is not None
    if literals(request.grammar) & {"minimize", "maximize"}:
        return "goal"
    return "limit" if "limit" in rules(request.grammar) else "comparison"
