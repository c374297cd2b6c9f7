"""Every number that a word problem states, and whether a formulation carries it.

`quantities` reads the numbers, `coverage` compares them with the numbers of a formulation: one
that is stated and not carried was forgotten, one that is carried and not stated was invented.
Reading takes one pass of bounded steps, so the time grows with the length of the text, whatever
the text is, and no text raises an error.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from solvitur.formulation.words.measures import FACTORS, UNITS
from solvitur.formulation.words.naming import (
    JOINERS,
    LAST_JOINERS,
    counting_names,
    follows_noun,
    is_glued,
    is_numbered,
    is_weak,
    next_in_list,
    numbering,
    starts_line,
)
from solvitur.formulation.words.numerals import (
    CURRENCY_SIGNS,
    ORDINALS,
    Kind,
    Read,
    Tokens,
    as_percent,
    percent_end,
    plain,
    read_number,
    scale_after,
    with_suffix,
    words,
)

__all__ = ["Coverage", "Kind", "Quantity", "coverage", "quantities", "sentences", "unit_after"]

TOLERANCE = 1e-9
"""Two numbers are the same when they differ by no more than this, relatively."""
_TEXTS = 64
"""Texts whose numbers are remembered: one is read for the model, and again for each check."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text: ``text[start:end]`` is how it is written there."""

    value: float
    """The number it states; a percentage as a part (20 % is 0.2)."""
    text: str
    """As written, without currency and unit."""
    start: int
    """Where it starts in the text."""
    end: int
    """Where it ends in the text, exclusive."""
    kind: Kind
    """How it is meant."""
    readings: tuple[float, ...]
    """The values that may stand for it in a formulation, `value` first.

    - a percentage: the part, the percentage, the rest, the whole raised by it (20 % is 0.2, 20,
      0.8, 1.2);
    - a fraction: the part, its inverse, the rest, numerator and denominator;
    - a multiple: the factor and its inverse;
    - with a scale: the whole and the number before the scale ($2.5k is 2500 and 2.5).
    """


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a formulation leaves out of its text and what it adds."""

    unused: tuple[Quantity, ...]
    """Stated in the text and not carried, in the order of the text."""
    invented: tuple[float, ...]
    """Carried and not stated in the text, each once, in the order given."""

    @property
    def is_complete(self) -> bool:
        """Nothing left out and nothing added."""
        return not self.unused and not self.invented


# --- the whole text ------------------------------------------------------------------------------


class _Reader:
    """Walks over the tokens once; knows the list of names it is in."""

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.numbering = numbering(self.tokens)
        self.names = counting_names(self.tokens)
        self.next_label = -1  # the token that goes on with a list of names

    def read_all(self) -> Iterator[tuple[int, Read]]:
        i = 0
        while i < len(self.tokens.all):
            read = self.read(i)
            if read is None:
                i += 1
            else:
                yield i, read
                i = read.end

    def read(self, i: int) -> Read | None:
        t = self.tokens
        if t.at(i).shape == "mark":
            return None
        read = read_number(t, i)
        if read is None:
            return None
        label = self.label(i, read)
        if label is not None:
            return label
        read = with_suffix(t, _spread(t, read))
        if read.kind is Kind.PLAIN and is_weak(t, i, read):
            return read._replace(kind=Kind.WEAK)
        return read

    def is_name(self, first: int, last: int) -> bool:
        """Whether words with a hyphen are what something is called: "two-person teams", again."""
        start, end = self.tokens.at(first).start, self.tokens.at(last).end
        said = self.tokens.text[start:end].lower()
        return self.tokens.word(last) not in UNITS and self.tokens.text.lower().count(said) > 1

    def label(self, i: int, read: Read) -> Read | None:
        """The number as a name, when it is one."""
        t = self.tokens
        as_label = read._replace(kind=Kind.LABEL)
        if t.at(i).shape == "number":
            one = Read(t.at(i).value, i + 1, Kind.LABEL, (t.at(i).value,))
            if t.touches(i + 1) and t.word(i + 1) in ("st", "nd", "rd", "th"):
                return one._replace(end=i + 2)
            if i in self.numbering or is_glued(t, i):
                return one
        elif t.at(i).shape == "word":
            k = t.past_hyphen(read.end)
            if k > read.end and t.word(k) in ORDINALS and read.kind is Kind.PLAIN:
                value = read.value + ORDINALS[t.word(k)]  # twenty-fifth
                return Read(value, k + 1, Kind.LABEL, (value,))
            if k > read.end and self.is_name(i, k):
                return as_label
        if read.kind is not Kind.PLAIN or with_suffix(t, read) is not read:
            return None
        if i != self.next_label and not follows_noun(t, i, read, self.names):
            return None
        more = next_in_list(t, read.end)
        is_one = is_numbered(t.word(i - 1), self.names) and t.mark(read.end) != "-"
        if not is_one and t.at(i).shape == "number" and t.word(i - 1) not in LAST_JOINERS:
            self.next_label = more or self.next_label
        return as_label


def _spread(t: Tokens, read: Read) -> Read:
    """Give the first number of a range what the second has: 20-30 %, 2 to 3 million."""
    if read.kind is not Kind.PLAIN or t.at(read.end).word not in JOINERS:
        return read
    second = t.at(read.end + 1)
    if second.shape != "number" or len(read.readings) > 1:
        return read
    end = read.end + 2
    if percent_end(t, end) is not None:
        return as_percent(read.value, read.end)
    scale, _ = scale_after(t, read.end + 1, end)
    if scale > 1 and read.value < second.value:
        return Read(read.value * scale, read.end, readings=(read.value * scale, read.value))
    return read


@lru_cache(_TEXTS)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of a text, in order, without overlaps.

    Args:
        text: A word problem, in English or close to it. Anything is read without an error.

    >>> [(q.text, q.value, str(q.kind)) for q in quantities("Sell twice as many, 20% of $1,500.")]
    [('twice', 2.0, 'multiple'), ('20%', 0.2, 'percent'), ('1,500', 1500.0, 'plain')]
    >>> quantities("at most a third of plant 2")[0].readings[:2]
    (0.3333333333333333, 3.0)
    """
    reader = _Reader(text)
    t = reader.tokens
    found = []
    for i, read in reader.read_all():
        start, end = t.at(i).start, t.at(read.end - 1).end
        value, readings = float(read.value), tuple(map(float, read.readings))
        sign = _minus(t, i) if read.kind in (Kind.PLAIN, Kind.PERCENT) else None
        if sign is not None:
            start, value, readings = sign, -value, tuple(-r for r in readings)
        if t.word(i) == "frac":
            start -= 1
        found.append(Quantity(value, text[start:end], start, end, read.kind, readings))
    return tuple(found)


