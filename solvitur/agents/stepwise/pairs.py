"""Problems that decide an amount for each pair: from each depot to each shop, who does which job.

Where the text has a table of numbers for two kinds of names, its words give nearly everything else:
what each of one kind has and each of the other needs, and what of a pair is limited. No model is
asked here; what the words leave open stays `None`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from solvitur.agents.stepwise.grids import Grid, grids
from solvitur.agents.stepwise.kinds import COUNTED, EACH, Kinds
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

_HAS = (
    r"(?:suppl(?:y|ies)|capacit(?:y|ies)|available|availability|(?:in )?stock|ha[sd]|have|holds?"
    r"|(?:can|could) (?!be\b)\w+|output|offers?|limit|max(?:imum|imal)?|at most|up to|free"
    r"|produces?|yields?|makes?|works?|process(?:es)?|with)"
)
_WANTS = (
    r"(?:needs?|needed|demands?|requires?|requirements?|required|orders?|ordered|wants?|wanted"
    r"|at least|min(?:imum|imal)?|must (?:get|have|receive)|expects?|asks? for|target)"
)
_MARGIN = re.compile(
    rf"(?:(?:the|its|total|daily|weekly|monthly|yearly|annual) )?"
    rf"(?:(?P<has>(?:\w+ )?{_HAS})|(?P<wants>(?:\w+ )?{_WANTS}))(?: \w+)?(?: \([^)]*\))?",
    re.IGNORECASE,
)
"""What stands above a column, or before a row, that says what each has or needs."""
_SAYS = re.compile(rf"\b(?:(?P<has>{_HAS})|(?P<wants>{_WANTS}))\b", re.IGNORECASE)
_PLAINLY = (
    r"\b(?:(?P<down>no more than|not more than|at most|(?:not|never|cannot) exceed|up to)"
    r"|(?P<same>exactly|precisely)|no less than|at least)"
)
_EXACTLY = re.compile(r"\b(?:exactly|precisely|all of (?:it|them|its|their))\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\(.*\)|\b(?:costs?|prices?|profits?|margins?|revenue|values?|hours?|minutes?|days?|weeks?"
    r"|years?|weights?|kg|tons?|tonnes?|points|usd|eur|gbp|dollars?|euros?|per|number|total|sum)\b|[$€£%]",
    re.IGNORECASE,
)
"""A column so called says something of one thing; it is no name of another."""
_BETWEEN = re.compile(
    r"\bfrom\b[^.;]{1,80}\bto\b|\b(?:distance|ship|send|sent|transport|haul|freight|deliver|distribut|route"
    r"|suppl(?:y|ies|ied)\b)",
    re.IGNORECASE,
)
_ASSIGN = re.compile(
    r"\b(?:assign|allocat|match|pair)|\bwho (?:should|does|takes)\b", re.IGNORECASE
)
_WAY = re.compile(
    r"\b(?:each|every|any|no|a) (?:single )?(?:route|road|link|lane|connection|pair|leg|line)\b",
    re.IGNORECASE,
)
_MONEY = (
    r"profits?|revenues?|earn\w*|incomes?|margins?|costs?|prices?|freights?|fares?"
    r"|charges?|fees?|wages?"
)
_VALUE = re.compile(
    rf"\b(?P<money>{_MONEY})\b|\b(?P<other>hours|minutes|seconds|days|times?|distances?|kilomet\w+|km|miles"
    r"|scores?|points|ratings?|preferences?|suitability|skill|emissions?)\b|(?P<sign>[$€£])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Matrix:
    """A number for each pair, and what it is called."""

    name: str
    grid: Grid
    is_money: bool


@dataclass(frozen=True)
class Margin:
    """What limits the sum over all pairs of each name of one side."""

    side: int
    """0 for the rows of the table, 1 for its columns."""
    values: dict[str, float]
    relation: str | None
    words: str
    name: str = "limit"
    number: Quantity | None = None
    """The first number, to ask about."""
    is_plain: bool = False
    """Whether the words leave no doubt about the relation."""

    def is_sure(self, sense: Sense) -> bool:
        """Whether the relation is known; what is "needed" may cap what is to be most."""
        is_open = self.relation == ">=" and sense is Sense.maximize and not self.is_plain
        return self.relation is not None and not is_open


@dataclass(frozen=True)
class Route:
    """A limit of one pair, or of every pair alike."""

    pair: tuple[str, str] | None
    relation: str
    value: float
    words: str


@dataclass(frozen=True)
class Pairs:
    """What the words of a problem settle."""

    reading: Reading
    matrices: tuple[Matrix, ...]
    kinds: tuple[str, str]
    """What the names of each side are: "depots", "shops"."""
    margins: tuple[Margin, ...]
    routes: tuple[Route, ...] = ()
    is_assignment: bool = False
    """Whether a pair is taken or not."""

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of both sides."""
        grid = self.matrices[0].grid
        return grid.rows, grid.columns


