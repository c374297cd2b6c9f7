"""Read one number at a time, in digits or in English words.

`Tokens` cuts a text into numbers, words and marks; `read_number` reads the number that starts at a
token: "2½", "two hundred and fifty", "$2.5k", "three-quarters", "3/4", "twice". What the number
means in its sentence is for `solvitur.formulation.words.quantities` to say.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Kind(StrEnum):
    """How a number is meant."""

    PLAIN = "plain"
    """An amount: 40, forty, $2.5k, 8:30."""
    PERCENT = "percent"
    """20 %, twenty percent."""
    FRACTION = "fraction"
    """A part or a ratio: a third, 3/4, half, 2:1."""
    MULTIPLE = "multiple"
    """A factor: twice, 3 times, double."""
    LABEL = "label"
    """Part of a name, not data: product 1, machine A2, the 2nd, Table 3."""
    WEAK = "weak"
    """Perhaps data: the pronoun "one", a bare "thousands", the "two" of "two types of"."""


# --- words ---------------------------------------------------------------------------------------


def words(listed: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(listed.split())


def _numbered(first: int, words: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), first)}


_ONES = _numbered(
    0,
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
)
_TENS = {
    word: 10 * tens
    for word, tens in _numbered(2, "twenty thirty forty fifty sixty seventy eighty ninety").items()
} | {"fourty": 40}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "million": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
_PLURAL_SCALES = {f"{word}s": scale for word, scale in _SCALES.items()}
_LETTER_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "mn": 1e6, "bn": 1e9}
_MONEY_SCALES = _LETTER_SCALES | {"m": 1e6, "mm": 1e6, "b": 1e9, "B": 1e9}
CURRENCY_SIGNS = frozenset("$€£¥₹")
CURRENCY_CODES = words("usd eur gbp cny rmb inr rs cad aud jpy chf sgd hkd dm")
ORDINALS = _numbered(
    1,
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
)
_PARTS = {word: number for word, number in ORDINALS.items() if number > 2} | {
    "half": 2,
    "quarter": 4,
    "hundredth": 100,
    "thousandth": 1000,
}
_PARTS |= {f"{word}s": number for word, number in _PARTS.items()} | {"halves": 2}
_AFTER_A_PART = words(
    "of the as more less fewer larger smaller that what its their his her is are was were be must "
    "can cannot should may and or but to for in at from"
)
_AFTER_A_QUARTER = words("of the as that those what")
_MULTIPLES = {"twice": 2, "thrice": 3, "doubled": 2, "doubles": 2, "tripled": 3, "triples": 3} | {
    f"{word}fold": number for word, number in _ONES.items() if number > 1
}
_ADJECTIVE_MULTIPLES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_AFTER_A_MULTIPLE = words(
    "the that those of what as its their his her this in for or and a an from number"
)
EACH = words("each every per a an one any another")

# --- tokens --------------------------------------------------------------------------------------

_THIN = "\N{NO-BREAK SPACE}"
_SAME_LENGTH = str.maketrans(
    dict.fromkeys("\u2007\u2008\u2009\u200a\u202f", _THIN)
    | dict.fromkeys("\u2010\u2011\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u2044\u2215\uff0f", "/")
    | {"％": "%", "，": ",", "．": ".", "’": "'", "＄": "$", "￥": "¥", "：": ":"}  # noqa: RUF001
)
_TOKEN = re.compile(
    r"""
    (?P<continental>
        (?!0)\d{1,3} (?:\.\d{3}){1,8} ,\d{1,9}(?![.\d]) | \d{1,3} (?:\.\d{3}){2,8} (?![.\d]) )
  | (?P<grouped> (?!0)\d{1,3} (?:(?:,|\{,\}|\\,|'|THIN)\d{3}){1,8} (?!\d) (?:\.\d{1,40})? )
  | (?P<spaced> (?<!\d[ ])(?<![\w.,]) (?!0)\d{1,3} (?:[ ]\d{3}){1,4} (?=[ ][^\W\d_]|[%$€£<])
        (?![ ](?:and|or|to|by|for|in|on|at|per|is|are)\b) )
  | (?P<comma> (?<![\d.,(\[{]) (?:\d{1,6},\d{1,2}|0,\d{3,9})
        (?! \d | [.,]\d | [)\]}] | ,?[ ](?:and|or)[ ]\d ) )
  | (?P<number> (?:\d+(?:\.\d+)?|(?<![\w.])\.\d+) (?:[eE][-+]?\d{1,3}(?!\w))? )
  | (?P<vulgar> [¼-¾⅐-⅞] )
  | (?P<word> [^\W\d_¼-¾⅐-⅞]+ )
  | (?P<mark> [^\w\s]|_ )
    """.replace("THIN", _THIN),
    re.VERBOSE,
)
_ESCAPED_NEWLINE = re.compile(r"\\n(?![a-z])")  # \neq is LaTeX
_LAYOUT = re.compile(  # of LaTeX and HTML tables
    r"""\\(?:multicolumn|multirow|cmidrule|cline)(?:\([a-z]{1,4}\))?\{[^{}\n]{0,20}\}"""
    r"""|(?:col|row)span="\d{1,3}\""""
)
_LONGEST = 400  # digits; longer ones are beyond a float


def plain(text: str) -> str:
    """The text, position for position, with one character where Unicode has many.

    A newline that was escaped once too often is a newline, and table layout is blank.
    """
    text = _ESCAPED_NEWLINE.sub(" \n", text.translate(_SAME_LENGTH))
    return _LAYOUT.sub(lambda match: " " * len(match.group()), text)


class Token(NamedTuple):
    """A number, a word or a mark of a text."""

    shape: str
    """"number", "vulgar" (½), "word", "mark", or "" outside the text."""
    word: str
    """In lower case."""
    start: int
    end: int
    value: float = math.nan
    parts: tuple[float, ...] = ()
    """Other values that the same digits may state."""


_NOTHING = Token("", "", -1, -1)


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        shape, written = str(match.lastgroup), match.group()
        start, end = match.span()
        if shape in ("word", "mark"):
            yield Token(shape, written.lower(), start, end)
        elif shape == "vulgar":
            yield Token("vulgar", written, start, end, unicodedata.numeric(written))
        else:
            value, parts = _numeral(shape, written)
            if math.isfinite(value):
                yield Token("number", written, start, end, value, parts)
            else:
                yield Token("mark", "", start, end)


def _numeral(shape: str, written: str) -> tuple[float, tuple[float, ...]]:
    if len(written) > _LONGEST:
        return math.inf, ()
    if shape == "continental":
        return float(written.replace(".", "").replace(",", ".")), ()
    if shape == "comma":
        return float(written.replace(",", ".")), tuple(map(float, written.split(",")))
    if shape == "spaced":
        return float(written.replace(" ", "")), tuple(map(float, written.split(" ")))
    if shape == "grouped":
        return float(re.sub(rf"[{{}}\\,'{_THIN}]", "", written)), ()
    whole, _, decimals = written.partition(".")
    thousands = 0 < len(whole) < 4 and len(decimals) == 3 and decimals.isdecimal()
    value = float(written)
    return value, (value * 1000,) if thousands and value >= 1 else ()


class Tokens:
    """The tokens of a text, which can be asked for past both ends."""

    def __init__(self, text: str) -> None:
        self.text = plain(text)
        self.all = list(_tokens(self.text))

    def at(self, i: int) -> Token:
        """Token i, or an empty one outside the text."""
        return self.all[i] if 0 <= i < len(self.all) else _NOTHING

    def word(self, i: int) -> str:
        """Token i when it is a word, else ""."""
        token = self.at(i)
        return token.word if token.shape == "word" else ""

    def mark(self, i: int) -> str:
        """Token i when it is a mark, else ""."""
        token = self.at(i)
        return token.word if token.shape == "mark" else ""

    def touches(self, i: int) -> bool:
        """Nothing stands between token i - 1 and token i."""
        return i > 0 and self.at(i).start == self.at(i - 1).end

    def past_hyphen(self, i: int) -> int:
        """The token after a hyphen at i that joins two words, else i."""
        joined = self.mark(i) == "-" and self.touches(i) and self.touches(i + 1)
        return i + 1 if joined else i

    def is_whole(self, i: int, digits: int = 3) -> bool:
        """Token i is a whole number of few digits."""
        token = self.at(i)
        return token.shape == "number" and len(token.word) <= digits and token.word.isdecimal()


# --- reading one number --------------------------------------------------------------------------


class Read(NamedTuple):
    """A number read from some tokens; `end` is the token after the last one."""

    value: float
    end: int
    kind: Kind = Kind.PLAIN
    readings: tuple[float, ...] = ()


def _below_hundred(t: Tokens, i: int) -> tuple[float, int] | None:
    word = t.word(i)
    if word in _ONES:
        return _ONES[word], i + 1
    if word not in _TENS:
        return None
    j = t.past_hyphen(i + 1)
    ones = _ONES.get(t.word(j), 0)
    return (_TENS[word] + ones, j + 1) if 0 < ones < 10 else (_TENS[word], i + 1)


def _below_thousand(t: Tokens, i: int) -> tuple[float, int] | None:
    head = _below_hundred(t, i)
    if head is None:
        return None
    value, j = head
    k = t.past_hyphen(j)
    if t.word(k) != "hundred":
        return head
    value, j = value * 100, k + 1
    k = j + 1 if t.word(j) == "and" else t.past_hyphen(j)
    tail = _below_hundred(t, k)
    # "two hundred and three hundred" are two numbers.
    if tail is None or t.word(t.past_hyphen(tail[1])) == "hundred":
        return value, j
    return value + tail[0], tail[1]


def _cardinal(t: Tokens, i: int) -> tuple[float, int] | None:
    """Read "two hundred and fifty thousand", "a dozen", "thirty-five"."""
    if t.word(i) in ("a", "an") and t.word(i + 1) in _SCALES:
        scale = _SCALES[t.word(i + 1)]
        if scale != 100:
            total, ceiling, end = float(scale), scale, i + 2
        else:
            k = i + 3 if t.word(i + 2) == "and" else i + 2
            tail = _below_hundred(t, k) or (0, i + 2)
            total, ceiling, end = 100 + tail[0], 1, tail[1]
    else:
        total, ceiling, end = 0.0, 10**15, i
    while ceiling > 1:
        k = end + 1 if end > i and t.word(end) == "and" else t.past_hyphen(end)
        segment = _below_thousand(t, k)
        if segment is None:
            break
        k = t.past_hyphen(segment[1])
        scale = _SCALES.get(t.word(k), 1)
        if scale >= ceiling:  # "one thousand and two thousand" are two numbers
            break
        total, ceiling, end = total + segment[0] * scale, scale, k + 1 if scale > 1 else segment[1]
    return (total, end) if end > i else None


def _part_words(t: Tokens, i: int) -> tuple[float, float, int] | None:
    """Read "half", "a third of", "two-thirds" as numerator, denominator and end."""
    word = t.word(i)
    if word == "half":
        return 1, 2, i + 1
    if word in ("a", "an"):
        head: tuple[float, int] | None = (1, i + 1)
    elif t.is_whole(i):
        head = (t.at(i).value, i + 1)
    else:
        head = _below_hundred(t, i)
    if head is None:
        return None
    over, j = head
    k = t.past_hyphen(j)
    part = t.word(k)
    under = _PARTS.get(part)
    if under is None or not over:
        return None
    is_hyphenated = k > j
    is_plural = part.endswith("s")
    if under == 4 and not is_hyphenated and t.word(k + 1) not in _AFTER_A_QUARTER:
        return None  # a span of time
    if over > 1:
        return (over, under, k + 1) if is_plural or (is_hyphenated and over < under) else None
    # "a third machine" counts machines and "a third-party seller" none; "a third of" is a part.
    follows = t.at(t.past_hyphen(k + 1))
    is_sure = is_hyphenated or under == 2 or word == "one"
    is_part = is_sure or follows.shape != "word" or follows.word in _AFTER_A_PART
    return (1, under, k + 1) if is_part and not is_plural else None


def _fraction_of(over: float, under: float, end: int) -> Read:
    value = over / under
    readings = [value, under / over, over, under]
    if value < 1:
        readings.insert(2, 1 - value)
    return Read(value, end, Kind.FRACTION, tuple(dict.fromkeys(r for r in readings if r != 1)))


def _fraction(t: Tokens, i: int) -> Read | None:
    """Read "a third of", "half", "half a million", "3/4", "2:1" and a LaTeX frac."""
    part = _part_words(t, i)
    if part is not None:
        over, under, end = part
        j = end + 1 if t.word(end) in ("a", "an") else end
        if t.word(j) in _SCALES:
            scale = _SCALES[t.word(j)]
            return Read(over / under * scale, j + 1, readings=(over / under * scale, over / under))
        return _fraction_of(over, under, end)
    if t.word(i) == "frac" and [t.mark(i + k) for k in (-1, 1, 3, 4, 6)] == ["\\", *"{}{}"]:
        over, under, end = t.at(i + 2).value, t.at(i + 5).value, i + 7
        return _fraction_of(over, under, end) if over > 0 and under > 0 else None
    return _slashed(t, i)


def _slashed(t: Tokens, i: int) -> Read | None:
    """Read two whole numbers with "/" or ":" between: a part, a ratio or a time of day."""
    sign = t.mark(i + 1)
    if sign not in ("/", ":") or not (t.is_whole(i) and t.is_whole(i + 2)):
        return None
    alone = t.mark(i + 3) != sign and t.mark(i - 1) != sign
    if not (alone and t.touches(i + 1) and t.touches(i + 2)):
        return None
    over, under, end = t.at(i).value, t.at(i + 2).value, i + 3
    if sign == ":" and over <= 24 and under < 60 and len(t.at(i + 2).word) == 2:
        return _time_of_day(t, over, under, end)
    if (over, under) == (24, 7):  # "open 24/7"
        return Read(24, end, Kind.WEAK, (24, 7))
    if not over or not under:
        return None
    read = _fraction_of(over, under, end)
    shares = (over / (over + under), under / (over + under)) if sign == ":" else ()
    return read._replace(readings=tuple(dict.fromkeys(read.readings + shares)))


def _time_of_day(t: Tokens, hour: float, minute: float, end: int) -> Read:
    hours = hour + minute / 60
    after_noon = t.word(end) == "pm" or (t.word(end) == "p" and t.word(end + 2) == "m")
    late = (hours + 12,) if after_noon and hour < 12 else ()
    times = (*late, hours)
    readings = (*times, *(60 * time for time in times), hour, *([minute] if minute else []))
    return Read(times[0], end, readings=tuple(dict.fromkeys(readings)))


def _amount(t: Tokens, i: int) -> Read | None:
    """Read digits or words, then "and a half", then "million" or "k"."""
    token = t.at(i)
    parts: tuple[float, ...] = ()
    if token.shape in ("number", "vulgar"):
        value, end, parts = token.value, i + 1, token.parts
    else:
        cardinal = _cardinal(t, i)
        if cardinal is None:
            return None
        value, end = _with_decimals(t, *cardinal)
    value, end = _with_fraction(t, i, value, end)
    scale, end = scale_after(t, i, end)
    if token.shape == "vulgar" and scale == 1:
        return _fraction_of(*Fraction(value).limit_denominator(100).as_integer_ratio(), end)
    readings = (value * scale, value) if scale > 1 else (value, *parts)
    return Read(value * scale, end, Kind.PLAIN, readings)


def _with_decimals(t: Tokens, value: float, end: int) -> tuple[float, int]:
    """Add what follows in "four point two five"."""
    if t.word(end) != "point":
        return value, end
    digits, k = "", end + 1
    while len(digits) < 15 and 0 <= _ONES.get(t.word(k), 10) < 10:
        digits += str(_ONES[t.word(k)])
        k += 1
    return (float(f"{value:.0f}.{digits}"), k) if digits else (value, end)


def _with_fraction(t: Tokens, i: int, value: float, end: int) -> tuple[float, int]:
    """Add a fraction that follows: 2½, 2 1/2, two and a half."""
    if t.at(end).shape == "vulgar" and t.at(i).shape == "number":
        return value + t.at(end).value, end + 1
    slashed = _slashed(t, end) if t.is_whole(i) and not t.touches(end) else None
    if slashed is not None and t.mark(end + 1) == "/" and slashed.value < 1:
        return value + slashed.value, slashed.end
    k = t.past_hyphen(end)
    # "one boat and half of the crew" are two numbers, "one-and-half boats" is one.
    if t.word(k) == "and" and (k > end or t.word(k + 1) != "half"):
        part = _part_words(t, t.past_hyphen(k + 1))
        # "5 and a third of the rest" are two numbers.
        if part is not None and part[0] < part[1] and t.word(part[2]) != "of":
            return value + part[0] / part[1], part[2]
    return value, end


def scale_after(t: Tokens, i: int, end: int) -> tuple[float, int]:
    """The scale ("k", "million", else 1) of the number from token i to end, and its end."""
    scale = 1.0
    if t.touches(end) and t.at(end).shape == "word":
        letters = t.text[t.at(end).start : t.at(end).end]
        is_money = t.mark(i - 1) in CURRENCY_SIGNS or t.word(i - 1) in CURRENCY_CODES
        scale = (_MONEY_SCALES if is_money else _LETTER_SCALES).get(letters, 1.0)
        return scale, end + 1 if scale > 1 else end
    for _ in range(2):  # "3 hundred thousand"
        k = t.past_hyphen(end)
        if t.word(k) in _SCALES:
            scale, end = scale * _SCALES[t.word(k)], k + 1
    return scale, end


def _single_word(t: Tokens, i: int) -> Read | None:
    """Read "twice", "double", "first", "thousands"."""
    word = t.word(i)
    if word in _MULTIPLES:
        return Read(_MULTIPLES[word], i + 1, Kind.MULTIPLE, _both_ways(_MULTIPLES[word]))
    if word in _ADJECTIVE_MULTIPLES:
        value = _ADJECTIVE_MULTIPLES[word]
        kind = Kind.MULTIPLE if t.word(i + 1) in _AFTER_A_MULTIPLE else Kind.WEAK
        return Read(value, i + 1, kind, _both_ways(value))
    if word in ("halved", "halves"):
        return _fraction_of(1, 2, i + 1)
    if word in _SCALES:
        kind = Kind.PLAIN if t.word(i - 1) in EACH else Kind.WEAK
        return Read(_SCALES[word], i + 1, kind, (_SCALES[word],))
    if word in _PLURAL_SCALES:
        return Read(_PLURAL_SCALES[word], i + 1, Kind.WEAK, (_PLURAL_SCALES[word],))
    is_time = word == "second" and (t.word(i - 1) in EACH or t.at(i - 1).shape == "number")
    if word in ORDINALS and not is_time:
        return Read(ORDINALS[word], i + 1, Kind.LABEL, (ORDINALS[word],))
    return None


def _both_ways(value: float) -> tuple[float, ...]:
    return (value, 1 / value) if value else (value,)


def percent_end(t: Tokens, i: int) -> int | None:
    """The token after a percent sign or word that starts at i."""
    k = i + 1 if t.mark(i) == "\\" else t.past_hyphen(i)
    if t.mark(k) == "%" or t.word(k) in ("percent", "percentage", "pct"):
        return k + 1
    return k + 2 if t.word(k) == "per" and t.word(k + 1) == "cent" else None


def as_percent(percentage: float, end: int) -> Read:
    """A percentage, which may stand for the part, the rest or the whole raised by it."""
    part = percentage / 100
    readings = (part, percentage, 1 - part, 1 + part) if 0 < part < 1 else (part, percentage)
    return Read(part, end, Kind.PERCENT, readings)


def read_number(t: Tokens, i: int) -> Read | None:
    """The number that starts at token i, without the suffix that gives it its kind."""
    return _fraction(t, i) or _amount(t, i) or _single_word(t, i)


def with_suffix(t: Tokens, read: Read) -> Read:
    """Turn 20 into 20 % or 3 into 3 times where that follows."""
    if read.kind not in (Kind.PLAIN, Kind.FRACTION):
        return read
    percent = percent_end(t, read.end)
    if percent is not None:
        return as_percent(read.value, percent)
    k = t.past_hyphen(read.end)
    if read.kind is Kind.PLAIN and t.word(k) in ("times", "fold"):
        return Read(read.value, k + 1, Kind.MULTIPLE, _both_ways(read.value))
    return read
