import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Cue, Reading
from solvitur.formulation.words.quantities import Quantity

MOST, LEAST = Cue("<=", is_plain=True), Cue(">=", is_plain=True)
CAP, NEED = Cue("<=", is_plain=False), Cue(">=", is_plain=False)

# Each phrase is about its number 20 (or 20 %).
PHRASES: dict[str, Cue | None] = {
    # a ceiling, before the number
    "Use at most 20 kg of clay.": MOST,
    "Use at the very most 20 kg of clay.": MOST,
    "It may take no more than 20 hours.": MOST,
    "It may take not more than 20 hours.": MOST,
    "NO MORE THAN 20 HOURS ARE WORKED.": MOST,
    "Nothing larger than 20 cm fits.": MOST,
    "The mix must not exceed 20 g of salt.": MOST,
    "Sales cannot exceed 20 units.": MOST,
    "Costs mustn't exceed $20.": MOST,
    "Costs mustn\u2019t exceed 20 dollars.": MOST,
    "The load may never exceed 20 t.": MOST,
    "The total must not, in any week, exceed 20.": MOST,
    "No dish may exceed 20 minutes.": MOST,
    "Neither room may exceed 20 seats.": MOST,
    "It runs without exceeding 20 volts.": MOST,
    "The cellar holds up to 20 barrels.": MOST,
    "Output is limited to 20 units.": MOST,
    "Spending is capped at $20.": MOST,
    "There is a limit of 20 per day.": MOST,
    "The upper limit is 20 units.": MOST,
    "A maximum of 20 vans may go.": MOST,
    "The maximum number of vans is 20.": MOST,
    "The maximal weight is 20 kg.": MOST,
    "She will not eat more than 20 eggs.": MOST,
    "Nobody can eat more than 20 eggs.": MOST,
    "No fund may hold more than 20% of the money.": MOST,
    "They can't hire more than 20 people.": MOST,
    "It takes no longer than 20 days.": MOST,
    "It ends no later than 20 days.": MOST,
    "The depth is never above 20 m.": MOST,
    "Fewer than 20 boxes fit.": MOST,
    "The loss is less than 20 dollars.": MOST,
    "It is less than or equal to 20 boxes.": MOST,
    "Keep it under 20 degrees.": MOST,
    "Keep it below a total of 20 degrees.": MOST,
    "All is done within 20 hours.": MOST,
    "Stay within a budget of $20.": MOST,
    # a ceiling, after the number
    "Make 20 chairs at most.": MOST,
    "Make 20 chairs or fewer.": MOST,
    "It takes 20 hours or less.": MOST,
    "The hall seats 20 people maximum.": MOST,
    "There are 20 hours of work available.": MOST,
    "20 hours are available.": MOST,
    "A total of 20 minutes of oven time is available.": MOST,
    "The shop has 20 rolls in stock.": MOST,
    # a floor, before the number
    "Make at least 20 chairs.": LEAST,
    "Make at the very least 20 chairs.": LEAST,
    "A minimum of 20 chairs is made.": LEAST,
    "The minimal stock is 20 chairs.": LEAST,
    "No less than 20 chairs are made.": LEAST,
    "No fewer than 20 chairs are made.": LEAST,
    "Not less than 20 chairs are made.": LEAST,
    "Output must not be less than 20.": LEAST,
    "It opens no earlier than 20 days.": LEAST,
    "The stock may never fall below 20 boxes.": LEAST,
    "It must not drop under 20 boxes.": LEAST,
    "The yard needs at least 20 planks.": LEAST,
    "More than 20 chairs are made.": LEAST,
    "Sales exceed 20 units.": LEAST,
    "It is greater than or equal to 20 units.": LEAST,
    "The temperature stays above 20 degrees.": LEAST,
    "The lower limit of 20 units holds.": LEAST,
    # a floor, after the number
    "Make 20 chairs or more.": LEAST,
    "Make 20 chairs at least.": LEAST,
    "Paint 20 doors minimum.": LEAST,
    # words that only lean
    "The farm has 20 acres.": CAP,
    "The firm can make 20 chairs.": CAP,
    "There are 20 hours in the plan.": CAP,
    "The budget is $20.": CAP,
    "Only 20 boxes are left.": CAP,
    "The firm must make 20 chairs.": NEED,
    "They have to move 20 crates.": NEED,
    "Customers have asked for 20 boxes.": NEED,
    "A spa has ordered 20 kg of balm.": NEED,
    "The town has promised 20 places.": NEED,
    "Demand is 20 units.": NEED,
    "Under the contract it must deliver 20 tons.": NEED,
    # no limit at all
    "A chair takes 20 minutes.": None,
    "A loaf needs 20 grams of salt.": None,
    "A chair earns $20.": None,
    "20 kg": None,
    "Within the firm every cook earns $20.": None,
    "Under this plan each cook earns $20.": None,
    "The parts must add up to 20.": None,
    "The shares must be exactly 20 grams.": None,
    "The weight has to equal 20 grams.": None,
    "The press has to rest after 20 hours.": None,
    "The hall has to be open 20 days after the start.": None,
    "For the maximum profit each costs 20 euros.": None,
    "At minimum cost they weigh 20 kg.": None,
    "Make 20 more chairs than tables.": None,
    # a word inside another is not the word
    "The movers overtook 20 cars.": None,
    "Understocks of 20 crates are rare.": None,
    "Unavailable are 20 rooms.": None,
    "Paint 20 lessons or lesson plans.": None,
    "The hash weighs 20 g.": None,
    "Trombones weigh 20 kg or moreish.": None,
}


