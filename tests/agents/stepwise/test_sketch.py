import itertools
import math
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from solvitur.agents.stepwise.sketch import TOTAL, Decision, Goal, Limit, Row, Sketch, Term
from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, check
from solvitur.formulation.elements import Domain, Sense
from solvitur.formulation.instance import Instance
from solvitur.solvers import solve

WHOLE, SPLIT = Domain.integer, Domain.continuous


def decisions(**domains: Domain) -> tuple[Decision, ...]:
    return tuple(Decision(name=n, doc=f"how many {n}", domain=d) for n, d in domains.items())


def plain(left: str, relation: str, number: float) -> Limit:
    return Limit((Term(left),), relation, (Term(None, number),), words="so they say")


def sketch(*limits: Limit, domains: tuple[Domain, Domain] = (WHOLE, WHOLE)) -> Sketch:
    return Sketch(
        decisions(chairs=domains[0], desks=domains[1]),
        (
            Row(name="oak", values={"chairs": 3, "desks": 7}),
            Row(name="profit", values={"chairs": 30, "desks": 80}),
        ),
        Goal(Sense.maximize, (("+", "profit"),)),
        (plain("oak", "<=", 420), *limits),
    )


# --- what each part becomes ----------------------------------------------------------------------


def test_decisions_of_one_domain_become_one_variable_over_a_set() -> None:
    made = sketch().formulation()
    (variable,) = made.variables
    assert made.sets[0].elements == ("chairs", "desks")
    assert (variable.index, variable.domain) == ((made.sets[0].name,), WHOLE)


def test_decisions_of_two_domains_become_a_variable_each() -> None:
    made = sketch(domains=(WHOLE, SPLIT)).formulation()
    assert [(v.name, v.domain, v.index) for v in made.variables] == [
        ("chairs", WHOLE, ()),
        ("desks", SPLIT, ()),
    ]


def test_a_mixed_sketch_without_rows_declares_nothing_that_is_not_used() -> None:
    made = Sketch(
        decisions(chairs=WHOLE, glue=SPLIT),
        (),
        Goal(Sense.maximize, (("+", TOTAL),)),
        (plain(TOTAL, "<=", 9),),
    ).formulation()
    assert check(made) == ()


LIMITS = {
    "a decision and a number": plain("desks", "<=", 20),
    "exactly": plain("chairs", "==", 7),
    "everything together": plain(TOTAL, "<=", 50),
    "a row": plain("oak", ">=", 400),
    "a share": Limit((Term("desks"),), "<=", (Term(TOTAL, 0.5),), ""),
    "a share of a row": Limit((Term("desks", row="oak"),), "<=", (Term("oak", 0.5),), ""),
    "a multiple": Limit((Term("chairs"),), ">=", (Term("desks", 2),), ""),
    "a difference": Limit((Term("chairs"),), ">=", (Term("desks"), Term(None, 10)), ""),
    "two names": Limit((Term("chairs"),), ">=", (Term("desks"),), ""),
    "a sum": Limit((Term("chairs", 5), Term("desks", 2)), "<=", (Term(None, 300),), ""),
    "one less another": Limit(
        (Term("chairs", 3), Term("desks", 2, "-")), ">=", (Term(None, 8),), ""
    ),
    "apart": Limit((Term("chairs"), Term("desks", None, "-")), "<=", (Term(None, 6),), "", True),
    "a multiple and more": Limit((Term("chairs"),), ">=", (Term("desks", 2), Term(None, 10)), ""),
}
each_limit = pytest.mark.parametrize("limit", LIMITS.values(), ids=list(LIMITS))


def optimum(limit: Limit, *domains: Domain) -> float:
    solution = solve(sketch(limit, domains=(domains[0], domains[1])).formulation())
    assert solution.objective is not None
    return solution.objective


@each_limit
def test_a_limit_says_what_it_says(limit: Limit) -> None:
    assert optimum(limit, WHOLE, WHOLE) == oracle(limit)


