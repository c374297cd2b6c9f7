"""Bounds of a variable."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one variable entry; ``None`` is no bound."""

    lower: float | None
    upper: float | None
