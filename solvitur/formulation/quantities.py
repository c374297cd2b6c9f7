"""Every number that a word problem states, and whether a formulation carries it.

`quantities` reads the numbers, `coverage` compares them with the numbers of a formulation: one
that is stated and not carried was forgotten, one that is carried and not stated was invented.
Reading takes one pass of bounded steps, so the time grows with the length of the text, whatever
the text is, and no text raises an error.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

TOLERANCE = 1e-9
"""Two numbers are the same when they differ by no more than this, relatively."""


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


# --- words ---------------------------------------------------------------------------------------


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
_CURRENCY_SIGNS = frozenset("$€£¥₹")
_CURRENCY_CODES = frozenset("usd eur gbp cny rmb inr rs cad aud jpy chf sgd hkd".split())
_ORDINALS = _numbered(
    1,
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
)
_PARTS = {word: number for word, number in _ORDINALS.items() if number > 2} | {
    "half": 2,
    "quarter": 4,
    "hundredth": 100,
    "thousandth": 1000,
}
_PARTS |= {f"{word}s": number for word, number in _PARTS.items()} | {"halves": 2}
_AFTER_A_PART = frozenset(
    "of the as more less fewer larger smaller that what its their his her is are was were be must "
    "can cannot should may and or but to for in at from".split()
)
_MULTIPLES = {"twice": 2, "thrice": 3, "doubled": 2, "doubles": 2, "tripled": 3, "triples": 3} | {
    f"{word}fold": number for word, number in _ONES.items() if number > 1
}
_ADJECTIVE_MULTIPLES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_AFTER_A_MULTIPLE = frozenset(
    "the that those of what as its their his her this in for or and a an from number".split()
)
_NAMED = frozenset(
    "product machine plant factory warehouse week month day year period quarter type kind grade "
    "class category group team task job project item node city customer store shop center centre "
    "depot location site supplier route line shift stage step phase level table figure fig eq "
    "equation section chapter problem question example part process option model design version "
    "vehicle truck worker employee department facility district region zone area sector tower "
    "station substation crop food feed material ingredient component workshop mine field course "
    "room gate port terminal flight bus vitamin constraint variable scenario package plan alloy "
    "ore well server strategy investment asset bond unit point operation hub aircraft skill clinic "
    "oil outlet hospital transport position property player experiment oven school village farm "
    "method formula january february march april june july august september october november "
    "december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_ALSO_VERBS = frozenset(
    "plant ship store shop process model design plan field part type crop feed mine farm man staff "
    "group transport unit line level".split()
)
_BEFORE_A_VERB = frozenset("to can could cannot must should will would may might not and".split())
_EACH = frozenset("each every per a an one any another".split())
_KINDS = frozenset(
    "type types kind kinds sort sorts brand brands variety varieties style styles flavor flavors "
    "flavour flavours size sizes model models version versions category categories class classes "
    "different distinct separate following main possible decimal decimals ways options "
    "alternatives methods".split()
)
_LIMITS = frozenset(
    "least most than exactly up maximum minimum only over under exceed exceeding within".split()
)
_JOINERS = frozenset(("to", "through", "-", "–", "—", "~"))
_LAST_JOINERS = frozenset(("and", "or", "&")) | _JOINERS

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
    (?P<continental> \d{1,3} (?:\.\d{3}){1,8} ,\d{1,9}(?!\d) | \d{1,3} (?:\.\d{3}){2,8} (?![.\d]) )
  | (?P<grouped> (?!0)\d{1,3} (?:(?:,|\{,\}|\\,|'|THIN)\d{3}){1,8} (?!\d) (?:\.\d{1,40})? )
  | (?P<spaced> (?<!\d[ ])(?<![\w.,]) (?!0)\d{1,3} (?:[ ]\d{3}){1,4} (?=[ ][^\W\d_]|[%$€£])
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
_LONGEST = 400  # digits; longer ones are beyond a float


class _Token(NamedTuple):
    shape: str  # "number", "word", "mark", or "" outside the text
    word: str  # lower case
    start: int
    end: int
    value: float = math.nan
    parts: tuple[float, ...] = ()  # other values that the same digits may state


_NOTHING = _Token("", "", -1, -1)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        shape, written = str(match.lastgroup), match.group()
        start, end = match.span()
        if shape in ("word", "mark"):
            yield _Token(shape, written.lower(), start, end)
        elif shape == "vulgar":
            yield _Token("vulgar", written, start, end, unicodedata.numeric(written))
        else:
            value, parts = _numeral(shape, written)
            if math.isfinite(value):
                yield _Token("number", written, start, end, value, parts)
            else:
                yield _Token("mark", "", start, end)


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


class _Tokens:
    """The tokens of a text, which can be asked for past both ends."""

    def __init__(self, text: str) -> None:
        self.text = text.translate(_SAME_LENGTH)
        self.all = list(_tokens(self.text))

    def at(self, i: int) -> _Token:
        return self.all[i] if 0 <= i < len(self.all) else _NOTHING

    def word(self, i: int) -> str:
        token = self.at(i)
        return token.word if token.shape == "word" else ""

    def mark(self, i: int) -> str:
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
        token = self.at(i)
        return token.shape == "number" and len(token.word) <= digits and token.word.isdecimal()


# --- reading one number --------------------------------------------------------------------------


class _Read(NamedTuple):
    """A number read from some tokens; `end` is the token after the last one."""

    value: float
    end: int
    kind: Kind = Kind.PLAIN
    readings: tuple[float, ...] = ()


def _below_hundred(t: _Tokens, i: int) -> tuple[float, int] | None:
    word = t.word(i)
    if word in _ONES:
        return _ONES[word], i + 1
    if word not in _TENS:
        return None
    j = t.past_hyphen(i + 1)
    ones = _ONES.get(t.word(j), 0)
    return (_TENS[word] + ones, j + 1) if 0 < ones < 10 else (_TENS[word], i + 1)


def _below_thousand(t: _Tokens, i: int) -> tuple[float, int] | None:
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


def _cardinal(t: _Tokens, i: int) -> tuple[float, int] | None:
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


def _part_words(t: _Tokens, i: int) -> tuple[float, float, int] | None:
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
    if over > 1:
        is_part = (part.endswith("s") or k > j) and over < (4 if under == 4 else 2 * under)
        return (over, under, k + 1) if is_part and (part.endswith("s") or over < under) else None
    # "a third machine" counts machines and "one quarter" is a time; "a third of" is a part.
    sure = k > j or under == 2 or (word == "one" and under != 4)
    follows = t.at(k + 1)
    is_part = sure or follows.shape != "word" or follows.word in _AFTER_A_PART
    return (1, under, k + 1) if is_part and not part.endswith("s") else None


def _fraction_of(over: float, under: float, end: int) -> _Read:
    value = over / under
    readings = [value, under / over, over, under]
    if value < 1:
        readings.insert(2, 1 - value)
    return _Read(value, end, Kind.FRACTION, tuple(dict.fromkeys(r for r in readings if r != 1)))


def _fraction(t: _Tokens, i: int) -> _Read | None:
    """Read "a third of", "half", "half a million", "3/4", "2:1", "\\frac{1}{3}"."""
    words = _part_words(t, i)
    if words is not None:
        over, under, end = words
        j = end + 1 if t.word(end) in ("a", "an") else end
        if t.word(j) in _SCALES:
            scale = _SCALES[t.word(j)]
            return _Read(over / under * scale, j + 1, readings=(over / under * scale, over / under))
        return _fraction_of(over, under, end)
    if t.word(i) == "frac" and [t.mark(i + k) for k in (-1, 1, 3, 4, 6)] == ["\\", *"{}{}"]:
        over, under, end = t.at(i + 2).value, t.at(i + 5).value, i + 7
        return _fraction_of(over, under, end) if over > 0 and under > 0 else None
    return _slashed(t, i)


def _slashed(t: _Tokens, i: int) -> _Read | None:
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
        return _Read(24, end, Kind.WEAK, (24, 7))
    if not over or not under:
        return None
    read = _fraction_of(over, under, end)
    shares = (over / (over + under), under / (over + under)) if sign == ":" else ()
    return read._replace(readings=tuple(dict.fromkeys(read.readings + shares)))


def _time_of_day(t: _Tokens, hour: float, minute: float, end: int) -> _Read:
    hours = hour + minute / 60
    after_noon = t.word(end) == "pm" or (t.word(end) == "p" and t.word(end + 2) == "m")
    late = (hours + 12,) if after_noon and hour < 12 else ()
    times = (*late, hours)
    readings = (*times, *(60 * time for time in times), hour, minute)
    return _Read(times[0], end, readings=tuple(dict.fromkeys(readings)))


def _amount(t: _Tokens, i: int) -> _Read | None:
    """Read digits or words, then "and a half", then "million" or "k"."""
    token = t.at(i)
    parts: tuple[float, ...] = ()
    if token.shape in ("number", "vulgar"):
        value, end, parts = token.value, i + 1, token.parts
    else:
        words = _cardinal(t, i)
        if words is None:
            return None
        value, end = words
    value, end = _with_fraction(t, i, value, end)
    scale, end = _scale(t, i, end)
    kind = Kind.FRACTION if token.shape == "vulgar" and scale == 1 else Kind.PLAIN
    if kind is Kind.FRACTION:
        return (
            _fraction_of(*value.as_integer_ratio(), end)
            if value in (0.5, 0.25, 0.75)
            else (_Read(value, end, kind, (value, 1 / value, 1 - value)))
        )
    readings = (value * scale, value) if scale > 1 else (value, *parts)
    return _Read(value * scale, end, kind, readings)


def _with_fraction(t: _Tokens, i: int, value: float, end: int) -> tuple[float, int]:
    """Add a fraction that follows: 2½, 2 1/2, two and a half."""
    if t.at(end).shape == "vulgar" and t.at(i).shape == "number":
        return value + t.at(end).value, end + 1
    slashed = _slashed(t, end) if t.is_whole(i) and not t.touches(end) else None
    if slashed is not None and t.mark(end + 1) == "/" and slashed.value < 1:
        return value + slashed.value, slashed.end
    k = t.past_hyphen(end)
    if t.word(k) == "and" and t.word(t.past_hyphen(k + 1)) != "half":
        part = _part_words(t, t.past_hyphen(k + 1))
        # "5 and a third of the rest" are two numbers.
        if part is not None and part[0] < part[1] and t.word(part[2]) != "of":
            return value + part[0] / part[1], part[2]
    return value, end


def _scale(t: _Tokens, i: int, end: int) -> tuple[float, int]:
    scale = 1.0
    if t.touches(end) and t.at(end).shape == "word":
        letters = t.text[t.at(end).start : t.at(end).end]
        is_money = t.mark(i - 1) in _CURRENCY_SIGNS or t.word(i - 1) in _CURRENCY_CODES
        scale = (_MONEY_SCALES if is_money else _LETTER_SCALES).get(letters, 1.0)
        return scale, end + 1 if scale > 1 else end
    for _ in range(2):  # "3 hundred thousand"
        k = t.past_hyphen(end)
        if t.word(k) in _SCALES:
            scale, end = scale * _SCALES[t.word(k)], k + 1
    return scale, end


def _single_word(t: _Tokens, i: int) -> _Read | None:
    """Read "twice", "double", "first", "thousands"."""
    word = t.word(i)
    if word in _MULTIPLES:
        return _Read(_MULTIPLES[word], i + 1, Kind.MULTIPLE, _both_ways(_MULTIPLES[word]))
    if word in _ADJECTIVE_MULTIPLES:
        value = _ADJECTIVE_MULTIPLES[word]
        kind = Kind.MULTIPLE if t.word(i + 1) in _AFTER_A_MULTIPLE else Kind.WEAK
        return _Read(value, i + 1, kind, _both_ways(value))
    if word in ("halved", "halves"):
        return _fraction_of(1, 2, i + 1)
    if word in _SCALES:
        kind = Kind.PLAIN if t.word(i - 1) in _EACH else Kind.WEAK
        return _Read(_SCALES[word], i + 1, kind, (_SCALES[word],))
    if word in _PLURAL_SCALES:
        return _Read(_PLURAL_SCALES[word], i + 1, Kind.WEAK, (_PLURAL_SCALES[word],))
    is_time = word == "second" and (t.word(i - 1) in _EACH or t.at(i - 1).shape == "number")
    if word in _ORDINALS and not is_time:
        return _Read(_ORDINALS[word], i + 1, Kind.LABEL, (_ORDINALS[word],))
    return None


def _both_ways(value: float) -> tuple[float, ...]:
    return (value, 1 / value) if value else (value,)


def _percent_end(t: _Tokens, i: int) -> int | None:
    """The token after a percent sign or word that starts at i."""
    k = i + 1 if t.mark(i) == "\\" else t.past_hyphen(i)
    if t.mark(k) == "%" or t.word(k) in ("percent", "percentage", "pct"):
        return k + 1
    return k + 2 if t.word(k) == "per" and t.word(k + 1) == "cent" else None


def _as_percent(percentage: float, end: int) -> _Read:
    part = percentage / 100
    readings = (part, percentage, 1 - part, 1 + part) if 0 < part < 1 else (part, percentage)
    return _Read(part, end, Kind.PERCENT, readings)


def _with_suffix(t: _Tokens, read: _Read) -> _Read:
    """Turn 20 into 20 % or 3 into 3 times where that follows."""
    if read.kind not in (Kind.PLAIN, Kind.FRACTION):
        return read
    percent = _percent_end(t, read.end)
    if percent is not None:
        return _as_percent(read.value, percent)
    k = t.past_hyphen(read.end)
    if read.kind is Kind.PLAIN and t.word(k) in ("times", "fold"):
        return _Read(read.value, k + 1, Kind.MULTIPLE, _both_ways(read.value))
    return read


# --- names ---------------------------------------------------------------------------------------


def _singular(noun: str) -> str:
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def _is_glued(t: _Tokens, i: int) -> bool:
    """A2, x_1, x_{1}, #5, COVID-19."""
    before = t.mark(i - 1)
    if before in ("_", "#") or (before == "{" and t.mark(i - 2) == "_"):
        return True
    if not t.touches(i):
        return False
    k = i - 1
    if before == "-" and t.touches(k):
        k -= 1
    word = t.word(k)
    is_size = word == "x" and t.at(k - 1).shape == "number"  # 10x20
    has_case = word != word.upper()
    return has_case and not is_size and word not in _CURRENCY_CODES


