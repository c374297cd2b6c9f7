"""How good heuristics are on what a search saw, and on what it never saw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from solvitur.evolution.heuristics.evaluation import TRAINING, Evaluator
from solvitur.evolution.heuristics.problem import Instance, Problem
from solvitur.evolution.heuristics.result import Standing


@dataclass(frozen=True)
class Comparison:
    """Heuristics side by side on every set of instances. As a text it is a table in Markdown."""

    measure: str
    """What the numbers are; less is better."""
    standings: tuple[Standing, ...]
    """The heuristics in question first, then those that are known."""
    known: int
    """How many of them are known ones."""

    def __str__(self) -> str:
        sets = list(self.standings[0].scores) if self.standings else []
        rows = [[self.measure, *sets], ["---", *["---:"] * len(sets)]]
        rows += [[each.name, *map(_written, each.scores.values())] for each in self.standings]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    @property
    def worse(self) -> tuple[str, ...]:
        """Where a heuristic is worse than one that is known, in words; the field's weak spot."""
        return tuple(self._worse())

    def _worse(self) -> Iterator[str]:
        first = len(self.standings) - self.known
        known = self.standings[first:]
        for each in self.standings[:first] if known else ():
            for name, score in each.scores.items():
                of_known = [(k.scores[name], k.name) for k in known]
                best = min(((s, n) for s, n in of_known if s is not None), default=None)
                if best is not None and (score is None or score > best[0]):
                    yield (
                        f"{each.name} is worse than {best[1]} on {name}: "
                        f"{_written(score)}, not {_written(best[0])}"
                    )


def _written(score: float | None) -> str:
    if score is None:
        return "failed"
    return f"{score:.4f}" if abs(score) < 100 else f"{score:,.1f}"


async def compare(
    problem: Problem, heuristics: Mapping[str, str], *, evaluator: Evaluator | None = None
) -> Comparison:
    """Evaluate heuristics, and those that are known, on all sets of a problem.

    Args:
        problem: Its driver with the last word is used.
        heuristics: Code by name.
        evaluator: Evaluates on the problem as it is with its last word; by default a new one.

    Example:
        >>> import asyncio
        >>> from dataclasses import replace
        >>> from solvitur.evolution.heuristics import load_problem
        >>> problem = load_problem("flow-shop")
        >>> sets = {"20 jobs": problem.held_out["20 jobs, 5 machines"]}
        >>> found = asyncio.run(compare(replace(problem, held_out=sets), {}))
        >>> print(found)
        | makespan above the best known, % | training | 20 jobs |
        | --- | ---: | ---: |
        | longest first (NEH) | 4.5850 | 3.1575 |
        | slope (Palmer) | 7.6596 | 5.5051 |
    """
    evaluator = evaluator or Evaluator(problem.exact())
    sets = {TRAINING: problem.instances, **problem.held_out}
    standings = []
    for name, code in (*heuristics.items(), *problem.seeds.items()):
        scores = {of: await score(evaluator, code, own, of=of) for of, own in sets.items()}
        standings.append(Standing(name=name, scores=scores))
    return Comparison(problem.measure, tuple(standings), known=len(problem.seeds))


async def score(
    evaluator: Evaluator, code: str, instances: Sequence[Instance], *, of: str = TRAINING
) -> float | None:
    """Give what a heuristic comes to on a set of instances, or None where it fails."""
    found = await evaluator.evaluate(code, instances, of=of)
    if found.failure is not None:
        return None
    scores = [found.scores[each.name] for each in instances]
    return float(evaluator.problem.aggregate(instances, scores))