@each_limit
def test_a_limit_says_the_same_of_mixed_decisions(limit: Limit) -> None:
    mixed = optimum(limit, WHOLE, SPLIT)
    assert oracle(limit) - 1e-6 <= mixed <= optimum(limit, SPLIT, SPLIT) + 1e-6


def oracle(limit: Limit) -> float:
    """Try every pair."""
    sums = {
        "chairs": lambda c, d: c,
        "desks": lambda c, d: d,
        TOTAL: lambda c, d: c + d,
        "oak": lambda c, d: 3 * c + 7 * d,
    }

    def total(terms: tuple[Term, ...], c: int, d: int) -> float:
        signs = {"+": 1, "-": -1}
        each = [(t, sums[t.name](c, d) if t.name else 1) for t in terms]
        return sum(
            signs[t.sign] * (t.number or 1) * (7 if t.row else 1) * value for t, value in each
        )

    def holds(c: int, d: int) -> bool:
        left, right = total(limit.left, c, d), total(limit.right, c, d)
        left = abs(left) if limit.is_absolute else left
        return {"<=": left <= right, ">=": left >= right, "==": left == right}[limit.relation]

    pairs = itertools.product(range(141), range(61))
    return max(30 * c + 80 * d for c, d in pairs if 3 * c + 7 * d <= 420 and holds(c, d))


def test_a_goal_may_take_one_row_from_another() -> None:
    made = Sketch(
        decisions(chairs=WHOLE),
        (Row(name="price", values={"chairs": 50}), Row(name="cost", values={"chairs": 20})),
        Goal(Sense.maximize, (("+", "price"), ("-", "cost"))),
        (plain("chairs", "<=", 7),),
    )
    assert solve(made.formulation()).objective == 210


def test_each_limit_keeps_the_words_that_say_it() -> None:
    made = sketch(plain("desks", "<=", 20)).formulation()
    assert [row.doc for row in made.constraints] == ["so they say"] * 2


def test_the_same_limit_twice_makes_two_rows_with_two_names() -> None:
    twice = plain("desks", "<=", 20)
    names = [row.name for row in sketch(twice, twice, twice).formulation().constraints]
    assert len(set(names)) == len(names) == 4


# --- any names -----------------------------------------------------------------------------------

HOSTILE = [
    *("min", "max", "sum", "prod", "abs", "len", "first", "last", "log", "e1", "nan", "inf"),
    *("and", "or", "not", "in", "for", "if", "is", "class", "lambda", "None", "True", "def"),
    *("i", "i_", "items", "items_", "amount", "amount_", "total_", "lambda_", "_", "__", "sum_"),
    *("oak", "oak_max", "oak_max_limit", "oak_max_2", "total_max", "total_max_limit", "x", "x_"),
    *("\u00b5", "\u03bc", "\ufb01", "fi", "gr\u00f6\u00dfe", "\u53d8\u91cf", "__import__"),
]
NAMES = st.one_of(st.sampled_from(HOSTILE), st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True))
ODD_NAMES = st.one_of(NAMES, st.text(max_size=12))
NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


@st.composite
def sketches(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES) -> Sketch:
    distinct = names.filter(lambda name: name != TOTAL)
    chosen = draw(st.lists(distinct, min_size=1, max_size=7, unique=True))
    count = draw(st.integers(1, min(4, len(chosen))))
    made = tuple(
        Decision(name=name, doc=draw(st.text(max_size=9)), domain=draw(st.sampled_from(Domain)))
        for name in chosen[:count]
    )
    rows = tuple(
        Row(name=name, values={decision.name: draw(NUMBERS) for decision in made})
        for name in chosen[count:]
    )
    known = st.sampled_from((*chosen, TOTAL))
    signs = st.lists(st.sampled_from("+-"), max_size=2)
    terms = (("+", draw(known)), *((sign, draw(known)) for sign in draw(signs)))
    limits = tuple(draw(st.lists(_limits(known), max_size=5)))
    return Sketch(made, rows, Goal(draw(st.sampled_from(Sense)), terms), limits)


