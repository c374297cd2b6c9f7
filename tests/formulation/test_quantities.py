import itertools
import math
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from solvitur.formulation.words.quantities import Kind, coverage, quantities, sentences

PLAIN, PERCENT, FRACTION = Kind.PLAIN, Kind.PERCENT, Kind.FRACTION
MULTIPLE, LABEL, WEAK = Kind.MULTIPLE, Kind.LABEL, Kind.WEAK

THIN = "\N{THIN SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
ARABIC_35 = "\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC-INDIC DIGIT FIVE}"

# What a phrase is read as: the text of each number, its value and its kind.
PHRASES: dict[str, tuple[str, list[tuple[str, float, Kind]]]] = {
    # digits
    "a number in a name": (
        "two-person teams, 5 two-person teams",
        [("two", 2, LABEL), ("5", 5, PLAIN), ("two", 2, LABEL)],
    ),
    "a number with its unit": ("a two-hour shift, a two-hour break", [("two", 2, PLAIN)] * 2),
    "a whole number": ("needs 40 kg of flour", [("40", 40, PLAIN)]),
    "a decimal": ("2.85 yuan a kilo", [("2.85", 2.85, PLAIN)]),
    "a decimal without its zero": ("costs $.75 each", [(".75", 0.75, PLAIN)]),
    "a number that ends a sentence": ("at most 50. Then stop.", [("50", 50, PLAIN)]),
    "commas between thousands": ("a budget of 1,500 dollars", [("1,500", 1500, PLAIN)]),
    "commas and decimals": ("earns $1,234,567.89", [("1,234,567.89", 1234567.89, PLAIN)]),
    "commas in LaTeX": ("earns 10{,}000 a day", [("10{,}000", 10000, PLAIN)]),
    "apostrophes between thousands": ("it weighs 12'500 g", [("12'500", 12500, PLAIN)]),
    "thin spaces between thousands": (f"a load of 12{THIN}500", [(f"12{THIN}500", 12500, PLAIN)]),
    "narrow spaces between thousands": (
        f"it holds 7{NARROW}250{NARROW}000 l",
        [(f"7{NARROW}250{NARROW}000", 7250000, PLAIN)],
    ),
    "a blank before a unit between thousands": ("a tank of 1 500 kg", [("1 500", 1500, PLAIN)]),
    "a row of numbers": (
        "10 200 300",
        [("10", 10, PLAIN), ("200", 200, PLAIN), ("300", 300, PLAIN)],
    ),
    "a decimal comma": ("it takes 12,5 hours", [("12,5", 12.5, PLAIN)]),
    "a decimal comma after a zero": ("0,125 l each", [("0,125", 0.125, PLAIN)]),
    "dots between thousands": ("worth 1.234.567 euros", [("1.234.567", 1234567, PLAIN)]),
    "dots and a decimal comma": ("worth 1.234,5 euros", [("1.234,5", 1234.5, PLAIN)]),
    "a list without blanks": ("pick (4,7)", [("4", 4, PLAIN), ("7", 7, PLAIN)]),
    "an exponent": ("about 3e5 cells", [("3e5", 300000, PLAIN)]),
    "digits of another script": (f"load {ARABIC_35} boxes", [(ARABIC_35, 35, PLAIN)]),
    "a negative number": ("cools to -12 degrees", [("-12", -12, PLAIN)]),
    "a typographic minus": (f"cools to {MINUS}12 degrees", [(f"{MINUS}12", -12, PLAIN)]),
    "a loss in money": ("ends at -$4.50", [("-$4.50", -4.5, PLAIN)]),
    "a year": ("by the end of 2031", [("2031", 2031, PLAIN)]),
    # money, units, scales
    "a dollar price": ("sells for $3", [("3", 3, PLAIN)]),
    "a euro price": ("sells for €4", [("4", 4, PLAIN)]),
    "an escaped dollar sign": (r"sells for \$6", [("6", 6, PLAIN)]),
    "a glued currency code": ("sells for USD500", [("500", 500, PLAIN)]),
    "a glued unit": ("a 5kg sack", [("5", 5, PLAIN)]),
    "a hyphenated unit": ("a 10-hour shift", [("10", 10, PLAIN)]),
    "a letter for thousands": ("earns $2.5k", [("2.5k", 2500, PLAIN)]),
    "a capital letter for millions": ("earns 3M dollars", [("3M", 3000000, PLAIN)]),
    "a small m after money": ("earns €3m", [("3m", 3000000, PLAIN)]),
    "a small m after no money": ("a 3m plank", [("3", 3, PLAIN)]),
    "millions": ("costs 1.5 million euros", [("1.5 million", 1500000, PLAIN)]),
    "digits with two scales": ("3 hundred thousand", [("3 hundred thousand", 300000, PLAIN)]),
    "a base of comparison": ("5 g per 100 grams", [("5", 5, PLAIN), ("100", 100, PLAIN)]),
    "hours that never end": ("open 24/7", [("24/7", 24, WEAK)]),
    "a time of day": ("from 8:30 am on", [("8:30", 8.5, PLAIN)]),
    "a time after noon": ("until 6:15 p.m. at least", [("6:15", 18.25, PLAIN)]),
    # words
    "a small word": ("takes three hours", [("three", 3, PLAIN)]),
    "a hyphenated word": ("thirty-five boxes", [("thirty-five", 35, PLAIN)]),
    "a word without its hyphen": ("thirty five boxes", [("thirty five", 35, PLAIN)]),
    "hundreds": ("two hundred and fifty boxes", [("two hundred and fifty", 250, PLAIN)]),
    "hundreds without and": ("two hundred fifty boxes", [("two hundred fifty", 250, PLAIN)]),
    "more than nine hundreds": ("twelve hundred boxes", [("twelve hundred", 1200, PLAIN)]),
    "thousands": ("four thousand and seven", [("four thousand and seven", 4007, PLAIN)]),
    "hundreds of thousands": (
        "six hundred and ten thousand",
        [("six hundred and ten thousand", 610000, PLAIN)],
    ),
    "a hundred": ("a hundred and twenty", [("a hundred and twenty", 120, PLAIN)]),
    "a million": ("a million litres", [("a million", 1000000, PLAIN)]),
    "half a million": ("half a million litres", [("half a million", 500000, PLAIN)]),
    "a dozen": ("a dozen eggs", [("a dozen", 12, PLAIN)]),
    "two dozen": ("two dozen eggs", [("two dozen", 24, PLAIN)]),
    "capitals": ("TWENTY boxes", [("TWENTY", 20, PLAIN)]),
    "a spoken decimal": ("four point two five kg", [("four point two five", 4.25, PLAIN)]),
    "two numbers that and joins": (
        "two hundred and three hundred",
        [("two hundred", 200, PLAIN), ("three hundred", 300, PLAIN)],
    ),
    "numbers that commas separate": ("twenty, five", [("twenty", 20, PLAIN), ("five", 5, PLAIN)]),
    "two and a half": ("two and a half hours", [("two and a half", 2.5, PLAIN)]),
    "two-and-a-half": ("two-and-a-half hours", [("two-and-a-half", 2.5, PLAIN)]),
    "three-and-half": ("three-and-half times", [("three-and-half times", 3.5, MULTIPLE)]),
    "one and half of": ("five and half of it", [("five", 5, PLAIN), ("half", 0.5, FRACTION)]),
    "one and two thirds": ("one and two-thirds cups", [("one and two-thirds", 5 / 3, PLAIN)]),
    # parts
    "a third": ("at most a third of it", [("a third", 1 / 3, FRACTION)]),
    "one third": ("at least one third must go", [("one third", 1 / 3, FRACTION)]),
    "two thirds": ("two-thirds of it", [("two-thirds", 2 / 3, FRACTION)]),
    "three quarters": ("three quarters of it", [("three quarters", 0.75, FRACTION)]),
    "six tenths": ("six-tenths of it", [("six-tenths", 0.6, FRACTION)]),
    "half": ("half of the seats", [("half", 0.5, FRACTION)]),
    "a slash": ("1/2 of the seats", [("1/2", 0.5, FRACTION)]),
    "a number and a slash": ("2 1/2 cups", [("2 1/2", 2.5, PLAIN)]),
    "a fraction sign": ("½ cup", [("½", 0.5, FRACTION)]),
    "a number and a fraction sign": ("2½ cups", [("2½", 2.5, PLAIN)]),
    "a LaTeX fraction": (r"uses \frac{2}{3} kg", [(r"\frac{2}{3}", 2 / 3, FRACTION)]),
    "a ratio": ("mixed 3:1 with water", [("3:1", 3, FRACTION)]),
    "two quarters of a year": ("in the next two quarters", [("two", 2, PLAIN)]),
    # percentages
    "a percentage": ("20% of it", [("20%", 0.2, PERCENT)]),
    "a percentage after a blank": ("7.5 % of it", [("7.5 %", 0.075, PERCENT)]),
    "a percentage in LaTeX": (r"$60\%$ of it", [(r"60\%", 0.6, PERCENT)]),
    "a percentage in words": ("fifteen percent of it", [("fifteen percent", 0.15, PERCENT)]),
    "per cent": ("30 per cent of it", [("30 per cent", 0.3, PERCENT)]),
    "a range of percentages": ("20-30% of it", [("20", 0.2, PERCENT), ("30%", 0.3, PERCENT)]),
    # multiples
    "twice": ("twice as many", [("twice", 2, MULTIPLE)]),
    "three times": ("three times as many", [("three times", 3, MULTIPLE)]),
    "one and a half times": (
        "one and a half times as many",
        [("one and a half times", 1.5, MULTIPLE)],
    ),
    "double": ("double the number", [("double", 2, MULTIPLE)]),
    "triple": ("triple that of the other", [("triple", 3, MULTIPLE)]),
    "a double room": ("rents double rooms", [("double", 2, WEAK)]),
    "fourfold": ("a fourfold rise", [("fourfold", 4, MULTIPLE)]),
    # ranges
    "a range with to": ("10 to 20 kg", [("10", 10, PLAIN), ("20", 20, PLAIN)]),
    "a range with a hyphen": ("10-20 kg", [("10", 10, PLAIN), ("20", 20, PLAIN)]),
    "a range with a dash": (f"10{EN_DASH}20 kg", [("10", 10, PLAIN), ("20", 20, PLAIN)]),
    "a range of millions": (
        "$2 to 3 million",
        [("2", 2000000, PLAIN), ("3 million", 3000000, PLAIN)],
    ),
    # labels
    "an ordinal": ("the first step", [("first", 1, LABEL)]),
    "an ordinal in digits": ("the 2nd step", [("2nd", 2, LABEL)]),
    "a long ordinal": ("the twenty-fifth step", [("twenty-fifth", 25, LABEL)]),
    "a third party": ("from a third-party seller", [("third", 3, LABEL)]),
    "a second of time": ("every second counts", []),
    "a numbered product": ("product 1 sells well", [("1", 1, LABEL)]),
    "a numbered machine": ("machine A2 is slow", [("2", 2, LABEL)]),
    "a numbered type": ("a Type 2 boat", [("2", 2, LABEL)]),
    "a vitamin": ("vitamin B12", [("12", 12, LABEL)]),
    "a variable": ("let x_1 be the rest", [("1", 1, LABEL)]),
    "a variable in LaTeX": ("let $x_{3}$ be the rest", [("3", 3, LABEL)]),
    "a range of weeks": ("in weeks 1 to 4", [("1", 1, LABEL), ("4", 4, LABEL)]),
    "a list of plants": (
        "plants 1, 2 and 3",
        [("1", 1, LABEL), ("2", 2, LABEL), ("3", 3, LABEL)],
    ),
    "an amount after a week": ("for week 1, 200 units", [("1", 1, LABEL), ("200", 200, PLAIN)]),
    "an amount after each week": ("each week 8 hours", [("8", 8, PLAIN)]),
    "planting": ("he must plant 5 acres", [("5", 5, PLAIN)]),
    "a table": ("shown in Table 1-8", [("1", 1, LABEL), ("8", 8, LABEL)]),
    "a table with a dot": ("shown in Table 3.1", [("3.1", 3.1, LABEL)]),
    "a date": ("on January 15", [("15", 15, LABEL)]),
    "an abbreviated number": ("see No. 7", [("7", 7, LABEL)]),
    "numbered names": (
        "Kiln 1 is hot and Kiln 2 is not",
        [("1", 1, LABEL), ("2", 2, LABEL)],
    ),
    "numbers given as names": ("labeled 1 through 6", [("1", 1, LABEL), ("6", 6, LABEL)]),
    "a bound glued to LaTeX": (r"$\leq200$ boxes", [("200", 200, PLAIN)]),
    "a size": ("a 10x20 plot", [("10", 10, PLAIN), ("20", 20, PLAIN)]),
    "list items": (
        "1. At most 30 boxes\n2. At least 9 crates",
        [("1", 1, LABEL), ("30", 30, PLAIN), ("2", 2, LABEL), ("9", 9, PLAIN)],
    ),
    "bracketed list items": (
        "(1) at most 30 boxes; (2) at least 9 crates",
        [("1", 1, LABEL), ("30", 30, PLAIN), ("2", 2, LABEL), ("9", 9, PLAIN)],
    ),
    "the rows and columns of a table": (
        "| km | 1 | 2 |\n|---|---|---|\n| 1 | 0 | 35 |\n| 2 | 35 | 0 |",
        [
            *[("1", 1, LABEL), ("2", 2, LABEL)],
            *[("1", 1, LABEL), ("0", 0, PLAIN), ("35", 35, PLAIN)],
            *[("2", 2, LABEL), ("35", 35, PLAIN), ("0", 0, PLAIN)],
        ],
    ),
    # weak ones
    "a pronoun": ("at least one of them", [("one", 1, WEAK)]),
    "kinds of things": ("makes two types of paint", [("two", 2, WEAK)]),
    "things that were named": ("all three depots", [("three", 3, WEAK)]),
    "things that are named next": ("two drinks: tea and coffee", [("two", 2, WEAK)]),
    "stocking up on kinds": ("stock up two types of tea", [("two", 2, WEAK)]),
    "a limit on kinds": ("at most 4 different drinks", [("4", 4, PLAIN)]),
    "a heading's scale": ("profit (ten thousand yuan)", [("ten thousand", 10000, WEAK)]),
    "a power": ("a 12 m^3 tank", [("12", 12, PLAIN), ("3", 3, WEAK)]),
    "a kind of cart": ("a 4-wheeler", [("4", 4, WEAK)]),
    "a vague number": ("hundreds of boxes", [("hundreds", 100, WEAK)]),
    # nothing
    "words that only look like numbers": ("someone often attended a phone call", []),
    "a number beyond all bounds": ("9" * 500, []),
}


