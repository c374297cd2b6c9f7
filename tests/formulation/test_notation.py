import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import FormulationError
from solvitur.formulation.expression import parse
from solvitur.formulation.free_text.names import Names
from solvitur.formulation.free_text.notation import translate, translate_loops
from solvitur.formulation.free_text.signs import clauses, number, plain
from tests.formulation.strategies import any_text, no_clock


def names() -> Names:
    found = Names(
        dimensions={"x": 1, "y": 0, "z": 2, "c": 1, "B": 0, "C_max": 0, "unit_cost": 1, "Δ": 0},
        letters={"i": "I", "j": "I", "t": "T"},
        phrases={("land", "per", "cow"): "land_per_cow"},
    )
    found.dimensions["land_per_cow"] = 0
    found.add_set("I", ["a", "b"])
    found.add_set("T", [1, 2, 3])
    found.add_set("A", [("a", "b"), ("b", "a")])
    return found


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("3y + 2B <= 10", "3 * y + 2 * B <= 10"),
        ("3 y <= 1,000", "3 * y <= 1000"),
        ("2(y + B) = 3", "2 * (y + B) == 3"),
        ("(y + 1)(B - 1)", "(y + 1) * (B - 1)"),
        ("y^2 - 2^{B}", "y ** 2 - 2 ** (B)"),
        ("0 <= y <= 5%", "0 <= y <= 0.05"),
        ("-y + +3", "-y + 3"),
        ("y·B ÷ 2 \u2212 1 ≤ 4", "y * B / 2 - 1 <= 4"),
        ("x_i", "x[i]"),
        ("x_{i}", "x[i]"),
        ("x[i]", "x[i]"),
        ("x(i)", "x[i]"),
        ("x_a", 'x["a"]'),
        ("x_{t-1}", "x[t - 1]"),
        ("x_2", "x[2]"),
        ("x₂", "x[2]"),
        ("xᵢ", "x[i]"),
        ("z_{ij}", "z[i, j]"),
        ("z_{i,t+1}", "z[i, t + 1]"),
        ("z_i_t", "z[i, t]"),
        ("z[i][t]", "z[i, t]"),
        ("unit_cost_i", "unit_cost[i]"),
        ("C_{max}", "C_max"),
        ("C_{\\text{max}} + Δ", "C_max + Δ"),
        ("Land per cow * y", "land_per_cow * y"),
        ("sum_{i in I} c_i x_i + y", "sum(c[i] * x[i] for i in I) + y"),
        ("∑_{i∈I} c_i·x_i", "sum(c[i] * x[i] for i in I)"),
        ("Σ_i c_i x_i", "sum(c[i] * x[i] for i in I)"),
        (r"\sum_{t=1}^{3} x_t", "sum(x[t] for t in T)"),
        (r"\sum_{i \in I}\sum_{t \in T} z_{it}", "sum(sum(z[i, t] for t in T) for i in I)"),
        ("sum_{i in I, t in T} z_{it}", "sum(z[i, t] for i in I for t in T)"),
        ("sum_{(i,j) in A} z_{ij}", "sum(z[i, j] for (i, j) in A)"),
        (r"\sum_{i, j \in I: i \neq j} z_{ij}", "sum(z[i, j] for i in I for j in I if i != j)"),
        ("sum(c[i] * x[i] for i in I if i != 'a')", 'sum(c[i] * x[i] for i in I if i != "a")'),
        ("sum(i in I) c_i x_i", "sum(c[i] * x[i] for i in I)"),
        (r"\frac{y}{2} + \frac{1}{B + 1}", "((y) / (2)) + ((1) / (B + 1))"),
        (r"\max(y, B) + \sqrt{y}", "max(y, B) + sqrt(y)"),
        (r"\ln(y) \cdot \exp{B}", "log(y) * exp(B)"),
        ("len(I) * y", "len(I) * y"),
    ],
)
def test_notation_is_put_into_the_language(written: str, text: str) -> None:
    formula = translate(plain(written), names())
    assert (formula.text, formula.rest) == (text, "")
    parse(formula.text)


