"""The drawings on the page: how good it became, and what the best was made from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from solvitur.evolution.heuristics.history import Candidate
from solvitur.evolution.heuristics.result import Result

_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 708, 12, 242
"""Where the axes are, in a drawing of 720 by 280."""
_STEPS = 4
_ROW, _COLUMN, _MARGIN = 34, 64, 24
_FEWEST = 10
"""Scores of which the worst part may be cut off."""


@dataclass(frozen=True)
class Mark:
    """A place on an axis."""

    at: float
    words: str


@dataclass(frozen=True)
class Dot:
    """A candidate in a drawing."""

    x: float
    y: float
    candidate: Candidate
    is_best: bool = False


@dataclass(frozen=True)
class Curve:
    """The scores of all candidates, and the best up to each."""

    dots: tuple[Dot, ...]
    path: str
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    baselines: tuple[Mark, ...]
    cut: int
    """How many are worse than what is drawn."""

    left, right, top, bottom = _LEFT, _RIGHT, _TOP, _BOTTOM


@dataclass(frozen=True)
class Tree:
    """The best and all that it was made from, each below its parents."""

    dots: tuple[Dot, ...]
    edges: tuple[tuple[Dot, Dot], ...]
    width: float
    height: float


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + part * (self.end - self.start), 1)


def curve(result: Result) -> Curve | None:
    """Draw every score over the number of its candidate; nothing where there are none."""
    scored = [each for each in result.candidates if each.score is not None]
    if not scored:
        return None
    known = [
        (each.name, score)
        for each in result.standings
        if each.number is None and (score := each.scores.get("training")) is not None
    ]
    scores = [each.score for each in scored if each.score is not None]
    low, high = _reach([*scores, *(score for _, score in known)])
    across = _Axis(0, max(1, result.candidates[-1].number), _LEFT, _RIGHT)
    up = _Axis(low, high, _BOTTOM, _TOP)
    dots = tuple(
        Dot(across(each.number), up(each.score), each, each == result.best)
        for each in scored
        if each.score is not None and each.score <= high
    )
    return Curve(
        dots,
        _best_path(scored, across, up, high),
        tuple(Mark(up(at), f"{at:.5g}") for at in _steps(low, high)),
        tuple(Mark(across(at), f"{at:.0f}") for at in _steps(0, across.high, whole=True)),
        tuple(Mark(up(score), name) for name, score in known if low <= score <= high),
        len(scored) - len(dots),
    )


def tree(result: Result) -> Tree | None:
    """Draw what the best was made from, the first ones on top."""
    if result.best is None:
        return None
    ancestors = result.ancestors(result.best)
    rows = _rows(ancestors)
    widest = max(len(row) for row in rows)
    dots = {}
    for level, row in enumerate(rows):
        indent = (widest - len(row)) * _COLUMN / 2
        for place, each in enumerate(row):
            x = _MARGIN + indent + (place + 0.5) * _COLUMN
            dots[each.number] = Dot(x, _MARGIN + level * _ROW, each, each == result.best)
    edges = tuple(
        (dots[parent], dots[each.number])
        for each in ancestors
        for parent in each.parents
        if parent in dots
    )
    height = 2 * _MARGIN + (len(rows) - 1) * _ROW
    return Tree(tuple(dots.values()), edges, 2 * _MARGIN + widest * _COLUMN, height)


def _rows(ancestors: Sequence[Candidate]) -> list[list[Candidate]]:
    """Put each below all of its parents, as high as that goes."""
    levels: dict[int, int] = {}
    for each in ancestors:  # parents come before children
        above = (levels[parent] for parent in each.parents if parent in levels)
        levels[each.number] = max(above, default=-1) + 1
    return [
        [each for each in ancestors if levels[each.number] == level]
        for level in range(max(levels.values()) + 1)
    ]


def _best_path(scored: Sequence[Candidate], across: _Axis, up: _Axis, high: float) -> str:
    """Draw the best score up to each candidate, as stairs."""
    best = math.inf
    parts: list[str] = []
    for each in scored:
        if each.score is not None and each.score < best and each.score <= high:
            best = each.score
            x, y = across(each.number), up(best)
            parts.append(f"H{x:g}V{y:g}" if parts else f"M{x:g} {y:g}")
    return f"{''.join(parts)}H{_RIGHT}" if parts else ""


def _reach(scores: Sequence[float]) -> tuple[float, float]:
    """Give what is drawn: all, or where there are many, without the worst tenth."""
    low, high = min(scores), max(scores)
    if len(scores) >= _FEWEST:
        high = quantiles(scores, n=10)[-1]
    return (low, high) if high > low else (low - 1, low + 1)


def _steps(low: float, high: float, *, whole: bool = False) -> list[float]:
    if whole:
        step = max(1, round((high - low) / _STEPS))
        return [float(at) for at in range(int(low), int(high) + 1, step)]
    return [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
