"""A formula means what its expression means, and reads well."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from solvitur.formulation.expression import parse, parse_forall
from solvitur.formulation.latex.formulas import WIDTH, formula, is_shallow, lines, quantified
from tests.formulation.strategies import no_clock


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*3*x", r"2 \cdot 3 \, x"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a + -b", r"a + \left(-b\right)"),
        ("a * -b", r"a \, \left(-b\right)"),
        ("-2 ** 2", "-2^{2}"),
        ("(-2) ** 2", r"\left(-2\right)^{2}"),
        ("x[i, t - 1] ** 2", "x_{i, t - 1}^{2}"),
        ("(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        ("2.5e-7 * x", r"2.5 \cdot 10^{-7} \, x"),
        ("sum(x[i] + 1 for i in I)", r"\sum_{i \in I} \left(x_{i} + 1\right)"),
        ("sum(x[i] for i in I) * 3", r"\left(\sum_{i \in I} x_{i}\right) \cdot 3"),
        ("sum(x[i] for i in I) + 3", r"\sum_{i \in I} x_{i} + 3"),
        ("3 * sum(x[i] for i in I) * y", r"\left(3 \, \sum_{i \in I} x_{i}\right) \, y"),
        (
            "max(c[i, j] for (i, j) in A if i != j and j in B)",
            r"\max_{\substack{(i, j) \in A \\ i \neq j \text{ and } j \in B}} c_{i, j}",
        ),
        ("prod(p for p in P for q in Q)", r"\prod_{p \in P} \prod_{q \in Q} p"),
        ("abs(a - b) + sqrt(len(P))", r"\left| a - b \right| + \sqrt{ \left| P \right| }"),
        ("log(x) - log10(y)", r"\ln\left(x\right) - \log_{10}\left(y\right)"),
        ("next(T, t)", r"\operatorname{next}\left(T, t\right)"),
        ('x["high table"]', r"x_{\text{high table}}"),
        ("10 <= x + y <= 20", r"10 \leq x + y \leq 20"),
        (
            "implies(on == 1 and x >= 2, y <= 3)",
            r"\mathit{on} = 1 \text{ and } x \geq 2 \implies y \leq 3",
        ),
        (
            "piecewise(x, ((at[k], to[k]) for k in K))",
            r"\operatorname{piecewise}\left(x; \; "
            r"\left(\mathit{at}_{k}, \mathit{to}_{k}\right) : k \in K\right)",
        ),
        ("not (a == b or c == d)", r"\text{not } \left(a = b \text{ or } c = d\right)"),
    ],
)
def test_an_expression_is_a_formula(text: str, expected: str) -> None:
    assert formula(parse(text)) == expected


def test_what_something_holds_for_is_a_formula() -> None:
    written = quantified(parse_forall("t in T if t > first(T), (i, j) in A if i != j"))
    assert written == (
        r"t \in T, \, (i, j) \in A : "
        r"t > \operatorname{first}\left(T\right) \text{ and } i \neq j"
    )


numbers = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "3", "7"]),
    lambda below: (
        st.tuples(below, st.sampled_from("+-*/"), below).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")
        | below.map(lambda text: f"-({text})")
        | below.map(lambda text: f"({text}) ** 2")
    ),
    max_leaves=8,
)


def python_of(written: str) -> str:
    """Read a formula back by its own signs, with Python's order of operations."""
    inside: list[str] = []
    text = written.replace(r"\cdot", "*").replace(r"\,", "*")
    text = text.replace(r"\left(", "(").replace(r"\right)", ")")

    def bracket(found: re.Match[str]) -> str:
        opening = found[0]
        if opening == "}":
            return inside.pop()
        if opening == "}{":
            return ")/("
        inside.append("))" if "frac" in opening else ")")
        return "((" if "frac" in opening else "**("

    return re.sub(r"\\frac\{|\^\{|\}\{|\}", bracket, text)


@no_clock
@given(numbers)
def test_the_brackets_of_a_formula_keep_its_value(text: str) -> None:
    values = {"a": 3.5, "b": -1.25, "c": 0.75}
    try:
        expected = eval(text, {}, values)  # noqa: S307  # the oracle: text made by the test alone
    except ZeroDivisionError:
        assume(False)
    found = eval(python_of(formula(parse(text))), {}, values)  # noqa: S307
    assert found == pytest.approx(expected)


def test_a_long_expression_breaks_before_signs() -> None:
    text = " + ".join(f"price[{n}] * x[{n}]" for n in range(40)) + " <= budget"
    first, *rest = lines(parse(text))
    assert all(line.startswith(("+ ", r"\leq ")) for line in rest)
    assert len(rest) > 5
    assert " ".join([first, *rest]) == formula(parse(text))
    assert lines(parse("x + y <= 4")) == [r"x + y \leq 4"]
    assert lines(parse("implies(b == 1, x <= 4)")) == [r"b = 1 \implies x \leq 4"]
    assert len("x + y") < WIDTH


def test_what_is_nested_too_deeply_for_tex_is_told() -> None:
    assert is_shallow(parse(" + ".join(["x"] * 150)))
    assert not is_shallow(parse("abs(" * 90 + "x" + ")" * 90))
