import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.formulation.expression import Loop, Node, Text, parse, parse_elements, parse_forall
from solvitur.formulation.printing import show, show_elements, show_forall, show_number
from tests.formulation.strategies import any_node, loops_of, no_clock


@no_clock
@given(any_node)
def test_what_is_shown_is_read_back_to_the_same_tree(node: Node) -> None:
    assert parse(show(node)) == node


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("((a+b))*(c)", "(a + b) * c"),
        ("a-(b-c)-d", "a - (b - c) - d"),
        ("a*(b/c)", "a * (b / c)"),
        ("(-a)**2", "(-a) ** 2"),
        ("-a**2", "-a ** 2"),
        ("2**(-1)", "2 ** -1"),
        ("(2**3)**4", "(2 ** 3) ** 4"),
        ("2**(3**4)", "2 ** 3 ** 4"),
        ("not (i==j)", "not i == j"),
        ("(not i)==j", "(not i) == j"),
        ("(a and b) and c", "(a and b) and c"),
        ("(a<=b)<=c", "(a <= b) <= c"),
        ("sum((x[i]) for (i) in I if (i>1) if i<3)", "sum(x[i] for i in I if i > 1 if i < 3)"),
        ("sum(f[i,j] for i,j in A)", "sum(f[i, j] for (i, j) in A)"),
        ("(i,) in A", "(i,) in A"),
        ("x['it''s']", 'x["its"]'),
        ("1_000", "1000"),
        ("next(T,(t))", "next(T, t)"),
        ("implies((i>1), (x<=2))", "implies(i > 1, x <= 2)"),
        ("piecewise(x,((0,0),(10,50)))", "piecewise(x, ((0, 0), (10, 50)))"),
        ("piecewise(x, ((0, 0),))", "piecewise(x, ((0, 0),))"),
        (
            "piecewise(x,((a[k],b[k]) for k in K if k>1))",
            "piecewise(x, ((a[k], b[k]) for k in K if k > 1))",
        ),
        ("0x10", "16"),
        ("1e-3", "0.001"),
    ],
)
def test_brackets_are_written_where_they_are_needed(written: str, shown: str) -> None:
    assert show(parse(written)) == shown


def test_quotes_and_invisible_signs_in_an_element_are_escaped() -> None:
    assert show(Text('a"b\\\n\u202e')) == '"a\\"b\\\\\\n\\u202e"'


def test_a_forall_is_read_back_to_the_same_loops() -> None:
    loops = parse_forall("i in I if i != 'a', (j, k) in A if j > 1 or k == 2")
    assert parse_forall(show_forall(loops)) == loops


@no_clock
@given(any_node, st.lists(loops_of(any_node), min_size=1, max_size=2).map(tuple))
def test_what_a_set_is_derived_from_is_read_back_to_the_same(
    element: Node, loops: tuple[Loop, ...]
) -> None:
    assert parse_elements(show_elements(element, loops)) == (element, loops)


@no_clock
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_is_shown_exactly(value: float) -> None:
    shown = show_number(value)
    assert (int(shown) if isinstance(value, int) else float(shown)) == value


def test_a_whole_number_is_shown_without_a_point() -> None:
    assert show_number(40.0) == "40"
    assert show_number(-0.0) == "0"
    assert show_number(math.pi) == "3.141592653589793"
