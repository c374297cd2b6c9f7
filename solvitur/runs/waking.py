"""Functions that are called when something is asked for in the meantime."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Waking:
    """Keeps the functions that want to be woken; who asks for something wakes them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal may come while it is held
        self._waking: list[Callable[[], object]] = []

    @contextmanager
    def waking(self, wake: Callable[[], object]) -> Iterator[None]:
        """Have a function called whenever it is asked; in any thread, and it raises nothing."""
        with self._lock:
            self._waking.append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._waking.remove(wake)

    def _wake(self) -> bool:
        """Wake all there are; say whether there was any. Called with the lock."""
        for wake in self._waking:
            wake()
        return bool(self._waking)
