import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from solvitur.errors import FormulationError
from solvitur.formulation.expression import (
    MAX_DEPTH,
    MAX_LENGTH,
    Aggregate,
    Comparison,
    Implication,
    Item,
    Loop,
    Name,
    Negative,
    Number,
    Pair,
    Piecewise,
    Text,
    parse,
    parse_elements,
    parse_forall,
)
from tests.formulation.strategies import any_text, no_clock


def fault_of(text: str) -> FormulationError:
    with pytest.raises(FormulationError) as caught:
        parse(text)
    return caught.value


def test_a_chain_of_relations_keeps_its_operands_in_order() -> None:
    chain = parse("1 <= x <= 2 * y")
    assert isinstance(chain, Comparison)
    assert chain.operators == ("<=", "<=")
    assert chain.operands[:2] == (Number(1), Name("x"))


def test_a_sum_with_two_loops_and_a_condition_is_one_aggregate() -> None:
    loops = (
        Loop(("i",), Name("I")),
        Loop(("j",), Name("J"), (Comparison(("!=",), (Name("i"), Name("j"))),)),
    )
    assert parse("sum(x[i, j] for i in I for j in J if i != j)") == Aggregate(
        "sum", Item("x", (Name("i"), Name("j"))), loops
    )


def test_a_tuple_loop_takes_its_elements_apart() -> None:
    node = parse("sum(f[i, j] for (i, j) in A)")
    assert isinstance(node, Aggregate)
    assert node.loops[0].targets == ("i", "j")


def test_the_points_of_piecewise_are_listed_or_come_from_loops() -> None:
    listed = parse("piecewise(x, ((0, 0), (10, 5)))")
    assert listed == Piecewise(
        Name("x"), (Pair((Number(0), Number(0))), Pair((Number(10), Number(5))))
    )
    looped = parse("piecewise(x, ((a[k], b[k]) for k in K))")
    assert isinstance(looped, Piecewise)
    assert (len(looped.points), looped.loops) == (1, (Loop(("k",), Name("K")),))
    assert looped.names == {"x", "a", "b", "k", "K"}


def test_an_implication_is_a_condition_and_a_relation() -> None:
    assert parse("implies(y == 1, x <= 2)") == Implication(parse("y == 1"), parse("x <= 2"))


def test_a_set_is_derived_from_an_element_and_its_loops() -> None:
    element, loops = parse_elements("(i, j) for i in P for j in P if i != j")
    assert element == Pair((Name("i"), Name("j")))
    assert loops == (
        Loop(("i",), Name("P")),
        Loop(("j",), Name("P"), (Comparison(("!=",), (Name("i"), Name("j"))),)),
    )
    assert parse_elements("  ((i, j) for i in P\n for j in P if i != j)  ") == (element, loops)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", None, "the expression is empty"),
        ("i", None, "a derived set says what its elements are and where they are from"),
        ("[i for i in P]", None, "'i for i in P if i != 1'"),
        ("{i for i in P}", None, "'i for i in P if i != 1'"),
        ("i for i in P) + (j for j in Q", None, "a derived set says what its elements are"),
        ("  i for i in range(3)", 14, "after 'in' stands the name of a set, not 'range(3)'"),
        ("i.x for i in P", 1, "a dot (methods and attributes) is not part of the language"),
        ("(i, j for i in P", 7, "cannot read the expression"),
        ("i for i in P # all", 14, "a comment goes into 'doc'"),
        ("i for i, i in P", 7, "a loop names the same index twice"),
        ("i async for i in P", 13, "after 'for' stands a name or (i, j)"),
        ("__import__('os') for i in P", 1, "'__import__' is not a function of the language"),
        ("i for i in P if i = 3", 19, "write == for equality, not ="),
    ],
)
def test_what_a_set_cannot_be_derived_from_is_refused(
    text: str, column: int | None, message: str
) -> None:
    with pytest.raises(FormulationError) as caught:
        parse_elements(text)
    assert message in str(caught.value)
    assert caught.value.column == column


def test_a_plus_sign_in_front_says_nothing() -> None:
    assert parse("+x") == Name("x")


def test_a_minus_sign_is_a_node_of_its_own() -> None:
    assert parse("-3") == Negative(Number(3))


def test_an_index_in_brackets_of_its_own_is_the_same_index() -> None:
    assert parse("x[(i, j)]") == parse("x[(i, j),]") == parse("x[i, j]")


def test_a_quoted_element_is_text() -> None:
    assert parse("x['a b']") == Item("x", (Text("a b"),))


def test_two_trees_are_equal_wherever_they_stood() -> None:
    assert parse("x  +  y") == parse("x+y")
    assert hash(parse("x  +  y")) == hash(parse("x+y"))


