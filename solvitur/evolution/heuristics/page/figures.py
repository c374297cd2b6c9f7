"""The tables on the page: how good the best is, what each operator brought, and what failed."""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from solvitur.evolution.heuristics.candidate import Fault
from solvitur.evolution.heuristics.history import Candidate, Fate
from solvitur.evolution.heuristics.result import Result

_AROUND = 2
"""Lines that are the same, shown around those that differ."""


@dataclass(frozen=True)
class Yield:
    """What an operator brought, and what it took."""

    operator: str
    made: int
    failed: int
    kept: int
    improved: int
    """How many were the best up to then."""
    best: float | None
    tokens: int
    gain: float
    """By how much it brought down the best score, all together."""

    @property
    def gain_per_token(self) -> float | None:
        """For a thousand tokens; None where it took none."""
        return 1000 * self.gain / self.tokens if self.tokens else None


@dataclass(frozen=True)
class Line:
    """A line of a comparison."""

    kind: str
    """``new``, ``gone``, ``same`` or ``gap``."""
    text: str


def yields(result: Result) -> tuple[Yield, ...]:
    """Say what each operator brought, in the order in which they were first used."""
    gains: dict[str, float] = {}
    improved: Counter[str] = Counter()
    best: float | None = None
    for each in result.candidates:
        if each.score is None:
            continue
        if best is not None and each.score < best:
            gains[each.operator] = gains.get(each.operator, 0.0) + best - each.score
        if best is None or each.score < best:
            improved[each.operator] += 1
            best = each.score
    found = []
    for name in dict.fromkeys(each.operator for each in result.candidates):
        own = [each for each in result.candidates if each.operator == name]
        found.append(
            Yield(
                name,
                len(own),
                sum(each.fate is Fate.failed for each in own),
                sum(each.fate is Fate.kept for each in own),
                improved[name],
                min((each.score for each in own if each.score is not None), default=None),
                sum(each.tokens for each in own),
                gains.get(name, 0.0),
            )
        )
    return tuple(found)


def faults(result: Result) -> tuple[tuple[Fault, int, int], ...]:
    """Say how often what was wrong with a first reply, and how often it was mended."""
    first: Counter[Fault] = Counter()
    mended: Counter[Fault] = Counter()
    for each in result.candidates:
        failure = each.first_failure or each.failure
        if failure is not None:
            first[failure.fault] += 1
            mended[failure.fault] += each.failure is None
    return tuple((fault, count, mended[fault]) for fault, count in first.most_common())


def difference(parent: Candidate, child: Candidate) -> Iterator[Line]:
    """Compare the code of a candidate with that of one that it was made from."""
    before, after = parent.code.splitlines(), child.code.splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=_AROUND))[2:]
    kinds = {"+": "new", "-": "gone", "@": "gap"}
    for line in lines:
        kind = kinds.get(line[:1], "same")
        yield Line(kind, "…" if kind == "gap" else line)
