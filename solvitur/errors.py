"""Every error that solvitur raises, one class per decision the caller can take.

    Error(Exception)
    ├── ConfigError(ValueError)           a setting or a name is wrong: change it
    ├── ProblemError(ValueError)          the problem's text cannot be read: give another
    ├── MissingExtra(ImportError)         an optional package is absent: install the extra
    ├── DatasetUnavailable(RuntimeError)  a data set is not here: fetch it, or name its folder
    ├── ModelError(RuntimeError)          a language model did not give a usable reply
    │   ├── ModelUnavailable              unreachable, hung, or failing after all retries
    │   ├── RateLimited                   asked to slow down, after all retries
    │   ├── RequestRejected               the request is wrong (key, name, size): do not retry
    │   └── BadReply(ValueError)          truncated, refused, empty or unreadable
    ├── FormulationError(ValueError)      the five elements do not say a model
    │   ├── InvalidFormulation            the same, with every fault that was found
    │   └── DataError                     a table cannot be read, or lacks what is taken from it
    ├── SolverError(RuntimeError)         a solver failed
    │   ├── SolverUnavailable             not installed or not licensed
    │   └── Unsupported(ValueError)       this solver cannot solve this class of problem
    ├── InvalidSolution(ValueError)       what a heuristic gave back is no solution: it failed
    ├── JournalError(RuntimeError)        what a run does cannot be recorded: make room, or wait
    ├── SandboxUnavailable(RuntimeError)  no place to run code that nobody has read
    └── BudgetExceeded(RuntimeError)      a limit the caller set is reached

Infeasible, unbounded and out of time are results (`solvitur.solvers.Solution`), not errors.
"""

from collections.abc import Sequence


class Error(Exception):
    """Base of every error that solvitur raises on purpose."""


class ConfigError(Error, ValueError):
    """A setting, a flag or a name is wrong."""


class ProblemError(Error, ValueError):
    """The text given as a problem is empty, too long, or not text."""


class MissingExtra(Error, ImportError):
    """An optional package is not installed; the message names the extra."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package '{package}', which is not installed; "
            f"install it with: pip install 'solvitur[{extra}]'"
        )


class DatasetUnavailable(Error, RuntimeError):
    """A data set is not on this machine, or could not be fetched."""


class ModelError(Error, RuntimeError):
    """A language model did not give a usable reply."""


class ModelUnavailable(ModelError):
    """The model cannot be reached, hangs, or keeps failing after all retries."""


class RateLimited(ModelError):
    """The server asks to slow down, still after all retries."""


class RequestRejected(ModelError):
    """The server will never accept this request: wrong key, unknown model, too long."""


class BadReply(ModelError, ValueError):
    """The reply is truncated, refused, empty or unreadable."""


class FormulationError(Error, ValueError):
    """The five elements do not say a model.

    Args:
        message: What is wrong and how to mend it.
        element: The element it is in, for example ``constraint 'balance'``.
        column: Where in the element's expression, counted from 1.
    """

    def __init__(
        self, message: str, *, element: str | None = None, column: int | None = None
    ) -> None:
        self.message = message
        self.element = element
        self.column = column
        super().__init__(message)

    def __str__(self) -> str:
        where = f"{self.element}: " if self.element else ""
        column = f" at column {self.column}" if self.column is not None else ""
        return f"{where}{self.message}{column}"


class InvalidFormulation(FormulationError):
    """The five elements do not say a model; `faults` holds everything found wrong, in order."""

    def __init__(self, faults: Sequence[FormulationError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DataError(FormulationError):
    """A table cannot be read, or does not hold what a `source` takes from it."""


class SolverError(Error, RuntimeError):
    """A solver failed; infeasible and unbounded are results, not this."""


class SolverUnavailable(SolverError):
    """The solver is not installed or not licensed on this machine."""


class Unsupported(SolverError, ValueError):
    """The solver cannot solve this class of problem; the message says what can."""


class InvalidSolution(Error, ValueError):
    """What a heuristic gave back for an instance is no solution of it; the message says why."""


class JournalError(Error, RuntimeError):
    """A run's journal is open elsewhere or cannot be written; what it holds is safe."""


class SandboxUnavailable(Error, RuntimeError):
    """Code that nobody has read cannot be shut in on this machine."""


class BudgetExceeded(Error, RuntimeError):
    """A limit the caller set (calls, tokens, money, seconds) is reached."""