def number(reading: Reading, text: str) -> Quantity:
    return next(each for each in reading.numbers if each.text == text)


def cue(text: str, about: str) -> Cue | None:
    reading = Reading(text)
    return reading.cue(number(reading, about))


@pytest.mark.parametrize(("phrase", "expected"), PHRASES.items(), ids=list(PHRASES))
def test_a_phrase_limits_its_number_as_it_says(phrase: str, expected: Cue | None) -> None:
    assert cue(phrase, "20%" if "20%" in phrase else "20") == expected


def test_there_are_eighty_phrases_or_more() -> None:
    assert len(PHRASES) >= 80


# --- several numbers in one sentence -------------------------------------------------------------

LISTS: dict[str, dict[str, Cue | None]] = {
    "It takes at least 400 g of A and 50 g of B.": {"400": LEAST, "50": NEED},
    "Buy no more than 9 of A, 8 of B or 7 of C.": {"9": MOST, "8": CAP, "7": CAP},
    "Make at least 5 and at most 9 chairs.": {"5": LEAST, "9": MOST},
    "Between 5 p.m. and dusk at most 9 boats sail.": {"9": MOST},
    "Make 5 chairs or more, and 9 stools or fewer.": {"5": LEAST, "9": MOST},
    "Five or more of the 9 seats": {"Five": LEAST, "9": None},
    "Each takes 3 hours at most 40 are made.": {"3": None, "40": MOST},
    "It costs 3 euros with a maximum of 40 pieces.": {"3": None, "40": MOST},
    "It costs 3 euros; at most 40 are made.": {"3": None, "40": MOST},
    "It costs 3 euros, at least 40 are made.": {"3": None, "40": LEAST},
    "Each uses 3 bolts but 40 bolts are available.": {"3": None, "40": MOST},
    "Eat not more than 9 nuts, more than 8 figs or more than 7 eggs.": {
        "9": MOST,
        "8": MOST,
        "7": MOST,
    },
    "It cannot hold less than 9 nuts or less than 8 figs.": {"9": LEAST, "8": LEAST},
    "It cannot hold more than 9 nuts and must hold more than 8 figs.": {"9": MOST, "8": LEAST},
    "It cannot hold more than 9 nuts; more than 8 figs are sold.": {"9": MOST, "8": LEAST},
    "Make at least 5 more than twice the tables.": {"5": LEAST, "twice": NEED},
    "Make at least 5 fewer than twice the tables.": {"5": LEAST, "twice": NEED},
    "No more than twice the vans may be bikes.": {"twice": MOST},
}


@pytest.mark.parametrize(("sentence", "expected"), LISTS.items(), ids=list(LISTS))
def test_each_number_of_a_sentence_has_its_own_word(
    sentence: str, expected: dict[str, Cue | None]
) -> None:
    assert {about: cue(sentence, about) for about in expected} == expected


def test_a_word_of_the_sentence_before_is_about_the_sentence_before() -> None:
    assert cue("Make as many as you can, at most. 20 kg go into product A.", "20") is None
    assert cue("At most one goes to plant A. The cost is $20 each.", "20") is None


def test_a_letter_that_names_something_ends_a_sentence() -> None:
    text = "It makes product A. The firm has 20 hours. J. Smith has at most 7."
    reading = Reading(text)
    assert [text[start:end] for start, end in reading.spans] == [
        "It makes product A.",
        "The firm has 20 hours.",
        "J. Smith has at most 7.",
    ]


def test_a_word_too_far_before_the_number_is_not_heard() -> None:
    assert cue(f"At most {'very ' * 40}heavy are 20 kg.", "20") is None


def test_every_number_stands_in_a_sentence_that_holds_it() -> None:
    reading = Reading("Use 3 kg.  Not 4!\n\n- 5 cups\n- six spoons")
    for each in reading.numbers:
        start, end = reading.sentence(each.start)
        assert each.text in reading.text[start:end]
    assert len({reading.sentence(each.start) for each in reading.numbers}) == 4


def test_a_place_between_two_sentences_belongs_to_the_whole_text() -> None:
    reading = Reading("One.   Two.")
    assert reading.sentence(5) == (0, 11)


