"""What is said to be the answer to a problem: read strictly, and never guessed."""

import math
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from solvitur.formulation.printing import show_number

TOLERANCE = 1e-4
"""How far an objective may be from its label, relative to the label (at least 1)."""
STRICT = 1e-6
"""The tolerance that is shown beside."""
ROUNDING = 0.011
"""How far two labels may be apart that are the same number, rounded to two decimals."""

Ending = Literal["solved", "infeasible", "unbounded", "no_optimum"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_WORDS: dict[str, Ending] = {
    "infeasible": "infeasible",
    "no feasible solution": "infeasible",
    "unbounded": "unbounded",
    "no best solution": "no_optimum",
    "no optimal solution": "no_optimum",
    "no optimum": "no_optimum",
    "no solution": "no_optimum",
}
_ABSENT = {"", "nan", "none", "null", "n a"}
_ENDLESS = {"inf", "infinity"}


class Label(BaseModel):
    """The answer that a problem is said to have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Ending
    """`no_optimum` where it is not said whether it is infeasible or unbounded."""
    objective: float | None = Field(None, allow_inf_nan=False)
    """The optimum; ``None`` where there is none."""
    written: str | None = None
    """How it stood in the file, where that is not a plain number."""

    @model_validator(mode="after")
    def _has_an_objective_where_there_is_one(self) -> Self:
        if (self.outcome == "solved") != (self.objective is not None):
            raise ValueError("an objective belongs to an outcome that is solved, and to no other")
        return self

    def allows(self, outcome: str) -> bool:
        """Say whether an answer with this outcome can be right."""
        if self.outcome == "no_optimum":
            return outcome in ("infeasible", "unbounded", "no_optimum")
        return outcome == self.outcome or (outcome == "no_optimum" and self.outcome != "solved")

    def differs(self, other: "Label") -> bool:
        """Say whether two labels of one question cannot both be right.

        Numbers that are the same when rounded to two decimals do not differ.

        Example:
            >>> third = read_label(100 / 3)
            >>> third.differs(read_label(33.33)), third.differs(read_label(33))
            (False, True)
        """
        if self.objective is None or other.objective is None:
            return not self.allows(other.outcome)
        is_near = abs(self.objective - other.objective) <= ROUNDING
        return not (is_near or same(other.objective, self.objective))

    def __str__(self) -> str:
        if self.objective is None:
            return self.outcome.replace("_", " ")
        return show_number(self.objective)


def same(objective: float, label: float, tolerance: float = TOLERANCE) -> bool:
    """Say whether an objective is what the label says, relative to the label (at least 1).

    Example:
        >>> same(20001, 20000), same(20003, 20000), same(-5, 5)
        (True, False, False)
    """
    return abs(objective - label) <= tolerance * max(1.0, abs(label))


def read_label(value: Any) -> Label:
    """Read a label as files have it: a number, a number in writing, or that there is no optimum.

    Raises:
        ValueError: It is none of these; the message says why.

    Example:
        >>> read_label("12,000").objective, read_label("No Best Solution").outcome
        (12000.0, 'no_optimum')
        >>> read_label("12,5")
        Traceback (most recent call last):
        ValueError: '12,5' is no number: write 12.5 with a point, or 12,500 with three digits
    """
    if isinstance(value, Label):
        return value
    if value is None:
        raise ValueError("there is no label")
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{_shown(value)} is neither a number nor text")
    return Label(outcome="solved", objective=_finite(value, value))


def _from_text(text: str) -> Label:
    plain = text.strip(" \t\r\n")
    if _NUMBER.fullmatch(plain):
        return Label(outcome="solved", objective=_finite(plain, text))
    if _GROUPED.fullmatch(plain):
        objective = _finite(plain.replace(",", ""), text)
        return Label(outcome="solved", objective=objective, written=text)
    words = " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())
    if words in _WORDS:
        return Label(outcome=_WORDS[words], written=text)
    if words in _ABSENT:
        raise ValueError("there is no label")
    if words in _ENDLESS:
        raise ValueError(f"{_shown(text)} is no optimum; write 'unbounded' if that is meant")
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]{1,2}", plain):
        point = plain.replace(",", ".")
        raise ValueError(
            f"{_shown(text)} is no number: write {point} with a point, or "
            f"{(plain + '00')[: plain.index(',') + 4]} with three digits"
        )
    known = ", ".join(_WORDS)
    raise ValueError(f"{_shown(text)} is no number, and none of: {known}")


def _finite(value: int | float | str, given: Any) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isnan(number):
        raise ValueError("there is no label")
    if math.isinf(number):
        raise ValueError(f"{_shown(given)} is no optimum; write 'unbounded' if that is meant")
    return number


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of thousands of digits
        return "a number that long"
    return text if len(text) <= 60 else f"{text[:57]}..."