def _minus(t: Tokens, i: int) -> int | None:
    """Where the minus sign of the number at token i stands."""
    k = i - 1 if t.mark(i - 1) in CURRENCY_SIGNS and t.touches(i) else i
    if t.at(i).shape != "number" or t.mark(k - 1) != "-" or not t.touches(k):
        return None
    left = t.at(k - 2)
    is_after_operand = left.shape in ("number", "word") or left.word in (")", "%", "]", "}")
    if t.touches(k - 1) and is_after_operand:
        return None  # 10-20
    return t.at(k - 1).start


# --- sentences -----------------------------------------------------------------------------------

_ABBREVIATIONS = words("e.g i.e mr mrs ms dr prof st vs inc ltd co corp dept resp al ca cf u.s u.k")
_BEFORE_A_LETTER = re.compile(r"\b([a-z]{3,}) [A-Z]\Z")
_BEFORE_A_NAME = words("and or by of with for from to at as that when if while than")
_OPENERS = words(
    "the a an he she it they we each every at in on if there this that these those how what to for "
    "one his her its their all both due since because determine find however formulate no given "
    "moreover additionally furthermore further also similarly finally therefore thus then calculate"
)
_BEFORE_A_NUMBER = words("no nos nr fig figs eq sec approx est max min")
_BREAK = re.compile(
    r"""
    (?P<stop> [.!?。！？] ['")\]*”]{0,3} (?=\s|$|[A-Z]|-[ ]) )
  | (?P<line> [\n\r] (?=[ \t]{0,8}(?:[\r\n|*•#-]|\(?\d{1,2}[.)][ ]|$)) )
    """,  # noqa: RUF001
    re.VERBOSE,
)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence, list item and table row of a text starts and ends.

    Decimals, common abbreviations and initials do not end a sentence.

    >>> text = "Each costs $2.5k, e.g. in May. How many?"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Each costs $2.5k, e.g. in May.', 'How many?']
    """
    spans = []
    start = 0
    text = plain(text)
    for match in _BREAK.finditer(text):
        if match.lastgroup == "stop" and not _ends_sentence(text, match.start(), match.end()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = (_trimmed(text, first, last) for first, last in spans)
    return tuple((first, last) for first, last in trimmed if first < last)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _ends_sentence(text: str, stop: int, end: int) -> bool:
    if text[stop] != ".":
        return True
    before = re.search(r"[^\s(]{0,12}\Z", text[max(0, stop - 12) : stop])
    word = before.group().lower() if before else ""
    after = text[end : end + 12].lstrip()
    opener = re.match(r"\w*", after)
    opens = opener is not None and opener[0].lower() in _OPENERS  # "product A. The", not "J. Smith"
    noun = _BEFORE_A_LETTER.search(text, max(0, stop - 32), stop)
    opens = opens or (noun is not None and noun[1] not in _BEFORE_A_NAME)  # "vitamin C. Eat"
    is_initial = len(word) == 1 and word.isalpha() and text[stop - 1].isupper() and not opens
    is_numbering = word.isdecimal() and starts_line(text, stop - len(word))
    is_short = word in _ABBREVIATIONS or (word in _BEFORE_A_NUMBER and after[:1].isdecimal())
    return not (after[:1].islower() or is_initial or is_numbering or is_short)


# --- coverage ------------------------------------------------------------------------------------

_UNIT_AFTER = re.compile(r"[\s\\{~-]{0,4}(?:mathrm[\s\\{~]{1,4})?([^\W\d_]{1,20})")
_WORD_BEFORE = re.compile(r"([^\W\d_]{1,20})\s{1,3}\Z")
_BEFORE_A_SIZE = words("are has have its the these those all of across between among from")


class _Numbers:
    """Numbers to be asked whether one of them is (nearly) a given one."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self.sorted = sorted({abs(number) for number in numbers})

    def __contains__(self, number: float) -> bool:
        i = bisect_left(self.sorted, abs(number) * (1 - TOLERANCE))
        return i < len(self.sorted) and math.isclose(self.sorted[i], abs(number), rel_tol=TOLERANCE)