@pytest.mark.parametrize(("phrase", "expected"), PHRASES.values(), ids=PHRASES.keys())
def test_reads(phrase: str, expected: list[tuple[str, float, Kind]]) -> None:
    found = quantities(phrase)

    assert [(q.text, q.kind) for q in found] == [(text, kind) for text, _, kind in expected]
    assert [q.value for q in found] == pytest.approx([value for _, value, _ in expected])


@pytest.mark.parametrize(
    ("phrase", "readings"),
    [
        ("20 %", [0.2, 20, 0.8, 1.2]),
        ("150 %", [1.5, 150]),
        ("a third of", [1 / 3, 3, 2 / 3]),
        ("2/3", [2 / 3, 1.5, 1 / 3, 2, 3]),
        ("half", [0.5, 2]),
        ("twice", [2, 0.5]),
        ("three times", [3, 1 / 3]),
        ("$2.5k", [2500, 2.5]),
        ("3:1", [3, 1 / 3, 0.75, 0.25]),
        ("1.500", [1.5, 1500]),
        ("8:30", [8.5, 510, 8, 30]),
        ("40", [40]),
    ],
)
def test_gives_every_value_that_may_stand_for_a_number(phrase: str, readings: list[float]) -> None:
    assert quantities(phrase)[0].readings == pytest.approx(readings)


