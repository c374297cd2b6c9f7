import pytest

from solvitur.errors import FormulationError
from solvitur.formulation.expression import parse, parse_elements, parse_forall
from solvitur.formulation.instance import Instance
from solvitur.formulation.scope import Kind, Scope, Symbol
from tests.formulation.closed import formulation

SCOPE = Scope(Instance(formulation()).symbols)


def check(text: str, forall: str = "") -> None:
    SCOPE.enter(parse_forall(forall) if forall else ()).check_constraint(parse(text))


@pytest.mark.parametrize(
    ("text", "forall"),
    [
        ("x <= w", ""),
        ("-1 <= x <= 1", ""),
        ("x == y['a'] == 3", ""),
        ("y[p] <= c[p]", "p in P"),
        ("f[a] <= l[a]", "a in A"),
        ("f[i, j] <= l[i, j]", "(i, j) in A if i != j"),
        ("z[p, t] <= z[p, t - 1]", "p in P, t in T if t > first(T)"),
        ("sum(y[p] for p in P if (p, 'b') in A) <= t", "t in T"),
        ("x <= len(P) + max(c[p] for p in P)", ""),
        ("z['a', w] <= 1", ""),
        ("f[first(A)] <= 1", ""),
        ("z[p, t] <= z[p, prev(T, t)]", "p in P, t in T if t != first(T)"),
        ("f[next(A, a)] <= next(T, 1)", "a in A if a != last(A)"),
        ("piecewise(x + y['a'], ((0, 0), (w, 2 * w))) <= x", ""),
        ("piecewise(x, ((t, d[p, t]) for t in T if t > 1)) <= 1", "p in P"),
        ("implies(x >= 1 and not y[p] == 0, z[p, 1] <= w)", "p in P"),
        ("implies(p == 'a' or x > 2, 1 <= x <= 3)", "p in P"),
    ],
)
def test_names_used_as_what_they_are_pass(text: str, forall: str) -> None:
    check(text, forall)


