"""What the agent is at, told while it works."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from solvitur.cli.console import cut, safe

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from solvitur.agents.graph import State
    from solvitur.solvers import Incumbent

_NEXT = {
    "formulate": "check",
    "check": "solve",
    "solve": "verify",
    "verify": "review",
    "review": "formulate",
}
_LONGEST_LINE = 300
_A_WHILE = 1.0
"""Seconds of search from which on it is worth telling of."""


class Steps:
    """Tells each step of the agent in a line, and turns a spinner where the terminal has one.

    Args:
        console: Where to tell it.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._status = console.status(_doing(1, "formulate")) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, step: str, state: "State") -> None:
        """Tell what a step found."""
        from solvitur.agents.steps import step_lines

        for line in step_lines(step, state):
            self._console.print(_short(line))
        attempt = None if state.get("stopped") else state.get("attempt")
        if self._status is not None and attempt is not None and step in _NEXT:
            number = attempt.round + (step == "review")
            self._status.update(_doing(number, _NEXT[step]))

    def hear(self, incumbent: "Incumbent") -> None:
        """Tell of a better point while the solver works."""
        tell_incumbent(self._console, self._status, incumbent)


def tell_incumbent(console: "Console", status: "Status | None", incumbent: "Incumbent") -> None:
    """Tell of a better point: beside the spinner; without one in a line, if it took a while."""
    from solvitur.agents.steps import incumbent_line

    words = incumbent_line(incumbent)
    if status is not None:
        status.update(f"solving: {words} ...")
    elif incumbent.seconds >= _A_WHILE:
        console.print(words)


def _doing(number: int, step: str) -> str:
    return f"round {number}: {step} ..."


def _short(line: str) -> str:
    return cut(safe(line).replace("\n", "; "), _LONGEST_LINE)
