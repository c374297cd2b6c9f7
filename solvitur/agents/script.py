"""A Pyomo script run in the sandbox, and what came of the model that it builds."""

import ast
import functools
import json
from collections.abc import Iterator
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from solvitur.errors import SandboxUnavailable
from solvitur.formulation.checks import Finding, forgotten_numbers
from solvitur.formulation.written import LARGEST, nested
from solvitur.sandbox import Job, Kind, Limits, Sandbox, Threat, connect, refusal
from solvitur.sandbox import Outcome as JobOutcome
from solvitur.solvers.solution import Outcome, plain
from solvitur.syntax import parse_module

SECONDS = 60.0
"""For all solves of a script together, where nobody sets a limit."""
_START = 30.0
"""Wall seconds beyond that, for Python, Pyomo and what the script does beside solving."""
_REST = 5.0
"""Most of those seconds that are kept where the time for the whole job is short."""
_DEMANDED = {
    Threat.environment: "reading the keys in the environment",
    Threat.writing: "writing your files",
    Threat.network: "reaching the network",
}
"""What a script that nobody has read must be kept from, unless a rung is named."""


class Ending(StrEnum):
    """How a script ended."""

    solved = "solved"
    infeasible = "infeasible"
    unbounded = "unbounded"
    limit = "limit"
    """The time for solving is over; there may be a point."""
    nonlinear = "nonlinear"
    """The model is beyond the solvers that are here."""
    failed = "failed"
    """A solver failed at the model."""
    python_error = "python_error"
    """An exception ended the script before any solve did."""
    no_model = "no_model"
    """It builds no Pyomo model."""
    no_objective = "no_objective"
    """It builds a model that has no objective."""
    timed_out = "timed_out"
    out_of_memory = "out_of_memory"
    crashed = "crashed"
    forbidden = "forbidden"


_OUTCOMES = {
    Ending.solved: Outcome.solved,
    Ending.infeasible: Outcome.infeasible,
    Ending.unbounded: Outcome.unbounded,
    Ending.timed_out: Outcome.no_answer,
    Ending.no_model: Outcome.not_formulated,
    Ending.no_objective: Outcome.not_formulated,
    Ending.python_error: Outcome.not_formulated,
}

_MOST_PARTS = 20
"""Parts of a key up to which values are nested, one level for each."""
_Text = Annotated[str, AfterValidator(lambda text: text.encode(errors="replace").decode())]
"""Text without the halves of characters that a script may send and no file can hold."""