@st.composite
def _limits(draw: st.DrawFn, known: st.SearchStrategy[str]) -> Limit:
    term = st.builds(Term, known, st.none() | NUMBERS, st.sampled_from("+-"))
    left = draw(st.lists(term, min_size=1, max_size=3))
    right = draw(st.lists(term | st.builds(Term, st.none(), NUMBERS), min_size=1, max_size=3))
    relation = draw(st.sampled_from(("<=", ">=", "==")))
    words = draw(st.text(max_size=9))
    return Limit(tuple(left), relation, tuple(right), words)


@settings(max_examples=150, deadline=None)
@given(sketches())
def test_any_sketch_makes_a_formulation_that_is_valid_and_comes_back_from_json(
    made: Sketch,
) -> None:
    formulation = made.formulation()
    Instance(formulation)
    assert Formulation.from_json(formulation.to_json()) == formulation


@settings(max_examples=100, deadline=None)
@given(sketches(ODD_NAMES))
@example(
    Sketch(
        decisions(**{'a"] or x["b': WHOLE, "": WHOLE, "2x": WHOLE}),
        (),
        Goal(Sense.minimize, (("+", 'a"] or x["b'), ("+", ""), ("+", "2x"))),
        (),
    )
)
def test_names_that_no_grammar_would_let_through_make_a_valid_formulation_too(
    made: Sketch,
) -> None:
    Instance(made.formulation())


@settings(max_examples=100, deadline=None)
@given(sketches(), st.data())
def test_the_rows_of_a_formulation_compute_what_the_sketch_says(
    made: Sketch, data: st.DataObject
) -> None:
    amounts = {d.name: data.draw(st.integers(-5, 9)) for d in made.decisions}
    formulation = made.formulation()
    instance = Instance(formulation)
    evaluator = instance.evaluator(_point(formulation, made, amounts))
    goal = math.fsum((1 if sign == "+" else -1) * value(made, name, amounts)
                     for sign, name in made.goal.terms)  # fmt: skip
    assert evaluator.number(instance.objective, {}) == pytest.approx(goal, rel=1e-9, abs=1e-6)
    for row, limit in zip(instance.rows(), made.limits, strict=True):
        left, right = (evaluator.number(side, {}) for side in row.rule.relation.operands)
        assert row.rule.relation.operators == (limit.relation,)
        expected = side(made, limit.left, amounts)
        expected = abs(expected) if limit.is_absolute else expected
        assert left == pytest.approx(expected, rel=1e-9, abs=1e-6)
        assert right == pytest.approx(side(made, limit.right, amounts), rel=1e-9, abs=1e-6)


def side(made: Sketch, terms: tuple[Term, ...], amounts: Mapping[str, float]) -> float:
    """Compute a side of a limit by hand."""
    return math.fsum(
        (1 if term.sign == "+" else -1)
        * (1 if term.number is None else term.number)
        * (1 if term.name is None else value(made, term.name, amounts))
        for term in terms
    )


def value(made: Sketch, name: str, amounts: Mapping[str, float]) -> float:
    """Compute a name of a sketch by hand."""
    if name in amounts:
        return amounts[name]
    values = next((row.values for row in made.rows if row.name == name), None)
    return math.fsum((values[n] if values else 1) * amount for n, amount in amounts.items())


def _point(
    formulation: Formulation, made: Sketch, amounts: Mapping[str, float]
) -> dict[str, dict[tuple[str, ...], float]]:
    if len(formulation.variables) == 1 and formulation.variables[0].index:
        return {formulation.variables[0].name: {(name,): a for name, a in amounts.items()}}
    names = [variable.name for variable in formulation.variables]
    return {name: {(): amounts[d.name]} for name, d in zip(names, made.decisions, strict=True)}


@settings(max_examples=50, deadline=None)
@given(sketches())
def test_a_sketch_declares_no_set_in_vain(made: Sketch) -> None:
    unused = [f.element for f in check(made.formulation()) if f.code is Code.unused]
    assert not any(element and element.startswith("set") for element in unused)
