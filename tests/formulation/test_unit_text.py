"""Units as people write them: what is read, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.formulation.units.measures import times
from solvitur.formulation.units.text import MAX_LENGTH, Unit, read_unit
from tests.formulation.strategies import no_clock


def unit(text: str) -> Unit:
    found = read_unit(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("h", "h"),
        ("USD/item", "USD/item"),
        ("$ per unit", "USD/item"),
        ("items per day", "item/day"),
        ("kg/loaf", "kg/loaf"),
        ("m2", "m^2"),
        ("m^3", "m^3"),
        ("m**-1", "1/m"),
        ("m\u00b2", "m^2"),
        ("square metres of oak", "metres^2"),
        ("kg of flour per day", "kg/day"),
        ("USD/h/item", "USD/(h*item)"),
        ("USD/(h*machine)", "USD/(h*machine)"),
        ("kW\u00b7h", "kW*h"),
        ("USD per 100 g", "0.01 USD/g"),
        ("100 kg", "100 kg"),
        ("1,000 litres", "1000 litres"),
        ("million USD", "1000000 USD"),
        ("thousand EUR per year", "1000 EUR/year"),
        ("metric tons", "t"),
        ("US dollars/hour", "USD/hour"),
        ("h/h", "1"),
        ("1", "1"),
        ("1/day", "1/day"),
        ("%", "%"),
    ],
)
def test_a_unit_is_read_as_powers_of_words(text: str, shown: str) -> None:
    assert str(unit(text)) == shown
    assert read_unit(f" {text} ") == read_unit(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-",
        "none",
        "number",
        "0/1",
        "1/0",
        "rye loaf",
        "machine hours",
        "person-days",
        "kcal or g",
        "kg, h",
        "USD each",
        "thousand",
        "per",
        "/h",
        "kg/",
        "2 3",
        "kg (dry)",
        "(kg",
        "kg)",
        "A1",
        "m^99",
        "m**9**9**9",
        "9**9**9**9",
        "x" * (MAX_LENGTH + 1),
        "(" * 40 + "m" + ")" * 39,
        "__import__('os').getpid()",
        "kg; rm -rf /",
        "m\0",
        "{}",
    ],
)
def test_what_is_not_clearly_a_unit_is_none(text: str) -> None:
    assert read_unit(text) is None


@no_clock
@given(st.text(max_size=MAX_LENGTH) | st.text("kgmh /*()^29%\u00b2 per", max_size=40))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    found = read_unit(text)
    if found is not None:
        assert found.is_sane
        again = read_unit(str(found))
        assert again is None or times(again, found) == pytest.approx(1, rel=1e-5)