# --- properties ----------------------------------------------------------------------------------

PIECES = [
    *"0129.,:/-\u2013%$€(){}|_^½¾\\'# \n",
    *[
        "one",
        "two",
        "twenty",
        "hundred",
        "thousand",
        "million",
        "dozen",
        "and",
        "a",
        "half",
        "third",
    ],
    *[
        "quarters",
        "times",
        "percent",
        "per cent",
        "first",
        "product",
        "weeks",
        "each",
        "to",
        "k",
        "m",
    ],
    *["\\frac{1}{2}", "\u00a0", "\u2009", "e5", "point", "types", "x", "\\n", "|---|", "fold"],
]
no_deadline = settings(deadline=None)  # tests never measure time
NUMERIC_TEXT = st.lists(st.sampled_from([*PIECES, " "]), max_size=40).map("".join)


@no_deadline
@given(st.text() | NUMERIC_TEXT)
@example("\ud800 1\x00 2\u0300 ½")
@example("İ 5 ẞ 6")  # lower case is longer than upper case
def test_reads_any_text_without_overlaps(text: str) -> None:
    end = 0
    for quantity in quantities(text):
        assert end <= quantity.start < quantity.end <= len(text)
        assert text[quantity.start : quantity.end] == quantity.text
        assert math.isfinite(quantity.value)
        assert quantity.value == quantity.readings[0]
        assert all(math.isfinite(reading) for reading in quantity.readings)
        end = quantity.end


