"""The lean way: all five elements in one reply, and the evidence against it back to the model."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from solvitur.agents.draft import Asking, Attempt, Draft, is_small
from solvitur.agents.examples import similar
from solvitur.errors import FormulationError
from solvitur.formulation.checks import Code
from solvitur.formulation.elements import Formulation
from solvitur.formulation.printing import first
from solvitur.formulation.tables.data import Data
from solvitur.formulation.tables.schema import ROWS, describe
from solvitur.llm import Feature, Message, Model, Reply, Request, Sampling, Unparsed, read, supports
from solvitur.prompts.library import examples, render

_MAX_TOKENS = 4000
_MAX_TOKENS_SMALL = 1500
"""Of an embedded model: a reply that is longer has run away, and this much takes a minute."""
_SIMILAR = 2
"""Examples like the problem, where they are asked for."""
_MOST_LINES = 20
_MOST_LENGTH = 400


class Direct:
    """Ask for the five elements as JSON; later rounds show what spoke against the last reply."""

    name = "direct"

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft."""
        messages, shared = prompt(asking)
        limit = _MAX_TOKENS_SMALL if is_small(asking.model) else _MAX_TOKENS
        request = Request(
            messages=messages,
            shared=shared,
            json_schema=_held_to(asking),
            sampling=Sampling(temperature=temperature, seed=seed, max_tokens=limit),
        )
        return drafted(await asking.model.reply(request))


def drafted(reply: Reply) -> Draft:
    """Read the five elements from a reply; why there are none is the draft's fault."""
    parsed = read(reply, dict[str, Any])
    if isinstance(parsed, Unparsed):
        fault, formulation = parsed.reason, None
    else:
        fault, formulation = _formulation(parsed.value)
    return Draft(Direct.name, formulation, fault, reply.text, reply.usage)


def prompt(asking: Asking) -> tuple[tuple[Message, ...], int]:
    """Give what the model is asked, and how many of the first messages begin other requests too."""
    beginning = introduction(asking.model, asking.data)
    return (*beginning, *_similar(asking), *_conversation(asking)), len(beginning)


def introduction(model: Model, data: Data | None = None) -> Sequence[Message]:
    """Give the instructions and the worked examples, which are the same for every problem.

    A model that was tuned has seen enough of them; but none with tables.
    """
    is_tuned = supports(model, Feature.tuned_elements)
    return _introduction(has_tables=bool(data), is_tuned=is_tuned and not data)


@cache
def _introduction(*, has_tables: bool, is_tuned: bool) -> tuple[Message, ...]:
    system = [render("direct_system"), *([render("direct_tables")] if has_tables else [])]
    worked = [] if is_tuned else [*examples("direct_examples")]
    if has_tables:
        worked += examples("direct_tables_examples")
    return (Message.system("\n".join(system)), *_played(worked))


def _similar(asking: Asking) -> list[Message]:
    """Give examples like the problem, the most similar last; none of them knows tables."""
    if "similar-examples" not in asking.techniques or asking.data:
        return []
    return _played(reversed(similar(asking.reading.text, _SIMILAR)))


def _played(worked: Iterable[dict[str, Any]]) -> list[Message]:
    messages = []
    for example in worked:
        messages.append(_question(example["problem"], Data(example.get("tables", {}))))
        messages.append(Message.assistant(json.dumps(example["formulation"])))
    return messages


def _conversation(asking: Asking) -> list[Message]:
    """State the problem, and after a first attempt what spoke against the last one."""
    messages = [_question(asking.reading.text.strip(), asking.data)]
    earlier = [attempt for attempt in asking.attempts if attempt.draft.text]
    if earlier:
        last = earlier[-1]
        messages.append(Message.assistant(last.draft.text))
        messages.append(Message.user(render("direct_repair", evidence=_first(_told(last)))))
    return messages


def _question(problem: str, data: Data) -> Message:
    if not data:
        return Message.user(render("direct_problem", problem=problem))
    return Message.user(render("direct_problem_tables", problem=problem, tables=describe(data)))


def _told(attempt: Attempt) -> list[str]:
    """Give what speaks against an attempt; of the tables no more than what is shown of them."""
    cells = [str(finding) for finding in attempt.findings if finding.code is Code.data]
    kept = [line for line in attempt.evidence if line not in cells[ROWS:]]
    return [*kept, "... and more of the same tables"] if len(cells) > ROWS else kept


def _first(lines: Sequence[str]) -> list[str]:
    """Give as many lines as a small context has room for, and say how many are left out."""
    shown = [line[:_MOST_LENGTH] for line in lines]
    return first(shown, _MOST_LINES, "... and {} more like these")


def _formulation(data: dict[str, Any]) -> tuple[str, Formulation | None]:
    constraints = data.get("constraints")
    for constraint in constraints if isinstance(constraints, list) else ():
        if isinstance(constraint, dict) and isinstance(constraint.get("expression"), str):
            constraint["expression"] = without_strict(constraint["expression"])
    try:
        return "", Formulation.from_json(json.dumps(data))
    except FormulationError as error:
        return str(error), None


