"""What a cell of a table says: a number, a name, or neither, and then what to write instead.

A cell is a text (CSV) or any Python value that a file or a data frame holds.
"""

import datetime
import math
import numbers
import re
from collections.abc import Sequence
from typing import Any

from solvitur.formulation.printing import cut
from solvitur.formulation.written import LARGEST

INTEGER = re.compile(r"0|-?[1-9]\d{0,14}", re.ASCII)
"""A whole number as a set may hold it; 01 is a name."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PERCENT = re.compile(rf"{_NUMBER.pattern} ?%")
_WITH_UNIT = re.compile(rf"{_NUMBER.pattern} ?[^\d\s.,]+.*|[^\d\s.,+-]+ ?{_NUMBER.pattern}")
_THOUSANDS = re.compile(
    r"[+-]?\d{1,3}(?P<sign>[,.' \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*([.,]\d+)?"
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
_ABSENT = ("NAType", "NaTType")
"""What pandas writes for a cell that is not there, by the names of its types."""
_SHOWN = 60


def show(cell: Any) -> str:
    """Show a cell in a message, cut where it is long.

    Example:
        >>> show("12 kg"), show(True)
        ("'12 kg'", 'True')
    """
    return cut(repr(cell), _SHOWN)


def is_empty(cell: Any) -> bool:
    """Whether there is nothing in a cell."""
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or type(cell).__name__ in _ABSENT


def numbers_of(cells: Sequence[Any]) -> list[float] | None:
    """Give the numbers of a column at once; ``None`` when its cells have to be looked at.

    Example:
        >>> numbers_of(["1", " 2.5"]), numbers_of([1, None]), numbers_of(["1_0"])
        ([1.0, 2.5], None, None)
    """
    kinds = set(map(type, cells))
    if not kinds <= {str, int, float}:
        return None
    if str in kinds:
        text = "".join(cell for cell in cells if isinstance(cell, str))
        if "_" in text or not text.isascii():  # float() takes 1_000 and the digits of all scripts
            return None
    try:
        found = list(map(float, cells))
    except (ValueError, OverflowError):
        return None
    if not all(map(math.isfinite, found)) or max(map(abs, found), default=0) >= LARGEST:
        return None
    return found


def number_of(cell: Any) -> float | str:
    """Give the number in a cell, or say why there is none.

    Example:
        >>> number_of("1e3"), number_of("12 kg")
        (1000.0, "'12 kg' is not a number; write the number alone, and its unit into 'unit'")
    """
    if is_empty(cell):
        return "the cell is empty; write a number, or with a 'default' leave the row out"
    found = math.nan
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            return f"{show(cell)} is not a number{_mend(text)}"
        found = float(text)
    elif isinstance(cell, numbers.Number) and not isinstance(cell, bool | complex):
        try:
            found = float(cell)  # type: ignore[arg-type]
        except OverflowError:
            found = math.inf
    else:
        return f"{show(cell)} is not a number"
    if math.isnan(found):
        return "NaN is not a number; write the number, or with a 'default' leave the row out"
    if abs(found) >= LARGEST:
        return f"{show(cell)} is not a finite number; leave a bound out instead"
    return found


def _mend(text: str) -> str:
    """Say how a text that was meant as a number is written."""
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity", "na", "n/a", "-"):
        return "; write a finite number, or with a 'default' leave the row out"
    if _PERCENT.fullmatch(text):
        return "; write a share of one, such as 0.05 for 5%"
    if _THOUSANDS.fullmatch(text):
        return "; write no thousands separator, and a point for decimals: 1234.5"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"; write a point for the decimal comma: {text.replace(',', '.')[:20]}"
    if _WITH_UNIT.fullmatch(text):
        return "; write the number alone, and its unit into 'unit'"
    return ""


def words_of(cells: Sequence[Any]) -> list[str]:
    """Give the names or whole numbers of a column as text, ``""`` for what is neither.

    Example:
        >>> words_of([" a ", 7, 2.0, 1.5, None])
        ['a', '7', '2', '', '']
    """
    kinds = set(map(type, cells))
    if kinds == {str}:
        return list(map(str.strip, cells))
    if kinds == {int}:
        return list(map(str, cells))
    return list(map(_word, cells))


def _word(cell: Any) -> str:
    match cell:
        case str():
            return cell.strip()
        case bool():
            return ""
        case numbers.Integral():
            return str(int(cell))
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime.datetime() if not is_empty(cell):
            return cell.isoformat(" ").removesuffix(" 00:00:00")
        case datetime.date():
            return cell.isoformat()
    return ""


def no_word(cell: Any) -> str:
    """Say why a cell holds no key."""
    if is_empty(cell):
        return "the cell is empty; write a name or a whole number"
    return f"{show(cell)} is neither a name nor a whole number"
