"""How a run goes on, for a person who watches it: counts, and what Ctrl-C does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

from solvitur.cli import console, process

if TYPE_CHECKING:
    from rich.console import Console

    from solvitur.runs import Interruption, Progress


class Watching:
    """Shows how far a run is; each kind of run says what it counts.

    Args:
        talk: Where it is shown.
        tallies: What a thing that is done may be, in the order in which they are shown.
        is_quiet: Show nothing.
    """

    def __init__(self, talk: "Console", tallies: tuple[str, ...], *, is_quiet: bool) -> None:
        self._talk, self._tallies, self._is_quiet = talk, tallies, is_quiet
        self._progress: Progress | None = None
        self._shown = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ending: object) -> None:
        self._shown.close()

    def begin(self, done: Iterable[str], total: int) -> None:
        """Begin to show, where some things are done already."""
        from solvitur.runs import Progress

        self._progress = Progress(
            total,
            self._tallies,
            before=Counter(done),
            console=self._talk,
            is_quiet=self._is_quiet,
        )
        self._shown.enter_context(self._progress)

    def add(self, tally: str, cost: float | None) -> None:
        """Count a thing that is done, and what all of them have cost."""
        if self._progress is not None:
            self._progress.add(tally, cost=cost)

    def note(self, words: str) -> None:
        """Show what else is to be known, such as how good it is by now."""
        if self._progress is not None:
            self._progress.note = words

    def hear(self, interruption: "Interruption") -> bool:
        """Go one stage further with Ctrl-C, and say so."""
        is_heard = interruption.ask()
        if is_heard and not interruption.is_abandoned:
            self._talk.print("Finishing what is in flight; Ctrl-C again stops at once")
        return is_heard


@contextmanager
def stopping_after(what: str, talk: "Console") -> "Iterator[Interruption]":
    """Let Ctrl-C ask a run to stop, with what it is at kept; the next one ends the process.

    Args:
        what: What is done first: "this step".
        talk: Where it is said.
    """
    from solvitur.runs import Interruption

    interruption = Interruption()

    def stop() -> bool:
        if interruption.was_asked:
            return False
        console.show(talk, f"stopping after {what}; Ctrl-C again ends at once")
        return interruption.ask()

    with process.heeding(stop):
        yield interruption
