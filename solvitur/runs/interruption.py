"""Ctrl-C twice: first what is in flight is finished, then everything stops."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from solvitur.runs.waking import Waking


class Interruption(Waking):
    """Hears Ctrl-C and lets work end in two stages.

    Within ``with interruption:`` in the main thread the first Ctrl-C asks that nothing new be
    begun, the second that what is in flight be dropped, and the third is Python's own. In another
    thread it changes nothing about Ctrl-C: whoever hears that calls `ask`, from any thread.

    Example:
        >>> with Interruption() as interruption:
        ...     signal.raise_signal(signal.SIGINT)
        >>> interruption.was_asked, interruption.is_abandoned
        (True, False)
    """

    def __init__(self) -> None:
        super().__init__()
        self.was_asked = False
        """Whether nothing new is to be begun."""
        self.is_abandoned = False
        """Whether what is in flight is not wanted any more."""
        self._before: Any = None
        self._is_installed = False

    def ask(self) -> bool:
        """Go one stage further; say whether there was one."""
        with self._lock:
            if self.is_abandoned:
                return False
            self.is_abandoned = self.was_asked
            self.was_asked = True
            self._wake()
        return True

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
            self._is_installed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.ask()
        if self.is_abandoned:
            self._leave()

    def _leave(self) -> None:
        if self._is_installed:
            self._is_installed = False
            signal.signal(signal.SIGINT, self._before)
