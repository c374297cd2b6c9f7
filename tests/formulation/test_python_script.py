import ast
import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest
from hypothesis import assume, given

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation import Formulation, to_python
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.python_script import RESERVED, safe, script
from solvitur.solvers import solve
from tests.formulation.closed import POINT, closed, formulation
from tests.formulation.strategies import names, no_clock

FORMULATIONS = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))
RUN = [
    "lp_comparison_chains",
    "lp_constant_objective",
    "lp_critical_path",
    "lp_negative_lower_bounds",
    "lp_parameter_functions",
    "milp_facility_location_capacitated",
    "milp_lot_sizing",
    "milp_unit_commitment",
    "network_max_flow",
    "qp_portfolio",
    "infeasible_constant_row",
    "infeasible_rows",
]
HOSTILE = (
    "a'b\"c\\",
    'end"""\nimport os\nos.abort()\n"""',
    "#\r\nraise SystemExit(3)",
    "\u2028raise SystemExit(4)",
    "\u202e{__import__('os').abort()}",
    "coding: utf-7",
)


def run(script: str, folder: Path) -> list[str]:
    path = folder / "model.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, cwd=folder, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [each.name for each in folder.iterdir()] == ["model.py"]
    return done.stdout.splitlines()


def printed(script: str) -> list[str]:
    """Run in this process, which saves a second."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        executed(script, "__main__")
    return output.getvalue().splitlines()


def executed(script: str, name: str) -> dict[str, Any]:
    world: dict[str, Any] = {"__name__": name}
    exec(compile(script, "script", "exec"), world)  # noqa: S102  # what is tested is that one may
    return world


def built(script: str) -> pyo.ConcreteModel:
    """Build the model in this process, without solving."""
    return executed(script, "script")["model"]


def shop(**fields: Any) -> Formulation:
    elements = {
        "variables": [{"name": "x"}],
        "objective": {"sense": "minimize", "expression": "x"},
        **fields,
    }
    return Formulation.model_validate(elements)


@pytest.mark.parametrize("path", FORMULATIONS, ids=lambda path: path.stem)
def test_every_file_becomes_a_script_that_python_can_read(path: Path) -> None:
    ast.parse(to_python(Formulation.from_file(path)))


@pytest.mark.parametrize("name", RUN)
def test_a_script_prints_the_optimum_that_solve_finds(name: str, tmp_path: Path) -> None:
    formulation = Formulation.from_file(FORMULATIONS[0].parent / f"{name}.json")
    status, *rest = run(to_python(formulation), tmp_path)
    solution = solve(formulation)
    if solution.objective is None:
        assert (status, rest) == (f"status: {solution.outcome.value}", [])
        return
    assert status == "status: optimal"
    assert float(rest[0].removeprefix("objective: ")) == pytest.approx(solution.objective)


def test_a_script_prints_what_is_not_zero() -> None:
    two = shop(
        sets=[{"name": "P", "elements": ["a", "b"]}],
        variables=[{"name": "x", "index": ["P"], "upper": 3}],
        objective={"sense": "maximize", "expression": 'x["a"] - x["b"]'},
    )
    assert printed(to_python(two)) == ["status: optimal", "objective: 3.0", "x[a] = 3.0"]


@no_clock
@given(closed())
def test_an_expression_means_in_the_script_what_it_means_in_the_formulation(text: str) -> None:
    try:
        instance = Instance(formulation(text))
        expected = instance.evaluator(POINT).number(parse(text), {})
    except FormulationError:
        assume(False)
        raise
    model = built(script(instance))
    for name, entries in POINT.items():
        for key, value in entries.items():
            entry = model.find_component(name)
            (entry[key] if key else entry).set_value(value)
    assert pyo.value(model.objective) == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    text = "".join(HOSTILE)
    conditions = " and ".join(f"p != {element!r}" for element in HOSTILE)
    hostile = shop(
        title=text,
        sets=[{"name": "P", "elements": [*HOSTILE, "b"], "doc": text}],
        parameters=[
            {"name": "w", "value": 2, "doc": text, "unit": text},
            {"name": "c", "index": ["P"], "values": {"b": 7}, "default": 1, "doc": text},
        ],
        variables=[{"name": "x", "index": ["P"], "doc": text, "unit": text}],
        objective={"sense": "minimize", "expression": "sum(c[p] * x[p] for p in P)", "doc": text},
        constraints=[
            {"name": "low", "forall": "p in P", "expression": "x[p] >= w", "doc": text},
            {"name": "one", "forall": f"p in P if {conditions}", "expression": "x[p] >= 3"},
        ],
    )
    script = to_python(hostile)
    assert run(script, tmp_path)[:2] == ["status: optimal", "objective: 33.0"]
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls <= {"sum", "print", "abs", "round"}


def test_no_text_of_the_formulation_stands_where_python_looks_for_an_encoding() -> None:
    assert to_python(shop(title="coding: utf-7")).splitlines()[:2] == [
        "# Needs: pip install pyomo highspy",
        "",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "model",
        "pyo",
        "list",
        "print",
        "sum",
        "objective",
        "name",
        "_x",
        "__builtins__",
        "key",
        "relation",
        "never",
        "write",
        "x_rule",
    ],
)
def test_a_name_that_means_something_else_is_changed_a_little(name: str) -> None:
    clash = shop(
        sets=[{"name": "T", "range": [1, 2]}],
        variables=[{"name": name, "index": ["T"]}, {"name": "x"}],
        objective={"sense": "minimize", "expression": f"x + sum({name}[t] for t in T)"},
        constraints=[
            {"name": "T", "forall": "t in T", "expression": f"{name}[t] >= t"},
            {"name": name, "expression": f"{name}[1] + x >= 4"},
            {"name": "x", "expression": "x >= 1"},
            {"name": "class", "expression": "1 <= x <= 5"},
        ],
    )
    assert printed(to_python(clash))[:2] == ["status: optimal", "objective: 6.0"]


def test_a_parameter_may_have_any_name_too() -> None:
    clash = shop(
        parameters=[
            {"name": name, "value": 1}
            for name in ("model", "pyo", "len", "print", "__name__", "_a", "n_a", "abs", "abs_")
        ],
        constraints=[
            {"name": "c", "expression": "x >= model + pyo + len + print + __name__ + _a + n_a"},
            {"name": "d", "expression": "x >= abs + abs_ + abs(-9)"},
        ],
    )
    assert printed(to_python(clash))[1] == "objective: 11.0"


@no_clock
@given(names, names)
def test_no_two_names_become_one(one: str, other: str) -> None:
    assert (safe(one) == safe(other)) == (one == other)
    assert safe(one) not in RESERVED
    assert not safe(one).startswith("_")


def test_every_name_on_a_pyomo_model_is_reserved() -> None:
    taken = {name for name in dir(pyo.ConcreteModel()) if not name.startswith("_")}
    assert taken <= RESERVED


def test_a_chain_becomes_one_constraint_for_each_link() -> None:
    model = built(
        to_python(shop(constraints=[{"name": "c", "expression": "1 <= x <= 2 * x <= 9"}]))
    )
    assert [row.name for row in model.component_objects(pyo.Constraint)] == ["c_1", "c_2", "c_3"]


def test_rows_that_hold_whatever_is_decided_are_left_out() -> None:
    fixed = shop(
        sets=[{"name": "T", "range": [1, 3]}],
        constraints=[
            {"name": "c", "forall": "t in T", "expression": "sum(x for s in T if s > t) <= t + 5"},
            {"name": "d", "expression": "1 + 0.1 + 0.2 <= 1.3"},
            {"name": "e", "expression": "x >= 2"},
        ],
    )
    script = to_python(fixed)
    assert len(built(script).c) == 2
    assert printed(script)[1] == "objective: 2.0"


def test_a_row_that_can_never_hold_makes_the_model_infeasible() -> None:
    never = shop(constraints=[{"name": "c", "expression": "2 <= 1"}])
    assert printed(to_python(never)) == ["status: infeasible"]


def test_bounds_may_depend_on_a_whole_tuple_and_on_more() -> None:
    bounded = shop(
        sets=[{"name": "A", "elements": [["a", 1], ["b", 2]]}, {"name": "T", "range": [1, 2]}],
        parameters=[{"name": "c", "index": ["A"], "default": 5}],
        variables=[
            {"name": "x", "index": ["A", "T"], "over": "a in A, t in T", "upper": "c[a] + t"},
            {"name": "y", "upper": "len(T) * 3", "lower": None, "domain": "integer"},
        ],
        objective={"sense": "minimize", "expression": "y"},
    )
    model = built(to_python(bounded))
    assert model.x["b", 2, 2].bounds == (0, 7)
    assert model.y.bounds == (None, 6)


def test_a_rule_over_whole_tuples_takes_them_together() -> None:
    tuples = shop(
        sets=[{"name": "A", "elements": [["a", 1], ["b", 2]]}, {"name": "T", "range": [1, 2]}],
        variables=[{"name": "x", "index": ["A", "T"]}],
        objective={"sense": "minimize", "expression": "sum(x[a, t] for a in A for t in T)"},
        constraints=[
            {
                "name": "c",
                "forall": "a in A, t in T if a != ('a', 1) and (a, t) != (('b', 2), 1)",
                "expression": "x[a, t] >= 1",
            }
        ],
    )
    model = built(to_python(tuples))
    assert [str(row) for row in model.c.values()] == ["c[b,2,2]"]


def test_an_empty_set_leaves_nothing_behind() -> None:
    empty = shop(
        sets=[{"name": "E", "elements": []}],
        variables=[{"name": "x", "index": ["E"]}, {"name": "y"}],
        objective={"sense": "minimize", "expression": "y + sum(x[e] for e in E)"},
        constraints=[{"name": "c", "forall": "e in E", "expression": "x[e] >= 1"}],
    )
    model = built(to_python(empty))
    assert (len(model.x), len(model.c)) == (0, 0)


def test_defaults_units_and_docs_are_written_out() -> None:
    script = to_python(
        shop(
            sets=[{"name": "P", "elements": ["a", "b"], "doc": "products"}],
            parameters=[
                {
                    "name": "c",
                    "index": ["P"],
                    "values": {"a": 2.5},
                    "default": 7,
                    "unit": "USD",
                    "doc": "paid",
                }
            ],
        )
    )
    assert "P = ['a', 'b']  # products" in script
    assert "c = {'a': 2.5, 'b': 7}  # USD; paid" in script


def test_long_data_is_broken_into_lines() -> None:
    long = shop(
        sets=[{"name": "T", "range": [1, 200]}],
        parameters=[{"name": "c", "index": ["T"], "default": 12345}],
    )
    assert max(map(len, to_python(long).splitlines())) <= 100


@pytest.mark.parametrize(
    ("expression", "value"),
    [("max(x, 3)", 5), ("min(x, 3, y)", 2), ("max(z[t] for t in T)", 8), ("abs(y - x)", 3)],
)
def test_extremes_of_variables_are_written_for_a_nonlinear_solver(
    expression: str, value: float
) -> None:
    nonlinear = shop(
        sets=[{"name": "T", "range": [1, 2]}],
        variables=[{"name": "x"}, {"name": "y"}, {"name": "z", "index": ["T"]}],
        objective={"sense": "minimize", "expression": expression},
    )
    model = built(script(Instance(nonlinear)))
    for entry, at in ((model.x, 5), (model.y, 2), (model.z[1], 8), (model.z[2], 7)):
        entry.set_value(at)
    assert pyo.value(model.objective) == pytest.approx(value)


def test_a_formulation_that_says_no_model_has_no_script() -> None:
    with pytest.raises(InvalidFormulation):
        to_python(shop(objective={"sense": "minimize", "expression": "y"}))


def test_writing_a_script_loads_neither_pyomo_nor_highs() -> None:
    code = (
        "import sys; from solvitur.formulation import Formulation\n"
        "Formulation.model_validate({'variables': [{'name': 'x'}], 'objective':"
        " {'sense': 'minimize', 'expression': 'x'}}).to_python()\n"
        "assert not {'pyomo', 'highspy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_largest_of_many_variables_stays_small_enough_to_compute() -> None:
    many = shop(
        sets=[{"name": "T", "range": [1, 64]}],
        variables=[{"name": "x", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "max(t * x[t] for t in T)"},
    )
    model = built(script(Instance(many)))
    for entry in model.x.values():
        entry.set_value(2)
    assert pyo.value(model.objective) == pytest.approx(128)


# --- derived, logical and piecewise --------------------------------------------------------------

TOUR: dict[str, Any] = {
    "sets": [
        {"name": "NEAR", "expression": "(i, j) for i in N for j in N if i != j and d[i, j] <= far"},
        {"name": "N", "elements": ["a", "b", "c"], "doc": "towns"},
        {"name": "T", "elements": ["mon", "wed", "fri"]},
        {"name": "LATE", "expression": "next(T, t) for t in T if t != last(T)"},
        {"name": "WHOLE", "expression": "(r, t) for r in NEAR for t in LATE"},
        {"name": "END", "expression": "j for (i, j) in NEAR", "doc": "where roads lead"},
        {"name": "HALF", "expression": "len(N) / 3 + k for k in K"},
        {"name": "K", "range": [1, 2]},
        {"name": "HUB", "elements": ["b"], "within": "N", "doc": "where to change"},
    ],
    "parameters": [
        {"name": "far", "expression": "max(at[n] for n in N) * 0.8", "unit": "km"},
        {
            "name": "d",
            "index": ["N", "N"],
            "over": "i in N, j in N",
            "expression": "abs(at[i] - at[j])",
        },
        {"name": "at", "index": ["N"], "values": {"a": 0, "b": 4, "c": 10}},
        {
            "name": "both",
            "index": ["NEAR", "K"],
            "over": "r in NEAR, k in K",
            "expression": "d[r] + k",
        },
        {"name": "flat", "index": ["K"], "expression": "piecewise(far, ((0, 0), (10, 5)))"},
    ],
    "variables": [
        {"name": "x", "index": ["WHOLE"], "upper": 5},
        {"name": "y", "index": ["T"], "upper": 9},
        {"name": "z", "index": ["K"], "domain": "binary"},
    ],
    "objective": {
        "sense": "minimize",
        "expression": "sum(both[r, 2] * x[r, t] for (i, j, t) in WHOLE for r in NEAR "
        "if r == (i, j)) + sum(y[t] for t in T) + sum(3 * z[k] for k in K)",
    },
    "constraints": [
        {
            "name": "grow",
            "forall": "t in T if t != first(T)",
            "expression": "y[t] >= y[prev(T, t)] + 1",
        },
        {"name": "start", "expression": "y['mon'] + sum(flat[k] * z[k] for k in K) >= len(END)"},
        {
            "name": "carry",
            "forall": "n in END",
            "expression": "sum(x[i, j, t] for (i, j, t) in WHOLE if j == n)"
            " >= len(HALF) + len(HUB)",
        },
    ],
}

LOGICAL: dict[str, Any] = {
    "sets": [{"name": "T", "range": [1, 3]}],
    "parameters": [{"name": "need", "index": ["T"], "values": {"1": 4, "2": 7, "3": 2}}],
    "variables": [
        {"name": "x", "index": ["T"], "upper": 9},
        {"name": "on", "index": ["T"], "domain": "binary"},
        {"name": "top"},
    ],
    "objective": {
        "sense": "minimize",
        "expression": "sum(piecewise(x[t], ((0, 0), (4, 8), (9, 10))) + abs(x[t] - 5) for t in T)"
        " + 2 * top + sum(3 * on[t] for t in T)",
    },
    "constraints": [
        {
            "name": "met",
            "forall": "t in T",
            "expression": "sum(x[s] for s in T if s <= t) >= need[t]",
        },
        {"name": "off", "forall": "t in T", "expression": "implies(on[t] == 0, x[t] <= 1)"},
        {
            "name": "once",
            "forall": "t in T",
            "expression": "implies(t > 1 and on[t] == 1, x[prev(T, t)] <= x[t])",
        },
        {
            "name": "known",
            "forall": "t in T",
            "expression": "implies(t > 1, top >= x[t] - x[t - 1])",
        },
        {"name": "never", "expression": "implies(need[1] > 4, top >= 100)"},
        {"name": "largest", "expression": "top >= max(x[t] for t in T) / 2"},
        {"name": "both", "expression": "sum(on[t] * x[t] for t in T) >= 6"},
    ],
}


@pytest.mark.parametrize("elements", [TOUR, LOGICAL], ids=["derived", "logical"])
def test_a_script_has_the_optimum_of_what_it_derives_and_says_by_rows(
    elements: dict[str, Any], tmp_path: Path
) -> None:
    formulation = Formulation.model_validate(elements)
    status, objective, *_ = run(to_python(formulation), tmp_path)
    solution = solve(formulation)
    assert solution.verification is not None
    assert solution.verification.ok
    assert status == "status: optimal"
    assert float(objective.removeprefix("objective: ")) == pytest.approx(solution.objective)


def test_what_is_derived_is_derived_in_the_script_as_well() -> None:
    five = Formulation.model_validate(TOUR)
    text = to_python(five)
    for line in (
        "far = max(at[n] for n in N) * 0.8  # km",
        "d = {(i, j): abs(at[i] - at[j]) for i in N for j in N}",
        "NEAR = [(i, j) for i in N for j in N if i != j and d[i, j] <= far]",
        "LATE = list(dict.fromkeys(after(T, t) for t in T if t != T[-1]))",
        "WHOLE = [(*r, t) for r in NEAR for t in LATE]",
        "END = list(dict.fromkeys(j for (i, j) in NEAR))  # where roads lead",
        "both = {(*r, k): d[r] + k for r in NEAR for k in K}",
        "HALF = [2, 3]",
        "HUB = ['b']  # within N; where to change",
        "flat = {1: 4, 2: 4}",
    ):
        assert line in text.splitlines()
    world, instance = executed(text, "script"), Instance(five)
    for name, elements in instance.sets.items():
        assert world[name] == [key[0] if len(key) == 1 else key for key in elements]
    for name, entries in instance.parameters.items():
        found = world[name] if entries.keys() != {()} else {(): world[name]}
        assert found == pytest.approx(
            {key[0] if len(key) == 1 else key: value for key, value in entries.items()}
        )


def test_a_known_piecewise_function_is_computed_in_the_script() -> None:
    known = shop(
        sets=[{"name": "K", "range": [1, 3]}],
        parameters=[{"name": "w", "value": 2.5}],
        constraints=[
            {"name": "c", "expression": "x >= piecewise(w, ((k, k ** 2) for k in K))"},
            {"name": "d", "expression": "x >= piecewise(1, ((0, 0), (1, 2)))"},
        ],
    )
    assert printed(to_python(known))[1] == "objective: 6.5"


def test_the_element_before_the_first_is_never_the_last() -> None:
    text = to_python(
        shop(
            constraints=[{"name": "c", "expression": "x >= prev(T, 2)"}],
            sets=[{"name": "T", "range": [1, 3]}],
        )
    )
    world = executed(text, "script")
    assert world["before"]([1, 2, 3], 3) == 2
    with pytest.raises(KeyError):
        world["before"]([1, 2, 3], 1)


def test_what_no_solver_can_take_has_no_script() -> None:
    free = shop(
        variables=[{"name": "x"}, {"name": "y"}],
        constraints=[{"name": "c", "expression": "implies(x >= 1, y <= 2)"}],
    )
    with pytest.raises(InvalidFormulation, match="constraint 'c'"):
        to_python(free)
    with pytest.raises(FormulationError, match="has no form in Pyomo"):
        script(
            Instance(
                shop(
                    objective={"sense": "minimize", "expression": "piecewise(x, ((0, 0), (1, 2)))"}
                )
            )
        )


@pytest.mark.parametrize(
    "fields",
    [
        {
            "variables": [
                {"name": "x", "upper": 9},
                {"name": "y", "domain": "integer", "upper": 9},
            ],
            "objective": {"sense": "minimize", "expression": "exp(x / 3) + x * y + 2 / (1 + y)"},
            "constraints": [{"name": "c", "expression": "x * y >= 7"}],
        },
        {
            "variables": [{"name": "x", "domain": "integer", "upper": 9}],
            "objective": {"sense": "minimize", "expression": "(x - 3.3) ** 2"},
        },
    ],
    ids=["MINLP", "MIQP"],
)
def test_a_script_of_what_highs_cannot_solve_asks_scip(fields: dict[str, Any]) -> None:
    pytest.importorskip("pyscipopt")
    made = shop(**fields)
    text = to_python(made)
    assert text.startswith("# Needs: pip install pyomo pyscipopt")
    status, objective, *_ = printed(text)
    assert status == "status: optimal"
    expected = pytest.approx(solve(made).objective, rel=1e-6)
    assert float(objective.removeprefix("objective: ")) == expected