def test_letters_that_no_loop_binds_are_free() -> None:
    assert translate("z_{it} <= c_i + sum_{j in I} x_j", names()).free == ("i", "t")


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        ("y <= 100 hectares", "hectares"),
        ("y <= 3,500 person-days", "person-days"),
        ("y <= 7 (at most seven)", "(at most seven)"),
        ("y <= B, B >= 1", ", B >= 1"),
        ("y for all i in I", "for all i in I"),
    ],
)
def test_what_stands_after_a_formula_is_handed_back(written: str, rest: str) -> None:
    assert translate(written, names()).rest == rest


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "apples <= 3",
            "'apples' is not declared; the formula cannot be read before 'apples <= 3'",
        ),
        ("y + apples <= 3", "'apples' is not declared"),
        ("y <=", "a number or a name is missing at the end"),
        ("(y", "')' is missing at the end"),
        ("x[i <= 2", "']' is missing"),
        ("sum_{k in K} y", "the name of a set is needed before 'K} y'"),
        ("sum_{k} y", "say what 'k' runs over, as in 'k in I'"),
        ("sum_{t=1}^{7} x_t", "declare the set of these integers and name it"),
        ("sum_{i in I: i in N(i)} x_i", "the name of a set is needed"),
        ("frac 3 4", "an opening bracket is missing"),
        ("(" * 100 + "y", "the formula is nested deeper than 50 levels"),
        ("-" * 200 + "y", "the formula is nested deeper than 50 levels"),
        ("y" * 30_000, "a formula has at most 20,000 characters"),
    ],
    ids=lambda text: text[:12],
)
def test_a_formula_that_cannot_be_read_is_refused(written: str, message: str) -> None:
    with pytest.raises(FormulationError) as caught:
        translate(plain(written), names())
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "forall"),
    [
        ("for all i in I", "i in I"),
        ("∀ i ∈ I, t ∈ T", "i in I, t in T"),
        ("for each i, j in I with i != j", "i in I, j in I if i != j"),
        ("(i, j) in A, i != 'a'", '(i, j) in A if i != "a"'),
        ("for every t in T such that t >= 2", "t in T if t >= 2"),
        ("t in T where t > 1 and t < 3", "t in T if t > 1 and t < 3"),
        ("t = 1, ..., 3", "t in T"),
        ("t = 1..3", "t in T"),
        ("i", "i in I"),
    ],
)
def test_a_quantifier_is_put_into_the_language(written: str, forall: str) -> None:
    assert translate_loops(plain(written), names()).text == forall


@pytest.mark.parametrize(
    ("written", "signs"),
    [
        (r"$x \leq 3$", "x <= 3"),
        (r"\\( I = \\{A, B\\} \\)", "I = {A, B}"),
        (r"\text{Let } A \text{ be}", "Let A be"),
        ("**Wood**: `x`", "Wood: x"),
        ("x**2 + y**2", "x**2 + y**2"),
        (r"\alpha_{\mathrm{max}}", "alpha _{max}"),
        (r"x \in \mathbb{Z}_+", "x in \u2124_+"),
        ("x ≥ 0 ∀ t", "x >= 0 for all t"),
        ("a\u00a0\u2013\u2009b", "a - b"),
    ],
)
def test_signs_are_put_into_plain_ones(written: str, signs: str) -> None:
    assert plain(written).strip() == signs


def test_clauses_are_cut_outside_brackets() -> None:
    assert [clause for _, clause in clauses("x[i, j] = 1,000 kg (a, b); where f(x, y) = 2")] == [
        "x[i, j] = 1,000 kg",
        "a",
        "b",
        "f(x, y) = 2",
    ]


def test_a_number_is_read_as_people_write_it() -> None:
    assert [number(text) for text in ("1,234.5", "- 2", "7%", "1e3")] == [1234.5, -2, 0.07, 1000]


@no_clock
@given(any_text | st.text(alphabet="xyzi_{}()[]^*/+-<>=,:.|3 ∑≤\\\"'", max_size=40))
def test_any_text_is_translated_or_refused(text: str) -> None:
    for read in (translate, translate_loops):
        try:
            read(plain(text), names())
        except FormulationError:
            continue
