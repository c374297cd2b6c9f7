import time

import pytest

from solvitur.agents.stepwise.around import is_limit
from solvitur.agents.stepwise.entries import Entries
from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.limits import Choices, Limits
from solvitur.agents.stepwise.sketch import TOTAL, Goal, Row
from solvitur.eval import word_problems
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from tests.agents.stepwise.carpentry import COST, GRAMS, MADE, OAK, PROFIT, ROWS, known, texts

EARN = Goal(Sense.maximize, (("+", "profit"),))


SPEND = Goal(Sense.minimize, (("+", "cost"),))


def choices(words: str, about: str, goal: Goal = EARN) -> Choices:
    """Say what the limit of one number of these words, after `MADE`, can be."""
    one = known(f"{MADE} {words}", OAK, PROFIT, COST)
    (number,) = [each for each in one.reading.numbers if each.text == about]
    return Limits(one).choices(number, goal)


def test_a_limit_is_asked_for_what_is_left_but_not_for_what_is_per_unit() -> None:
    words = "A chair earns 9 euros each. At most 40 are made. There is room for 60."
    assert texts(Limits(known(words)).numbers) == ["40", "60"]


def test_money_limits_money() -> None:
    assert set(choices("He can spend at most $900.", "900").left) == {"cost"}


def test_a_total_limits_no_single_decision() -> None:
    left = choices("At most 90 pieces are made in total.", "90").left
    assert not {"chairs", "desks"} & set(left)
    assert TOTAL in left


def test_what_is_said_of_each_may_limit_a_single_decision() -> None:
    said = choices("Of each at most 90 pieces are made in total.", "90")
    assert {"chairs", "desks"} <= set(said.left)
    assert said.is_twofold


@pytest.mark.parametrize(
    ("goal", "words", "name"),
    [(EARN, "At most 95 is fine.", "profit"), (SPEND, "At least 95 is fine.", "cost")],
)
def test_nobody_caps_what_is_to_be_best(goal: Goal, words: str, name: str) -> None:
    assert name not in choices(words, "95", goal).left
    other = SPEND if goal is EARN else EARN
    assert name in choices(words, "95", other).left


@pytest.mark.parametrize(
    ("words", "about", "left", "right"),
    [
        ("At most 90 chairs.", "90", {"chairs"}, {"90"}),
        ("At least 90 more chairs than desks.", "90", {"chairs"}, {"desks + 90"}),
        ("At least 90 fewer chairs than desks.", "90", {"desks"}, {"chairs + 90"}),
        ("Chairs must exceed desks by at least 90.", "90", {"chairs"}, {"desks + 90"}),
        ("No more than 90 chairs.", "90", {"chairs"}, {"90"}),
        ("At most 40% are desks.", "40%", {"desks"}, {"40% * total"}),
        ("At least twice as many chairs as desks.", "twice", {"chairs"}, {"twice * desks"}),
        ("At most half are desks.", "half", {"desks"}, {"half * total"}),
        (
            "Chair makers can have at most 40% of pieces be chairs.",
            "40%",
            {"chairs"},
            {"40% * total"},
        ),
        ("The chairs must be at least half the desks.", "half", {"chairs"}, {"half * desks"}),
        ("Only up to 90 kg of oak.", "90", {"oak"}, {"90"}),
        ("Chairs must be at least 90.", "90", {"chairs"}, {"90"}),
        ("It makes (5 to 90) chairs.", "90", {"chairs", "desks", *ROWS, TOTAL}, {"90"}),
        ("Chairs (5 to 90) are made.", "5", {"chairs"}, {"5"}),
        (
            "The sum of twice the chairs and the desks is at most 90.",
            "90",
            {"twice * chairs + desks"},
            {"90"},
        ),
        (
            "The difference between chairs and desks is at most 9.",
            "9",
            {"abs(chairs - desks)"},
            {"9"},
        ),
        (
            "3 times the chairs minus the desks must be at least 9.",
            "9",
            {"3 times * chairs - desks"},
            {"9"},
        ),
        (
            "Chairs must be at least 90 more than twice the desks.",
            "90",
            {"chairs"},
            {"twice * desks + 90"},
        ),
    ],
)
def test_a_limit_has_the_sides_that_its_words_say(
    words: str, about: str, left: set[str], right: set[str]
) -> None:
    said = choices(words, about)
    assert (set(said.left), set(said.right)) == (left, right)


def test_a_factor_in_a_sum_is_not_asked_about() -> None:
    words = "The sum of 5 times the chairs and twice the desks is at most 90."
    one = known(f"{MADE} {words}", OAK, PROFIT, COST)
    assert texts(Limits(one).numbers) == ["90"]


def test_a_limit_is_brought_into_the_unit_of_its_row() -> None:
    one = known("A chair takes 500 g of oak, a desk 700 g. There are 60 kg of oak.", GRAMS)
    (number,) = Limits(one).numbers
    assert Limits(one).conversion(number, "oak") == 1000
    assert Limits(one).conversion(number, "chairs") == 1


