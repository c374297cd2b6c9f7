"""Units as people write them, and whether two measure the same."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import MissingExtra
from solvitur.formulation import unit_text
from solvitur.formulation.unit_text import MAX_LENGTH, Unit, read_unit, times
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
        assert times(found, found) == 1
        again = read_unit(str(found))
        assert again is None or times(again, found) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("min", "h", 60),
        ("h", "min", 1 / 60),
        ("g", "kg", 1000),
        ("kg", "t", 1000),
        ("USD", "million USD", 1e6),
        ("USD/g", "USD per 100 g", 0.01),
        ("l", "m3", 1000),
        ("MJ", "kWh", 3.6),
        ("day", "weeks", 7),
        ("km/h", "m/s", 3.6),
        ("kg", "t/day", 1000),
    ],
)
def test_units_of_one_kind_are_counted_in_each_other(a: str, b: str, count: float) -> None:
    assert times(unit(a), unit(b)) == pytest.approx(count)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("loaf", "loaves"),
        ("Hours", "h"),
        ("hrs", "hour"),
        ("$", "dollars"),
        ("EUR/kg", "euros per kilogram"),
        ("litre", "l"),
        ("person", "people"),
        ("box", "boxes"),
        ("batch", "batches"),
        ("battery", "batteries"),
        ("nurse", "nurses"),
        ("knife", "knives"),
        ("unit", "pieces"),
        ("USD/item", "USD/loaf"),
        ("%", "1"),
        ("ton", "kg"),
        ("kwh", "kWh"),
        ("m*vendor", "m"),
        ("vehicle", "van"),
        ("t/week", "t"),
        ("USD per month", "USD"),
        ("items/day", "items"),
        ("hat", "bar"),
    ],
)
def test_units_that_texts_use_for_each_other_are_the_same(a: str, b: str) -> None:
    assert times(unit(a), unit(b)) == times(unit(b), unit(a)) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("USD", "item"),
        ("USD", "EUR"),
        ("h", "kg"),
        ("m", "m2"),
        ("h/item", "h"),
        ("USD/item", "USD"),
        ("USD/h", "USD"),
        ("USD/day", "USD*day"),
        ("week", "1"),
        ("h/day", "kg"),
        ("pin", "cm"),
        ("item", "1/h"),
    ],
)
def test_units_of_different_kinds_are_not_counted_in_each_other(a: str, b: str) -> None:
    assert times(unit(a), unit(b)) is times(unit(b), unit(a)) is None


WORDS = st.sampled_from(["h", "kg", "USD", "loaf", "m", "min", "item"])
UNITS = st.lists(st.tuples(WORDS, st.sampled_from([1, -1])), max_size=4).map(
    lambda parts: "1" + "".join(f"{'*' if sign > 0 else '/'}{word}" for word, sign in parts)
)


@no_clock
@given(UNITS, UNITS)
def test_products_and_quotients_undo_each_other(a: str, b: str) -> None:
    one, other = unit(a), unit(b)
    assert times(one, one * other / other) == 1
    assert times(one * other, other * one) == 1


@no_clock
@given(UNITS, UNITS)
def test_counting_there_and_back_gives_one(a: str, b: str) -> None:
    there, back = times(unit(a), unit(b)), times(unit(b), unit(a))
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there * back == pytest.approx(1)


def test_without_pint_words_that_differ_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pint", None)
    unit_text._registry.cache_clear()
    unit_text._measure.cache_clear()
    try:
        assert times(unit("h"), unit("h")) == 1
        with pytest.raises(MissingExtra, match=r"solvitur\[units\]"):
            times(unit("h"), unit("min"))
    finally:
        unit_text._registry.cache_clear()
        unit_text._measure.cache_clear()
