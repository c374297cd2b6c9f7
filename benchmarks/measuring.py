"""What measuring scripts share: problems with labels, who asks them, and honest statistics.

Replies come from a recording where they are in one, with the seconds that they took when they were
made; so a second run costs nothing, and ways of asking that share a question share its reply.
"""

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solvitur.agents import Answer, Effort, solve_problem
from solvitur.agents.techniques import chosen
from solvitur.errors import ConfigError
from solvitur.eval import load_dataset, word_problems
from solvitur.eval.labels import same
from solvitur.llm import Model, Reply, Request

# --- problems ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A problem and its label."""

    set: str
    id: str
    question: str
    label: float | None
    """The optimum; ``None`` where there is none."""

    def is_right(self, outcome: str, objective: float | None) -> bool:
        """Whether an outcome is what the label says, within 1e-4 relative."""
        if self.label is None:
            return outcome in ("infeasible", "unbounded")
        return objective is not None and same(objective, self.label)


FILES = {
    "nl4opt": ("NL4Opt", "nl4opt_llm4or.jsonl"),
    "mamo": ("Mamo Easy", "mamo_easy_sirl.jsonl"),
    "nlp4lp": ("NLP4LP", "nlp4lp_llm4or.jsonl"),
}
OTHER = {"nl4opt-sirl": ("NL4Opt, another version", "nl4opt_sirl.jsonl")}
"""A file to fit on; the problems that the others hold too are left out there."""
OWN = {"train": "our own, odd", "held-out": "our own, even"}
"""The split of our own problems: odd numbers for development, even ones to be judged by."""
SETS = (*FILES, *OWN)


def title(name: str) -> str:
    return OWN[name] if name in OWN else {**FILES, **OTHER}[name][0]


def cases(name: str, folder: Path | None, rows: tuple[int, int]) -> list[Case]:
    """Give the problems of a set; of a published one the rows from a first to before a last."""
    if name in OWN:
        odd = name == "train"
        return [
            Case(name, problem.id, problem.question, problem.answer.objective)
            for problem in word_problems()
            if (int(problem.id.rpartition("-")[2]) % 2 == 1) == odd
        ]
    _, file = {**FILES, **OTHER}[name]
    if folder is None:
        raise SystemExit(f"--data DIR is missing, the folder that holds {file}")
    found = load_dataset(str(folder / file)).problems[slice(*rows)]
    return [
        Case(name, problem.id, problem.question, problem.label and problem.label.objective)
        for problem in found
    ]


# --- asking --------------------------------------------------------------------------------------


class Clock:
    """A model that adds up the seconds its replies took, also of those that are replayed."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name
        self.features = model.features
        self.seconds = 0.0

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        reply = await self.model.reply(request, on_text)
        self.seconds += reply.seconds
        return reply


@dataclass(frozen=True)
class Configuration:
    """A way to answer, by name."""

    name: str
    effort: Effort

    def told(self, model: Model) -> dict[str, Any]:
        """What decides an answer, for finding those that were given already."""
        effort = self.effort
        techniques = sorted(chosen(effort.techniques, model))
        return {
            "model": model.name,
            "techniques": techniques,
            "rounds": effort.rounds,
            "samples": effort.samples,
        }


@dataclass
class Answers:
    """Answers in a JSONL file, one a line; several processes may add to it."""

    path: Path
    lines: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                found = json.loads(line)
                self.lines[_key(found["set"], found["id"], found["told"])] = found

    def of(self, case: Case, told: Mapping[str, Any]) -> dict[str, Any] | None:
        return self.lines.get(_key(case.set, case.id, told))

    def add(self, line: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(line) + "\n")
            file.flush()
        self.lines[_key(line["set"], line["id"], line["told"])] = line


def _key(name: str, problem: str, told: Mapping[str, Any]) -> tuple[str, ...]:
    return (name, problem, json.dumps(told, sort_keys=True))


async def ask(
    model: Clock, configuration: Configuration, case: Case, on_step: Callable[..., None] | None
) -> dict[str, Any]:
    """Answer one problem; give the line to keep."""
    started = model.seconds
    answer = await solve_problem(case.question, model, configuration.effort, on_step)
    if answer.outcome.value == "error" and not answer.rounds:
        raise SystemExit(f"{case.id}: {answer.message}")  # the model is down: no answer to keep
    return line(case, configuration.told(model), answer, model.seconds - started)


def line(case: Case, told: dict[str, Any], answer: Answer, seconds: float) -> dict[str, Any]:
    outcome = answer.outcome.value
    return {
        "set": case.set,
        "id": case.id,
        "told": told,
        "label": case.label,
        "outcome": outcome,
        "objective": answer.objective,
        "right": case.is_right(outcome, answer.objective),
        "executed": answer.outcome.is_final,
        "seconds": round(seconds, 3),
        "tokens": answer.usage.tokens,
        "written": answer.usage.completion_tokens,
        "answer": json.loads(answer.to_json()),
    }


# --- tables ---------------------------------------------------------------------------------------


def percent(share: float) -> str:
    return f"{share:.0%}"


def points(gain: tuple[float, float, float]) -> str:
    """Write a gain in points with its interval."""
    share, low, high = (100 * part for part in gain)
    return f"{share:+.0f} ({low:+.0f} to {high:+.0f})"


def row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(head: Sequence[str], rows: Iterator[Sequence[object]]) -> list[str]:
    """Write a Markdown table: the first column to the left, the others to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [row(head), row(rule), *map(row, rows)]


def write_section(page: Path | None, name: str, lines: Sequence[str]) -> None:
    """Put lines into a page, in place of what is between ``<!-- NAME -->`` and its end; or print.

    Raises:
        ConfigError: The page has no such place.
    """
    text = "\n".join(lines)
    if page is None:
        print(text)
        return
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ConfigError(f"{page} has no place {begin.strip()} ... {end}")
    page.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")