def unit_after(text: str, quantity: Quantity) -> str:
    """The word that follows a number, under its one name when it is a unit.

    >>> text = "9 kilograms cost $4"
    >>> [unit_after(text, quantity) for quantity in quantities(text)]
    ['kg', 'dollar']
    """
    if text[quantity.start - 1 : quantity.start] == "$":
        return "dollar"
    after = _UNIT_AFTER.match(text[quantity.end : quantity.end + 40])
    word = after.group(1).lower() if after else ""
    return UNITS.get(word, word)


def _named_units(text: str) -> frozenset[str]:
    found = {match.group().lower() for match in re.finditer(r"[^\W\d_]+|\$", text)}
    return frozenset(UNITS[word] for word in found if word in UNITS)


class _Statements:
    """What a text states, with everything that may stand for it in a formulation."""

    def __init__(self, text: str, has_hundred: bool) -> None:
        self.text = text
        self.all = quantities(text)
        self.has_hundred = has_hundred
        self.units = _named_units(text)
        self.factors = [f for f in FACTORS if f[1] in self.units and f[2] in self.units]
        # A heading such as "(thousand dollars)" may be left to the numbers below it.
        self.scales = {q.value for q in self.all if q.kind is Kind.WEAK and q.value >= 1000}

    def stand_ins(self, quantity: Quantity) -> Iterator[float]:
        """Its readings, also in another unit that the text names."""
        unit = unit_after(self.text, quantity)
        for i, reading in enumerate(quantity.readings):
            if quantity.kind is Kind.PERCENT and i == 1 and not self.has_hundred:
                continue
            yield reading
            for factor, big, small in self.factors:
                if unit == big:
                    yield reading * factor
                elif unit == small:
                    yield reading / factor
            for scale in self.scales:
                yield reading * scale

    def may_be_size(self, quantity: Quantity) -> bool:
        """Whether it may count the elements of a set: "five plants", "there are 5 plants"."""
        unit = unit_after(self.text, quantity)
        if quantity.kind is not Kind.PLAIN or unit in UNITS or unit in ("unit", "units", ""):
            return False
        before = _WORD_BEFORE.search(self.text[max(0, quantity.start - 24) : quantity.start])
        introduced = before is not None and before.group(1).lower() in _BEFORE_A_SIZE
        return introduced or not any(character.isdigit() for character in quantity.text)


