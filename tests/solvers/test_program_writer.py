"""What is written as LP or MPS has the same optimum, also in the hands of others."""

import re
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.solvers import Outcome, read_program_file, solve, to_lp, to_mps, to_pyomo
from solvitur.solvers.files.names import LONGEST, legal_names, read_notes

FILES = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))
PLAIN = [path for path in FILES if path.stem.startswith(("lp_", "milp_", "network_", "qp_"))]
"""Those that are linear, or quadratic, as they stand."""
WRITERS = {"lp": to_lp, "mps": to_mps}


def five(**more: Any) -> Formulation:
    goal = {"sense": "minimize", "expression": "x"}
    return Formulation.model_validate({"variables": [{"name": "x"}], "objective": goal, **more})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_ways_lead_back_to_the_same_optimum(path: Path, tmp_path: Path) -> None:
    formulation = Formulation.from_file(path)
    expected = solve(formulation)
    for kind, write in WRITERS.items():
        file = tmp_path / f"model.{kind}"
        try:
            file.write_text(write(formulation), encoding="utf-8")
        except Unsupported:
            assert expected.problem_class.value.endswith("NLP")
            continue
        back = read_program_file(file)
        found = solve(back)
        assert found.outcome is expected.outcome
        if expected.outcome is Outcome.solved:
            assert found.objective == pytest.approx(expected.objective, rel=1e-6, abs=1e-9)
            assert sum(map(len, found.values.values())) >= sum(map(len, expected.values.values()))


@pytest.mark.parametrize("path", PLAIN[::5], ids=lambda path: path.stem)
def test_what_pyomo_writes_is_read_to_the_same_optimum(path: Path, tmp_path: Path) -> None:
    """The third party's own writer, from its own model of the formulation."""
    formulation = Formulation.from_file(path)
    expected = solve(formulation)
    for kind in WRITERS:
        file = tmp_path / f"model.{kind}"
        to_pyomo(formulation).write(str(file), format=kind)
        found = solve(read_program_file(file))
        assert found.outcome is expected.outcome
        if expected.outcome is Outcome.solved:
            assert found.objective == pytest.approx(expected.objective, rel=1e-6, abs=1e-9)


QUADRATIC = ("qp_concave_maximum", "qp_portfolio", "qp_projection")
"""Those that SCIP proves within a moment."""


@pytest.mark.parametrize(
    "path",
    [p for n, p in enumerate(PLAIN) if p.stem in QUADRATIC or (n % 5 == 0 and "qp_" not in p.stem)],
    ids=lambda path: path.stem,
)
@pytest.mark.parametrize("kind", WRITERS)
def test_scip_reads_what_is_written_and_finds_the_same_optimum(
    path: Path, kind: str, tmp_path: Path
) -> None:
    """The third party's own reader and solver."""
    scip = pytest.importorskip("pyscipopt")
    formulation = Formulation.from_file(path)
    expected = solve(formulation)
    file = tmp_path / f"model.{kind}"
    file.write_text(WRITERS[kind](formulation), encoding="utf-8")
    model = scip.Model()
    model.hideOutput()
    model.readProblem(str(file))
    model.optimize()
    if expected.outcome is Outcome.solved:
        assert model.getStatus() == "optimal"
        assert model.getObjVal() == pytest.approx(expected.objective, rel=1e-6, abs=1e-5)
    else:
        assert model.getStatus() in (expected.outcome.value, "inforunbd")


def test_comments_say_what_the_names_stand_for() -> None:
    shop = five(
        sets=[{"name": "P", "elements": ["high table", "chair", "été\n2"]}],
        variables=[{"name": "x", "index": ["P"]}, {"name": "free"}],
        objective={"sense": "maximize", "expression": "sum(x[p] for p in P) - free"},
        constraints=[{"name": "st", "expression": 'x["chair"] <= 4 <= free <= 9'}],
    )
    for text in (to_lp(shop), to_mps(shop)):
        notes = read_notes(text)
        assert notes["x_high_table"] == "x[high table]"
        assert notes["x_ete_2"] == '"x[\\u00e9t\\u00e9\\n2]"'
        assert notes["_free"] == "free"
        assert notes["st_2"] == "st 2"


def test_names_are_legal_and_no_two_the_same() -> None:
    labels = ["x[1]", "x[1 ]", "X[1]", "x_1", "1", "", "e5", "Eels", "max", "x" * 900, "木", "inf"]
    names = legal_names(labels)
    assert len({name.lower() for name in names}) == len(labels)
    assert all(re.fullmatch(r"[A-Za-df-z_][A-Za-z0-9_]*", name) for name in names)
    assert max(map(len, names)) <= LONGEST + 10


def test_every_row_has_a_variable_and_every_variable_a_place() -> None:
    idle = five(
        parameters=[{"name": "a", "value": 5}],
        variables=[{"name": "x"}, {"name": "idle"}],
        constraints=[{"name": "never", "expression": "a <= 3"}],
    )
    text = to_lp(idle)
    assert " +0 idle\n" in text
    assert re.search(r"^ never: 0 x <= -2$", text, re.MULTILINE)


def test_the_sense_and_the_offset_are_kept() -> None:
    text = to_lp(five(objective={"sense": "maximize", "expression": "7 - 2 * x"}))
    assert text == "max\n obj: -2 x +7\nst\nend\n"
    assert "OBJSENSE\n  MAX\n" in to_mps(five(objective={"sense": "maximize", "expression": "-x"}))


def test_an_integer_program_with_squares_can_be_written(tmp_path: Path) -> None:
    goal = {"sense": "minimize", "expression": "(x - 2.4) ** 2"}
    whole = five(variables=[{"name": "x", "domain": "integer"}], objective=goal)
    path = tmp_path / "whole.lp"
    path.write_text(to_lp(whole))
    assert read_program_file(path).objective.expression == "-4.8 * x + x ** 2 + 5.76"


def test_what_is_not_linear_is_refused_with_what_to_do() -> None:
    for write in WRITERS.values():
        with pytest.raises(Unsupported, match="write a Pyomo script"):
            write(five(constraints=[{"name": "c", "expression": "exp(x) <= 5"}]))


def test_what_linear_rows_can_say_is_written_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "drift.mps"
    goal = {"sense": "minimize", "expression": "abs(x - 3) + x / 4"}
    path.write_text(to_mps(five(objective=goal)))
    assert solve(read_program_file(path)).objective == pytest.approx(0.75)


def test_the_same_formulation_gives_the_same_text() -> None:
    formulation = Formulation.from_file(FILES[20])
    assert to_lp(formulation) == to_lp(formulation)