def _follows_noun(t: _Tokens, i: int, read: _Read) -> bool:
    """Product 1, week two, and the first of a list such as weeks 1 to 4."""
    is_small = t.is_whole(i) or (t.at(i).shape == "word" and read.value <= 20)
    noun, before = t.word(i - 1), t.word(i - 2)
    if not is_small or before in _EACH or (t.touches(read.end) and t.word(read.end)):
        return False
    if noun in _ALSO_VERBS and before in _BEFORE_A_VERB:
        return False
    if noun in _NAMED or (noun == "no" and t.mark(i - 1) == "."):
        return True
    return noun.endswith("s") and _singular(noun) in _NAMED and _next_in_list(t, read.end) > 0


def _next_in_list(t: _Tokens, i: int) -> int:
    """The token of the next number of a list that goes on at i with a joiner; 0 when it ends."""
    k = i
    if t.at(k).word == ",":
        k += 1
    if t.at(k).word in _LAST_JOINERS:
        k += 1
    return k if k > i and t.is_whole(k) else 0


def _headers(text: str) -> list[tuple[int, int]]:
    """Where the header lines of Markdown tables are."""
    spans = []
    start, above = 0, (0, 0)
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if line.lstrip().startswith("|"):
            if "-" in line and not line.strip().strip("|-: \t"):
                spans.append(above)
            above = (start, end)
        start = end
    return spans


