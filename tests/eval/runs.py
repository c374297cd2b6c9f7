"""Small runs without a language model: what evaluates, compares and reports is tested on them."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from solvitur.agents import Answer, solve_formulation
from solvitur.eval import (
    Dataset,
    Facts,
    Problem,
    Question,
    Report,
    Score,
    evaluate,
    read_label,
    score,
)
from solvitur.formulation import Formulation

CHAIRS: dict[str, Any] = {
    "title": "Chairs",
    "parameters": [{"name": "wood", "value": 42}, {"name": "earned", "value": 30}],
    "variables": [{"name": "x", "domain": "integer", "doc": "chairs"}],
    "objective": {"sense": "maximize", "expression": "earned * x"},
    "constraints": [{"name": "stock", "expression": "7 * x <= wood"}],
}


def chairs(wood: float = 42, domain: str = "integer") -> Formulation:
    """The most that chairs earn, at 30 each of 7 units of wood."""
    wooden = {"name": "wood", "value": wood}
    parts = {
        "parameters": [wooden, CHAIRS["parameters"][1]],
        "variables": [{"name": "x", "domain": domain, "doc": "chairs"}],
    }
    return Formulation.model_validate(CHAIRS | parts)


def question(wood: float) -> str:
    return f"A chair earns 30 and takes 7 m2 of wood; there are {wood:g} m2. How many chairs?"


def problems(woods: Sequence[float], labels: Mapping[int, Any] | None = None) -> Dataset:
    """Chairs from different amounts of wood, with true labels but for those that are given."""
    given = labels or {}
    listed = tuple(
        Problem(
            id=str(n),
            question=question(wood),
            label=read_label(given.get(n, 30 * (wood // 7)))
            if given.get(n, 0) is not None
            else None,
            formulation=chairs(wood),
        )
        for n, wood in enumerate(woods)
    )
    return Dataset(Facts(name="chairs", title="Chairs"), listed)


async def joiner(asked: Question) -> Answer:
    """Answers every question rightly, with a formulation."""
    return solve_formulation(chairs(_wood(asked)))


async def careless(asked: Question) -> Answer:
    """Lets parts of chairs be made, and forgets the wood where there is much of it."""
    wood = _wood(asked)
    if wood > 90:
        return Answer(outcome="not_formulated", message="too much wood")
    return solve_formulation(chairs(wood, "continuous"))


def _wood(text: str) -> float:
    return float(re.findall(r"there are ([0-9.]+) m2", text)[-1])


def run(
    folder: Path,
    agent: Any = joiner,
    woods: Sequence[float] = (42, 50, 93),
    labels: Mapping[int, Any] | None = None,
    **how: Any,
) -> Report:
    """Evaluate an agent on some problems, in a folder."""
    return asyncio.run(evaluate(agent, problems(woods, labels), run=folder, **how))


def here(problem: Problem, answer: Answer) -> Score:
    """Judges in this process, which is quicker than to start others."""
    return score(problem, answer, readings=False)


def formulating(said: str) -> str:
    """What a model replies that formulates every problem rightly, asked the last of them."""
    return chairs(_wood(said)).to_json()
