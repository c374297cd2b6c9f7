"""How far a run is: a live view on a terminal, now and then a line elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_EVERY = 5.0
"""Seconds between two lines, where nobody sees a live view."""
_BAR = 24
"""Columns of the bar."""


class Progress:
    """Counts what is done, and shows it with how fast it goes and how long it will take.

    Rate and time left are those of this process: what was done before it is counted, but says
    nothing about how fast it goes.

    Args:
        total: How many things there are to do; None where nobody knows.
        tallies: What a thing that is done may be, such as "right" and "wrong", in the order in
            which they are shown.
        before: What earlier processes of the run have done, by tally.
        console: Where it is shown; by default stderr.
        is_quiet: Show nothing.
        clock: Seconds that only ever grow.

    Example:
        >>> from rich.console import Console
        >>> import sys
        >>> seconds = iter(range(0, 100, 10))
        >>> with Progress(4, ["right", "wrong"], before={"right": 1}, clock=lambda: next(seconds),
        ...               console=Console(file=sys.stdout, width=80)) as progress:
        ...     progress.add("right")
        ...     progress.add("wrong", cost=0.25)
        2 of 4: 2 right, 0 wrong; 6.0/min, 0:00:20 left
        3 of 4: 2 right, 1 wrong; 6.0/min, 0.25 USD, 0:00:10 left
        3 of 4: 2 right, 1 wrong; 0.25 USD, 0:00:30
    """

    def __init__(
        self,
        total: int | None,
        tallies: Sequence[str],
        *,
        before: Mapping[str, int] | None = None,
        console: "Console | None" = None,
        is_quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total
        self.tallies = dict.fromkeys(tallies, 0) | dict(before or {})
        """How many things of each kind are done."""
        self.cost: float | None = None
        """US dollars; None where nobody said."""
        self.note = ""
        """What else is to be shown, such as how good it is by now."""
        self._before = self.done
        self._console = console
        self._is_quiet = is_quiet
        self._clock = clock
        self._start = self._said = clock()
        self._live = ExitStack()

    @property
    def done(self) -> int:
        """How many things are done, before as well."""
        return sum(self.tallies.values())

    def add(self, tally: str, *, count: int = 1, cost: float | None = None) -> None:
        """Count what is done.

        Args:
            tally: What it is; one that was not announced is shown last.
            count: How many of them.
            cost: US dollars that the run has cost up to now, where that is known.
        """
        self.tallies[tally] = self.tallies.get(tally, 0) + count
        self.cost = self.cost if cost is None else cost
        if self._is_quiet or self._is_live:
            return  # a live view looks by itself
        now = self._clock()
        if now - self._said >= _EVERY:
            self._said = now
            self._say(self._state(now))

    def __enter__(self) -> Self:
        if not self._is_quiet and self._is_live:
            from rich.live import Live

            live = Live(
                get_renderable=self._view,
                console=self._shown,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.enter_context(live)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.close()
        if not self._is_quiet:
            self._say(f"{self._counts()}; {', '.join([*self._money(), self._elapsed()])}")

    @property
    def _shown(self) -> "Console":
        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True)
        return self._console

    @property
    def _is_live(self) -> bool:
        return self._shown.is_terminal and not self._shown.is_dumb_terminal

    def _say(self, words: str) -> None:
        self._shown.print(words, markup=False, highlight=False, soft_wrap=True)

    def _view(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1))
        bar = ProgressBar(self.total or 0, self.done, width=_BAR, pulse=self.total is None)
        grid.add_row(bar, Text(self._state(self._clock())))
        return grid

    def _state(self, now: float) -> str:
        seconds = now - self._start
        noted = [self.note] if self.note else []
        parts = [*self._speed(seconds), *self._money(), *noted, *self._left(seconds)]
        return "; ".join([self._counts(), ", ".join(parts)] if parts else [self._counts()])

    def _counts(self) -> str:
        whole = "" if self.total is None else f" of {self.total:,}"
        tallies = ", ".join(f"{count:,} {tally}" for tally, count in self.tallies.items())
        return f"{self.done:,}{whole}: {tallies}"

    def _speed(self, seconds: float) -> list[str]:
        rate = self._rate(seconds)
        if rate is None:
            return []
        return [f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"]

    def _left(self, seconds: float) -> list[str]:
        rate = self._rate(seconds)
        if rate is None or self.total is None:
            return []
        return [f"{_span((self.total - self.done) / rate)} left"]

    def _rate(self, seconds: float) -> float | None:
        """Things done a second, by this process; ``None`` before the first."""
        new = self.done - self._before
        return new / seconds if new and seconds > 0 else None

    def _money(self) -> list[str]:
        return [] if self.cost is None else [f"{self.cost:.4g} USD"]

    def _elapsed(self) -> str:
        return _span(self._clock() - self._start)


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(max(0.0, seconds))))
