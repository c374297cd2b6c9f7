from solvitur.agents.stepwise.pairs import Pairs, pairs
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading

COSTS = "Freight per crate:\n\n,Mill,Quay,Spa\nNorth,4,6,9\nSouth,5,3,7\n\n"
ASKED = "What is the cheapest way to send the crates?"


def read(text: str) -> Pairs:
    found = pairs(Reading(text))
    assert found is not None
    return found


def margins(text: str) -> list[tuple[int, str | None, list[float]]]:
    return [(m.side, m.relation, list(m.values.values())) for m in read(text).margins]


HAS, NEEDS = (0, "<=", [90, 80]), (1, ">=", [40, 50, 60])


def test_what_each_has_and_needs_is_read_from_margins_of_the_table() -> None:
    text = (
        "Freight per crate:\n\n| | Mill | Quay | Spa | stock |\n| - | - | - | - | - |\n"
        "| North | 4 | 6 | 9 | 90 |\n| South | 5 | 3 | 7 | 80 |\n| demand | 40 | 50 | 60 | |\n"
    )
    found = read(text + ASKED)
    assert found.names == (("North", "South"), ("Mill", "Quay", "Spa"))
    assert len(found.matrices[0].grid.values) == 6
    assert margins(text + ASKED) == [HAS, NEEDS]


def test_what_each_has_and_needs_is_read_from_sentences() -> None:
    for text in (
        "North has 90 crates and South 80. Mill needs 40 crates, Quay 50 and Spa 60. ",
        "There are 90 crates in stock at North and 80 at South. Mill, Quay and Spa want 40, 50 "
        "and 60 crates, respectively. ",
        "Two depots, North with 90 crates and South with 80; the demand is 40 crates at Mill, "
        "50 at Quay and 60 at Spa. ",
        "From depots North and South to Mill, Quay and Spa. North has 90 crates and South 80. Of "
        "Mill, Quay and Spa, Mill needs 40, Quay 50 and Spa 60. ",
        "The two depots can ship 90 and 80 crates. The three shops need 40, 50 and 60 crates. ",
    ):
        assert margins(text + COSTS + ASKED) == [HAS, NEEDS], text


def test_what_each_has_and_needs_is_read_from_tables_of_their_own() -> None:
    lists = (
        "| depot | stock |\n| - | - |\n| North | 90 |\n| South | 80 |\n\n"
        "| | Mill | Quay | Spa |\n| - | - | - | - |\n| needs | 40 | 50 | 60 |\n\n"
    )
    head = "| | Mill | Quay | Spa |\n| - | - | - | - |\n"
    costs = f"{head}| North | 4 | 6 | 9 |\n| South | 5 | 3 | 7 |\n\n"
    assert sorted(margins(costs + lists + ASKED)) == [HAS, NEEDS]


def test_one_number_can_be_said_of_each() -> None:
    text = "Two depots supply three shops. Each depot has 90 crates. Every shop needs 40 crates. "
    assert margins(text + COSTS + ASKED) == [(0, "<=", [90, 90]), (1, ">=", [40, 40, 40])]


def test_plain_words_decide_the_relation() -> None:
    text = (
        "North has 90 crates and South 80. Mill gets exactly 40, Quay exactly 50, Spa exactly 60. "
    )
    assert margins(text + COSTS + ASKED)[1] == (1, "==", [40, 50, 60])


def test_a_relation_that_no_word_tells_is_left_open() -> None:
    text = "North has 90 crates and South 80. For Mill it is 40, for Quay 50, for Spa 60. "
    (_, other) = read(text + COSTS + ASKED).margins
    assert (other.relation, other.is_sure(Sense.minimize)) == (None, False)


def test_a_demand_may_be_a_cap_where_the_most_is_wanted() -> None:
    text = "North has 90 crates and South 80. Mill wants 40, Quay 50 and Spa 60. "
    _, wanted = read(text + COSTS + ASKED).margins
    assert (wanted.is_sure(Sense.minimize), wanted.is_sure(Sense.maximize)) == (True, False)
    text = text.replace("wants", "wants at least").replace("50", "at least 50")
    _, sure = read(text.replace("60", "at least 60") + COSTS + ASKED).margins
    assert sure.is_sure(Sense.maximize)


GIVEN = "North has 90 crates and South 80. Mill needs 40, Quay 50 and Spa 60. " + COSTS


def test_one_pair_and_all_pairs_can_be_limited() -> None:
    text = "From South to Quay go at most 30 crates. No road can carry more than 70 crates. "
    found = [(r.pair, r.relation, r.value) for r in read(GIVEN + text + ASKED).routes]
    assert found == [(("South", "Quay"), "<=", 30), (None, "<=", 70)]


def test_kinds_are_called_as_they_are_counted() -> None:
    assert read("Two depots supply three shops. " + GIVEN + ASKED).kinds == ("depots", "shops")


def test_kinds_are_called_by_what_stands_before_a_name() -> None:
    text = GIVEN.replace("North has", "Depot North has").replace(
        "Mill needs", "The shop Mill needs"
    )
    assert read(text + ASKED).kinds[1] == "shops"


JOBS = "| | roof | wall | floor |\n| - | - | - | - |\n| Ann | 4 | 6 | 9 |\n| Ben | 5 | 3 | 7 |\n"


def test_of_an_assignment_each_is_taken_once_and_the_longer_side_may_spare() -> None:
    found = read(f"Assign one job to each worker. Hours:\n\n{JOBS}")
    assert found.is_assignment
    assert [(m.side, m.relation, set(m.values.values())) for m in found.margins] == [
        (0, "==", {1.0}),
        (1, "<=", {1.0}),
    ]


def test_who_is_assigned_may_do_as_many_as_is_said() -> None:
    text = "Two workers share three jobs, assigned by us. Each worker does at most two jobs.\n\n"
    assert margins(text + JOBS) == [(0, "<=", [2, 2]), (1, "==", [1, 1, 1])]


def test_tables_for_other_questions_are_left_alone() -> None:
    mix = (
        "A works delivers paint. Per litre:\n\n| paint | resin (g) | time (s) |\n| - | - | - |\n"
        "| white | 3 | 4 |\n| red | 5 | 6 |\n\nThere are 900 g of resin. From this to that.\n"
    )
    same = "From one to the next:\n\n| | a1 | b1 |\n| - | - | - |\n| a1 | 0 | 4 |\n| b1 | 5 | 0 |\n"
    for text in (mix, same, COSTS, "Make chairs from 20 kg of oak.", COSTS + ASKED):
        assert pairs(Reading(text)) is None
