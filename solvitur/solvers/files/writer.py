"""A formulation as an LP or an MPS file, which other solvers read."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import highspy
import numpy as np

from solvitur.errors import SolverError, Unsupported
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import linearise
from solvitur.formulation.tables.data import Given
from solvitur.solvers.files.names import legal_names, notes
from solvitur.solvers.highs.run import TOO_LARGE, Quiet, as_model
from solvitur.solvers.linear import Linear
from solvitur.solvers.program import Program
from solvitur.solvers.words import listed

_SECTIONS = ("bounds", "bin", "gen", "semi")
_EMPTY_ROW = re.compile(r"^( \w+:) ([<>=]+ \S+)$")
_MARKS = {"lp": "\\", "mps": "*"}
"""What a comment begins with."""


def to_lp(formulation: Formulation, data: Given = None) -> str:
    r"""Write an LP file; comments say what its names stand for in the formulation.

    What is not linear is said by linear rows where that is exact.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: It has nonlinear constraints, or an objective beyond squares and products.

    Example:
        >>> print(to_lp(Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "table"]}],
        ...     "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(30 * x[p] for p in P)"},
        ...     "constraints": [{"name": "room", "forall": "p in P", "expression": "x[p] <= 4"}]})))
        \ x_chair = x[chair]
        \ x_table = x[table]
        \ room_chair = room[chair]
        \ room_table = room[table]
        max
         obj: +30 x_chair +30 x_table
        st
         room_chair: +1 x_chair <= +4
         room_table: +1 x_table <= +4
        gen
         x_chair
         x_table
        end
        <BLANKLINE>
    """
    program, names, lines, comments = _written(formulation, data, "lp")
    return "\n".join([*comments, *_completed(lines, program, names), ""])


def to_mps(formulation: Formulation, data: Given = None) -> str:
    """Write a free-format MPS file; comments say what its names stand for in the formulation.

    A maximization has a section OBJSENSE, which GLPK refuses: write LP for it.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: It has nonlinear constraints, or an objective beyond squares and products.
    """
    _, _, lines, comments = _written(formulation, data, "mps")
    return "\n".join([*comments, *lines, ""])


def _written(
    formulation: Formulation, data: Given, kind: str
) -> tuple[Program, list[str], list[str], list[str]]:
    """Let HiGHS write a file; give what it writes of, its lines, and comments to go before them."""
    linear, program = _program(Instance(formulation, data))
    columns, rows = list(map(str, linear.columns)), _row_labels(linear)
    names = legal_names([*columns, *rows])
    model = as_model(program.with_objective_times(program.sign))
    model.lp_.sense_ = (
        highspy.ObjSense.kMinimize if program.sign > 0 else highspy.ObjSense.kMaximize
    )
    model.lp_.col_names_, model.lp_.row_names_ = names[: len(columns)], names[len(columns) :]
    model.lp_.model_name_ = legal_names([formulation.title])[0] if formulation.title else ""
    highs = Quiet()
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise SolverError(TOO_LARGE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model.{kind}"
        if highs.writeModel(str(path)) == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS cannot write this model as {kind.upper()}")
        lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    return program, names, lines, list(notes(_MARKS[kind], names, [*columns, *rows]))


def _completed(lines: list[str], program: Program, names: list[str]) -> Iterator[str]:
    """Say in an LP file what HiGHS leaves out of it, and leave out headings of nothing.

    Other readers want a variable in every row, and a variable that is in none would be lost.
    """
    used = (program.cost != 0) | (program.matrix.largest_by_column() != 0)
    used[program.hessian.column] = True
    unused = [names[place] for place in np.flatnonzero(~used).tolist()]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith(" obj:") and unused:
            yield " obj:"
            yield from (f"  +0 {name}" for name in unused)
            yield f"  {' '.join(line.removeprefix(' obj:').split())}"
        elif line and not line.startswith("\\") and (line not in _SECTIONS or after[:1] == " "):
            spaced = f"{' ' * line.startswith(' ')}{' '.join(line.split())}"
            yield _EMPTY_ROW.sub(rf"\1 0 {names[0]} \2", spaced)


def _program(original: Instance) -> tuple[Linear, Program]:
    rewritten = linearise(original)
    instance = rewritten.instance
    kind = classify(instance)
    if rewritten.obstacles or kind in (ProblemClass.NLP, ProblemClass.MINLP):
        raise Unsupported(
            "LP and MPS files hold linear constraints and an objective of at most squares and "
            f"products; write a Pyomo script instead (to_python), or mend this:\n"
            f"{listed(rewritten.reasons)}"
        )
    linear = Linear(instance)
    if kind.is_linear:
        return linear, linear.program
    from solvitur.solvers.curvature import quadratic  # where Pyomo is imported

    return linear, quadratic(linear)


def _row_labels(linear: Linear) -> list[str]:
    """Name the rows; those of a chain by their place in it as well."""
    chains = {row.constraint for row in linear.rows if row.link}
    return [
        f"{row} {row.link + 1}" if row.constraint in chains else str(row) for row in linear.rows
    ]
