"""Solving accuracy of a model on word problems, with the loop and without, written as a table.

    python benchmarks/solving_accuracy.py --data DIR --model local:qwen2.5-coder-1.5b

`--data` is a folder that holds the NL4Opt rows (nl4opt_llm4or.jsonl, one JSON object a line with
id, question, answer); without it only solvitur's own easy problems are asked. Every problem is
asked once with `--rounds` rounds; "one pass" is what the first round alone would have answered,
so both columns rest on the same replies. An answer is right when it is within 1e-4 of the label,
relative, or the label says that there is none and the outcome is infeasible or unbounded.
"""

import argparse
import asyncio
import json
import math
import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import solvitur
from solvitur.agents import Answer, Effort, solve_problem
from solvitur.eval import word_problems
from solvitur.llm import Model, Recording, Reply, Request, connect, layered

TOLERANCE = 1e-4


def nl4opt(folder: Path, first: int, last: int) -> Iterator[tuple[str, str, float | None]]:
    lines = (folder / "nl4opt_llm4or.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[first:last]:
        row = json.loads(line)
        label = row["answer"]
        yield row["id"], row["question"], label if isinstance(label, float | int) else None


def own(level: str) -> Iterator[tuple[str, str, float | None]]:
    for problem in word_problems():
        if problem.level == level:
            yield problem.id, problem.question, problem.answer.objective


def is_right(outcome: str, objective: float | None, label: float | None) -> bool:
    if label is None:
        return outcome in ("infeasible", "unbounded")
    return objective is not None and abs(objective - label) <= TOLERANCE * max(1.0, abs(label))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, right / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - spread) / (1 + z * z / count), (middle + spread) / (1 + z * z / count)


class Clock:
    """A model that adds up the seconds its replies took, also of those that are replayed."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name
        self.features = model.features
        self.seconds = 0.0

    async def reply(self, request: Request, on_text: Any = None) -> Reply:
        reply = await self.model.reply(request, on_text)
        self.seconds += reply.seconds
        return reply


async def ask(model: Clock, rounds: int, question: str) -> tuple[Answer, float, float]:
    marks: list[float] = []
    started = model.seconds

    def on_step(node: str, _: Any) -> None:
        if node == "verify":
            marks.append(model.seconds - started)

    answer = await solve_problem(question, model, Effort(rounds=rounds), on_step)
    total = model.seconds - started
    return answer, marks[0] if marks else total, total


async def measure(
    model: Clock, rounds: int, problems: list[tuple[str, str, float | None]], log: Path
) -> list[dict[str, Any]]:
    results = []
    with log.open("a", encoding="utf-8") as file:
        for number, (name, question, label) in enumerate(problems, start=1):
            answer, first_seconds, seconds = await ask(model, rounds, question)
            first = answer.rounds[0] if answer.rounds else None
            result = {
                "id": name,
                "label": label,
                "outcome": answer.outcome.value,
                "objective": answer.objective,
                "right": is_right(answer.outcome.value, answer.objective, label),
                "first_right": first is not None
                and is_right(first.outcome, first.objective, label),
                "solved": answer.outcome.value in ("solved", "infeasible", "unbounded"),
                "first_solved": first is not None
                and first.outcome in ("solved", "infeasible", "unbounded"),
                "clean": bool(answer.rounds) and not answer.checks,
                "rounds": len(answer.rounds),
                "first_seconds": first_seconds,
                "seconds": seconds,
                "tokens": answer.usage.tokens,
            }
            results.append(result)
            file.write(json.dumps(result | {"answer": json.loads(answer.to_json())}) + "\n")
            file.flush()
            right = sum(r["right"] for r in results)
            print(f"{number}/{len(problems)} {name} {result['right']} ({right} right)", flush=True)
    return results


def row(title: str, results: list[dict[str, Any]], first: bool) -> str:
    right = sum(r["first_right" if first else "right"] for r in results)
    solved = sum(r["first_solved" if first else "solved"] for r in results)
    low, high = wilson(right, len(results))
    seconds = [r["first_seconds" if first else "seconds"] for r in results]
    rounds = 1.0 if first else statistics.mean(r["rounds"] for r in results)
    return (
        f"| {title} | {'one pass' if first else 'loop'} | {right}/{len(results)} | "
        f"{right / len(results):.1%} | {low:.0%} to {high:.0%} | {solved / len(results):.0%} | "
        f"{rounds:.1f} | {statistics.median(seconds):.0f} |"
    )


HEAD = (
    "| problems | way | right | SA | 95 % interval | ER | rounds | seconds, median |\n"
    "|---|---|---|---|---|---|---|---|"
)


PAGE = """# Solving accuracy

Written by `{command}` (solvitur {version}; {cores} cores, threads of the model: {threads}).

SA, solving accuracy: the share whose outcome and objective equal the label, within 1e-4 relative.
ER, execution rate: the share that ended in a solved model or a proof that there is no answer.
"One pass" is what the first round alone answered, "loop" what came out after evidence, repair and
choice; both rest on the same replies. The labels are as published, mistakes included, and one
reading of whole or split quantities counts. The interval is Wilson's.

{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--data", type=Path, help="folder with nl4opt_llm4or.jsonl")
    parser.add_argument("--rows", default="0:40", help="rows of NL4Opt, FIRST:LAST")
    parser.add_argument("--levels", default="easy", help="levels of our own problems, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--record", type=Path, help="replies are kept here and not asked twice")
    parser.add_argument("--docs", type=Path, help="Markdown file to write the table into")
    parser.add_argument("--log", type=Path, default=Path("solving_accuracy.jsonl"))
    arguments = parser.parse_args()
    memory = Recording(arguments.record) if arguments.record else None
    model = Clock(layered(connect(arguments.model, threads=arguments.threads), memory=memory))
    sets: list[tuple[str, list[tuple[str, str, float | None]]]] = []
    if arguments.data is not None:
        first, last = map(int, arguments.rows.split(":"))
        sets.append(
            (f"NL4Opt rows {first} to {last - 1}", list(nl4opt(arguments.data, first, last)))
        )
    levels = filter(None, arguments.levels.split(","))
    sets.extend((f"our own, {level}", list(own(level))) for level in levels)
    lines = [HEAD]
    for title, problems in sets:
        results = asyncio.run(measure(model, arguments.rounds, problems, arguments.log))
        lines += [row(title, results, first=True), row(title, results, first=False)]
        print("\n".join(lines), flush=True)
    if arguments.docs is not None:
        write(arguments, lines)


def write(arguments: argparse.Namespace, lines: list[str]) -> None:
    """Write the page of docs/ that holds the table, with how to make it again."""
    command = (
        f"python benchmarks/solving_accuracy.py --data DIR --model {arguments.model} "
        f"--rows {arguments.rows} --levels {arguments.levels} --rounds {arguments.rounds} "
        f"--docs {arguments.docs.as_posix()}"
    )
    page = PAGE.format(
        command=command,
        version=solvitur.__version__,
        threads=arguments.threads or "all but one",
        cores=os.cpu_count(),
        table="\n".join(lines),
    )
    arguments.docs.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
