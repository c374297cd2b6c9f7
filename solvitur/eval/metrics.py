"""What a run comes to: SA, ER and AST as LLMOPT has them, with intervals, and what it cost.

SA (solving accuracy) is the share of answers that are right, ER (execution rate) the share that ran
and came to an answer, AST (average solving times) how many attempts one answer took. Answers to
what has no label are in ER and AST, and not in SA.
"""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median

from pydantic import BaseModel, ConfigDict

from solvitur.agents import Answer
from solvitur.eval.scoring import OtherReading, Score, Verdict
from solvitur.eval.statistics import Estimate, Values, mean, share


class Sample(BaseModel):
    """One answer to one problem, as the figures need it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    problem: str
    """Its id."""
    epoch: int = 0
    """The how manieth answer to the problem it is, from 0."""
    score: Score
    executed: bool
    """Whether it ran and came to an answer."""
    attempts: int | None = None
    """How often it was formulated and solved; ``None`` where that is not known."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0
    """US dollars; ``None`` where the price is not known."""
    seconds: float = 0.0
    """Wall seconds, from the problem to its answer."""
    solver_seconds: float | None = None
    """Of these in the solver; ``None`` where that is not known."""

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens


def sample_of(problem: str, answer: Answer, score: Score, epoch: int = 0) -> Sample:
    """Take from an answer what the figures need."""
    return Sample(
        problem=problem,
        epoch=epoch,
        score=score,
        executed=answer.outcome.is_conclusive,
        attempts=len(answer.rounds) or None,
        prompt_tokens=answer.usage.prompt_tokens,
        completion_tokens=answer.usage.completion_tokens,
        cost=answer.cost,
        seconds=answer.seconds,
        solver_seconds=answer.solver_seconds,
    )


class Spread(BaseModel):
    """A quantity for each answer: its mean, its middle and its sum."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: float
    median: float
    total: float


class Metrics(BaseModel):
    """The figures of a run; what nothing is known of is ``None``."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    problems: int
    samples: int
    verdicts: dict[Verdict, int]
    """How many answers are right, wrong, an error, or unscored."""
    sa: Estimate | None
    """Solving accuracy within the tolerance of the scorer, by the data set's own labels."""
    sa_strict: Estimate | None
    """The same within 1e-6."""
    sa_continuous: Estimate | None
    """The same if all numbers were continuous; where an answer has no such reading, as it is."""
    sa_integer: Estimate | None
    """The same if all numbers were whole."""
    sa_any_reading: Estimate | None
    """What it would be if any of these readings were enough, as published evaluations have it."""
    sa_by_label: dict[str, Estimate]
    """By the labels of others, of the problems that they have a label of."""
    sa_every_label: Estimate | None
    """Right by every label that there is of the question."""
    sa_any_label: Estimate | None
    """Right by one of them at least."""
    er: Estimate | None
    """Execution rate."""
    ast: Estimate | None
    """Average solving times: attempts for each answer, the first included."""
    feasible: Estimate | None
    """The share of points that hold in the reference, of those where that can be said."""
    equivalent: Estimate | None
    """The share of formulations that are equivalent to the reference, likewise."""
    tokens: Spread
    """Prompt and completion together."""
    completion_tokens: Spread
    cost: Spread | None
    """US dollars; ``None`` where one price is not known."""
    seconds: Spread
    solver_seconds: Spread | None

    @property
    def shares(self) -> dict[str, Estimate]:
        """The shares by their names in words, those that belong to another indented behind it.

        What nothing is known of is left out.
        """
        labels = {f"  by the label: {name}": found for name, found in self.sa_by_label.items()}
        named = {
            "SA, solving accuracy": self.sa,
            "  within 1e-6": self.sa_strict,
            "  with continuous numbers": self.sa_continuous,
            "  with whole numbers": self.sa_integer,
            "  whichever reading fits": self.sa_any_reading,
            **labels,
            "  right by every label": self.sa_every_label if labels else None,
            "  right by some label": self.sa_any_label if labels else None,
            "ER, execution rate": self.er,
            "feasible in the reference": self.feasible,
            "equivalent to the reference": self.equivalent,
        }
        return {name: found for name, found in named.items() if found is not None}

    @property
    def amounts(self) -> dict[str, Spread | None]:
        """What an answer takes, by its name in words, as in `shares`; ``None`` is not known."""
        return {
            "tokens": self.tokens,
            "  of them written": self.completion_tokens,
            "US dollars": self.cost,
            "seconds": self.seconds,
            "  of them in the solver": self.solver_seconds,
        }


_FORMS = {"tokens": ",.0f", "  of them written": ",.0f", "US dollars": ".4g"}
"""How amounts are written; else with two decimals."""


