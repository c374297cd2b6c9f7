"""Tables that stand in the text of a problem: Markdown, CSV, aligned columns, or sentences.

A grid gives a number to pairs of two kinds of names: "from North to Harbour costs 4". What is no
complete grid of numbers is none; no text raises an error.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

MOST_LINES = 60
"""A longer table is data for a file."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and where."""

    text: str
    start: int
    end: int

    @property
    def number(self) -> float | None:
        """The number that it is, its currency and thousands aside."""
        match = _NUMBER.fullmatch(self.text)
        return float(match["number"].replace(",", "")) if match else None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it, or a sign for nothing."""
        return _EMPTY.fullmatch(self.text) is not None


@dataclass(frozen=True)
class Grid:
    """A table: names on two sides, and cells, some of which may be empty."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: dict[tuple[str, str], float]
    """By row and column; a pair that has no number is not there."""
    spans: tuple[tuple[int, int], ...]
    """Where its numbers stand in the text."""
    corner: str = ""
    """What stands above the rows: "from", "depot / shop"."""
    caption: str = ""
    """The sentence before it, or the words of its sentences."""
    place: int = field(default=0, compare=False)
    """Where it starts in the text."""

    def without(self, rows: Sequence[str], columns: Sequence[str]) -> "Grid":
        """Leave out rows and columns."""
        kept = {
            (r, c): v for (r, c), v in self.values.items() if r not in rows and c not in columns
        }
        return Grid(
            tuple(row for row in self.rows if row not in rows),
            tuple(column for column in self.columns if column not in columns),
            kept,
            self.spans,
            self.corner,
            self.caption,
            self.place,
        )

    def turned(self) -> "Grid":
        """Give the same with rows for columns."""
        values = {(c, r): v for (r, c), v in self.values.items()}
        return Grid(
            self.columns, self.rows, values, self.spans, self.corner, self.caption, self.place
        )


def grids(reading: Reading) -> tuple[Grid, ...]:
    r"""Find the tables of a text, in its order.

    Example:
        >>> (grid,) = grids(Reading("Cost in euros:\n,X,Y\nA,3,5\nB,6,4\nWhich is best?"))
        >>> grid.rows, grid.columns, grid.values["B", "X"]
        (('A', 'B'), ('X', 'Y'), 6.0)
        >>> said = "From A to X it costs 3, to Y 5; from B to X 6 and to Y 4."
        >>> grids(Reading(said))[0].values == grid.values
        True
    """
    drawn = tuple(_drawn(reading.text))
    return drawn or tuple(_said(reading))