@pytest.mark.parametrize(
    ("text", "forall", "message"),
    [
        ("x", "", "a constraint needs a relation: <=, >= or == at column 1"),
        ("x <= 1 and x >= 0", "", "write two constraints instead of 'and'/'or' at column 1"),
        ("x < 1", "", "a solver cannot hold a strict inequality; write <= at column 1"),
        ("0 <= x > 1", "", "a solver cannot hold a strict inequality; write >= at column 1"),
        ("x != 1", "", "'!=' is a condition, not a constraint; use <=, >= or == at column 1"),
        ("x in P", "", "'in' is a condition, not a constraint"),
        ("x <= Z", "", "unknown name 'Z'; declare it, or say what it ranges over with 'forall'"),
        ("x <= wide", "", "unknown name 'wide'; declare it at column 6"),
        ("x <= nothing[1]", "", "unknown name 'nothing'; declare it at column 6"),
        ("x <= t", "", "say what it ranges over with 'forall': 't in ...' at column 6"),
        ("x <= P", "", "'P' is a set; a number is needed here (len(P) counts it) at column 6"),
        ("x <= P[1]", "", "'P' is a set and has no entries; loop over it: for i in P at column 6"),
        ("x <= p[1]", "p in P", "'p' is a loop name and has no entries at column 6"),
        ("y <= 1", "", "'y' is indexed by 1 set (P); write y[...] at column 1"),
        ("x['a'] <= 1", "", "'x' has no index but used with 1 index at column 1"),
        ("z['a'] <= 1", "", "'z' is indexed by 2 sets (P, T) but used with 1 index at column 1"),
        ("c[p, p] <= x", "p in P", "'c' is indexed by 1 set (P) but used with 2 indices"),
        ("f[p] <= 1", "p in P", "'f' is indexed by 1 set (A) but used with 1 index"),
        ("x <= p", "p in P", "'p' is an element's name, not a number; index a parameter with it"),
        ("x <= 'a'", "", "this is an element's name, not a number"),
        ("x <= (1, 2)", "", "this is an element's name, not a number"),
        ("x <= (1 < 2)", "", "this is a condition; a number is needed here at column 7"),
        ("x + (1 < 2) <= 3", "", "this is a condition; a number is needed here at column 6"),
        ("y[x] <= 1", "", "an index cannot depend on the variable 'x', which is only known after"),
        ("y[1 < 2] <= 1", "", "a condition cannot be an index at column 3"),
        ("x <= first(3)", "", "first takes the name of a set at column 12"),
        ("x <= len(w)", "", "'w' is a parameter, not a set at column 10"),
        ("x <= len(Q)", "", "unknown set name 'Q'; declare it at column 10"),
        ("x <= first(P)", "", "this is an element's name, not a number"),
        ("x <= 1", "p in Q", "unknown set name 'Q'; declare it at column 6"),
        ("x <= 1", "p in w", "'w' is a parameter, not a set at column 6"),
        ("x <= 1", "p in y", "'y' is a variable, not a set at column 6"),
        ("x <= 1", "(i, j) in P", "'P' holds single elements, here are 2 names for one"),
        ("x <= 1", "(i, j, k) in A", "'A' holds tuples of 2, here are 3 names for one"),
        (
            "x <= 1",
            "w in P",
            "the loop name 'w' is already the name of a parameter; choose another",
        ),
        ("x <= 1", "P in P", "the loop name 'P' is already the name of a set"),
        ("x <= 1", "p in P, p in P", "the loop name 'p' is already the name of another loop"),
        ("sum(1 for p in P) <= x", "p in P", "the loop name 'p' is already the name of another"),
        ("x <= 1", "p in P if p", "a condition is needed here, such as i != j at column 11"),
        ("x <= 1", "p in P if y[p] > 0", "a condition cannot depend on the variable 'y'"),
        ("x <= 1", "p in P if p > 1", "names have no order; '>' compares numbers"),
        (
            "x <= 1",
            "p in P, q in P if p < q",
            "'<' compares numbers; of names take '!=', or loop over a set of the pairs",
        ),
        ("x <= 1", "p in P if p in T + 1", "after 'in' stands a set or elements in brackets"),
        ("x <= 1", "p in P if p in A", "'A' holds tuples of 2, not of 1 at column 11"),
        ("x <= 1", "a in A if a in P", "'P' holds single elements, not of 2 at column 11"),
        ("x <= 1", "a in A if a == 'b'", "these two cannot be compared"),
        ("x <= sum(1 for p in P if x)", "", "a condition cannot depend on the variable 'x'"),
        ("x <= sum(1 for p in P if w)", "", "a condition is needed here, such as w == 1"),
        ("x <= 1", "p in P if 'a' in P in A", "'in' stands alone; join conditions with 'and'"),
        ("x <= 1", "p in P if p == 'a' in P", "'in' stands alone; join conditions with 'and'"),
        ("y[next(P, 1, 2)] <= 1", "", "next takes two arguments, a set and an element of it"),
        ("y[next(w, 'a')] <= 1", "", "'w' is a parameter, not a set at column 8"),
        ("y[next('a', 'a')] <= 1", "", "next takes the name of a set at column 8"),
        ("y[prev(P, ('a', 'b'))] <= 1", "", "'P' holds single elements, not of 2 at column 11"),
        ("f[next(A, 'a')] <= 1", "", "'A' holds tuples of 2, not of 1 at column 11"),
        ("y[next(P, x)] <= 1", "", "an index cannot depend on the variable 'x'"),
        ("next(P, 'a') <= x", "", "this is an element's name, not a number"),
        ("piecewise(x, ((0, 1),)) <= 1", "", "piecewise needs two points at least at column 1"),
        ("piecewise('a', ((0, 1), (1, 2))) <= 1", "", "this is an element's name, not a number"),
        (
            "piecewise(x, ((0, x), (1, 2))) <= 1",
            "",
            "a point of piecewise cannot depend on the variable 'x', which is only known after "
            "solving at column 19",
        ),
        ("piecewise(x, ((p, 1) for p in P)) <= 1", "", "'p' is an element's name, not a number"),
        ("implies(x, x <= 1)", "", "a condition is needed here, such as x == 1 at column 9"),
        ("implies(y[p], x <= 1)", "p in P", "a condition is needed here, such as y[p] == 1"),
        ("implies(x >= 1, x)", "", "a constraint needs a relation: <=, >= or == at column 17"),
        ("implies(x >= 1, x < 1)", "", "a solver cannot hold a strict inequality; write <="),
        (
            "implies(x >= 1, x <= 1 and x >= 0)",
            "",
            "write two constraints instead of 'and'/'or' at column 17",
        ),
        (
            "implies(x >= 1, implies(w > 1, x <= 2))",
            "",
            "implies(...) does not stand in another; join the conditions with 'and' at column 17",
        ),
        (
            "1 + implies(x >= 1, x <= 2) <= 3",
            "",
            "implies(...) is a whole constraint and stands in nothing else at column 5",
        ),
        ("implies(x in (1, 2), x <= 2)", "", "an index cannot depend on the variable 'x'"),
    ],
)
def test_a_name_used_as_what_it_is_not_is_named(text: str, forall: str, message: str) -> None:
    with pytest.raises(FormulationError) as caught:
        check(text, forall)
    assert message in str(caught.value)


