from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import FormulationError
from solvitur.formulation.literals import MAX_DEPTH, read_literal, show_literal, show_set
from tests.formulation.strategies import any_text, json_values, no_clock


@no_clock
@given(json_values)
def test_what_is_shown_is_read_back_to_the_same_value(value: Any) -> None:
    shown = show_literal(value)
    assert read_literal(shown) == (value, len(shown))


@no_clock
@given(json_values)
def test_what_is_shown_stays_on_one_line(value: Any) -> None:
    assert show_literal(value).isprintable()


@no_clock
@given(st.lists(any_text | st.integers() | st.lists(any_text, max_size=3).map(tuple), min_size=1))
def test_a_set_is_read_back_to_the_same_elements(elements: list[Any]) -> None:
    assert read_literal(show_set(tuple(elements)))[0] == elements


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": {"1": 2.5}}', {"a": {"1": 2.5}}),
        ("{A: 15, B: -10.5, New York: 1e3}", {"A": 15, "B": -10.5, "New York": 1000.0}),
        ("{'A': 1, 2: 3}", {"A": 1, "2": 3}),
        ("{(a, 1): 4, (b, 2): 5}", [[["a", 1], 4], [["b", 2], 5]]),
        ("[1, 2.5, [3]]", [1, 2.5, [3]]),
        ("{a, b, (c, 1)}", ["a", "b", ("c", 1)]),
        ("{ }", {}),
        ("[1, 2,]", [1, 2]),
        ("(a,)", ("a",)),
        ("(a)", "a"),
        ("()", ()),
        ("true", True),
        ("null", None),
        ("007", 7.0),
        ("x-ray", "x-ray"),
    ],
)
def test_a_literal_is_read(text: str, value: Any) -> None:
    assert read_literal(text)[0] == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a: 1, b}", "some entries have a 'key:' and some have none"),
        ("{a: 1, a: 2}", "a key is given twice"),
        ("{a: 1 b: 2}", "a comma or '}' is missing"),
        ("[1, 2", "a comma or ']' is missing"),
        ("(1, 2]", "a comma or ')' is missing"),
        ("{a: }", "a value is missing"),
        ("", "a value is missing"),
        ('"a', "a value is missing"),
        ('"\\q"', "a quoted text cannot be read"),
        ("[" * (MAX_DEPTH + 2), "brackets are nested deeper than 200"),
        ("{" * 100_000, "brackets are nested deeper than 200"),
    ],
    ids=lambda text: text[:12],
)
def test_what_cannot_be_read_is_refused_with_its_column(text: str, message: str) -> None:
    with pytest.raises(FormulationError) as caught:
        read_literal(text)
    assert message in caught.value.message
    assert caught.value.column is not None


@no_clock
@given(st.text(alphabet="ab1.:,{}[]()\"' \\-", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        _, end = read_literal(text)
    except FormulationError:
        return
    assert 0 < end <= len(text)
