"""Sentences joined and led on from: nothing that they state gets lost."""

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.flow import Piece, conditional, flowing

LIMITS = [
    Piece("At most 5 kites can be made."),
    Piece("The budget is $20."),
    Piece("Kites and puppets together must not exceed 9."),
    Piece("| a | 1 |\n| b | 2 |"),
]


def test_every_sentence_is_kept_in_its_order() -> None:
    for seed in range(40):
        text = " ".join(piece.text for piece in flowing(Draw(str(seed)), LIMITS)).lower()
        places = [text.index(part) for part in ("5 kites", "$20", "exceed 9", "| a | 1 |")]
        assert places == sorted(places)


def test_a_name_at_the_beginning_keeps_its_capital() -> None:
    for seed in range(40):
        text = " ".join(piece.text for piece in flowing(Draw(str(seed)), LIMITS))
        assert "Kites and puppets" in text


def test_a_table_is_joined_to_nothing() -> None:
    for seed in range(40):
        assert flowing(Draw(str(seed)), LIMITS)[-1] == LIMITS[-1]


def test_only_a_demand_becomes_a_condition() -> None:
    for seed in range(40):
        kept, goal = conditional(Draw(str(seed)), LIMITS[:2], "How many are best?")
        assert (kept, goal) == (LIMITS[:2], "How many are best?")