def test_line_breaks_are_spaces() -> None:
    assert parse("x +\n  y\r\n<= 3") == parse("x + y <= 3")


def test_names_are_all_names_in_the_tree() -> None:
    assert parse("sum(c[i] * x for i in I) <= y").names == {"c", "i", "I", "x", "y"}


def test_whole_numbers_beyond_a_float_become_floats() -> None:
    node = parse("1" + "0" * 30)
    assert isinstance(node, Number)
    assert isinstance(node.value, float)
    assert node.value == 1e30


@pytest.mark.parametrize(
    ("text", "column", "mend"),
    [
        ("x = 10", 3, "write == for equality, not ="),
        ("x =< 10", 3, "write <=, not =<"),
        ("x ≤ 10", 3, "write <= for ≤"),
        ("x \u2212 1", 3, "write - for \u2212"),
        ("x² + 1", 2, "write **2 for ²"),
        ("∑ x", 1, "write sum(... for i in I) for ∑"),
        ("x ^ 2", 1, "write ** for a power, not ^"),
        ("x % 2", 1, "% is not available"),
        ("x // 2", 1, "the operators are + - * / **"),
        ("2x", 1, "2x is written 2 * x"),
        ("x y", 3, "an operator is missing"),
        ("x +", 1, "an operator is missing"),
        ("(x", 1, "'(' was never closed"),
        ("x.y", 1, "a dot (methods and attributes) is not part of the language"),
        ("1 if x else 2", 1, "write one constraint per case"),
        ("[x for x in X]", 1, "write sum(... for i in I), without the brackets"),
        ("[1, 2]", 1, "declare a set"),
        ("{1: 2}", 1, "declare a parameter"),
        ("x[1:2]", 3, "use a condition: for t in T if t > 1"),
        ("lambda: 1", 1, "functions cannot be defined here"),
        ("3 + (x for x in X)", 5, "a generator stands inside sum(...)"),
        ("True", 1, "True is not a number"),
        ("2j", 1, "2j is not a number"),
        ("...", 1, "Ellipsis is not a number"),
        ("b'a'", 1, "b'a' is not a number"),
        ("1e999", 1, "a number is too large"),
        ("x[i][j]", 1, "write all indices in one bracket: x[i, j], not x[i][j]"),
        ("x[()]", 1, "the index is empty"),
        ("~x", 1, "not part of the language"),
        ("x is y", 1, "write == or !=, not 'is'"),
        ("sin(x, y)", 1, "sin takes one argument, here are 2"),
        ("max(x)", 1, "max needs two values or a 'for'"),
        ("sum(x)", 1, "sum needs 'for': sum(x[i] for i in I)"),
        ("sum([x])", 1, "sum needs 'for'"),
        ("abs(x for x in X)", 1, "abs(...) takes no 'for'"),
        ("abs(x=1)", 1, "abs(...) takes no named arguments"),
        ("round(x)", 1, "'round' is not a function of the language; these are: sum, prod"),
        ("next(T)", 1, "next takes two arguments, a set and an element of it, here are 1"),
        ("prev(T, t, 1)", 1, "prev takes two arguments, a set and an element of it, here are 3"),
        ("piecewise(x)", 1, "piecewise takes two arguments, a number and the points, here are 1"),
        ("piecewise(x for x in X)", 1, "piecewise(...) takes no 'for'"),
        ("piecewise(x, 3)", 14, "the points of piecewise are pairs"),
        ("piecewise(x, (0, 3))", 14, "the points of piecewise are pairs"),
        ("piecewise(x, ((0, 1, 2), (3, 4)))", 14, "the points of piecewise are pairs"),
        ("piecewise(x, (k for k in K))", 14, "piecewise(x, ((at[k], to[k]) for k in K))"),
        ("piecewise(x, [(0, 1), (2, 3)])", 14, "lists are not part of the language"),
        ("piecewise(x, points=3)", 1, "piecewise(...) takes no named arguments"),
        ("implies(x >= 1)", 1, "implies takes two arguments, a condition and a relation, here"),
        ("implies(x for x in X)", 1, "implies(...) takes no 'for'"),
        ("x[1](2)", 1, "is not a function of the language"),
        ("sum(x for i in range(3))", 16, "after 'in' stands the name of a set, not 'range(3)'"),
        ("sum(x for i.j in I)", 11, "after 'for' stands a name or (i, j)"),
        ("sum(x for () in I)", 11, "after 'for' stands a name or (i, j)"),
        ("sum(x for i, i in I)", 11, "a loop names the same index twice"),
        ("sum(x async for i in I)", 17, "after 'for' stands a name or (i, j)"),
        ("x <= 3 # at most", 8, "a comment goes into 'doc'"),
        ("'a=b' + = x", 9, "write == for equality, not ="),
    ],
)
def test_a_fault_is_named_with_its_column_and_its_mend(text: str, column: int, mend: str) -> None:
    fault = fault_of(text)
    assert mend in str(fault)
    assert fault.column == column