def _numbering(t: _Tokens) -> frozenset[int]:
    """Tokens that only number things: list items, (1) (2), rows and columns of a table."""
    found = set()
    headers = iter(_headers(t.text))
    header = next(headers, None)
    item = row = 0.0
    for i, token in enumerate(t.all):
        while header and token.start >= header[1]:
            header = next(headers, None)
        if not t.is_whole(i, 2):
            continue
        left, right = t.mark(i - 1), t.mark(i + 1)
        if left == "|" and right == "|":
            if header and header[0] <= token.start:
                found.add(i)
            elif token.value in (1, row + 1) and _starts_line(t.text, token.start):
                row = token.value
                found.add(i)
        elif (left == "(" and right == ")") or (
            right in (".", ")") and t.touches(i + 1) and _starts_line(t.text, token.start)
        ):
            if token.value in (1, item + 1):
                item = token.value
                found.add(i)
    return frozenset(found)


def _starts_line(text: str, start: int) -> bool:
    """Only blanks and bullets stand between the start of the line and here."""
    before = text[max(0, start - 12) : start].rstrip(" \t|(*#-")
    return not before or before.endswith(("\n", "\r"))


# --- the whole text ------------------------------------------------------------------------------


class _Reader:
    """Walks over the tokens once; knows the list of names it is in."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.tokens = _Tokens(text)
        self.numbering = _numbering(self.tokens)
        self.next_label = 0

    def read_all(self) -> Iterator[tuple[int, _Read]]:
        i = 0
        while i < len(self.tokens.all):
            read = self.read(i)
            if read is None:
                i += 1
            else:
                yield i, read
                i = read.end

    def read(self, i: int) -> _Read | None:
        t = self.tokens
        if t.at(i).shape == "mark":
            return None
        read = _fraction(t, i) or _amount(t, i) or _single_word(t, i)
        if read is None:
            return None
        label = self.label(i, read)
        if label is not None:
            return label
        return self.weakened(i, _with_suffix(t, self.spread(read)))

    def label(self, i: int, read: _Read) -> _Read | None:
        """The number as a name, when it is one."""
        t = self.tokens
        as_label = read._replace(kind=Kind.LABEL)
        if t.at(i).shape == "number":
            one = _Read(t.at(i).value, i + 1, Kind.LABEL, (t.at(i).value,))
            if t.touches(i + 1) and t.word(i + 1) in ("st", "nd", "rd", "th"):
                return one._replace(end=i + 2)
            if i in self.numbering or _is_glued(t, i):
                return one
        elif t.at(i).shape == "word":
            k = t.past_hyphen(read.end)
            if k > read.end and t.word(k) in _ORDINALS and read.kind is Kind.PLAIN:
                value = read.value + _ORDINALS[t.word(k)]  # twenty-fifth
                return _Read(value, k + 1, Kind.LABEL, (value,))
        if read.kind is not Kind.PLAIN or _with_suffix(t, read) is not read:
            return None
        if i != self.next_label and not _follows_noun(t, i, read):
            return None
        more = _next_in_list(t, read.end)
        in_list = i == self.next_label or t.word(i - 1).endswith("s") or t.mark(read.end) == "-"
        if in_list and t.at(i).shape == "number" and t.word(i - 1) not in _LAST_JOINERS:
            self.next_label = more or self.next_label
        return as_label

    def spread(self, read: _Read) -> _Read:
        """Give the first number of a range what the second has: 20-30 %, 2 to 3 million."""
        t = self.tokens
        if read.kind is not Kind.PLAIN or t.at(read.end).word not in _JOINERS:
            return read
        second = t.at(read.end + 1)
        if second.shape != "number" or len(read.readings) > 1:
            return read
        end = read.end + 2
        if _percent_end(t, end) is not None:
            return _as_percent(read.value, read.end)
        scale, _ = _scale(t, read.end + 1, end)
        if scale > 1 and read.value < second.value:
            return _Read(read.value * scale, read.end, readings=(read.value * scale, read.value))
        return read

    def weakened(self, i: int, read: _Read) -> _Read:
        """Mark "one" and the "two" of "two types of" as perhaps no data."""
        t = self.tokens
        if read.kind is not Kind.PLAIN:
            return read
        is_pronoun = t.word(i) == "one" and read.end == i + 1
        if is_pronoun or (1 < read.value <= 20 and self.counts_kinds(i, read.end)):
            return read._replace(kind=Kind.WEAK)
        return read

    def counts_kinds(self, i: int, end: int) -> bool:
        t = self.tokens
        if t.word(i - 1) in _LIMITS or t.word(i - 2) in _LIMITS:
            return False
        return any(
            t.word(k) in _KINDS and all(t.word(j) not in ("of", "per", "") for j in range(end, k))
            for k in range(end, end + 3)
        )


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


def _minus(t: _Tokens, i: int) -> int | None:
    """Where the minus sign of the number at token i stands."""
    k = i - 1 if t.mark(i - 1) in _CURRENCY_SIGNS and t.touches(i) else i
    if t.at(i).shape != "number" or t.mark(k - 1) != "-" or not t.touches(k):
        return None
    left = t.at(k - 2)
    is_after_operand = left.shape in ("number", "word") or left.word in (")", "%", "]", "}")
    if t.touches(k - 1) and is_after_operand:
        return None  # 10-20
    return t.at(k - 1).start


# --- sentences -----------------------------------------------------------------------------------

_ABBREVIATIONS = frozenset(
    "e.g i.e etc. mr mrs ms dr prof st vs approx no nos fig figs eq min max hr hrs kg lb lbs oz "
    "inc ltd co corp dept est resp sec al ca cf jan feb mar apr jun jul aug sep sept oct nov dec "
    "u.s u.k a.m p.m".split()
)
_BREAK = re.compile(
    r"""
    (?P<stop> [.!?。！？] ['")\]*”’]{0,3} (?=\s|$|[A-Z]|-[ ]|\\n) )
  | (?P<line> (?: \n | \r | \\n(?![a-z]) ) (?=[ \t]{0,8}(?:[\r\n|*•#-]|\\n|\(?\d{1,2}[.)][ ]|$)) )
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
    is_initial = len(word) == 1 and word.isalpha() and text[stop - 1].isupper()
    after = text[end : end + 12].lstrip()
    is_numbering = word.isdecimal() and _starts_line(text, stop - len(word))
    goes_on = after[:1].islower() or is_initial or is_numbering or word in _ABBREVIATIONS
    return not goes_on


# --- coverage ------------------------------------------------------------------------------------

_UNITS = {
    word: words.split()[0]
    for words in (
        "second seconds sec secs",
        "minute minutes min mins",
        "hour hours hourly hr hrs h",
        "day days daily",
        "week weeks weekly",
        "month months monthly",
        "quarter quarters quarterly",
        "year years yearly annual annually",
        "g gram grams gr",
        "mg milligram milligrams",
        "kg kilogram kilograms kilo kilos",
        "ton tons tonne tonnes t",
        "m meter meters metre metres",
        "km kilometer kilometers kilometre kilometres",
        "cm centimeter centimeters centimetre centimetres",
        "mm millimeter millimeters millimetre millimetres",
        "l liter liters litre litres",
        "ml milliliter milliliters millilitre millilitres",
        "dollar dollars $",
        "cent cents",
        "foot feet ft",
        "inch inches",
        "pound pounds lb lbs",
        "ounce ounces oz",
        "thousand thousands",
        "million millions",
        "dozen dozens",
        "% percent percentage",
    )
    for word in words.split()
}
_FACTORS = (
    (60, "hour", "minute"),
    (60, "minute", "second"),
    (3600, "hour", "second"),
    (24, "day", "hour"),
    (7, "week", "day"),
    (12, "year", "month"),
    (52, "year", "week"),
    (4, "month", "week"),
    (4, "year", "quarter"),
    (3, "quarter", "month"),
    (30, "month", "day"),
    (365, "year", "day"),
    (1000, "kg", "g"),
    (1000, "g", "mg"),
    (1000, "ton", "kg"),
    (1000, "km", "m"),
    (1000, "l", "ml"),
    (100, "m", "cm"),
    (10, "cm", "mm"),
    (100, "dollar", "cent"),
    (12, "foot", "inch"),
    (16, "pound", "ounce"),
    (1_000, "thousand", "thousand"),
    (1_000_000, "million", "million"),
    (12, "dozen", "dozen"),
    (100, "%", "%"),
)


class _Numbers:
    """Numbers to be asked whether one of them is (nearly) a given one."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self.sorted = sorted({abs(number) for number in numbers})

    def __contains__(self, number: float) -> bool:
        i = bisect_left(self.sorted, abs(number) * (1 - TOLERANCE))
        return i < len(self.sorted) and math.isclose(self.sorted[i], abs(number), rel_tol=TOLERANCE)


def _factors(text: str) -> frozenset[int]:
    """The unit factors that may be needed: both units stand in the text."""
    words = {match.group().lower() for match in re.finditer(r"[^\W\d_]+|[$%]", text)}
    units = {_UNITS[word] for word in words if word in _UNITS}
    return frozenset(factor for factor, big, small in _FACTORS if big in units and small in units)


def _origins(number: float, factors: frozenset[int]) -> Iterator[float]:
    """What a text may state where a formulation carries `number`."""
    number = abs(number)
    yield number
    if number in (0, 1):
        return
    yield 1 / number
    if number < 1:
        yield 1 - number
    for factor in factors:
        yield number * factor
        yield number / factor
        yield factor / number


def coverage(text: str, numbers: Iterable[float], sizes: Iterable[int] = ()) -> Coverage:
    """Compare the numbers of a text with the numbers of a formulation.

    A stated number is carried under any of its readings, as its inverse, as its complement to 1,
    or converted by a unit factor (60, 24, 7, 12, 1000 ...) when both units stand in the text.
    Signs do not matter, and a number that is stated twice needs to be carried once. Labels and weak
    ones, 0, 1, and 100 beside a percentage need not be carried; 0, 1, unit factors, and 100 beside
    a percentage need not be stated. A product or sum of two stated numbers counts as invented: a
    formulation states its data and leaves arithmetic to its expressions.

    Args:
        text: The word problem.
        numbers: Every number of the formulation; infinite ones and NaN are skipped.
        sizes: How many elements its sets have: they carry "five plants" and are never invented.

    >>> missed = coverage("Wood: 40 kg. A chair takes 3 kg and earns $20.", [40, 20, 25])
    >>> [q.text for q in missed.unused], missed.invented
    (['3'], (25,))
    """
    stated = quantities(text)
    factors = _factors(text)
    given = [number for number in numbers if math.isfinite(number)]
    readings = _Numbers(reading for quantity in stated for reading in quantity.readings)
    carried = _Numbers(origin for n in (*given, *sizes) for origin in _origins(n, factors))
    free = {0, 1} | (factors & {100})
    unused = tuple(
        quantity
        for quantity in stated
        if quantity.kind not in (Kind.LABEL, Kind.WEAK)
        and not any(abs(r) in free or r in carried for r in quantity.readings)
    )
    invented = (
        number
        for number in given
        if abs(number) not in free | factors
        and not any(origin in readings for origin in _origins(number, factors))
    )
    return Coverage(unused, tuple(dict.fromkeys(invented)))