def _origins(number: float) -> Iterator[float]:
    """What a text may state where a formulation carries `number`."""
    number = abs(number)
    yield number
    if 0 < number < 1:
        yield 1 / number
        yield 1 - number


def coverage(text: str, numbers: Iterable[float], sizes: Iterable[int] = ()) -> Coverage:
    """Compare the numbers of a text with the numbers of a formulation.

    A stated number is carried

    - under any of its readings; the 20 of 20 % only where 100 is carried too;
    - by a number below 1 that is its inverse or its complement to 1;
    - in another unit that the text names: 2 hours as 120 where it also speaks of minutes;
    - scaled by a heading such as "(thousand dollars)".

    Signs do not matter, and a number that is stated twice needs to be carried once. Labels, weak
    ones, 0 and 1 need not be carried; 0, 1, factors between named units, and 100 beside a
    percentage need not be stated. A product or sum of two stated numbers counts as invented: a
    formulation states its data and leaves arithmetic to its expressions. So does a rounded one:
    0.333 is not a third.

    Args:
        text: The word problem.
        numbers: Every number of the formulation; infinite ones and NaN are skipped.
        sizes: How many elements each of its sets has, or how many variables there are: they carry
            "five plants" but not "5 kg", and are never invented.

    >>> missed = coverage("Wood: 40 kg. A chair takes 3 kg and earns $20.", [40, 20, 25])
    >>> [q.text for q in missed.unused], missed.invented
    (['3'], (25,))
    """
    given = [number for number in numbers if math.isfinite(number)]
    stated = _Statements(text, has_hundred=any(abs(number) == 100 for number in given))
    carried = _Numbers(origin for number in given for origin in _origins(number))
    explained = _Numbers(value for q in stated.all for value in stated.stand_ins(q))
    has_percent = any(quantity.kind is Kind.PERCENT for quantity in stated.all)
    free = {0, 1} | {factor for factor, _, _ in stated.factors} | ({100} if has_percent else set())
    counted = frozenset(sizes)

    def is_used(quantity: Quantity) -> bool:
        return (
            quantity.kind in (Kind.LABEL, Kind.WEAK)
            or abs(quantity.value) in (0, 1)
            or any(v in carried for v in stated.stand_ins(quantity) if abs(v) not in (0, 1))
            or (quantity.value in counted and stated.may_be_size(quantity))
        )

    unused = tuple(quantity for quantity in stated.all if not is_used(quantity))
    invented = dict.fromkeys(
        number
        for number in given
        if abs(number) not in free and not any(o in explained for o in _origins(number))
    )
    return Coverage(unused, tuple(invented))