class ScriptRun(BaseModel):
    """What came of a script; the figures are read from the Pyomo model that it built."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    ending: Ending
    rung: str
    """The isolation in which it ran; `none` where it was not run at all."""
    objective: float | None = None
    bound: float | None = None
    sense: _Text | None = None
    """`minimize` or `maximize`."""
    values: tuple[tuple[_Text, tuple[_Text, ...], float | None], ...] = ()
    """Of each variable, its name, its key and its value; ``None`` where nothing uses it."""
    violation: float | None = None
    """Largest miss of a row, bound or whole number of the script's own model."""
    problem_class: _Text | None = None
    solver: _Text | None = None
    columns: int | None = None
    rows: int | None = None
    conflict: tuple[_Text, ...] = ()
    """Constraints that cannot hold together, where it is infeasible."""
    trouble: _Text = ""
    """What went wrong, in one line."""
    line: int | None = None
    """Where in the script."""
    traceback: _Text = ""
    stdout: _Text = ""
    """The last of what it printed; for people, never read for a figure."""
    seconds: float = 0.0

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.ending is Ending.solved and self.objective is None:
            raise ValueError("it is solved and has no objective")
        if len({(name, key) for name, key, _ in self.values}) < len(self.values):
            raise ValueError("an entry of a variable has two values")
        return self

    @property
    def outcome(self) -> Outcome:
        """The ending in the words of an answer."""
        if self.ending is Ending.limit:
            return Outcome.no_answer if self.objective is None else Outcome.limit
        return _OUTCOMES.get(self.ending, Outcome.error)

    @property
    def variables(self) -> dict[str, Any]:
        """The values as JSON would say them: nested by key, a scalar as a number.

        A variable whose keys are of several lengths, or very long, is not nested: each of its
        values stands under its key as a JSON list.
        """
        lengths: dict[str, set[int]] = {}
        for name, key, _ in self.values:
            lengths.setdefault(name, set()).add(len(key))
        found: dict[tuple[int | str, ...], float | None] = {}
        for name, key, value in self.values:
            if len(lengths[name]) > 1 or len(key) > _MOST_PARTS:
                key = (json.dumps(key, ensure_ascii=False),)
            found[name, *key] = None if value is None else plain(value)
        return nested(found)

    @property
    def is_conclusive(self) -> bool:
        """Whether a solver said something about the problem."""
        if self.ending in (Ending.solved, Ending.limit):
            return self.objective is not None
        return self.ending in (Ending.infeasible, Ending.unbounded)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What speaks against the script, for whoever wrote it."""
        return tuple(self._evidence())

    def _evidence(self) -> Iterator[str]:
        where = f"line {self.line}: " if self.line else ""
        if self.ending is Ending.infeasible:
            yield "the solver says that the model is infeasible"
            if self.conflict:
                yield f"these cannot hold together: {'; '.join(self.conflict)}"
        elif self.ending is Ending.unbounded:
            yield "the solver says that the objective has no limit: a constraint is missing"
        elif self.ending is Ending.no_model:
            yield "the script builds no Pyomo ConcreteModel"
        elif self.ending is Ending.no_objective:
            yield "the model has no objective"
        elif self.ending is Ending.limit:
            yield "the solver needs more time than there is; a smaller model may do"
        elif self.ending is Ending.solved:
            if self.trouble:
                yield f"after solving, {where}{self.trouble}"
        else:
            ending = self.ending.value.replace("_", " ")
            yield f"{where}{self.trouble or f'it ended without more word than: {ending}'}"
            if self.traceback:
                yield self.traceback


def place_for_scripts(name: str = "auto") -> Sandbox:
    """Give the sandbox for a script that nobody has read: one that shuts it in, or a named one.

    Raises:
        SandboxUnavailable: There is none of that name, or ``auto`` finds none that keeps a script
            from your keys, your files and the network.
    """
    if name != "auto":
        return connect(name)
    place = connect()
    open_ways = [words for threat, words in _DEMANDED.items() if threat not in place.contains]
    if open_ways:
        raise SandboxUnavailable(
            f"the strongest sandbox that works here, {place.name!r}, does not keep a script from "
            f"{' or '.join(open_ways)}; get a stronger one with: apt install bubblewrap. To run "
            f"scripts in it all the same, name it: SOLVITUR_SANDBOX={place.name} or "
            f"Effort(sandbox={place.name!r})"
        )
    return place


def run_script(
    script: str,
    seconds: float | None = None,
    sandbox: str = "auto",
    wall: float | None = None,
) -> ScriptRun:
    """Run a script in the sandbox for it.

    Args:
        script: A Python program that builds a Pyomo model and may solve it, with whatever solver
            it names: one that is here takes the place of any.
        seconds: For all its solves together.
        sandbox: Where, as `place_for_scripts` knows it.
        wall: For everything together, whatever the script does; by default half a minute more than
            `seconds`.

    Raises:
        SandboxUnavailable: There is no place here to run code that nobody has read.

    Example:
        >>> run = run_script('''
        ... from pyomo.environ import *
        ... model = ConcreteModel()
        ... model.x = Var(within=NonNegativeIntegers)
        ... model.goal = Objective(expr=30 * model.x, sense=maximize)
        ... model.wood = Constraint(expr=7 * model.x <= 45)
        ... SolverFactory("gurobi").solve(model)
        ... ''')
        >>> run.ending.value, run.objective, run.variables
        ('solved', 180.0, {'x': 6})
    """
    refused = refusal(script)
    if refused is not None and refused.kind is Kind.forbidden:
        return ScriptRun(ending=Ending.forbidden, rung="none", trouble=refused.message)
    limit = SECONDS if seconds is None else max(1.0, seconds)
    most = limit + _START
    if wall is not None:
        most = min(most, round(max(0.1, wall), 1))
        limit = min(limit, most - min(_REST, most / 4))
    told = {"script": script, "seconds": limit}
    job = Job(_runner(), "run", told, Limits(seconds=most))
    return _read(place_for_scripts(sandbox).run(job))


def _read(outcome: JobOutcome) -> ScriptRun:
    around = {"rung": outcome.rung, "stdout": outcome.stdout, "seconds": outcome.usage.seconds}
    if outcome.kind is Kind.value:
        try:  # what the script may have tampered with, down to what is not even a dictionary
            return ScriptRun.model_validate({**outcome.value, **around})
        except (TypeError, ValidationError):
            told = {"ending": Ending.forbidden, "trouble": "the script meddled with its runner"}
    else:
        kind = Ending.python_error if outcome.kind is Kind.raised else Ending(outcome.kind.value)
        told = {"ending": kind, "trouble": outcome.message, "traceback": outcome.traceback}
    return ScriptRun.model_validate({**told, **around})


@functools.cache
def _runner() -> str:
    return files("solvitur.solvers").joinpath("script_runner.py").read_text(encoding="utf-8")


def check_script(script: str, text: str) -> tuple[Finding, ...]:
    """Say which numbers of the problem a script leaves out; it is read and not run.

    Example:
        >>> text = "At most 20 chairs are made, which earn $5 each."
        >>> [finding.code.value for finding in check_script("model.x <= 20", text)]
        ['forgotten_number']
    """
    try:
        nodes = list(ast.walk(parse_module(script)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()  # running it says so with the line
    numbers = [
        float(node.value)
        for node in nodes
        if isinstance(node, ast.Constant)
        if isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if abs(node.value) < LARGEST
    ]
    sizes = [len(node.elts) for node in nodes if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    sizes += [len(node.keys) for node in nodes if isinstance(node, ast.Dict)]
    return tuple(forgotten_numbers(text, numbers, sizes))
