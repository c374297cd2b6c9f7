"""The lean way: all five elements in one reply, and the evidence against it back to the model."""

import json
from collections.abc import Sequence
from typing import Any

from solvitur.agents.draft import Asking, Draft
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation
from solvitur.llm import Feature, Message, Request, Sampling, Unparsed, read, supports
from solvitur.prompts.library import examples, render

_MAX_TOKENS = 4000
_MOST_LINES = 20
_MOST_LENGTH = 400


class Direct:
    """Ask for the five elements as JSON; later rounds show what spoke against the last reply."""

    name = "direct"

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft."""
        has_schema = supports(asking.model, Feature.json_schema)
        request = Request(
            messages=tuple(_messages(asking)),
            json_schema=_schema() if has_schema else None,
            sampling=Sampling(temperature=temperature, seed=seed, max_tokens=_MAX_TOKENS),
        )
        reply = await asking.model.reply(request)
        parsed = read(reply, dict[str, Any])
        if isinstance(parsed, Unparsed):
            fault, formulation = parsed.reason, None
        else:
            fault, formulation = _formulation(parsed.value)
        return Draft(self.name, formulation, fault, reply.text, reply.usage)


def _messages(asking: Asking) -> list[Message]:
    messages = [Message.system(render("direct_system"))]
    for example in examples("direct_examples"):
        messages.append(Message.user(render("direct_problem", problem=example["problem"])))
        messages.append(Message.assistant(json.dumps(example["formulation"])))
    messages.append(Message.user(render("direct_problem", problem=asking.reading.text.strip())))
    earlier = [attempt for attempt in asking.attempts if attempt.draft.text]
    if earlier:
        last = earlier[-1]
        messages.append(Message.assistant(last.draft.text))
        messages.append(Message.user(render("direct_repair", evidence=_first(last.evidence))))
    return messages


def _first(lines: Sequence[str]) -> list[str]:
    """Give as many lines as a small context has room for, and say how many are left out."""
    shown = [line[:_MOST_LENGTH] for line in lines[:_MOST_LINES]]
    left_out = len(lines) - len(shown)
    return [*shown, f"... and {left_out} more like these"] if left_out else shown


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

    Example:
        >>> without_strict("sum(x[i] for i in I if i < 3) < 10")
        'sum(x[i] for i in I if i < 3) <= 10'
    """
    depth, written = 0, []
    for place, char in enumerate(expression):
        depth += (char in "([") - (char in ")]")
        written.append(char)
        is_relation = char in "<>" and expression[place + 1 : place + 2] != "="
        if depth == 0 and is_relation and expression[place - 1 : place] not in ("<", ">", "="):
            written.append("=")
    return "".join(written)


def _schema() -> dict[str, Any]:
    """Give the shape of a reply: tighter than what `Formulation` reads, for smaller mistakes."""
    name = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,40}$"}
    text = {"type": "string", "maxLength": 300}
    short = {"type": "string", "maxLength": 120}
    atom = {"anyOf": [{"type": "string", "maxLength": 60}, {"type": "integer"}]}
    index = {"type": "array", "items": name, "maxItems": 4}
    number = {"type": "number"}
    values = {
        "anyOf": [
            {"type": "object", "additionalProperties": number},
            {
                "type": "object",
                "additionalProperties": {"type": "object", "additionalProperties": number},
            },
            {"type": "array", "items": {"type": "array"}},
        ]
    }
    elements = {"type": "array", "items": {"anyOf": [atom, {"type": "array", "items": atom}]}}
    bounds = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    domain = {"enum": ["continuous", "integer", "binary"]}
    return _shape(
        ["variables", "objective", "constraints"],
        title=short,
        sets=_list(_shape(["name"], name=name, elements=elements, range=bounds, doc=short)),
        parameters=_list(
            _shape(
                ["name"],
                name=name,
                index=index,
                value=number,
                values=values,
                default=number,
                unit=short,
                doc=short,
            )
        ),
        variables=_list(
            _shape(
                ["name", "domain"],
                name=name,
                index=index,
                domain=domain,
                lower={"anyOf": [number, {"type": "null"}]},
                upper={"anyOf": [number, {"type": "null"}]},
                unit=short,
                doc=short,
            )
        ),
        objective=_shape(
            ["sense", "expression"],
            sense={"enum": ["minimize", "maximize"]},
            expression=text,
            doc=short,
        ),
        constraints=_list(
            _shape(["name", "expression"], name=name, forall=text, expression=text, doc=short)
        ),
    )


def _shape(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": 60}
