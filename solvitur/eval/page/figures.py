"""The figures on the page: shares with their intervals as bars, means, and differences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from solvitur.eval.comparison import Comparison, Contrast
from solvitur.eval.metrics import Spread, in_words, is_right, values
from solvitur.eval.page.runs import ShownRun
from solvitur.eval.statistics import Estimate, Flips, share

_MOST_TAGS = 12
_FEWEST = 5
"""Problems that make a share worth a line."""


@dataclass(frozen=True)
class Bar:
    """A share with its interval, of one run; all in per cent."""

    letter: str
    colour: int
    value: float
    low: float
    high: float
    count: int
    """Of how many."""


@dataclass(frozen=True)
class Figure:
    """One figure of every run that has it."""

    name: str
    bars: tuple[Bar, ...]
    is_main: bool = False
    """Whether others are read beside it."""


@dataclass(frozen=True)
class Amount:
    """A quantity of each answer, for every run."""

    name: str
    rows: tuple["Row", ...]


@dataclass(frozen=True)
class Row:
    """A quantity of one run; empty where it is not known."""

    letter: str
    colour: int
    mean: str
    median: str
    total: str


@dataclass(frozen=True)
class Gap:
    """How much larger a figure is in A than in B."""

    name: str
    one: str
    other: str
    gain: str
    interval: str
    bar: tuple[float, float, float] | None
    """Low, value and high in per cent, of a difference of shares."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval has no 0 in it."""
        return self.bar is not None and (self.bar[0] > 0 or self.bar[2] < 0)


@dataclass(frozen=True)
class Differences:
    """What two runs have in common, and where they differ."""

    pairs: int
    differing_labels: int
    unscored: int
    gaps: tuple[Gap, ...]
    flips: Flips | None

    @property
    def reach(self) -> int:
        """How many per cent are drawn on either side of 0."""
        ends = [abs(end) for gap in self.gaps if gap.bar for end in gap.bar]
        return next(reach for reach in (10, 20, 50, 100) if reach >= max(ends, default=0.0))


def shares(runs: Sequence[ShownRun]) -> tuple[Figure, ...]:
    """Give the shares that there are, each of every run that has it."""
    by_run = [({} if (m := run.report.metrics) is None else m.shares) for run in runs]
    names = dict.fromkeys(
        name for found in by_run for name, each in found.items() if each.problems >= _FEWEST
    )
    return tuple(
        Figure(
            name.removeprefix("  "),
            tuple(_bar(r, f[name]) for r, f in zip(runs, by_run, strict=True) if name in f),
            is_main=not name.startswith("  "),
        )
        for name in names
    )


def by_tag(runs: Sequence[ShownRun]) -> tuple[Figure, ...]:
    """Give the solving accuracy on the problems of each tag: of the tags that most have."""
    counts = Counter(
        tag
        for run in runs
        for problem in run.report.problems
        for tag in dict.fromkeys(problem.tags)
    )
    common = [tag for tag, count in counts.items() if count >= _FEWEST * len(runs)]
    common = sorted(common, key=lambda tag: (-counts[tag], tag))[:_MOST_TAGS]
    found = (Figure(tag, tuple(_bars(runs, tag))) for tag in common)
    return tuple(figure for figure in found if figure.bars)


def amounts(runs: Sequence[ShownRun]) -> tuple[Amount, ...]:
    """Give what an answer takes, of what is known in some run and not nothing in all."""
    by_run = [({} if (m := run.report.metrics) is None else m.amounts) for run in runs]
    shown = []
    for name in dict.fromkeys(name for found in by_run for name in found):
        spreads = [found.get(name) for found in by_run]
        if any(spread is not None and spread.total for spread in spreads):
            rows = (_row(run, name, each) for run, each in zip(runs, spreads, strict=True))
            shown.append(Amount(name.removeprefix("  "), tuple(rows)))
    return tuple(shown)


def differences(found: Comparison) -> Differences:
    """Give the differences of two runs, A less B."""
    return Differences(
        pairs=len(found.pairs),
        differing_labels=len(found.differing_labels),
        unscored=len(found.unscored),
        gaps=tuple(_gap(each) for each in found.contrasts if each.is_telling),
        flips=found.flips,
    )


# --- the parts -----------------------------------------------------------------------------------


def _bars(runs: Iterable[ShownRun], tag: str) -> Iterator[Bar]:
    for run in runs:
        tagged = {problem.id for problem in run.report.problems if tag in problem.tags}
        right = values((s for s in run.report.samples if s.problem in tagged), is_right)
        if right:
            yield _bar(run, share(right))


def _bar(run: ShownRun, found: Estimate) -> Bar:
    value, low, high = (100 * each for each in (found.value, found.low, found.high))
    return Bar(run.letter, run.colour, value, low, high, found.values)


def _row(run: ShownRun, name: str, spread: Spread | None) -> Row:
    shown = ("", "", "") if spread is None else in_words(name, spread)
    return Row(run.letter, run.colour, *shown)


def _gap(contrast: Contrast) -> Gap:
    gain = contrast.gain
    bar = None
    if contrast.kind == "share":
        bar = (100 * gain.low, 100 * gain.value, 100 * gain.high)
    name, one, other, value, low, high = contrast.in_words
    value, low, high = (said.replace("-", "\u2212") for said in (value, low, high))
    return Gap(name, one, other, value, f"{low} to {high}", bar)
