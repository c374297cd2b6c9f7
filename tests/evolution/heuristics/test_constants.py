import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.evolution.heuristics.constants import Kind, template

FORMULA = """
import numpy as np

SCALE = 7

def score(item, bins, power=3):
    # weights of 2 and 3 were tried before
    count = 5
    rest = bins[1:4] - item
    values = 0.3 * rest ** 2 + np.exp(-rest / 10) - 1e-9
    values[0] = -4
    if len(bins) == 6 or count < 8:
        values += np.zeros(9).sum(axis=0) + np.sum(values, 1)
    return np.maximum(values, 0), "11", f"{12}", 13 // 14
"""


def run(code: str, *arguments: Any) -> Any:
    """Run code of our own, written in this file."""
    names: dict[str, Any] = {"np": np, "math": math}
    exec(compile(code, "<test>", "exec"), names)  # noqa: S102
    return names["f"](*arguments)


def test_numbers_that_say_how_much_are_constants_and_those_that_count_are_not() -> None:
    found = template(FORMULA)
    assert found.values == (3, 5, 0.3, 2, 10, 4, 8, 0)
    kinds = {each.value: each.kind for each in found.constants}
    assert {value for value, kind in kinds.items() if kind is Kind.whole} == {3, 5}


def test_code_filled_with_its_own_values_is_what_it_was() -> None:
    for implicit in (False, True):
        found = template(FORMULA, implicit=implicit)
        assert found.filled(found.values) == FORMULA


def test_other_values_are_written_where_the_constants_stood() -> None:
    found = template("def f(x):\n    k = 3  # é\n    return 'é' * 0 or 2 * x - 0.5 / k\n")
    assert found.values == (3, 0, 2, 0.5)
    filled = found.filled([4, 0, 2.5, -0.25])
    assert filled == "def f(x):\n    k = 4  # é\n    return 'é' * 0 or 2.5 * x - (-0.25) / k\n"


def test_where_lines_are_marked_only_these_have_constants() -> None:
    marked = (
        "def f(x):\n    a = 0.5  # tunable\n    b = 2.0\n    return a * x + b + 1  #tunable: yes"
    )
    assert template(marked).values == (0.5, 1.0)
    assert template(marked.replace("tunable", "tuned")).values == (0.5, 2.0, 1.0)


def test_factors_and_exponents_of_one_can_be_tuned_as_well() -> None:
    found = template("def f(x, y): return x * np.exp(x - y) ** y", implicit=True)
    written = [found.filled([9.0 if n == at else 1.0 for n in range(5)]) for at in range(5)]
    assert [each.partition("return ")[2] for each in written] == [
        "(x ** 9.0) * np.exp(x - y) ** y",
        "x * np.exp((9.0 * (x - y))) ** y",
        "x * np.exp((9.0 * x) - y) ** y",
        "x * np.exp(x - (9.0 * y)) ** y",
        "x * np.exp(x - y) ** (9.0 * y)",
    ]


def test_a_term_that_has_a_factor_gets_no_second_one() -> None:
    found = template("def f(x, y): return 2 * x - y / 3 + -4 * y", implicit=True)
    assert [each.kind for each in found.constants].count(Kind.factor) == 2  # 2x - y/3, and y/3
    assert found.values.count(1.0) == 5


@given(st.lists(st.floats(-9, 9), min_size=8, max_size=8))
def test_what_is_filled_in_computes_with_these_values(values: list[float]) -> None:
    code = "def f(x, y):\n    return x - (x + math.exp(y)) - 2 * abs(y)"
    filled = template(code, implicit=True).filled(values)
    a, b, c, d, e, g, h, i = values
    x, y = 3.0, 0.5
    expected = a * (b * x - c * (d * x + e * math.exp(g * y))) - h * abs(i * y)
    assert run(filled, x, y) == pytest.approx(expected)


def test_code_without_numbers_has_no_constants() -> None:
    assert template("X = 3\ndef f(x): return x").constants == ()


def test_methods_of_classes_have_constants_too() -> None:
    assert template("class A:\n    def f(self, x):\n        return x - 0.8 * x").values == (0.8,)


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        template("def f(x:")
