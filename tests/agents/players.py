"""Scripted models that play a part: they answer what the request at hand can be answered with."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from solvitur.llm import Feature, Reply, Request
from tests.agents.constraints import admits, step


@dataclass
class Stepwise:
    """Knows a problem and answers each step of the stepwise way within what the step allows.

    A goal or a limit is the first of its answers that the grammar admits and that was not given
    yet; "none" when there is none.
    """

    variables: Sequence[tuple[str, str]]
    """Name and domain."""
    rows: Sequence[tuple[str, Sequence[float]]]
    goal: str
    limits: Sequence[str]
    more_rows: Sequence[tuple[str, Sequence[float]]] = ()
    """Those that it only gives when it is asked for another."""
    instead: dict[str, str | Reply] = field(default_factory=dict)
    """By step: what it answers instead of what is right."""
    _left: list[str] = field(default_factory=list)
    _rows_left: list[tuple[str, Sequence[float]]] = field(default_factory=list)

    def __call__(self, request: Request) -> str | Reply:
        asked = step(request)
        if asked == "variables":
            self._left, self._rows_left = list(self.limits), list(self.more_rows)
        if asked in self.instead:
            return self.instead[asked]
        return str(getattr(self, f"_{asked}")(request))

    def _variables(self, request: Request) -> str:
        made = [{"name": n, "doc": f"how many {n}", "domain": d} for n, d in self.variables]
        return json.dumps({"variables": made})

    def _rows(self, request: Request) -> str:
        return json.dumps({"rows": [self._as_row(row) for row in self.rows]})

    def _row(self, request: Request) -> str:
        row = self._as_row(self._rows_left.pop(0)) if self._rows_left else None
        return json.dumps({"row": row})

    def _goal(self, request: Request) -> str:
        return self.goal

    def _limit(self, request: Request) -> str:
        assert request.grammar is not None
        for answer in self._left:
            if admits(request.grammar, answer):
                self._left.remove(answer)
                return answer
        return "none"

    _comparison = _limit

    def _as_row(self, row: tuple[str, Sequence[float]]) -> dict[str, Any]:
        name, values = row
        names = [name for name, _ in self.variables]
        return {"name": name, "values": dict(zip(names, values, strict=True))}


CHAIRS = (
    "A joiner makes chairs and desks. A chair takes 3 kg of oak and 2 hours and earns $30; a desk "
    "takes 7 kg of oak and 5 hours and earns $80. There are at most 420 kg of oak, and he can work "
    "no more than 290 hours. At least 15 chairs are ordered. How many of each earn the most?"
)
"""Two products, two resources, one order. The best is 4,610 with 15 chairs and 52 desks."""

FIVE: dict[str, Any] = {
    "title": "Chairs and desks",
    "sets": [{"name": "P", "elements": ["chair", "desk"]}],
    "parameters": [
        {"name": "oak", "index": ["P"], "values": {"chair": 3, "desk": 7}},
        {"name": "hours", "index": ["P"], "values": {"chair": 2, "desk": 5}},
        {"name": "earned", "index": ["P"], "values": {"chair": 30, "desk": 80}},
        {"name": "oak_most", "value": 420},
        {"name": "hours_most", "value": 290},
        {"name": "ordered", "value": 15},
    ],
    "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
    "objective": {"sense": "maximize", "expression": "sum(earned[p] * x[p] for p in P)"},
    "constraints": [
        {"name": "wood", "expression": "sum(oak[p] * x[p] for p in P) <= oak_most"},
        {"name": "work", "expression": "sum(hours[p] * x[p] for p in P) <= hours_most"},
        {"name": "order", "expression": 'x["chair"] >= ordered'},
    ],
}
"""`CHAIRS` as five elements."""


def joiner(**changes: Any) -> Stepwise:
    """Answer `CHAIRS` rightly, but for the changes."""
    parts: dict[str, Any] = {
        "variables": [("chairs", "integer"), ("desks", "integer")],
        "rows": [("oak", (3, 7)), ("hours", (2, 5)), ("earnings", (30, 80))],
        "goal": "maximize earnings",
        "limits": ["oak <= 420", "hours <= 290", "chairs >= 15"],
    }
    return Stepwise(**{**parts, **changes})


class Hanging:
    """A model that never answers."""

    name = "hanging"
    features = frozenset(Feature)

    def __init__(self, name: str = "hanging") -> None:
        self.name = name
        self.cancelled = 0

    async def reply(self, request: Request, on_text: object = None) -> Reply:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        raise AssertionError("unreachable")