@pytest.mark.parametrize(
    ("words", "relations", "may_be_none"),
    [
        ("At most 90 chairs.", {"<="}, False),
        ("At least 90 chairs.", {">="}, False),
        ("He has 90 chairs.", {"<="}, False),
        ("He has 90 left.", {"<="}, True),
        ("In all 90 chairs.", {"<="}, True),
        ("Exactly 90 chairs.", {"=="}, False),
    ],
)
def test_the_relation_is_as_open_as_the_words_leave_it(
    words: str, relations: set[str], may_be_none: bool
) -> None:
    said = choices(words, "90")
    assert set(said.relations) == relations
    assert said.may_be_none is may_be_none


def test_whatever_the_words_something_is_left_to_say() -> None:
    for problem in word_problems():
        one = known(problem.question, decisions=("alpha", "beta"))
        for number in Limits(one).numbers:
            for goal in (EARN, SPEND):
                left = Limits(one).choices(number, goal)
                assert left.left
                assert left.relations
                assert left.right
                assert all(number.text in side for side in left.right)


def test_what_each_decision_is_measured_in_limits_their_total() -> None:
    words = "He has 50 acres available, grows at least 5 acres of chairs and 10 acres of desks."
    one = known(words)
    assert Limits(one).choices(one.reading.numbers[0], EARN).left == (TOTAL,)


def test_what_each_has_of_its_own_is_a_limit_on_all() -> None:
    about = choices("Each piece needs its own shelf, of which there are 11.", "11")
    assert about.left == (TOTAL,)


def test_a_share_of_a_row_is_of_the_part_that_a_decision_has_of_it() -> None:
    about = choices("At least 30% of the oak must go into desks.", "30%")
    assert (about.left, about.right) == (("oak(desks)",), ("30% * oak",))


def test_a_share_of_how_many_is_of_the_total() -> None:
    about = choices("At least 30% of the number of pieces must be desks.", "30%")
    assert (about.left, about.right) == (("desks",), (f"30% * {TOTAL}",))


def test_what_is_given_as_a_reason_is_not_what_is_limited() -> None:
    about = choices("At most 40% are benches because he likes chairs more.", "40%")
    assert "desks" in about.left


def test_each_number_of_a_list_limits_what_stands_after_it() -> None:
    words = "It can only make up to 70 units from chairs, 90 units from desks."
    assert choices(words, "70").left == ("chairs",)
    assert choices(words, "90").left == ("desks",)


def of_money(words: str, about: str) -> Choices:
    one = Known(
        Reading(words), ("bonds", "stocks"), (), docs=("invested in bonds", "invested in stocks")
    )
    (number,) = [each for each in one.reading.numbers if each.text == about]
    return Limits(one).choices(number, SPEND)


@pytest.mark.parametrize(
    ("words", "about", "left"),
    [
        ("She has $3000 to invest.", "3000", TOTAL),
        ("At most $500 may go into bonds.", "500", "bonds"),
        ("Stocks require a minimum investment of $200.", "200", "stocks"),
        ("For stocks, the smallest investment that is allowed is $250.", "250", "stocks"),
        ("Divide $900 among the two: bonds and stocks.", "900", TOTAL),
    ],
)
def test_where_money_is_decided_an_amount_limits_what_is_put_in(
    words: str, about: str, left: str
) -> None:
    assert of_money(words, about).left == (left,)


def test_what_is_divided_is_all_used() -> None:
    assert of_money("He divides $900 among bonds and stocks.", "900").relations == ("==",)


def test_money_for_one_decision_is_its_part_of_the_row() -> None:
    assert choices("Desks may cost at most $700.", "700").left == ("cost(desks)",)


def test_what_there_is_for_one_and_another_is_for_all() -> None:
    about = choices("He has 400 days available to make chairs and desks.", "400")
    assert about.left == (TOTAL,)


def test_what_another_sentence_begins_with_after_an_and_is_not_limited_too() -> None:
    about = choices("He can make at most 40 chairs a day and the desk team can rest.", "40")
    assert about.left == ("chairs",)


def test_at_least_so_far_apart_says_which_is_more() -> None:
    about = choices("The difference between desks and chairs is at least 9.", "9")
    assert about.left == ("desks - chairs",)


def of_teams(words: str, about: str, *rows: Row) -> Choices:
    docs = ("hours worked by team x", "hours worked by team y")
    one = Known(Reading(words), ("x", "y"), rows, docs=docs)
    (number,) = [each for each in one.reading.numbers if each.text == about]
    return Limits(one).choices(number, SPEND)


def test_what_a_decision_is_counted_in_limits_it_where_it_is_named_before() -> None:
    hours = Row(name="hours", values={"x": 8, "y": 5})
    assert of_teams("Team X requires at least 6 hours of work.", "6", hours).left == ("x",)
    assert of_teams("The two have at most 24 hours of work in total.", "24").left == (TOTAL,)


