from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.rows import called, fresh, spelled_out
from solvitur.formulation.words.cues import Reading

FRUIT = (
    "A fig costs him $5 and a lime costs him $3. Each fig is sold for a profit of $3, "
    "each lime for a profit of $4. He packs 30 g of figs, 40 g of limes a box."
)


def known(words: str) -> Known:
    return Known(Reading(words), ("figs", "limes"), ())


def test_a_row_of_money_is_called_by_the_word_before_its_numbers() -> None:
    assert called(known(FRUIT), {"figs": 5, "limes": 3}) == "cost"
    assert called(known(FRUIT), {"figs": 3, "limes": 4}) == "profit"


def test_a_row_of_things_is_called_by_what_is_counted() -> None:
    words = "A fig has 20 calories, a lime 30 calories."
    assert called(known(words), {"figs": 20, "limes": 30}) == "calories"


def test_money_of_no_kind_is_called_money() -> None:
    assert called(known("Figs: $7. Limes: $9."), {"figs": 7, "limes": 9}) == "money"


def test_a_row_that_words_spell_out_has_one_number_of_one_unit_for_each() -> None:
    row = spelled_out(known("A fig takes 5 minutes, a lime takes 2 minutes."))
    assert row is not None
    assert row.values == {"figs": 5, "limes": 2}
    assert spelled_out(known("A fig takes 5 minutes, a lime 2 grams.")) is None


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert fresh("cost", ("cost", "cost_2")) == "cost_3"
