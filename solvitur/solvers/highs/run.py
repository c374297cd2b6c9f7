"""One run of HiGHS on arrays: silent, within its limits, and stopped by Ctrl-C."""

import ctypes
import math
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from solvitur.errors import SolverError
from solvitur.solvers.program import Flags, Floats, Matrix, Program
from solvitur.solvers.solution import Stop
from solvitur.solvers.waiting import Guard, wait_for

TOO_LARGE = (
    "HiGHS refuses the numbers of this model: a coefficient is 1e15 or more, or a bound is out of "
    "reach; write the problem in larger units"
)
_C = ctypes.CDLL(None)
_TURNING_ASIDE = threading.Lock()


@dataclass(frozen=True)
class Run:
    """What HiGHS says of a program."""

    status: str
    """HiGHS's own word for it, such as ``kOptimal``."""
    point: Floats | None = None
    """A point that HiGHS holds to be feasible."""
    prices: Floats | None = None
    """The dual value of each row of a linear program solved to the end."""
    bound: float | None = None
    """What no point is below, of an integer program."""


@dataclass(frozen=True)
class Aside:
    """What goes on beside a run."""

    start: Floats | None = None
    """The whole numbers to begin with, where any are known; not a number elsewhere."""
    log_file: Path | None = None
    """Where HiGHS's log goes, behind what is there."""
    tell: Callable[[float, float | None], None] | None = None
    """Told the objective and the bound of every better point, in HiGHS's thread."""


def run(program: Program, settings: dict[str, Any], aside: Aside = Aside()) -> Run:
    """Let HiGHS minimize.

    Several runs may go on at once, each in a thread of its own.

    Args:
        program: What to minimize.
        settings: HiGHS's options by name.
        aside: What goes on beside it; an error that it raises ends the run and is raised here.

    Raises:
        SolverError: HiGHS takes a number or an option for wrong.
    """
    if program.size == 0:
        return Run("kOptimal", np.zeros(0), np.zeros(program.matrix.rows), program.offset)
    highs = _loaded(program, settings)
    if aside.start is not None:
        _start(highs, aside.start)
    with _listening(highs, aside):
        return _run(highs, program, settings.get("time_limit", math.inf))


_DUAL, _PRIMAL = 1, 4
"""HiGHS's ``simplex_strategy``."""
_LEFT_ALONE = ("kTimeLimit", "kInterrupt", "kHighsInterrupt")


@dataclass(frozen=True)
class Ranges:
    """How far costs and ends of rows can move before HiGHS's last basis is not the best."""

    costs: tuple[Floats, Floats]
    rows: tuple[Floats, Floats]


class LoadedProgram:
    """A linear program that is solved again and again, each time from where it ended last.

    Args:
        program: What to minimize.
        settings: HiGHS's options by name; a time limit holds for all runs together.
    """

    def __init__(self, program: Program, settings: dict[str, Any]) -> None:
        self._program = program
        self._time_limit = settings.get("time_limit", math.inf)
        self._highs = _loaded(program, settings)

    def run(self) -> Run:
        """Solve it as it is now."""
        return _run(self._highs, self._program, self._time_limit)

    def run_each(self, costs: Iterable[Floats]) -> list[Run]:
        """Solve it with each of these costs in turn; the last ones stay.

        Where the time is up or somebody asks to stop, the list is shorter. From one to the next the
        vertex stays feasible, which the primal simplex method can go on from.
        """
        places, found = np.arange(self._program.size, dtype=np.int32), list[Run]()

        def work() -> None:
            for cost in costs:
                self._highs.changeColsCost(len(places), places, cost)
                self._highs.run()
                found.append(_read(self._highs, self._program))

        self._highs.setOptionValue("simplex_strategy", _PRIMAL)
        wait_for(_anew(work), self._highs.cancelSolve, self._time_limit)
        self._highs.setOptionValue("simplex_strategy", _DUAL)
        _move_stray_lines()
        return [run for run in found if run.status not in _LEFT_ALONE]

    def infeasible_prices(self) -> Floats | None:
        """Give the multipliers of the rows that prove the last run infeasible, if HiGHS has any."""
        status, there, ray = self._highs.getDualRay()
        return np.array(ray) if status == highspy.HighsStatus.kOk and there else None

    def move_row(self, place: int, lower: float, upper: float) -> None:
        """Give a row other ends."""
        self._highs.changeRowBounds(place, lower, upper)

    def move_column(self, place: int, lower: float, upper: float) -> None:
        """Give a variable other bounds."""
        self._highs.changeColBounds(place, lower, upper)

    def ranges(self) -> Ranges | None:
        """Find how far the basis of the last run holds, if HiGHS can tell."""
        status, found = self._highs.getRanging()
        if status != highspy.HighsStatus.kOk or not found.valid:
            return None
        size, rows = self._program.size, self._program.matrix.rows
        costs = (np.array(end.value_)[:size] for end in (found.col_cost_dn, found.col_cost_up))
        ends = (np.array(end.value_)[:rows] for end in (found.row_bound_dn, found.row_bound_up))
        return Ranges((next(costs), next(costs)), (next(ends), next(ends)))


