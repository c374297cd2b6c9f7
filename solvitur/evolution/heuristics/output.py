"""What a run leaves for others: the best heuristic as a Python file, and everything as JSON."""

import json
import textwrap
from collections.abc import Iterator

from solvitur.evolution.heuristics.history import Candidate
from solvitur.evolution.heuristics.result import Result
from solvitur.page import visible

_WIDTH = 98


def to_python(result: Result) -> str:
    """Write the best heuristic as a Python file that needs nothing of ours, with its history.

    Returns:
        Python; empty while there is no heuristic with a score.
    """
    best = result.best
    if best is None:
        return ""
    said = "\n".join(_comments(result, best))
    return f"{said}\n\n{best.code.strip()}\n"


def to_json(result: Result) -> str:
    """Write a run as JSON: what decided it, what it came to, and every candidate.

    A list of candidates with ``idea``, ``code`` and ``score`` is in it, which
    `solvitur.evolution.heuristics.read_population` reads again.
    """
    told = {
        "format": 1,
        "run": result.facts.model_dump(mode="json"),
        "used": result.used.model_dump(mode="json"),
        "best": None if result.best is None else result.best.number,
        "standings": [each.model_dump(mode="json") for each in result.standings],
        "candidates": [each.told() for each in result.candidates],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _comments(result: Result, best: Candidate) -> Iterator[str]:
    facts = result.facts
    yield from _comment(f"{facts.problem}: {best.idea or 'a heuristic'}")
    yield "#"
    yield from _comment(
        f"Candidate {best.number} of {len(result.candidates)}, by {facts.model}, evolved "
        f"with solvitur {facts.solvitur} ({facts.method.name}, seed {facts.seed})."
    )
    if result.standings:
        yield "#"
        yield from _comment(f"{facts.measure.capitalize()}, where less is better:")
        for name in result.standings[0].scores:
            scores = (f"{each.name} {_number(each.scores[name])}" for each in result.standings)
            yield from _comment(f"  {name}: {', '.join(scores)}")
    yield "#"
    yield from _comment("How it came about:")
    for each in result.ancestors(best):
        made = f" of {', '.join(map(str, each.parents))}" if each.parents else ""
        yield from _comment(
            f"  {each.number} ({each.operator}{made}, {_number(each.score)}): {each.idea}"
        )


def _comment(text: str) -> list[str]:
    """Write words as comments: no text of a model ends one."""
    indent = " " * (len(text) - len(text.lstrip()))
    words = " ".join(visible(text).split())
    lines = textwrap.wrap(
        words, _WIDTH, initial_indent=f"# {indent}", subsequent_indent=f"# {indent}  "
    )
    return lines or ["#"]


def _number(score: float | None) -> str:
    return "failed" if score is None else f"{score:.6g}"
