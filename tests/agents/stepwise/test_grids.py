from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.agents.stepwise.grids import Grid, grids
from solvitur.formulation.words.cues import Reading

MARKDOWN = (
    "Freight in euros:\n\n| to | X | Y |\n| --- | ---: | --- |\n| Aix | 3 | 5 |\n| Bar | 6 | - |\n"
)
ALIGNED = "Freight in euros:\n\n       X    Y\nAix    3    5\nBar    6    -\n"
SPACED = "Freight in euros:\nX Y\nAix 3 5\nBar 6 -\n"
COMMAS = "Freight in euros:\n\nto,X,Y\nAix,3,5\nBar,6,\n"
TABS = "Freight in euros:\n\nto\tX\tY\nAix\t$3\t$5\nBar\t$6\t-\n"
VALUES = {("Aix", "X"): 3.0, ("Aix", "Y"): 5.0, ("Bar", "X"): 6.0}


def one(text: str) -> Grid:
    (found,) = grids(Reading(text))
    return found


def test_a_table_says_the_same_however_it_is_drawn() -> None:
    for text in (MARKDOWN, ALIGNED, SPACED, COMMAS, TABS):
        grid = one(text)
        assert (grid.rows, grid.columns, grid.values) == (("Aix", "Bar"), ("X", "Y"), VALUES), text
        assert grid.caption == "Freight in euros:"


def test_the_numbers_of_a_table_are_found_again_in_the_text() -> None:
    for text in (MARKDOWN, ALIGNED, SPACED, COMMAS):
        assert [text[start:end] for start, end in one(text).spans] == ["3", "5", "6"]


def test_thousands_and_currencies_stand_in_cells() -> None:
    text = "| | X | Y |\n| - | - | - |\n| A | $1,200 | 3.5 |\n| B | 40 t | €7 |\n"
    assert list(one(text).values.values()) == [1200, 3.5, 40, 7]


def test_thousands_in_csv_are_no_cells_of_their_own() -> None:
    assert one("to,X,Y\nA,1200,3\nB,6,44\n").values["A", "X"] == 1200


def test_sentences_give_a_number_for_each_pair_in_either_order() -> None:
    for text in (
        "From A to X it costs 3 euros, to Y 5; from B to X 6 and to Y 4.",
        "It costs 3 euros from depot A to shop X, 5 to shop Y. From B it is 6 to X and 4 to Y.",
    ):
        assert one(text).values == {("A", "X"): 3, ("A", "Y"): 5, ("B", "X"): 6, ("B", "Y"): 4}


def test_numbered_names_are_told_from_numbers() -> None:
    text = "From Mine 1 to Port 1 it costs 3, to Port 2 5; from Mine 2 to Port 1 6 and to Port 2 4."
    assert one(text).values["Mine 2", "Port 2"] == 4


def test_sentences_that_leave_a_pair_out_are_no_table() -> None:
    assert grids(Reading("From A to X it costs 3, to Y 5; from B to X 6.")) == ()


def test_a_limit_of_a_pair_is_no_entry_of_a_table() -> None:
    text = "From A to X go at most 3, to Y at most 5; from B to X at most 6 and to Y at most 4."
    assert grids(Reading(text)) == ()


def test_prose_and_lists_are_no_tables() -> None:
    for text in (
        "A chair takes 3 kg, 2 hours\nA desk takes 7 kg, 5 hours\n",
        "- A: 7, reaches 1, 2, 3\n- B: 5, reaches 2, 4\n",
        "",
    ):
        assert grids(Reading(text)) == ()


def test_numbered_rows_are_called_by_what_heads_them() -> None:
    text = "| Machine | X | Y |\n| - | - | - |\n| 1 | 3 | 5 |\n| 2 | 6 | 4 |\n"
    assert one(text).rows == ("Machine 1", "Machine 2")
    assert grids(Reading(text.replace("Machine", ""))) == ()


def test_numbered_names_in_sentences_keep_what_they_are_a_number_of() -> None:
    text = "From mine 1 to port A it costs 3, to port B 5; from mine 2 to A 6 and to B 4."
    assert one(text).rows == ("mine 1", "mine 2")


def test_a_table_with_one_name_twice_is_none() -> None:
    assert grids(Reading("to,X,x\nA,3,5\nB,6,4\n")) == ()


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="AB xy|,-\t\n13.$", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for grid in grids(Reading(text)):
        assert set(grid.values) <= {(row, column) for row in grid.rows for column in grid.columns}