_IRREDUCIBLE_FROM_LP = 6
"""HiGHS's ``iis_strategy``: begin with the prices of a least violation, drop what can be."""
_LOWER, _UPPER, _BOTH = 2, 3, 4
"""Which ends of a row or a column HiGHS holds to be in a conflict."""


def infeasible_part(
    program: Program, settings: dict[str, Any]
) -> tuple[Flags, Flags, Flags] | None:
    """Ask HiGHS for an irreducible infeasible set of a linear program.

    Its documentation calls that under development, so what it says is to be checked.

    Returns:
        Which rows, lower bounds and upper bounds are in it; ``None`` where it finds none in time.
    """
    limit = settings.get("time_limit", math.inf)
    told = {**settings, "iis_strategy": _IRREDUCIBLE_FROM_LP, "iis_time_limit": limit}
    highs = _loaded(program, told)
    answers: list[Any] = []
    left = wait_for(_anew(lambda: answers.append(highs.getIis())), highs.cancelSolve, limit)
    _move_stray_lines()
    if left is not None or not answers:
        return None
    status, found = answers[0]
    if status != highspy.HighsStatus.kOk or not found.valid_ or not len(found.row_bound_):
        return None
    rows = np.zeros(program.matrix.rows, dtype=bool)
    lower, upper = np.zeros(program.size, dtype=bool), np.zeros(program.size, dtype=bool)
    ends = np.array(found.row_bound_)
    rows[np.array(found.row_index_)[np.isin(ends, (_LOWER, _UPPER, _BOTH))]] = True
    ends, columns = np.array(found.col_bound_), np.array(found.col_index_, dtype=np.intp)
    lower[columns[np.isin(ends, (_LOWER, _BOTH))]] = True
    upper[columns[np.isin(ends, (_UPPER, _BOTH))]] = True
    return rows, lower, upper


def _loaded(program: Program, settings: dict[str, Any]) -> Any:
    highs = Quiet()
    if program.is_quadratic:
        settings = {**settings, "threads": 1}
    for name, value in {"output_flag": False, **settings}.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS refuses the option {name} = {value!r}")
    if highs.passModel(as_model(program)) == highspy.HighsStatus.kError:
        raise SolverError(TOO_LARGE)
    return highs


def _run(highs: Any, program: Program, time_limit: float) -> Run:
    stopped = _stopped(highs, time_limit)
    _move_stray_lines()
    return Run(stopped) if stopped else _read(highs, program)