def in_words(name: str, spread: Spread) -> tuple[str, str, str]:
    """Write the mean, the middle and the sum of an amount of that name."""
    form = _FORMS.get(name, ",.2f")
    mean, middle, total = (format(v, form) for v in (spread.mean, spread.median, spread.total))
    return mean, middle, total


def figures(samples: Iterable[Sample]) -> Metrics:
    """Compute the figures of a run, whatever order its samples are in.

    Raises:
        ValueError: There are no samples.
    """
    listed = sorted(samples, key=lambda each: (each.problem, each.epoch))
    if not listed:
        raise ValueError("there are no samples, so there are no figures")
    return Metrics(
        problems=len({each.problem for each in listed}),
        samples=len(listed),
        verdicts={v: sum(each.score.verdict is v for each in listed) for v in Verdict},
        **_accuracies(listed),
        er=_share(listed, lambda each: each.executed),
        ast=_mean(listed, lambda each: each.attempts),
        feasible=_share(listed, lambda each: each.score.feasible),
        equivalent=_share(listed, lambda each: each.score.equivalent),
        tokens=_required([each.tokens for each in listed]),
        completion_tokens=_required([each.completion_tokens for each in listed]),
        cost=_spread([each.cost for each in listed]),
        seconds=_required([each.seconds for each in listed]),
        solver_seconds=_spread([each.solver_seconds for each in listed]),
    )


def values(samples: Iterable[Sample], of: Callable[[Sample], float | bool | None]) -> Values:
    """Put a figure of each sample by problem, for `statistics`; ``None`` is left out.

    Example:
        >>> from solvitur.eval.scoring import failed
        >>> values([Sample(problem="a", score=failed(""), executed=True)], lambda s: s.executed)
        {'a': [1.0]}
    """
    found: dict[str, list[float]] = {}
    for each in samples:
        if (value := of(each)) is not None:
            found.setdefault(each.problem, []).append(float(value))
    return found


def is_right(sample: Sample) -> bool | None:
    """Say whether an answer is right; ``None`` where it is unscored."""
    return _by(sample.score.verdict)


def is_strictly_right(sample: Sample) -> bool | None:
    """Say so within 1e-6; an answer without a number is as strict as it is right."""
    own = is_right(sample)
    return own if own is None or sample.score.strict is None else own and sample.score.strict


# --- the parts -----------------------------------------------------------------------------------

_Estimated = dict[str, Estimate | None]


def _by(verdict: Verdict) -> bool | None:
    return None if verdict is Verdict.unscored else verdict is Verdict.right


def _accuracies(samples: Sequence[Sample]) -> dict[str, "Estimate | dict[str, Estimate] | None"]:
    names = sorted({name for each in samples for name in each.score.by_label})
    by_label = {name: _share(samples, _of_label(name)) for name in names}
    return {
        "sa": _share(samples, is_right),
        "sa_strict": _share(samples, is_strictly_right),
        "sa_continuous": _share(samples, lambda each: _read(each, each.score.as_continuous)),
        "sa_integer": _share(samples, lambda each: _read(each, each.score.as_integer)),
        "sa_any_reading": _share(samples, _is_right_somehow),
        "sa_by_label": {name: found for name, found in by_label.items() if found is not None},
        "sa_every_label": _share(samples, lambda each: _over_labels(each, all)),
        "sa_any_label": _share(samples, lambda each: _over_labels(each, any)),
    }


def _read(sample: Sample, reading: OtherReading | None) -> bool | None:
    own = is_right(sample)
    if own is None or reading is None:
        return own
    return bool(reading.is_right)


def _is_right_somehow(sample: Sample) -> bool | None:
    own = is_right(sample)
    if own is None:
        return None
    readings = (sample.score.as_continuous, sample.score.as_integer)
    return own or any(reading is not None and bool(reading.is_right) for reading in readings)


def _of_label(name: str) -> Callable[[Sample], bool | None]:
    def found(sample: Sample) -> bool | None:
        verdict = sample.score.by_label.get(name)
        return None if verdict is None else _by(verdict)

    return found


def _over_labels(sample: Sample, over: Callable[[Iterable[bool]], bool]) -> bool | None:
    verdicts = (sample.score.verdict, *sample.score.by_label.values())
    said = [right for right in map(_by, verdicts) if right is not None]
    return over(said) if said else None


def _share(samples: Sequence[Sample], of: Callable[[Sample], bool | None]) -> Estimate | None:
    found = values(samples, of)
    return share(found) if found else None


def _mean(samples: Sequence[Sample], of: Callable[[Sample], float | None]) -> Estimate | None:
    found = values(samples, of)
    return mean(found) if found else None


def _required(figures: Sequence[float]) -> Spread:
    return Spread(mean=fmean(figures), median=median(figures), total=sum(figures))


def _spread(figures: Sequence[float | None]) -> Spread | None:
    known = [figure for figure in figures if figure is not None]
    return _required(known) if len(known) == len(figures) else None
