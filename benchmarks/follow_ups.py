"""How well follow-ups of a conversation are understood, as a table.

    python benchmarks/follow_ups.py --model local:qwen2.5-coder-1.5b

The bank (data/follow_ups.json) holds what people say about sixteen formulations, with the edits
that are meant and the optimum after them. A follow-up is right when the intent is, and what comes
out is the same model: the same optimum, the same objective at random points, and the same best
values in random directions. One that is asked about where it need not be is "asked"; one that is
changed into another model is "wrong".
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solvitur.agents.chat.edits.edits import EDITS, Edit, edited
from solvitur.agents.chat.hearing.hear import Context, hear
from solvitur.agents.chat.hearing.intents import Intent, Revise, WhatIf
from solvitur.errors import ModelError
from solvitur.formulation import Domain, Formulation, Sense
from solvitur.formulation.changing import entry_text
from solvitur.formulation.instance import Instance
from solvitur.llm import Model, Recording, Reply, Request, connect, layered
from solvitur.solvers import solve

BANK = Path(__file__).parent / "data" / "follow_ups.json"
COFFEE = Path(__file__).parent / "data" / "coffee.json"
OPTIGUIDE_KINDS = (
    "demand-increase",
    "demand-increase-light",
    "supplier-capacity",
    "supplier-roastery-shipping",
)
DIRECTIONS = 3


@dataclass
class Outcome:
    """How one follow-up came out."""

    row: dict[str, Any]
    verdict: str
    """right, asked or wrong."""
    seconds: float
    calls: int
    intent: Intent | None


@dataclass
class Counted:
    """A model that counts its requests."""

    model: Model
    calls: int = 0
    name: str = field(init=False)
    features: Any = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.features = self.model.name, self.model.features

    async def reply(self, request: Request, on_text: Any = None) -> Reply:
        reply = await self.model.reply(request, on_text)
        self.calls += 1
        return reply


def kind(row: dict[str, Any]) -> str:
    """Name what a follow-up asks for."""
    edits = [edit["kind"] for edit in row.get("edits", ())]
    if not edits:
        return str(row["intent"])
    return {
        "set_parameter": "number",
        "set_limit": "number",
        "set_written": "number",
        "set_bound": "bound",
        "set_domain": "domain",
        "add_constraint": "relation",
        "remove_constraint": "limit removed",
        "set_objective": "goal",
        "add_element": "new element",
        "add_variable": "new element",
    }[edits[0]]


def is_same(one: Formulation, other: Formulation, seed: int) -> bool:
    """Whether two formulations are the same model, as far as a few directions tell."""
    first, second = Instance(one), Instance(other)
    if {n: set(b) for n, b in first.bounds.items()} != {
        n: set(b) for n, b in second.bounds.items()
    }:
        return False
    draw = random.Random(seed)
    for _ in range(DIRECTIONS):
        point = {
            name: {key: draw.uniform(0, 9) for key in bounds}
            for name, bounds in first.bounds.items()
        }
        values = [each.evaluator(point).number(each.objective, {}) for each in (first, second)]
        if not close(*values):
            return False
        goal = " + ".join(
            f"{draw.uniform(-1, 1):.3f} * {entry_text(name, key)}"
            for name, bounds in first.bounds.items()
            for key in bounds
        )
        results = [solve(boxed(each, goal)) for each in (one, other)]
        if results[0].outcome != results[1].outcome:
            return False
        if results[0].objective is not None and not close(*(r.objective for r in results)):
            return False
    return one.objective.sense == other.objective.sense


def close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-6 * max(1.0, abs(one), abs(other))


def boxed(formulation: Formulation, goal: str) -> Formulation:
    """Look in another direction, in a box so that the best value is finite."""
    objective = formulation.objective.model_copy(
        update={"sense": Sense.maximize, "expression": goal.replace("+ -", "- ")}
    )
    variables = tuple(
        v
        if v.upper is not None or v.domain is Domain.binary
        else v.model_copy(update={"upper": 997})
        for v in formulation.variables
    )
    return formulation.model_copy(update={"objective": objective, "variables": variables})


def judged(row: dict[str, Any], before: Formulation, intent: Intent | None) -> str:
    if "edits" not in row:
        return (
            "right"
            if intent is not None and intent.kind == row["intent"]
            else ("asked" if intent is not None and intent.kind == "unclear" else "wrong")
        )
    if not isinstance(intent, Revise | WhatIf):
        return "asked" if intent is None or intent.kind == "unclear" else "wrong"
    after = edited(before, intent.edits)
    meant: tuple[Edit, ...] = EDITS.validate_python(tuple(row["edits"]))
    solution = solve(after)
    is_right = (
        intent.kind == row["intent"]
        and solution.outcome.value == row["outcome"]
        and close(solution.objective, row.get("objective"))
        and is_same(after, edited(before, meant), seed=0)
    )
    return "right" if is_right else "wrong"


def optiguide(path: Path) -> Iterator[tuple[str, float | None]]:
    """Give the questions of OptiGuide's coffee benchmark that change numbers, with the optima.

    There is none where the result is the report of an infeasible model.
    """
    for row in json.loads(path.read_text(encoding="utf-8"))["questions"]:
        if row["TYPE"] in OPTIGUIDE_KINDS:
            result = row["GT EXEC RESULT"]
            is_infeasible = str(result).startswith("infeasible")
            yield row["QUESTION"], None if is_infeasible else float(result)


async def measure_optiguide(path: Path, model: Counted | None) -> str:
    """Hear each of the questions; only those that change the formulation can be right or wrong."""
    before = Formulation.from_file(COFFEE)
    counts: Counter[str] = Counter()
    for words, expected in optiguide(path):
        intent = await hear(words, Context(before), model)
        verdict = "asked" if intent.kind == "unclear" else "taken for a question"
        if isinstance(intent, Revise | WhatIf):
            is_right = close(solve(edited(before, intent.edits)).objective, expected)
            verdict = "right" if is_right else "wrong"
        counts[verdict] += 1
    total = sum(counts.values())
    listed = ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
    return f"{total} questions: {listed} ({counts['right'] / total:.0%} right)."


async def measure(rows: list[dict[str, Any]], model: Counted | None, asks: bool) -> list[Outcome]:
    bank = json.loads(BANK.read_text(encoding="utf-8"))
    known = {n: Formulation.model_validate(f) for n, f in bank["formulations"].items()}
    found = []
    for row in rows:
        before = known[row["on"]]
        calls = model.calls if model else 0
        started = time.perf_counter()
        try:
            intent = await hear(row["say"], Context(before, asks=asks), model)
        except ModelError as error:
            print(f"  {error}")
            intent = None
        spent = time.perf_counter() - started
        verdict = judged(row, before, intent)
        asked = model.calls - calls if model else 0
        found.append(Outcome(row, verdict, spent, asked, intent))
        if verdict != "right":
            said = "" if intent is None else intent.model_dump_json(exclude_defaults=True)[:300]
            print(f"  {verdict}: [{row['on']}] {row['say']} -> {said}")
    return found


HEAD = (
    "| what is asked | follow-ups | right | asked | wrong | by rule | s by rule | s by model |\n"
    "|---|---|---|---|---|---|---|---|"
)


def table(found: list[Outcome]) -> Iterator[str]:
    yield HEAD
    kinds = sorted({kind(each.row) for each in found})
    for name in kinds:
        yield line(name, [each for each in found if kind(each.row) == name])
    yield line("**all**", found)


def line(name: str, found: list[Outcome]) -> str:
    counts = [
        sum(each.verdict == verdict for each in found) for verdict in ("right", "asked", "wrong")
    ]
    ruled = [each.seconds for each in found if not each.calls]
    asked = [each.seconds for each in found if each.calls]
    right, questions, wrong = counts
    return (
        f"| {name} | {len(found)} | {right} ({right / len(found):.0%}) | {questions} | {wrong} | "
        f"{len(ruled)} | {mean(ruled, 3)} | {mean(asked, 1)} |"
    )


def mean(values: list[float], digits: int) -> str:
    return f"{sum(values) / len(values):.{digits}f}" if values else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b", help="or 'none'")
    parser.add_argument("--split", default="train,hold-out")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--optiguide", type=Path, help="coffee.benchmark.json of OptiGuide")
    parser.add_argument("--record", type=Path, help="replies are kept here and not asked twice")
    arguments = parser.parse_args()
    rows = json.loads(BANK.read_text(encoding="utf-8"))["follow_ups"]
    memory = Recording(arguments.record) if arguments.record else None
    model = None
    if arguments.model != "none":
        connected = connect(arguments.model, threads=arguments.threads)
        model = Counted(layered(connected, memory=memory))
    for split in arguments.split.split(","):
        chosen = [row for row in rows if row["split"] == split]
        for asks, title in ((True, "a person can be asked"), (False, "nobody can be asked")):
            print(f"{split}, {title}:")
            found = asyncio.run(measure(chosen, model, asks))
            print("\n".join(table(found)), flush=True)
    if arguments.optiguide is not None:
        print(asyncio.run(measure_optiguide(arguments.optiguide, None)))


if __name__ == "__main__":
    main()
