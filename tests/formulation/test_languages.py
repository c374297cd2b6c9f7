"""A problem whose words cannot be checked is known as such."""

import pytest

from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.languages import is_english


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("A chair takes 3 hours, and at most 40 hours are there.", True),
        ("Chairs 30 dollars, tables 50 dollars, 40 hours labour.", True),
        ("Ein Stuhl braucht 3 Stunden, und es gibt höchstens 40 Stunden für alle.", False),
        ("Une chaise prend 3 heures et il y a au plus 40 heures pour les deux.", False),
        ("\u0421\u0442\u0443\u043b \u0441\u0442\u043e\u0438\u0442 40.", False),
    ],
)
def test_a_text_in_another_language_is_told_from_english(text: str, known: bool) -> None:
    assert is_english(text) is known


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("Mindestens 2 Tische", ">="),
        ("Höchstens 2 Tische", "<="),
        ("au moins 2 tables", ">="),
        ("au plus 2 tables", "<="),
        ("al menos 2 mesas", ">="),
        ("como máximo 2 mesas", "<="),
    ],
)
def test_at_least_and_at_most_are_known_in_other_languages(text: str, relation: str) -> None:
    reading = Reading(text)
    (number,) = reading.numbers
    cue = reading.cue(number)
    assert cue is not None
    assert (cue.relation, cue.is_plain) == (relation, True)
