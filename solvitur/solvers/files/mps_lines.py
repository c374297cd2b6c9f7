"""Whether an MPS file is whole, line by line, before a reader has to find its way through it.

HiGHS's reader takes a name that it does not know for one with blanks, and may then go on without
end. So every name and every number is looked at first, which also gives a fault its line.
"""

import math
import re
from typing import NoReturn

from solvitur.errors import FormulationError

_BLANKS = " \t\v\f\r"
_WORD = re.compile(rf"[^{_BLANKS}]+")
_SECTIONS = re.findall(
    r"\w+", "NAME OBJSENSE ROWS COLUMNS RHS RANGES BOUNDS QUADOBJ QMATRIX ENDATA"
)
_SENSES = ("MAX", "MIN", "MAXIMIZE", "MINIMIZE")
_WITH_NUMBER = ("LO", "UP", "FX", "LI", "UI")
_WITHOUT = ("FR", "MI", "PL", "BV")
_SEMI = ("SC", "SI")


def check_mps(text: str) -> None:
    r"""Refuse a file that is not whole.

    Raises:
        FormulationError: With the line that is at fault.

    Example:
        >>> check_mps("ROWS\n N cost\nCOLUMNS\n x price 3\nENDATA\n")
        Traceback (most recent call last):
        ...
        solvitur.errors.FormulationError: line 4: there is no row 'price'
    """
    lines = _Lines()
    for number, line in enumerate(text.split("\n"), 1):
        words = _WORD.findall(line)
        if not words or line.startswith("*"):
            continue
        lines.number = number
        if line[0] not in _BLANKS:
            lines.begin(words)
            if lines.section == "ENDATA":
                return
        else:
            lines.read(words)
    raise FormulationError("the file ends without ENDATA")


class _Lines:
    """What was declared so far, and where we are."""

    def __init__(self) -> None:
        self.number = 0
        self.section = ""
        self.rows: set[str] = set()
        self.columns: set[str] = set()

    def begin(self, words: list[str]) -> None:
        self.section = words[0].upper()
        if self.section not in _SECTIONS:
            self.fault(f"{words[0][:40]!r} begins no section that is read")

    def read(self, words: list[str]) -> None:
        match self.section:
            case "OBJSENSE":
                self.choice(words[0], _SENSES)
            case "ROWS":
                self.count(words, 2)
                self.choice(words[0], ("N", "L", "G", "E"))
                self.rows.add(words[1])
            case "COLUMNS" if "'MARKER'" in words:
                self.count(words, 3)
                self.choice(words[2], ("'INTORG'", "'INTEND'"))
            case "COLUMNS":
                self.count(words, 3, 5)
                self.columns.add(words[0])
                self.entries(words[1:])
            case "RHS" | "RANGES":
                self.count(words, 2, 3, 4, 5)
                self.entries(words[len(words) % 2 :])  # the name of the section's vector may lack
            case "BOUNDS":
                self.bound(words)
            case "QUADOBJ" | "QMATRIX":
                self.count(words, 3)
                self.columns_known(*words[:2])
                self.value(words[2])
            case _:
                self.fault("this line belongs to no section")

    def bound(self, words: list[str]) -> None:
        kind = self.choice(words[0], (*_WITH_NUMBER, *_WITHOUT, *_SEMI))
        if kind in _SEMI:
            self.fault(
                f"the variable {words[-2]!r} is semi-continuous (0 or within its bounds), which a "
                "formulation has no word for; write a binary variable b, and "
                "lower * b <= x <= upper * b"
            )
        if kind in _WITH_NUMBER:
            self.count(words, 3, 4)
            self.columns_known(words[-2])
            self.value(words[-1])
        else:
            self.count(words, 2, 3, 4)
            self.columns_known(words[2] if len(words) == 4 else words[-1])

    def entries(self, words: list[str]) -> None:
        for row, value in zip(words[::2], words[1::2], strict=True):
            if row not in self.rows:
                self.fault(f"there is no row {row[:60]!r}")
            self.value(value)

    def columns_known(self, *names: str) -> None:
        for name in names:
            if name not in self.columns:
                self.fault(f"there is no column {name[:60]!r}")

    def value(self, word: str) -> None:
        try:
            known = not math.isnan(float(word))
        except ValueError:
            known = False
        if not known:
            self.fault(f"{word[:40]!r} is no number")

    def choice(self, word: str, words: tuple[str, ...]) -> str:
        if word.upper() not in words:
            self.fault(f"{word[:40]!r} is none of {', '.join(words)}")
        return word.upper()

    def count(self, words: list[str], *counts: int) -> None:
        if len(words) not in counts:
            self.fault(
                f"{len(words)} {'word' if len(words) == 1 else 'words'}, which no line of "
                f"{self.section} has ({' '.join(words)[:60]}); names with blanks are not read"
            )

    def fault(self, message: str) -> NoReturn:
        raise FormulationError(f"line {self.number}: {message}")