def test_a_constraint_is_a_condition_or_none_and_a_relation() -> None:
    assert SCOPE.check_constraint(parse("x <= 1")) == (None, parse("x <= 1"))
    assert SCOPE.check_constraint(parse("implies(w > 1, x <= 1)")) == (
        parse("w > 1"),
        parse("x <= 1"),
    )


@pytest.mark.parametrize(
    ("text", "numeric"),
    [
        ("p for p in P", (False,)),
        ("t + 1 for t in T", (True,)),
        ("a for a in A", (False, False)),
        ("(a, t) for a in A for t in T", (False, False, True)),
        ("(3, 'b', next(T, t)) for t in T", (True, False, True)),
    ],
)
def test_an_element_says_its_length_and_which_places_hold_integers(
    text: str, numeric: tuple[bool, ...]
) -> None:
    element, loops = parse_elements(text)
    assert SCOPE.enter(loops).check_element(element) == numeric


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t > 1 for t in T", "a condition cannot be an element at column 1"),
        ("() for t in T", "an element cannot be empty at column 1"),
        ("(t, x) for t in T", "an element cannot depend on the variable 'x'"),
        ("P for t in T", "'P' is a set; a number is needed here"),
        ("q for t in T", "unknown name 'q'"),
    ],
)
def test_what_is_no_element_is_refused(text: str, message: str) -> None:
    element, loops = parse_elements(text)
    with pytest.raises(FormulationError) as caught:
        SCOPE.enter(loops).check_element(element)
    assert message in str(caught.value)


def test_conditions_nested_in_chains_are_each_looked_at_once() -> None:
    text = "1"
    for level in range(60):
        text = f"sum(1 for i{level} in P if 0 < {text} < 9)"
    check(f"x <= {text}")


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    scope = Scope({"profit": Symbol(Kind.parameter), "wood": Symbol(Kind.parameter)})
    with pytest.raises(FormulationError, match="did you mean 'profit'"):
        scope.check_number(parse("proft * 2"))


def test_a_loop_does_not_reach_beyond_its_brackets() -> None:
    with pytest.raises(FormulationError, match="unknown name 'p'"):
        check("sum(y[p] for p in P) <= c[p]")


def test_the_binder_of_a_place_is_named() -> None:
    with pytest.raises(FormulationError, match="with 'over': 'p in"):
        Scope({}, binder="'over'").check_number(parse("p"))