@no_deadline
@given(st.text() | NUMERIC_TEXT, st.lists(st.floats()))
def test_compares_any_text_with_any_numbers(text: str, numbers: list[float]) -> None:
    found = coverage(text, numbers)

    assert set(found.unused) <= set(quantities(text))
    assert set(found.invented) <= set(numbers)


@no_deadline
@given(st.text() | NUMERIC_TEXT)
def test_splits_any_text_into_sentences_that_lose_nothing_but_blanks(text: str) -> None:
    spans = sentences(text)

    ends = [0, *itertools.chain.from_iterable(spans), len(text)]
    left_out = " ".join(text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))
    assert ends == sorted(ends)
    assert not left_out.replace("\\n", " ").strip()


@no_deadline
@given(st.integers(0, 10**15))
def test_reads_back_commas_between_thousands(number: int) -> None:
    (quantity,) = quantities(f"It holds {number:,} litres.")

    assert quantity.value == number


@no_deadline
@given(st.integers(1, 10**6))
def test_reads_back_a_letter_for_thousands(number: int) -> None:
    (quantity,) = quantities(f"It costs ${number}k in all.")

    assert quantity.value == number * 1000


SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen"""
ONES = SMALL.split()
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int, joiner: str) -> str:
    for scale, name in (
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ):
        if number >= scale:
            rest = number % scale
            tail = f"{joiner if rest < 100 else ' '}{in_words(rest, joiner)}" if rest else ""
            return f"{in_words(number // scale, joiner)} {name}{tail}"
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")


@no_deadline
@given(st.integers(0, 10**12 - 1), st.sampled_from([" ", " and "]))
def test_reads_back_words(number: int, joiner: str) -> None:
    words = in_words(number, joiner)

    (quantity,) = quantities(f"It holds {words} litres.")

    assert (quantity.text, quantity.value) == (words, number)


@pytest.mark.parametrize(
    "piece",
    [
        "9",
        "1 ",
        "1,111",
        "1.",
        "one hundred and ",
        "a half and ",
        "| 1 ",
        "(",
        "'",
        "\\n",
        "a. ",
        "e",
    ],
)
def test_does_not_care_how_long_a_hostile_text_is(piece: str) -> None:
    # Reading this twice over, or by backtracking, would take hours.
    text = piece * (100_000 // len(piece))

    assert sum(q.end - q.start for q in quantities(text)) <= len(text)
    assert all(start < end for start, end in sentences(text))


# --- sentences -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One costs 2.5 kg. Two cost 5 kg.", ["One costs 2.5 kg.", "Two cost 5 kg."]),
        ("It earns $2.5k. How much?", ["It earns $2.5k.", "How much?"]),
        (
            "Use oil, e.g. olive oil, i.e. fat. Stop!",
            ["Use oil, e.g. olive oil, i.e. fat.", "Stop!"],
        ),
        ("Mr. Li sells approx. 5 boxes. Fine.", ["Mr. Li sells approx. 5 boxes.", "Fine."]),
        ("J. Doe bakes. He sells.", ["J. Doe bakes.", "He sells."]),
        ("It has vitamin C. Eat 5.", ["It has vitamin C.", "Eat 5."]),
        ("At most 30 boxes.Each weighs 2 kg.", ["At most 30 boxes.", "Each weighs 2 kg."]),
        ("Limits:\n- 30 boxes\n- 9 crates", ["Limits:", "- 30 boxes", "- 9 crates"]),
        ("Limits:\\n\\n- 30 boxes", ["Limits:", "- 30 boxes"]),
        ("1. Thirty boxes.\n2. Nine crates.", ["1. Thirty boxes.", "2. Nine crates."]),
        ("A line\nthat is wrapped. End.", ["A line\nthat is wrapped.", "End."]),
        ("| a | b |\n| 1 | 2 |", ["| a | b |", "| 1 | 2 |"]),
        ("", []),
        ("   ", []),
    ],
)
def test_splits_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    assert [" ".join(text[a:b].replace("\\n", " ").split()) for a, b in sentences(text)] == [
        " ".join(piece.split()) for piece in expected
    ]


# --- coverage ------------------------------------------------------------------------------------

BAKERY = (
    "A bakery makes two types of bread. A rye loaf takes 30 minutes and 0.6 kg of flour, and a "
    "wheat loaf 20 minutes and 0.5 kg. The bakery has 40 hours and 55 kg of flour. At least 20% of "
    "the loaves must be rye, and at least one of each must be baked. They earn $4 and $3."
)
BAKERY_NUMBERS = [30, 20, 0.6, 0.5, 40, 55, 0.2, 4, 3]


def unused(text: str, numbers: list[float], sizes: tuple[int, ...] = ()) -> list[str]:
    return [quantity.text for quantity in coverage(text, numbers, sizes).unused]


def invented(text: str, numbers: list[float], sizes: tuple[int, ...] = ()) -> list[float]:
    return list(coverage(text, numbers, sizes).invented)


def test_a_formulation_with_every_number_is_complete() -> None:
    assert coverage(BAKERY, BAKERY_NUMBERS).is_complete


@pytest.mark.parametrize("missing", [0.6, 0.5, 40, 55, 0.2, 4, 3])
def test_a_number_that_is_left_out_is_unused(missing: float) -> None:
    found = coverage(BAKERY, [number for number in BAKERY_NUMBERS if number != missing])

    assert [quantity.value for quantity in found.unused] == [missing]
    assert not found.invented


@pytest.mark.parametrize("extra", [300, 50, 17, 0.35, 7])
def test_a_number_that_the_text_does_not_state_is_invented(extra: float) -> None:
    assert invented(BAKERY, [*BAKERY_NUMBERS, extra]) == [extra]


def test_invented_numbers_are_named_once_and_in_order() -> None:
    assert invented("Sell 4 boxes.", [9, 4, 7.5, 9]) == [9, 7.5]


def test_labels_and_weak_numbers_are_never_unused() -> None:
    assert unused("Machine 2 makes three kinds of boxes in week 5, one at a time.", []) == []


def test_zero_and_one_are_never_unused() -> None:
    assert unused("Between 0 and 1 boxes, at most 100% of it.", []) == []


def test_zero_and_one_are_never_invented() -> None:
    assert invented("Sell 4 boxes.", [4, 0, 1, -1, 0.0]) == []


def test_a_hundred_is_free_only_beside_a_percentage() -> None:
    assert invented("At most 20% are rye.", [20, 100]) == []
    assert invented("At most 20 are rye.", [20, 100]) == [100]


def test_a_bare_percentage_counts_only_with_its_hundred() -> None:
    assert coverage("At most 20% are rye.", [20, 100]).is_complete
    assert unused("At most 20% are rye.", [20]) == ["20%"]
    assert invented("At most 20% are rye.", [20]) == [20]


@pytest.mark.parametrize("number", [0.35, 0.65, 1.35])
def test_a_percentage_may_stand_as_part_as_rest_and_as_rise(number: float) -> None:
    assert coverage("At most 35% are rye.", [number]).is_complete


@pytest.mark.parametrize("numbers", [[1 / 3], [3], [2 / 3]])
def test_a_third_may_stand_as_part_as_inverse_and_as_rest(numbers: list[float]) -> None:
    assert coverage("At most a third of them are rye.", numbers).is_complete


def test_a_rounded_third_is_no_third() -> None:
    found = coverage("At most a third of them are rye.", [0.333])

    assert [quantity.text for quantity in found.unused] == ["a third"]
    assert found.invented == (0.333,)


def test_a_rate_may_stand_as_its_inverse() -> None:
    assert coverage("It bakes 8 loaves an hour.", [0.125]).is_complete


def test_a_probability_may_stand_as_its_complement() -> None:
    assert coverage("It fails with probability 0.3.", [0.7]).is_complete


def test_hours_may_stand_as_minutes_where_both_are_named() -> None:
    assert coverage("A loaf takes 25 minutes; there are 40 hours.", [25, 2400]).is_complete
    assert unused("A loaf takes 25 pans; there are 40 hours.", [25, 2400]) == ["40"]


def test_a_unit_factor_is_not_invented_where_both_units_are_named() -> None:
    assert invented("A loaf takes 25 minutes; there are 40 hours.", [25, 40, 60]) == []
    assert invented("A loaf takes 25 pans; there are 40 hours.", [25, 40, 60]) == [60]


def test_thousands_of_dollars_may_stand_as_thousands_or_dollars() -> None:
    assert coverage("It costs $2.5k.", [2500]).is_complete
    assert coverage("It costs $2.5k.", [2.5]).is_complete


def test_signs_do_not_matter() -> None:
    assert coverage("It loses 40 kg and cools to -12 degrees.", [-40, 12]).is_complete


def test_a_number_stated_twice_needs_to_be_carried_once() -> None:
    assert coverage("Tea takes 5 g and coffee takes 5 g.", [5]).is_complete


def test_infinite_bounds_and_nan_are_skipped() -> None:
    assert coverage("Sell 4 boxes.", [4, math.inf, -math.inf, math.nan]).is_complete


def test_a_set_carries_the_number_of_its_elements() -> None:
    text = "There are five plants; we have 3 depots."

    assert unused(text, []) == ["five", "3"]
    assert coverage(text, [], sizes=[5, 3]).is_complete


def test_a_set_does_not_carry_an_amount() -> None:
    assert unused("A chair needs 2 hours and uses 2 screws.", [], sizes=(2,)) == ["2", "2"]


@no_deadline
@given(st.lists(st.integers(2, 10**6), min_size=1, unique=True))
def test_what_is_stated_in_digits_is_carried_by_itself(numbers: list[int]) -> None:
    text = " ".join(f"It uses {number:,} kg." for number in numbers)

    assert coverage(text, numbers).is_complete


@no_deadline
@given(st.text(string.ascii_letters + " ."))
def test_every_number_is_invented_where_the_text_has_none(text: str) -> None:
    if not quantities(text):
        assert invented(text, [13.7]) == [13.7]
