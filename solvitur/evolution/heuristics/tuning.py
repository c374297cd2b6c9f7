"""Fitting the constants of a heuristic to a problem, without asking a model."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.constants import Constant, Kind, Template, template
from solvitur.evolution.heuristics.evaluation import Evaluator
from solvitur.evolution.heuristics.problem import Instance, Problem
from solvitur.runs import spread
from solvitur.search import Halving, Racing

_KEPT = 8
"""Settings that others are drawn around."""
_BROOD = 4
"""Settings drawn at a time, from the same kept ones, whatever the number of processors."""
_CHANGED = 0.4
"""The share of the constants that a new setting changes."""
_STEPS = (0.01, 0.05, 0.2, 0.5)
"""How far, relative to a constant: one of these is drawn for each new setting."""


@dataclass(frozen=True)
class Tuned:
    """What tuning came to."""

    code: str
    """The heuristic with the best constants that were found."""
    score: float
    before: float
    """The score with the constants as they were."""
    evaluations: int
    """How many settings were tried, those given up early included."""
    history: tuple[tuple[int, float], ...] = ()
    """After how many evaluations each better score was found."""
    cpu_seconds: float = field(default=0.0, compare=False)
    """Of the processor, in the sandbox."""


@dataclass
class _Setting:
    """Values of the constants, and what came of them."""

    values: tuple[float, ...]
    scores: dict[str, float] = field(default_factory=dict)
    total: float = float("inf")
    """The score; infinite for one that failed or was given up."""


async def tune(
    evaluator: Evaluator,
    code: str,
    *,
    evaluations: int = 200,
    seed: int = 0,
    implicit: bool = False,
    racing: Racing | None = None,
) -> Tuned:
    """Try other constants in a heuristic, and keep the best.

    New settings are drawn around the best so far, in some of the constants and by steps of several
    sizes; one that is equal in all its scores replaces the older, so that plateaus are crossed.
    With a seed it does the same again, and a journal in the evaluator remembers what was tried.

    Args:
        evaluator: Evaluates on its problem, several settings at once.
        code: The heuristic. Where lines are marked ``# tunable``, only these are tuned.
        evaluations: How many settings are tried.
        seed: Of the random numbers.
        implicit: Also tune factors and exponents that are not written, as they are one.
        racing: Gives up settings early; by default those that are worse than half of the kept ones.

    Raises:
        ConfigError: The heuristic has no constants, or fails as it is.
    """
    taken = template(code, implicit=implicit)
    if not taken.constants:
        raise ConfigError("there are no constants to tune in this heuristic")
    search = _Tuning(evaluator, taken, random.Random(f"tune {seed}"), racing or Halving(factor=4))
    first = _Setting(taken.values)
    if failure := await search.tried(first):
        raise ConfigError(f"the heuristic fails as it is: {failure}")
    search.keep(first)
    history = [(1, first.total)]
    tried = 1
    while tried < evaluations:
        brood = [search.drawn() for _ in range(min(_BROOD, evaluations - tried))]
        async for _ in spread(search.tried, brood, at_once=_BROOD):
            pass  # in the order of their tickets, so that a journal has one order
        for each in brood:
            tried += 1
            search.keep(each)
            if search.kept[0].total < history[-1][1]:
                history.append((tried, search.kept[0].total))
    best = search.kept[0]
    return Tuned(
        taken.filled(best.values),
        best.total,
        first.total,
        tried,
        tuple(history),
        search.cpu_seconds,
    )


class _Tuning:
    """The settings that are kept, and how others are drawn from them and tried."""

    def __init__(
        self, evaluator: Evaluator, taken: Template, rng: random.Random, racing: Racing
    ) -> None:
        self._evaluator, self._taken, self._rng, self._racing = evaluator, taken, rng, racing
        self.kept: list[_Setting] = []
        self.cpu_seconds = 0.0

    def drawn(self) -> _Setting:
        """Draw a setting near one of those that are kept, the better ones more often."""
        rng = self._rng
        near = self.kept[min(rng.randrange(len(self.kept)), rng.randrange(len(self.kept)))]
        step = rng.choice(_STEPS)
        certain = rng.randrange(len(near.values))
        values = [
            _moved(constant, value, step, rng)
            if number == certain or rng.random() < _CHANGED
            else value
            for number, (constant, value) in enumerate(
                zip(self._taken.constants, near.values, strict=True)
            )
        ]
        return _Setting(tuple(values))

    async def tried(self, setting: _Setting) -> str | None:
        """Score a setting on more and more instances while it goes on; or say how it fails."""
        problem, code = self._evaluator.problem, self._taken.filled(setting.values)
        rivals = [each.scores for each in self.kept]
        for rung in self._racing.rungs(len(problem.instances)):
            more = problem.instances[len(setting.scores) : rung]
            found = await self._evaluator.evaluate(code, more)
            self.cpu_seconds += found.cpu_seconds
            if found.failure is not None:
                return found.failure.message
            setting.scores.update(found.scores)
            whole = rung == len(problem.instances)
            if not whole and not self._racing.goes_on(setting.scores, rivals):
                return "given up"
        scores = [setting.scores[each.name] for each in problem.instances]
        setting.total = problem.aggregate(problem.instances, scores)
        return None

    def keep(self, setting: _Setting) -> None:
        """Put a setting in its place among those that are kept."""
        if setting.total == float("inf"):
            return
        others = [each for each in self.kept if each.scores != setting.scores]
        self.kept = sorted([setting, *others], key=lambda each: each.total)[:_KEPT]


def _moved(constant: Constant, value: float, step: float, rng: random.Random) -> float:
    """Move a value by a step relative to it; one of zero by the step itself."""
    if constant.kind is Kind.whole:
        far = max(1, round(step * abs(value)))
        return value + rng.choice((-1, 1)) * rng.randint(1, far)
    moved = value * (1 + rng.gauss(0, step)) if value else rng.gauss(0, step)
    return float(f"{moved:.5g}")


def guarded(problem: Problem, limits: Mapping[str, float]) -> Problem:
    """Give a problem whose score grows where sets held out come out worse than a limit.

    The limits may be what a known heuristic reaches there. The sets are seen by the search then, so
    the new problem does not hold them out any longer.

    Args:
        problem: The problem with its sets held out.
        limits: The highest score on each set that costs nothing; what is above it is added.

    Example:
        >>> from solvitur.evolution.heuristics import load_problem
        >>> problem = load_problem("online-bin-packing")
        >>> both = guarded(problem, {"uniform, 500 items": 5.0})
        >>> len(problem.instances), len(both.instances), "uniform, 500 items" in both.held_out
        (5, 25, False)
    """
    if unknown := sorted(set(limits) - set(problem.held_out)):
        raise ConfigError(f"problem '{problem.name}' holds no set '{unknown[0]}' out")
    guards = {name: problem.held_out[name] for name in limits}

    def aggregate(instances: Sequence[Instance], scores: Sequence[float]) -> float:
        found = {each.name: score for each, score in zip(instances, scores, strict=True)}

        def reached(own: Sequence[Instance]) -> float:
            tried = [each for each in own if each.name in found]
            return problem.aggregate(tried, [found[each.name] for each in tried])

        above = (reached(guards[name]) - limit for name, limit in limits.items())
        return reached(problem.instances) + sum(max(0.0, each) for each in above)

    return replace(
        problem,
        instances=(*problem.instances, *(each for guard in guards.values() for each in guard)),
        held_out={k: v for k, v in problem.held_out.items() if k not in limits},
        aggregate=aggregate,
    )