def without_strict(expression: str) -> str:
    """Write ``<`` and ``>`` outside brackets as ``<=`` and ``>=``; solvers know none strict.

    What an implication demands is outside of its brackets; its condition may be strict.

    Example:
        >>> without_strict("sum(x[i] for i in I if i < 3) < 10")
        'sum(x[i] for i in I if i < 3) <= 10'
        >>> without_strict("implies(x > 5, y < 3)")
        'implies(x > 5, y <= 3)'
    """
    depth, written = 0, []
    level = None if expression.lstrip().startswith("implies(") else 0
    for place, char in enumerate(expression):
        depth += (char in "([") - (char in ")]")
        written.append(char)
        if level is None and depth == 1 and char == ",":
            level = 1
        is_relation = char in "<>" and expression[place + 1 : place + 2] != "="
        if depth == level and is_relation and expression[place - 1 : place] not in ("<", ">", "="):
            written.append("=")
    return "".join(written)


def _held_to(asking: Asking) -> dict[str, Any] | None:
    """Give the shape that a reply is held to; ``None`` where the model writes freely.

    llama.cpp has what a schema requires written first, and a model that learned another order then
    knows no more what to write. So one that was tuned is held to a shape only after a reply that
    could not be read, and to one that requires nothing.
    """
    if not supports(asking.model, Feature.json_schema):
        return None
    shape = schema(asking.data.names)
    if asking.data or not supports(asking.model, Feature.tuned_elements):
        return shape
    has_failed = any(each.draft.text and not each.draft.formulation for each in asking.attempts)
    return without_demands(shape) if has_failed else None


def without_demands(shape: Any) -> Any:
    """Give a schema that requires nothing, so that every part of it stands in its order.

    Example:
        >>> without_demands(_shape(["b"], a=_NUMBER, b=_NUMBER))["required"]
        []
    """
    if isinstance(shape, dict):
        return {k: [] if k == "required" else without_demands(each) for k, each in shape.items()}
    return [without_demands(each) for each in shape] if isinstance(shape, list) else shape


_NAME = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,40}$"}
_TEXT = {"type": "string", "maxLength": 300}
_SHORT = {"type": "string", "maxLength": 120}
_NUMBER = {"type": "number"}
_INDEX = {"type": "array", "items": _NAME, "maxItems": 4}
_COLUMNS = {"type": "array", "items": _SHORT, "maxItems": 4}


def schema(tables: Sequence[str]) -> dict[str, Any]:
    """Give the shape of a reply: tighter than what `Formulation` reads, for smaller mistakes.

    Args:
        tables: The tables that a source may name; without any there are no sources.
    """
    bound = {"anyOf": [_NUMBER, {"type": "null"}]}
    return _shape(
        ["variables", "objective", "constraints"],
        title=_SHORT,
        sets=_list(_set(tables)),
        parameters=_list(_parameter(tables)),
        variables=_list(
            _shape(
                ["name", "domain"],
                name=_NAME,
                index=_INDEX,
                domain={"enum": ["continuous", "integer", "binary"]},
                lower=bound,
                upper=bound,
                unit=_SHORT,
                doc=_SHORT,
            )
        ),
        objective=_shape(
            ["sense", "expression"],
            sense={"enum": ["minimize", "maximize"]},
            expression=_TEXT,
            doc=_SHORT,
        ),
        constraints=_list(
            _shape(["name", "expression"], name=_NAME, forall=_TEXT, expression=_TEXT, doc=_SHORT)
        ),
    )


def _set(tables: Sequence[str]) -> dict[str, Any]:
    atom = {"anyOf": [{"type": "string", "maxLength": 60}, {"type": "integer"}]}
    elements = {"type": "array", "items": {"anyOf": [atom, {"type": "array", "items": atom}]}}
    bounds = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    source = _source(tables, ["file", "keys"], keys=_COLUMNS)
    return _shape(
        ["name"],
        name=_NAME,
        elements=elements,
        range=bounds,
        expression=_TEXT,
        **source,
        doc=_SHORT,
    )


def _parameter(tables: Sequence[str]) -> dict[str, Any]:
    numbers = {"type": "object", "additionalProperties": _NUMBER}
    nested = {"type": "object", "additionalProperties": numbers}
    return _shape(
        ["name"],
        name=_NAME,
        index=_INDEX,
        value=_NUMBER,
        values={"anyOf": [numbers, nested, {"type": "array", "items": {"type": "array"}}]},
        over=_TEXT,
        expression=_TEXT,
        default=_NUMBER,
        **_source(tables, ["file", "column"], keys=_COLUMNS, column=_SHORT),
        unit=_SHORT,
        doc=_SHORT,
    )


def _source(tables: Sequence[str], required: list[str], **columns: Any) -> dict[str, Any]:
    if not tables:
        return {}
    return {"source": _shape(required, file={"enum": list(tables)}, sheet=_SHORT, **columns)}


def _shape(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": 60}