def pairs(reading: Reading) -> Pairs | None:
    """Read a problem that decides an amount for each pair; ``None`` where it is none for sure.

    Example:
        >>> found = pairs(Reading(
        ...     "Depot A has 9 crates and depot B has 8. Shop X needs 7 and shop Y 6. Sending one "
        ...     "from A to X costs 3, to Y 5; from B to X 6 and to Y 4. What is the cheapest way?"
        ... ))
        >>> found.kinds, [(each.relation, each.values) for each in found.margins]
        (('depots', 'shops'), [('<=', {'A': 9.0, 'B': 8.0}), ('>=', {'X': 7.0, 'Y': 6.0})])
    """
    found = grids(reading)
    is_pairing = _BETWEEN.search(reading.text) or _ASSIGN.search(reading.text)
    if not found or not is_pairing:
        return None
    reader = _Reader(reading, found)
    return reader.pairs() if reader.is_sound else None


class _Reader:
    """Takes a text apart around its tables."""

    def __init__(self, reading: Reading, found: Sequence[Grid]) -> None:
        self.reading = reading
        self.margins: list[Margin] = []
        self.inner: list[Grid] = []
        self.lists: list[Grid] = []
        for grid in found:
            inner = self._without_margins(grid)
            is_table = len(inner.rows) > 1 and len(inner.columns) > 1
            (self.inner if is_table else self.lists).append(inner if is_table else grid)

    @cached_property
    def kinds(self) -> Kinds:
        """The kinds of the first table, which all others have too."""
        return Kinds(self.reading, self.inner[0])

    @property
    def is_sound(self) -> bool:
        """Whether all tables are about the same two kinds of things, and about no properties."""
        if not self.inner:
            return False
        first = self.inner[0]
        if set(map(str.casefold, first.rows)) & set(map(str.casefold, first.columns)):
            return False
        if any(_PROPERTY.search(name) for name in (*first.rows, *first.columns)):
            return False
        sides = {frozenset(first.rows), frozenset(first.columns)}
        return all({frozenset(g.rows), frozenset(g.columns)} == sides for g in self.inner)

    def pairs(self) -> Pairs | None:
        for grid in self.lists:
            self._listed(grid)
        routes = tuple(self._said())
        margins = tuple(self._grouped())
        left_open = {0, 1} - {margin.side for margin in margins}
        is_assignment = bool(left_open) and _ASSIGN.search(self.reading.text) is not None
        if left_open and not is_assignment:
            return None
        margins += tuple(self._once(left_open))
        matrices = tuple(_named(self.inner, self.kinds.names, self.reading.text))
        return Pairs(self.reading, matrices, self.kinds.called, margins, routes, is_assignment)

    # --- what stands in tables -------------------------------------------------------------------

    def _without_margins(self, grid: Grid) -> Grid:
        """Put columns and rows that say what each has or needs aside."""
        columns = [c for c in grid.columns if _MARGIN.fullmatch(c)]
        rows = [r for r in grid.rows if _MARGIN.fullmatch(r)]
        inner = grid.without(rows, columns)
        for side, heads, names in ((0, columns, inner.rows), (1, rows, inner.columns)):
            for head in heads:
                cells = (((n, head) if side == 0 else (head, n), n) for n in names)
                values = {n: grid.values[cell] for cell, n in cells if cell in grid.values}
                self._add(side, values, _MARGIN.fullmatch(head), head)
        return inner

    def _listed(self, grid: Grid) -> None:
        """Read a table that only says what each of one kind has or needs."""
        for each in (grid, grid.turned()):
            for side, names in enumerate(self.kinds.names):
                if set(each.rows) == set(names):
                    for head in each.columns:
                        values = {
                            r: each.values[r, head] for r in each.rows if (r, head) in each.values
                        }
                        self._add(side, values, _SAYS.search(f"{head} {grid.caption}"), head)

    def _add(
        self, side: int, values: dict[str, float], said: re.Match[str] | None, words: str
    ) -> None:
        if not values:
            return
        relation = None if said is None else "<=" if said["has"] else ">="
        name = re.escape(re.sub(r"\(.*\)", "", words).strip())
        about = re.search(rf"{_PLAINLY}(?: \w+){{0,3}}? {name}\b", self.reading.text, re.IGNORECASE)
        if about is not None:
            relation = "<=" if about["down"] else "==" if about["same"] else ">="
        is_plain = about is not None
        self.margins.append(
            Margin(side, values, relation, words, _called(relation), is_plain=is_plain)
        )

    # --- what stands in sentences ----------------------------------------------------------------

    @cached_property
    def _free(self) -> tuple[Quantity, ...]:
        """Give the numbers outside of tables that count no kind of thing."""
        spans = [span for grid in (*self.inner, *self.lists) for span in grid.spans]
        spans += [match.span() for match in self.kinds.spoken.finditer(self.reading.text)]
        return tuple(
            number
            for number in self.reading.numbers
            if number.kind is Kind.PLAIN
            and not any(start <= number.start < end for start, end in spans)
            and not self._is_count(number)
        )

    def _is_count(self, number: Quantity) -> bool:
        """Whether it is the two of "two depots", and no limit of how many."""
        noun = COUNTED.match(self.reading.text, number.end)
        cue = self.reading.cue(number)
        if noun is None or (cue and cue.is_plain):
            return False
        return any(
            len(self.kinds.names[side]) == number.value for side in self.kinds.within(noun[0])
        )

    def _said(self) -> Iterator[Route]:
        """Read the numbers of each sentence: what each has or needs, and what limits a pair."""
        for start, end in self.reading.spans:
            place = start
            for part in re.split(r"(?<=;)", self.reading.text[start:end]):
                numbers = [n for n in self._free if place <= n.start < place + len(part)]
                if numbers:
                    yield from self._read(place, place + len(part), numbers)
                place += len(part)

    def _read(self, start: int, end: int, numbers: list[Quantity]) -> Iterator[Route]:
        words = self.reading.text[start:end]
        names = list(dict.fromkeys(name for _, name in self.kinds.mentions(start, end)))
        sides = {self.kinds.side[name] for name in names}
        first = numbers[0]
        relation = self._relation(first, start, end)
        is_of_all = _WAY.search(words) or (not names and len(set(self.kinds.each(words))) > 1)
        if len(numbers) == 1 and is_of_all:
            yield Route(None, relation or "<=", first.value, words.strip(" .;"))
        elif len(numbers) == 1 and len(names) == 2 and len(sides) == 2:
            row, column = sorted(names, key=self.kinds.side.__getitem__)
            yield Route((row, column), relation or "<=", first.value, words.strip(" .;"))
        elif owners := self._owners(start, end, numbers):
            for name, number in zip(owners, numbers, strict=True):
                said = self._relation(number, start, end)
                self._limit(self.kinds.side[name], {name: number.value}, said, words, number)
        elif not names:
            self._alike(start, end, numbers)

    def _owners(self, start: int, end: int, numbers: Sequence[Quantity]) -> list[str]:
        """Give the name that each number is said of: in order, or else the last before each."""
        mentions = self.kinds.mentions(start, end)
        names = list(dict.fromkeys(name for _, name in mentions))
        if len(names) == len(numbers):
            return names
        owners, since = [], start
        for number in numbers:
            owners += [name for place, name in mentions if since <= place < number.start][-1:]
            since = number.end
        return owners if len(set(owners)) == len(numbers) else []

    def _alike(self, start: int, end: int, numbers: list[Quantity]) -> None:
        """Read a list of numbers in the order of the names, or one number for each name."""
        words = self.reading.text[start:end]
        kinds = self.kinds.meant(words)
        fitting = [side for side in (0, 1) if len(self.kinds.names[side]) == len(numbers)]
        if len(numbers) == 1 and len(kinds) == 1 and EACH.search(words):
            names = self.kinds.names[kinds[0]]
            values = dict.fromkeys(names, numbers[0].value)
            self._limit(kinds[0], values, self._relation(numbers[0], start, end), words, numbers[0])
            return
        chosen = [side for side in fitting if side in kinds] or fitting
        if len(numbers) > 1 and len(chosen) == 1:
            said = [number.value for number in numbers]
            values = dict(zip(self.kinds.names[chosen[0]], said, strict=True))
            self._limit(
                chosen[0], values, self._relation(numbers[0], start, end), words, numbers[0]
            )

    def _limit(
        self,
        side: int,
        values: dict[str, float],
        relation: str | None,
        words: str,
        number: Quantity,
    ) -> None:
        said = words.strip(" .;\n")
        cue = self.reading.cue(number)
        is_plain = cue is not None and cue.is_plain
        self.margins.append(
            Margin(side, values, relation, said, _called(relation), number, is_plain)
        )

    def _relation(self, number: Quantity, start: int, end: int) -> str | None:
        """Go by plain words, then by the last "has" or "needs" before it, then by one after it."""
        cue = self.reading.cue(number)
        text = self.reading.text
        if cue and cue.is_plain:
            return cue.relation
        if _EXACTLY.search(text, start, number.start):
            return "=="
        before = list(_SAYS.finditer(text, start, number.start))
        later = (n.start for n in self.reading.all_numbers if n.start >= number.end)
        said = before[-1] if before else _SAYS.search(text, number.end, min(next(later, end), end))
        if said is not None:
            return "<=" if said["has"] else ">="
        return cue.relation if cue else None

    def _grouped(self) -> Iterator[Margin]:
        """Put together what is said of single names; a name keeps what is said of it first."""
        groups: dict[tuple[int, str | None], Margin] = {}
        settled = {
            (m.side, name): m.relation for m in self.margins for name in m.values if m.relation
        }
        for margin in self.margins:
            relation = margin.relation
            if relation is None:  # a list goes on as it began
                relation = next((r for (s, _), r in settled.items() if s == margin.side), None)
            key = margin.side, relation
            old = groups.get(key)
            if old is None:
                groups[key] = replace(margin, relation=relation, name=_called(relation))
                continue
            words = old.words if margin.words in old.words else f"{old.words}; {margin.words}"
            groups[key] = replace(old, values={**margin.values, **old.values}, words=words)
        for group in groups.values():
            names = [name for name in self.kinds.names[group.side] if name in group.values]
            values = {name: group.values[name] for name in names}
            yield replace(group, values=values)

    def _once(self, sides: set[int]) -> Iterator[Margin]:
        """Take each name once; where both sides wait for that, the longer has some to spare."""
        sizes = [len(names) for names in self.kinds.names]
        for side in sorted(sides):
            is_spare = len(sides) == 2 and sizes[side] > sizes[1 - side]
            words = f"each of the {self.kinds.called[side]} once" + (" at most" if is_spare else "")
            values = dict.fromkeys(self.kinds.names[side], 1.0)
            yield Margin(side, values, "<=" if is_spare else "==", words, is_plain=True)


def _called(relation: str | None) -> str:
    return {"<=": "available", ">=": "needed"}.get(relation or "", "limit")


def _named(
    found: Sequence[Grid], names: tuple[tuple[str, ...], ...], text: str
) -> Iterator[Matrix]:
    """Call each table by what its caption, or else the whole text, says that it holds."""
    taken: set[str] = set()
    for grid in found:
        said = _VALUE.search(grid.caption) or _VALUE.search(text)
        name = "cost" if said is None or said["sign"] else said[0].lower()
        is_money = said is None or not said["other"]
        while name in taken:
            name += "_2"
        taken.add(name)
        yield Matrix(name, grid if grid.rows == names[0] else grid.turned(), is_money)
