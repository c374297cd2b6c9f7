import pytest

from solvitur.agents.stepwise.domains import domain
from solvitur.agents.stepwise.sketch import Decision
from solvitur.formulation.elements import Domain
from solvitur.formulation.words.cues import Reading

WHOLE, SPLIT = Domain.integer, Domain.continuous


def read(text: str, doc: str, answered: Domain = WHOLE) -> Domain:
    return domain(Reading(text), Decision(name="x", doc=doc, domain=answered))


@pytest.mark.parametrize(
    "doc",
    [
        "hectares of barley",
        "number of acres of apples",
        "liters sold",
        "Dollars put into bonds",
        "amount in kg",
        "the number of hours that it runs",
    ],
)
def test_what_is_measured_can_be_split(doc: str) -> None:
    assert read("How much?", doc) is SPLIT


@pytest.mark.parametrize("answered", list(Domain))
@pytest.mark.parametrize("doc", ["number of chairs made", "the number of day trips"])
def test_what_is_counted_is_whole(answered: Domain, doc: str) -> None:
    assert read("How many?", doc, answered) is WHOLE


@pytest.mark.parametrize(
    "doc", ["second machine", "chairs made", "amount of chairs", "day trips", "hour shifts", ""]
)
@pytest.mark.parametrize("answered", [WHOLE, SPLIT])
def test_where_words_say_nothing_the_answer_stands(doc: str, answered: Domain) -> None:
    assert read("How many?", doc, answered) is answered


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Only whole numbers of hectares are let.", WHOLE),
        ("Ships cannot be split.", WHOLE),
        ("Whole hours only.", WHOLE),
        ("Any fraction of a tonne can be cast.", SPLIT),
        ("The boxes can be split.", SPLIT),
        ("Formulate a linear programming problem.", SPLIT),
        ("Solve it as an integer linear program.", WHOLE),
        ("He plans a diet of bars.", SPLIT),
        ("The amounts need not be whole numbers.", SPLIT),
        ("Boxes do not have to be whole, and half a box is sold.", SPLIT),
    ],
)
def test_what_the_problem_says_counts_most(text: str, said: Domain) -> None:
    doc = "number of boxes" if said is SPLIT else "hectares of barley"
    assert read(text, doc) is said