# --- lines ---------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"[$€£]?\s?(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?(?:[$€£%]|[^\W\d]{1,6})?"
)
_EMPTY = re.compile(r"(?:[-\u2013\u2014x\u00d7]+|n/?a|none)?", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")
_LINE = re.compile(r"[^\n]*")
_PIPES = re.compile(r"\|")
_COMMAS = re.compile(r",(?!\d{3}\b)|,(?=\d{3},)")
_GAPS = re.compile(r"\t|[ ]{2,}")
_SPACES = re.compile(r"[ \t]+")


def _drawn(text: str) -> Iterator[Grid]:
    lines = [(match.start(), match[0]) for match in _LINE.finditer(text) if match[0]]
    at = 0
    while at < len(lines):
        found = _block(lines, at)
        if found is None:
            at += 1
            continue
        count, cells = found
        grid = _grid(cells, _caption(text, lines[at][0]))
        if grid is not None:
            yield grid
        at += count if grid is not None else 1


Line = tuple[int, str]


def _block(lines: Sequence[Line], at: int) -> tuple[int, list[list[Cell]]] | None:
    """Take the lines of a table that starts here: a header, and rows that begin with a name."""
    for mark in (_PIPES, _GAPS, _COMMAS, _SPACES):
        header = _cells(lines[at], mark)
        if len(header) < 2 or any(cell.number is not None for cell in header[1:]):
            continue
        found, count = [header], 1
        for line in lines[at + 1 : at + MOST_LINES]:
            if mark is _PIPES and _RULE.fullmatch(line[1]):
                count += 1
                continue
            row = _cells(line, mark)
            if not _is_row(row, header) or len(row) not in (
                len(header),
                len(header) + 1,
                len(header) - 1,
            ):
                break
            found.append(row)
            count += 1
        if len(found) > (1 if mark is _PIPES else 2):
            return count, found
    return None


def _cells(line: Line, mark: re.Pattern[str]) -> list[Cell]:
    start, text = line
    ends = [(0, 0), *((m.start(), m.end()) for m in mark.finditer(text)), (len(text), len(text))]
    cells = []
    for (_, first), (last, _) in itertools.pairwise(ends):
        piece = text[first:last]
        left = start + first + len(piece) - len(piece.lstrip())
        cells.append(Cell(piece.strip(), left, left + len(piece.strip())))
    if mark is _PIPES:
        return cells[bool(text.lstrip().startswith("|")) : len(cells) - text.rstrip().endswith("|")]
    if mark is _COMMAS:
        return cells
    return [cell for cell in cells if cell.text]


def _is_row(cells: Sequence[Cell], header: Sequence[Cell]) -> bool:
    """Whether a name comes first, and then numbers, of which some may be absent.

    A number is a name under what it is a number of: the 1 of "machine".
    """
    is_numbered = len(cells) == len(header) and header[0].text.isalpha()
    if len(cells) < 2 or not cells[0].text or (cells[0].number is not None and not is_numbered):
        return False
    numbers = [cell.number is not None for cell in cells[1:]]
    return any(numbers) and all(
        is_number or cell.is_empty for cell, is_number in zip(cells[1:], numbers, strict=True)
    )


def _grid(lines: Sequence[list[Cell]], caption: str) -> Grid | None:
    header, *body = lines
    width = max(len(line) - 1 for line in body)
    corner = header[0].text if len(header) == width + 1 else ""
    columns = [cell.text for cell in (header[1:] if len(header) == width + 1 else header)]
    rows = [line[0].text if line[0].number is None else f"{corner} {line[0].text}" for line in body]
    is_sound = len(columns) == width > 0 and all(columns) and _distinct(columns) and _distinct(rows)
    if not is_sound:
        return None
    values: dict[tuple[str, str], float] = {}
    spans = []
    for row, line in zip(rows, body, strict=True):
        for column, cell in zip(columns, line[1:], strict=False):
            if cell.number is not None:
                values[row, column] = cell.number
                spans.append((cell.start, cell.end))
    return Grid(
        tuple(rows), tuple(columns), values, tuple(spans), corner, caption, lines[0][0].start
    )


def _distinct(names: Sequence[str]) -> bool:
    return len({name.casefold() for name in names}) == len(names)


def _caption(text: str, place: int) -> str:
    """Give the last sentence before a table."""
    before = text[:place].rstrip()
    return re.split(r"(?<=[.!?])\s+|\n\s*\n|(?<=\n)\|.*\n", before)[-1].strip()


# --- sentences -----------------------------------------------------------------------------------

_NAME = (
    r"(?:the )?(?P<name>(?:[^\W\d_]+[ -]){0,2}?"
    r"(?:[A-Z][\w'-]*(?: [A-Z][\w'-]*)*(?P<last> \d{1,2})?|\d{1,2}))"
)
_FROM = re.compile(rf"\b[Ff]rom {_NAME}(?![\w'-])")
_TO = re.compile(rf"\b[Tt]o {_NAME}(?![\w'-])")
_CLAUSE = re.compile(r"[,;.:]\s|\band\b|\n")


def _said(reading: Reading) -> Iterator[Grid]:
    """Read "from A to X costs 3, to Y 5 and to Z 7; from B ..."."""
    values: dict[tuple[str, str], float] = {}
    spans: list[tuple[int, int]] = []
    captions: list[str] = []
    for start, end in reading.spans:
        source = ""
        for first, last in _clauses(reading.text, start, end):
            words = reading.text[first:last]
            begins, ends = _FROM.search(words), _TO.search(words)
            inside = reading.all_numbers_in(first, last)
            stated = [n for n in inside if n.kind in (Kind.PLAIN, Kind.LABEL)]
            numbers = [n for n in stated if not _is_in_name(n.start - first, begins, ends)]
            if not numbers:  # the 5 of "to Y 5" is no part of a name
                numbers = [n for n in stated if _is_last(n.end - first, begins, ends)]
            if begins:
                source = _bare(begins, is_whole=not _is_last(_end(numbers, first), begins))
            if not source or not ends or len(numbers) != 1:
                continue
            pair = source, _bare(ends, is_whole=not _is_last(_end(numbers, first), ends))
            if pair in values or reading.cue(numbers[0]):
                continue
            values[pair] = numbers[0].value
            spans.append((numbers[0].start, numbers[0].end))
            captions.append(reading.text[start:end])
    rows = tuple(dict.fromkeys(row for row, _ in values))
    columns = tuple(dict.fromkeys(column for _, column in values))
    if len(rows) > 1 and len(columns) > 1 and len(values) == len(rows) * len(columns):
        caption = " ".join(dict.fromkeys(captions))
        yield Grid(rows, columns, values, tuple(spans), "from / to", caption, spans[0][0])


def _is_in_name(place: int, *names: re.Match[str] | None) -> bool:
    return any(name and name.start("name") <= place < name.end("name") for name in names)


def _is_last(end: int, *names: re.Match[str] | None) -> bool:
    return any(name and name["last"] and name.end("name") == end for name in names)


def _end(numbers: Sequence[Quantity], first: int) -> int:
    return numbers[0].end - first if len(numbers) == 1 else -1


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    place = start
    for match in _CLAUSE.finditer(text, start, end):
        yield place, match.start()
        place = match.end()
    yield place, end


_KIND = re.compile(r"\A(?:[a-z][\w-]* )+(?=[A-Z])")


def _bare(name: re.Match[str], *, is_whole: bool) -> str:
    """Leave out the kind that stands before a name, A of "depot A", and what is a number."""
    written = name["name"] if is_whole else name["name"].removesuffix(name["last"] or "")
    return _KIND.sub("", written)
