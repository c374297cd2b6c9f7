import ast

import pytest

from solvitur.agents.mending import mended
from solvitur.agents.script import run_script
from tests.agents.test_code import RIGHT


@pytest.mark.parametrize(
    ("script", "mend"),
    [
        ("m.c = pyo.Constraint(expr=m.x > m.y)", "m.c = pyo.Constraint(expr=m.x >= m.y)"),
        ("m.c = Constraint(expr=(m.x) < (5))", "m.c = Constraint(expr=(m.x) <= (5))"),
        ("m.c.add(m.x < 5)", "m.c.add(m.x <= 5)"),
        ("m.c = Constraint(P, rule=lambda m, p: m.x[p] > 1)", "...: m.x[p] >= 1)"),
        ("def r(m):\n    return 2 < m.x < 5  # ä", "def r(m):\n    return 2 <= m.x <= 5  # ä"),
        ("é = 1; m.c = Constraint(expr=m.é > m.y)", "é = 1; m.c = Constraint(expr=m.é >= m.y)"),
        ("e = sum(m.x[1] + 2 * m.x[2])", "e = (m.x[1] + 2 * m.x[2])"),
        ("e = sum(a * m.x - m.y) + sum(m.z * 2)", "e = (a * m.x - m.y) + (m.z * 2)"),
    ],
)
def test_what_has_one_mend_is_mended(script: str, mend: str) -> None:
    assert mended(script).endswith(mend.removeprefix("..."))
    ast.parse(mended(script))


LOOSE = """
import pyomo.environ as pyo

x = pyo.Var(domain=pyo.NonNegativeIntegers)
y = pyo.Var(
    domain=pyo.NonNegativeReals
)
model = pyo.ConcreteModel()
model.c = pyo.Constraint(expr=x + y < 7.5)
model.o = pyo.Objective(expr=sum(3 * x + 2 * y), sense=pyo.maximize)
pyo.SolverFactory("highs").solve(model)
"""


def test_variables_that_are_in_no_model_are_put_into_it() -> None:
    script = mended(LOOSE.replace("sum(3 * x + 2 * y)", "3 * x + 2 * y"))
    assert script.splitlines()[3].startswith("model = pyo.ConcreteModel(); x = pyo.Var(")
    assert script.splitlines()[6:8] == ["); model.y = y", "pass"]
    assert run_script(script, 10, "limits").objective == 22


def test_where_there_is_no_model_one_is_made() -> None:
    script = LOOSE.replace("model = pyo.ConcreteModel()\n", "").replace("model.", "")
    script = mended(script.replace("sum(3 * x + 2 * y)", "3 * x + 2 * y"))
    assert script.splitlines()[3].startswith("model = pyo.ConcreteModel(); x = pyo.Var(")
    assert run_script(script, 10, "limits").objective == 22


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x + y < 7.5", "x + y < 7.5); model.x = x; model.y = (y"),
        ("model = pyo.ConcreteModel()", "model = pyo.AbstractModel()"),
        ("model = pyo.ConcreteModel()", "model = pyo.ConcreteModel(); m = pyo.ConcreteModel()"),
    ],
)
def test_variables_stay_where_it_is_not_clear_where_they_belong(old: str, new: str) -> None:
    script = LOOSE.replace(old, new)
    assert "; model.y = y" not in mended(script).splitlines()[6]
    assert "pass" not in mended(script).splitlines()


@pytest.mark.parametrize(
    "script",
    [
        RIGHT,
        "m.c = pyo.Constraint(expr=m.x >= m.y)",
        "m.o = pyo.Objective(expr=sum(m.x[p] for p in P if p > 3))",
        "if a < b:\n    c = [x for x in y if x > 2]",
        "e = sum([m.x, m.y])",
        "e = sum(a + b)",
        "e = sum([a] + [m.x])",
        "e = sum(m.x)",
        "e = sum(m.x[1] + m.x[2], 5)",
        "this is < no Python",
        "x = '\ud800'",
        "",
    ],
)
def test_all_else_stays_as_it_is(script: str) -> None:
    assert mended(script) == script
