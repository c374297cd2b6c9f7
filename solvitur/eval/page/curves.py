"""The curves on the page: how accuracy depends on what is called right, and on what it may take."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solvitur.eval.labels import STRICT, TOLERANCE
from solvitur.eval.metrics import is_right
from solvitur.eval.page.runs import ShownRun
from solvitur.eval.problem import Problem
from solvitur.eval.report import Answered
from solvitur.eval.scoring import Verdict, judge
from solvitur.eval.statistics import Estimate, share

_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 348, 12, 182
"""Where the axes are, in a drawing of 360 by 220."""
_STEPS = 48
_LAX = 0.05
"""The tolerance of many published evaluations."""
_FEWEST = 5
"""Right answers that make a curve over what they took."""
_MOST_MARKS = 6

_From = Callable[[Problem, Answered], float | None]
"""From which value of a quantity on an answer counts as right: never is infinite; ``None`` where
it is unscored."""


@dataclass(frozen=True)
class Line:
    """The curve of one run, as a path, with the band of its intervals."""

    letter: str
    colour: int
    path: str
    band: str
    """Empty where the bands of several runs would only hide each other."""


@dataclass(frozen=True)
class Mark:
    """A place on the horizontal axis."""

    x: float
    words: str


@dataclass(frozen=True)
class Chart:
    """Shares over a quantity, which is drawn by its powers of ten."""

    title: str
    note: str
    axis: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    guides: tuple[Mark, ...] = ()

    left, right, top, bottom = _LEFT, _RIGHT, _TOP, _BOTTOM

    @property
    def rows(self) -> tuple[tuple[float, int], ...]:
        """The heights of the vertical axis, with their per cent."""
        return tuple((_height(percent / 100), percent) for percent in (0, 25, 50, 75, 100))


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float

    def __call__(self, value: float) -> float:
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return round(_LEFT + part * (_RIGHT - _LEFT), 1)

    @property
    def steps(self) -> tuple[float, ...]:
        ratio = self.high / self.low
        return tuple(self.low * ratio ** (step / _STEPS) for step in range(_STEPS + 1))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Give powers of ten; where there are few, what is between them as well."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1,)):
            places = [digit * 10.0**power for power in powers for digit in digits]
            within = [at for at in places if self.low * 0.999 <= at <= self.high * 1.001]
            if len(within) <= _MOST_MARKS:
                break
        thinned = within[:: math.ceil(len(within) / _MOST_MARKS)]
        return tuple(
            Mark(self(at), f"{at:g}".replace("e-0", "e-").replace("e+0", "e")) for at in thinned
        )


def curves(runs: Sequence[ShownRun]) -> tuple[Chart, ...]:
    """Give the curves that say something."""
    scored = [run for run in runs if run.report.metrics is not None and run.report.metrics.sa]
    if not scored:
        return ()
    found = (_by_tolerance(scored), _by_seconds(scored), _by_cost(scored))
    return tuple(chart for chart in found if chart is not None and chart.lines)


def _by_tolerance(runs: Sequence[ShownRun]) -> Chart:
    axis = _Axis(1e-8, 1.0)
    guides = ((STRICT, "1e-6"), (TOLERANCE, "SA"), (_LAX, "5 %"))
    return Chart(
        title="Accuracy by tolerance",
        note="The share of answers that are this near to their label. SA is at 1e-4; many "
        "published evaluations accept 5 %.",
        axis="relative distance from the label",
        lines=_lines(runs, _distance, axis),
        marks=axis.marks,
        guides=tuple(Mark(axis(at), words) for at, words in guides),
    )


def _by_seconds(runs: Sequence[ShownRun]) -> Chart | None:
    return _by_what_it_took(
        runs,
        "Accuracy by time",
        "The share of answers that are right and took no longer.",
        "seconds for an answer",
        lambda each: each.seconds,
    )


def _by_cost(runs: Sequence[ShownRun]) -> Chart | None:
    return _by_what_it_took(
        runs,
        "Accuracy by cost",
        "The share of answers that are right and cost no more.",
        "US dollars for an answer",
        lambda each: each.cost,
    )


def _by_what_it_took(
    runs: Sequence[ShownRun],
    title: str,
    note: str,
    words: str,
    of: Callable[[Answered], float | None],
) -> Chart | None:
    """Draw accuracy over a quantity; nothing where that is not known, or all but the same."""
    took = [of(each) for run in runs for each in run.report.samples if is_right(each)]
    known = [value for value in took if value is not None and value > 0]
    if len(known) < max(_FEWEST, len(took)) or max(known) < 1.5 * min(known):
        return None
    axis = _Axis(min(known), max(known))

    def taken(_: Problem, sample: Answered) -> float | None:
        own = is_right(sample)
        return None if own is None else (of(sample) or 0.0) if own else math.inf

    return Chart(title, note, words, _lines(runs, taken, axis), axis.marks)


def _distance(problem: Problem, sample: Answered) -> float | None:
    """How far an answer is from its label, relative to that (at least 1)."""
    label, answer = problem.label, sample.answer
    if label is None or sample.score.verdict is Verdict.unscored:
        return None
    if not answer.outcome.is_conclusive:
        return math.inf
    if label.objective is None or answer.objective is None:
        return 0.0 if judge(label, answer)[0] is Verdict.right else math.inf
    return abs(answer.objective - label.objective) / max(1.0, abs(label.objective))


def _lines(runs: Sequence[ShownRun], start: _From, axis: _Axis) -> tuple[Line, ...]:
    """Give the curve of every run that has scored answers; the band where it is alone."""
    found = []
    for run in runs:
        starts = _starts(run, start)
        if starts:
            points = [(axis(value), _reached(starts, value)) for value in axis.steps]
            path = _path([(x, each.value) for x, each in points])
            band = "" if len(runs) > 1 else _band(points)
            found.append(Line(run.letter, run.colour, path, band))
    return tuple(found)


def _starts(run: ShownRun, start: _From) -> dict[str, list[float]]:
    problems = {problem.id: problem for problem in run.report.problems}
    found: dict[str, list[float]] = {}
    for each in run.report.samples:
        if (value := start(problems[each.problem], each)) is not None:
            found.setdefault(each.problem, []).append(value)
    return found


def _reached(starts: dict[str, list[float]], value: float) -> Estimate:
    limit = value * (1 + 1e-9)  # the place of a mark is computed, and a little off
    return share({name: [float(s <= limit) for s in those] for name, those in starts.items()})


def _band(points: Sequence[tuple[float, Estimate]]) -> str:
    there = [(x, each.high) for x, each in points]
    back = [(x, each.low) for x, each in reversed(points)]
    return f"{_path([*there, *back])}Z"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {_height(share):g}" for x, share in points)


def _height(share: float) -> float:
    return round(_BOTTOM - share * (_BOTTOM - _TOP), 1)