# --- what a number is said of --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "is_each"),
    [
        ("A cook earns 20 euros per day.", True),
        ("Each cook earns 20 euros.", True),
        ("They sell at 20 euros apiece.", True),
        ("The shop has 20 hours.", False),
    ],
)
def test_a_number_per_unit_is_told_from_a_whole(sentence: str, is_each: bool) -> None:
    reading = Reading(sentence)
    assert reading.is_each(number(reading, "20")) is is_each


@pytest.mark.parametrize(
    ("sentence", "is_joint"),
    [
        ("There is room for a total of 20 trips.", True),
        ("It sells 20 boxes of either kind.", True),
        ("It makes 20 toys altogether.", True),
        ("It makes 20 dolls.", False),
    ],
)
def test_a_number_for_everything_together_is_known(sentence: str, is_joint: bool) -> None:
    reading = Reading(sentence)
    assert reading.is_joint(number(reading, "20")) is is_joint


@pytest.mark.parametrize(
    ("sentence", "is_money"),
    [
        ("It costs $20.", True),
        ("It costs 20 euros.", True),
        ("It costs \u20ac 20.", True),
        ("It weighs 20 kg.", False),
        ("It weighs 20", False),
    ],
)
def test_money_is_known_by_its_currency(sentence: str, is_money: bool) -> None:
    reading = Reading(sentence)
    assert reading.is_money(number(reading, "20")) is is_money


# --- the goal ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Maximize the profit.", Sense.maximize),
        ("How can profit be maximised?", Sense.maximize),
        ("MINIMIZING cost is the aim.", Sense.minimize),
        ("Minimise the waste.", Sense.minimize),
        ("Maximize the smallest and minimize the largest.", None),
        ("What earns the most?", None),
        ("The maximum is 20.", None),
        ("", None),
    ],
)
def test_the_sense_is_read_only_where_one_word_says_it(text: str, sense: Sense | None) -> None:
    assert Reading(text).sense() is sense


# --- comparisons without a number ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (
            "There must be more chairs than tables, and room for 95.",
            ["There must be more chairs than tables"],
        ),
        ("There are 9 vans, fewer bikes than vans; 3 cars.", ["fewer bikes than vans"]),
        ("Vans may not exceed bikes.", ["Vans may not exceed bikes"]),
        ("Buy an equal number of both.", ["Buy an equal number of both"]),
        ("Buy as many cups as plates.", ["Buy as many cups as plates"]),
        ("The cost is lower. It is more than 20.", []),
        ("Buy more than 20 cups.", []),
        ("He wants more.", []),
        ("", []),
    ],
)
def test_a_clause_that_compares_without_a_number_is_found(text: str, clauses: list[str]) -> None:
    assert list(Reading(text).comparisons()) == clauses


# --- any text ------------------------------------------------------------------------------------

PIECES = (
    "at most least no not more than less up to exceed 5 20% twice , . ; and or half add within "
    "available $ between \u00bd \u2019 can't under - maximum so 1,500 per or fewer"
)
WORDS = st.sampled_from([*re.findall(r"\S+", PIECES), "\n", "  "])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
@example("")
@example("\x00 5 \ud7ff 7")
def test_any_text_can_be_read(text: str) -> None:
    reading = Reading(text)
    for each in reading.numbers:
        found = reading.cue(each)
        assert found is None or found.relation in ("<=", ">=")
        start, end = reading.sentence(each.start)
        assert 0 <= start <= each.start < end <= len(text)
        assert reading.is_each(each) in (True, False)
        assert reading.is_joint(each) in (True, False)
        assert reading.is_money(each) in (True, False)
    assert all(clause in text for clause in reading.comparisons())
    assert reading.sense() in (Sense.maximize, Sense.minimize, None)


class CountedText(str):
    """A text that counts how many characters are copied out of it."""

    copied = 0

    def __getitem__(self, place: object) -> str:  # type: ignore[override]
        piece = super().__getitem__(place)  # type: ignore[index]
        CountedText.copied += len(piece)
        return piece


@pytest.mark.parametrize(
    "piece",
    ["1 2 3 ", "7, ", "at most 7. ", "- 4\n", "not more than 3 or ", "more than 3, "],
    ids=repr,
)
def test_a_number_is_read_from_its_own_neighbourhood_only(piece: str) -> None:
    reading = Reading(CountedText((piece * 12_000)[:60_000]))
    some = reading.numbers[:: len(reading.numbers) // 20]
    reading.cue(some[0])
    CountedText.copied = 0
    for each in some:
        _ = reading.cue(each), reading.is_each(each), reading.is_joint(each), reading.is_money(each)
    assert CountedText.copied <= 400 * len(some)


def test_long_texts_full_of_hostile_words_are_read() -> None:
    for piece in ("not ", "more than ", "up to ", "more a than b, ", "no w w w ", " ", "1 "):
        reading = Reading((piece * 20_000)[:20_000])
        for each in reading.numbers[::100]:
            reading.cue(each)
        assert all(re.search(r"than|exceed|as", clause) for clause in reading.comparisons())