def test_the_rest_of_a_list_of_limits_limits_too() -> None:
    words = "The minimum for team X is 20 hours, for team Y it's 30 hours."
    numbers = Reading(words).numbers
    assert [is_limit(Reading(words), number) for number in numbers] == [True, True]


def test_a_sentence_that_names_no_decision_limits_none_alone() -> None:
    words = "Chairs and desks are made. Exactly 60 goods are shipped. Its weight is at least 9."
    assert choices(words, "60").left == ("oak", "profit", "cost", TOTAL)
    assert "chairs" in choices(words, "9").left


def test_a_letter_that_is_a_decision_stands_for_itself() -> None:
    words = "Lessons (X) and talks (Y) last at most 9 hours combined."
    assert of_teams(words, "9").left == (TOTAL,)
    words = "The difference between talks (Y) and lessons (X) is at most 9."
    assert of_teams(words, "9").left == ("abs(y - x)",)


PHRASES = (
    "the difference between chairs and desks is at most 9 ",
    "twice the chairs plus 3 times the desks minus ",
    "at most 20 chairs, and ",
    "between 10 and 40 ",
    "chairs (X) ",
    "no fund may not have more than ",
    "at least twice as many chairs as desks. ",
    "times and ",
)


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_long_text_of_one_phrase_is_read_in_two_seconds(phrase: str) -> None:
    start = time.process_time()
    one = known((phrase * 60_000)[:60_000], OAK)
    list(one.reading.comparisons())
    entries, limits = Entries(one), Limits(one)
    entries.by_decision([number for number in one.reading.all_numbers if entries.may_be(number)])
    for number in limits.numbers:
        limits.choices(number, EARN)
        one.around.part(number, limits.numbers)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "words",
    [
        "At least 90 of each must be made.",
        "At least 90 of each kind must be made.",
        "A minimum of 90 pieces of each this week.",
    ],
)
def test_so_many_of_each_are_so_many_of_every_decision(words: str) -> None:
    said = choices(words, "90")
    assert said.left == ("chairs", "desks")
    assert (said.relations, said.right, said.is_twofold) == ((">=",), ("90",), True)


def test_what_is_said_of_each_is_not_said_of_the_next_limit() -> None:
    said = choices("At least 95 of each are made, and the oak used must not exceed 90 kg.", "90")
    assert said.left == ("oak",)


@pytest.mark.parametrize(
    ("words", "left", "right"),
    [
        ("Chairs must be higher than desks by at least 90.", "chairs", "desks + 90"),
        ("Chairs must be lower than desks by at least 90.", "desks", "chairs + 90"),
        ("Chairs must not be more than 90 above the desks.", "chairs", "desks + 90"),
        ("Chairs must be no less than 90 below the desks.", "desks", "chairs + 90"),
    ],
)
def test_a_difference_may_stand_behind_what_is_compared(words: str, left: str, right: str) -> None:
    said = choices(words, "90")
    assert (said.left, said.right) == ((left,), (right,))


def test_what_may_not_be_lower_is_at_least_as_high() -> None:
    clause = "The number of chairs must not be lower than the number of desks"
    assert Limits(known(clause)).comparison(clause) == "chairs >= desks"


def test_a_maker_who_is_called_like_a_thing_is_no_thing() -> None:
    words = "The chair maker makes at most twice as many desks as chairs."
    one = known(f"A chair maker makes chairs and desks. {words}")
    (number,) = one.reading.numbers
    said = Limits(one).choices(number, EARN)
    assert (said.left, said.right) == (("desks",), ("twice * chairs",))


BOATS = Row(name="resin", values={"rowing_boats": 300, "kayaks": 200})
BUILT = "A ton of rowing boats takes 300 kg of resin and a ton of kayaks takes 200 kg."


@pytest.mark.parametrize(
    ("words", "about", "left", "right"),
    [
        ("The total amount of boats must be exactly 90 tons.", "90", TOTAL, "90"),
        ("Altogether, at most 90 tons of boats are built.", "90", TOTAL, "90"),
        ("The amount of kayaks cannot exceed 90 tons.", "90", "kayaks", "90"),
        ("Kayaks are at most 40% of the total amount of boats.", "40%", "kayaks", "40% * total"),
        ("At most 90 tons of resin are used.", "90", "resin", "90"),
    ],
)
def test_what_is_measured_like_the_decisions_limits_these(
    words: str, about: str, left: str, right: str
) -> None:
    one = known(f"{BUILT} {words}", BOATS, decisions=("rowing_boats", "kayaks"))
    (number,) = [each for each in one.reading.numbers if each.text == about]
    said = Limits(one).choices(number, EARN)
    assert (said.left, said.right) == ((left,), (right,))


def test_a_limit_is_counted_in_the_unit_at_the_head_of_a_column() -> None:
    grid = "| per piece | oak (grams) |\n| --- | --- |\n| chair | 500 |\n| desk | 700 |"
    one = known(f"{grid}\n\nAt most 9 kg of oak.", GRAMS)
    (number,) = [each for each in one.reading.numbers if each.text == "9"]
    assert Limits(one).conversion(number, "oak") == 1000
