"""Labels are read strictly: what is no number and no known word is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.eval.labels import Label, read_label, same

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_a_number_is_that_number_however_it_is_written(value: float) -> None:
    assert read_label(value).objective == value
    assert read_label(repr(value)).objective == value
    assert read_label(f"  {value!r}\n").objective == value
    assert read_label(repr(value)).written is None


@given(st.integers(-(10**15), 10**15), st.integers(0, 99))
def test_a_number_in_groups_of_three_is_read_and_told(whole: int, part: int) -> None:
    text = f"{whole:,}.{part:02d}"
    found = read_label(text)
    assert found.objective == float(text.replace(",", ""))
    assert found.written == (text if "," in text else None)


@given(st.text(max_size=20))
def test_other_text_is_a_number_as_python_reads_it_or_known_words_or_an_error(text: str) -> None:
    try:
        found = read_label(text)
    except ValueError:
        return
    if found.objective is not None:
        assert found.objective == float(text.replace(",", ""))
        assert math.isfinite(found.objective)
    else:
        assert found.written == text


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("No Best Solution", "no_optimum"),
        ("  no best  solution. ", "no_optimum"),
        ("INFEASIBLE", "infeasible"),
        ("No feasible solution", "infeasible"),
        ("unbounded", "unbounded"),
    ],
)
def test_words_say_that_there_is_no_optimum(text: str, outcome: str) -> None:
    found = read_label(text)
    assert (found.outcome, found.objective, found.written) == (outcome, None, text)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "there is no label"),
        ("", "there is no label"),
        ("NaN", "there is no label"),
        ("N/A", "there is no label"),
        (math.nan, "there is no label"),
        (math.inf, "write 'unbounded' if that is meant"),
        ("-inf", "write 'unbounded' if that is meant"),
        ("1e999", "write 'unbounded' if that is meant"),
        (10**400, "write 'unbounded' if that is meant"),
        (True, "True is neither a number nor text"),
        ([12.0], r"\[12.0\] is neither a number nor text"),
        ("12,5", "write 12.5 with a point, or 12,500 with three digits"),
        ("12,50", "write 12.50 with a point, or 12,500 with three digits"),
        ("1,2345", "is no number"),
        ("1_000", "is no number"),
        ("٣", "is no number"),
        ("$5,050", "is no number"),
        ("35%", "is no number"),
        ("about 12", "is no number, and none of: infeasible, no feasible solution"),
        ("x" * 500, r"^'x{56}\.\.\. is no number"),
    ],
)
def test_what_is_no_label_says_why(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_label(value)


def test_a_whole_number_of_thousands_of_digits_is_no_label() -> None:
    with pytest.raises(ValueError, match="a number that long is no optimum"):
        read_label(10**5000)


def test_an_objective_belongs_to_an_optimum() -> None:
    with pytest.raises(ValueError, match="an objective belongs"):
        Label(outcome="solved")
    with pytest.raises(ValueError, match="an objective belongs"):
        Label(outcome="infeasible", objective=3)
    with pytest.raises(ValueError, match="finite"):
        Label(outcome="solved", objective=math.inf)


def test_the_tolerance_is_relative_to_the_label_and_to_one_at_least() -> None:
    assert same(1_000_100, 1_000_000)
    assert not same(1_000_101, 1_000_000)
    assert same(0.00009, 0)
    assert not same(0.0002, 0)
    assert not same(1_000_100, 1_000_000, tolerance=1e-6)
    assert not same(math.nan, 0)
    assert not same(math.inf, 1e300)


def test_what_is_rounded_to_two_decimals_is_the_same_label() -> None:
    assert not read_label(0.33).differs(read_label(1 / 3))
    assert read_label(0.33).differs(read_label(0.35))
    assert not read_label(1e6).differs(read_label(1e6 + 50))


def test_no_optimum_goes_with_both_reasons_for_it() -> None:
    neither, infeasible, unbounded = map(read_label, ("no optimum", "infeasible", "unbounded"))
    assert neither.allows("infeasible")
    assert neither.allows("unbounded")
    assert not neither.allows("solved")
    assert not infeasible.differs(neither)
    assert not neither.differs(unbounded)
    assert infeasible.differs(unbounded)
    assert infeasible.differs(read_label(3))
    assert read_label(3).differs(neither)