def test_columns_count_characters_not_bytes() -> None:
    assert fault_of("'éé' + é.x").column == 8


def test_columns_count_from_the_start_of_the_text() -> None:
    assert fault_of("   x.y").column == 4
    assert fault_of("x +\n y.z").column == 6


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_expression_is_refused(text: str) -> None:
    assert str(fault_of(text)) == "the expression is empty"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "x.__class__",
        "open('/etc/passwd')",
        "eval('1')",
        "(x := 3)",
        "f'{x}'",
        "await x",
        "(yield x)",
        "lambda: x",
        "x[lambda: 0]",
        "sum(__import__('os') for i in I)",
        "sum(x for i in __import__('os'))",
        "sum(x for x.y in I)",
        "*x",
        "{**x}",
        "`x`",
        "x; y",
        "import os",
        "print(x, file=y)",
        "\x00",
        "x\x00",
        "\ud800",
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    fault_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9_000 + "x" + ")" * 9_000,
        "x[" * 4_000 + "0" + "]" * 4_000,
        "-" * 19_000 + "x",
        "not " * 4_900 + "x",
        "x ** " * 3_900 + "x",
        "+".join(["x"] * 9_999),
        "abs(" * 190 + "x" + ")" * 190 + "+" + "+".join(["x"] * 20),
        "implies(x>=1, " * 400 + "x" + ")" * 400,
        "piecewise(" * 400 + "x" + ", ((0, 0), (1, 1)))" * 400,
        "next(T, " * 400 + "t" + ")" * 400,
        "a if b else " * 1_500 + "c",
        "sum(" * 4_000,
        "'" * 19_999,
        "1" * 19_999,
    ],
    ids=lambda text: text[:12],
)
def test_deep_nesting_is_refused_without_running_out_of_stack(text: str) -> None:
    fault_of(text)


@pytest.mark.parametrize("text", ["(" * 100_000, "x" * 1_000_000, "x+" * 500_000])
def test_a_very_long_expression_is_refused_before_it_is_read(text: str) -> None:
    assert f"at most {MAX_LENGTH:,} are read" in str(fault_of(text))


def test_a_written_out_sum_may_have_as_many_terms_as_the_depth_allows() -> None:
    assert parse(" + ".join(["x"] * MAX_DEPTH)).names == {"x"}
    assert "write a long sum with 'for'" in str(fault_of(" + ".join(["x"] * (MAX_DEPTH + 3))))


def test_a_huge_power_is_read_and_not_computed() -> None:
    assert parse("9 ** 9 ** 9 ** 9").names == frozenset()


@no_clock
@given(any_text | st.text(alphabet="xi9.+-*/<>=()[]{},:'\"! for in sum\\\n#", max_size=40))
@example("x[")
@example("\\")
@example("'\\")
def test_any_text_is_read_or_refused_with_a_column_inside_it(text: str) -> None:
    for read in (parse, parse_elements, parse_forall):
        column = None
        try:
            read(text)
        except FormulationError as fault:
            column = fault.column
        assert column is None or 1 <= column <= len(text) + 1


def test_a_forall_may_name_several_loops_and_a_condition() -> None:
    first, second = parse_forall("i in N, j in N if i != j")
    assert (first.targets, first.domain, first.conditions) == (("i",), Name("N"), ())
    assert second.conditions == (Comparison(("!=",), (Name("i"), Name("j"))),)


def test_a_forall_may_begin_with_for() -> None:
    assert parse_forall("for t in T") == parse_forall("t in T")
    assert parse_forall("for i in I for j in J") == parse_forall("i in I, j in J")


def test_a_comma_in_quotes_or_brackets_does_not_part_loops() -> None:
    for text in ("i in I if i != 'a,b'", 'i in I if i != "a\\",b"', "(i, j) in A if (i, j) in B"):
        assert len(parse_forall(text)) == 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("t", 2),
        ("t in", 5),
        ("t in T,", 8),
        ("t in T and", 11),
        ("t in T, u inn U", 9),
        ("t in range(3)", 6),
        ("t in T) + (0 for u in U", 1),
        ("t in T if t.x", 11),
    ],
)
def test_a_forall_that_cannot_be_read_is_refused_at_its_column(text: str, column: int) -> None:
    with pytest.raises(FormulationError) as caught:
        parse_forall(text)
    assert caught.value.column == column


def test_a_pair_of_one_is_written_with_a_comma() -> None:
    assert parse("(i,) in A") == Comparison(("in",), (Pair((Name("i"),)), Name("A")))
