"""How many of one unit are in another, and which measure the same."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import MissingExtra
from solvitur.formulation.units import measures
from solvitur.formulation.units.measures import times
from solvitur.formulation.units.text import Unit, read_unit
from tests.formulation.strategies import no_clock


def unit(text: str) -> Unit:
    found = read_unit(text)
    assert found is not None, text
    return found


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
        ("min", "h*trip", 60),
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
    measures._registry.cache_clear()
    measures._measure.cache_clear()
    try:
        assert times(unit("h"), unit("h")) == 1
        with pytest.raises(MissingExtra, match=r"solvitur\[units\]"):
            times(unit("h"), unit("min"))
    finally:
        measures._registry.cache_clear()
        measures._measure.cache_clear()