class Quiet(highspy.Highs):  # type: ignore[misc]
    """HiGHS without its banner, which it prints at C level while it is constructed."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence HiGHS before it says anything."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def _anew(work: Callable[[], object]) -> Callable[[], None]:
    """Do it with a scheduler of its own: HiGHS refuses another number of threads than the last."""
    older = Quiet.resetGlobalScheduler
    reset: Any = getattr(Quiet, "resetThreadScheduler", older)

    def begin() -> None:
        reset(True)
        work()

    return begin


def _stopped(highs: Any, time_limit: float) -> str | None:
    """Run where Ctrl-C is heard; say why HiGHS was left alone.

    highspy can do the like, but keeps its locks on the class: two problems solved at once would
    shut each other out.
    """
    highs.HandleUserInterrupt = True
    left = wait_for(_anew(highs.run), highs.cancelSolve, time_limit)
    if left is None:
        return None
    return "kTimeLimit" if left is Stop.time_limit else "kInterrupt"


def _start(highs: Any, point: Floats) -> None:
    known = np.flatnonzero(np.isfinite(point))
    highs.setSolution(len(known), known.astype(np.int32), point[known])


@contextmanager
def _listening(highs: Any, aside: Aside) -> Iterator[None]:
    """Write down what HiGHS logs and tell of better points; raise what that raises."""
    with ExitStack() as stack:
        guards = []
        if aside.log_file is not None:
            file = stack.enter_context(aside.log_file.open("a", encoding="utf-8"))
            log = Guard(lambda event: file.write(event.message), highs.cancelSolve)
            highs.setOptionValue("log_to_console", False)
            highs.setOptionValue("output_flag", True)
            highs.cbLogging += log
            guards.append(log)
        if aside.tell is not None:
            tell = aside.tell
            better = Guard(lambda event: tell(*_figures(event.data_out)), highs.cancelSolve)
            highs.cbMipImprovingSolution += better
            guards.append(better)
        yield
        for guard in guards:
            guard.release()


def _figures(said: Any) -> tuple[float, float | None]:
    bound = said.mip_dual_bound
    return said.objective_function_value, bound if np.isfinite(bound) else None


def _move_stray_lines() -> None:
    """Move what HiGHS printed at C level, whatever its options say, to standard error.

    Where standard output is a file or a pipe, C keeps such lines until the process ends: behind
    the JSON that somebody waits for. Output is turned aside only for the instant that it takes.
    """
    if not _C.__fpending(ctypes.c_void_p.in_dll(_C, "stdout")):
        return
    with _TURNING_ASIDE:
        kept = os.dup(1)
        os.dup2(2, 1)
        _C.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def _read(highs: Any, program: Program) -> Run:
    status, info, solution = highs.getModelStatus().name, highs.getInfo(), highs.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = info.mip_dual_bound  # of no meaning without whole numbers
    there = solution.value_valid and (feasible or status == "kOptimal")
    point = np.array(solution.col_value)
    return Run(
        status=status,
        point=point if there and np.isfinite(point).all() else None,
        prices=np.array(solution.row_dual) if solution.dual_valid else None,
        bound=bound if program.is_mixed and np.isfinite(bound) else None,
    )


def as_model(program: Program) -> Any:
    """Give a program to be minimized as HiGHS takes it."""
    model = highspy.HighsModel()
    lp = model.lp_
    lp.num_col_, lp.num_row_ = program.size, program.matrix.rows
    lp.offset_, lp.col_cost_ = program.offset, program.cost
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = _starts(program.matrix)
    lp.a_matrix_.index_ = program.matrix.column.astype(np.int32)
    lp.a_matrix_.value_ = program.matrix.value
    if program.is_mixed:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        lp.integrality_ = [kinds[flag] for flag in program.whole.tolist()]
    if program.is_quadratic:
        # The lower triangle by column is the upper triangle by row.
        above = program.hessian.upper_triangle()
        model.hessian_.dim_ = program.size
        model.hessian_.format_ = highspy.HessianFormat.kTriangular
        model.hessian_.start_ = _starts(above)
        model.hessian_.index_ = above.column.astype(np.int32)
        model.hessian_.value_ = above.value
    return model


def _starts(matrix: Matrix) -> Any:
    return np.searchsorted(matrix.row, np.arange(matrix.rows + 1)).astype(np.int32)
