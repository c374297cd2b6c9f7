"""A server at work: where it is, whether it answers, and its end."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from solvitur.errors import ConfigError, ModelUnavailable
from solvitur.llm.served import Served, get, write_down
from solvitur.llm.serving.backend import HOST, Backend, Command, Wanted
from solvitur.llm.serving.kept import Kept

_BETWEEN = 0.2
"""Seconds between two looks whether it is ready."""
_PATIENCE = 10.0
"""Seconds for it to say that it is well."""
_OK, _UNAUTHORIZED = 200, 401
_TAIL = 20_000
"""Bytes of a log in which the cause of its end is looked for."""


class Serving:
    """A server that was started; leaving it ends the server, and nothing of it is left.

    Args:
        wanted: What it serves.
        backend: By what.
        command: The program.
        log: A file for what the program says, made anew, and removed if all went well. Beside it is
            written down what is served, for as long as it is.
    """

    def __init__(self, wanted: Wanted, backend: Backend, command: Command, log: Path) -> None:
        url = f"http://{HOST}:{wanted.port}/v1"
        self.served = Served(wanted.name, url, backend.title, wanted.tuned)
        """What clients are told."""
        self.at_once = command.at_once
        self.log = log
        self._note = log.with_suffix(".json")
        self.was_asked = False
        """Whether it was told to end."""
        self._backend = backend
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            self._kept = Kept(command, out=file, err=file)

    def __enter__(self) -> Self:
        self._kept.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kept.__exit__(kind, error, trace)
        self._note.unlink(missing_ok=True)
        if error is None:
            self.log.unlink(missing_ok=True)

    def ask_to_end(self) -> None:
        """Have it end; may be called in any thread, and does not wait."""
        self.was_asked = True
        self._kept.ask_to_end()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end, so long at most; tell whether it came."""
        return self._kept.wait(seconds)

    def wait_until_ready(self, on_wait: Callable[[float], None] = lambda seconds: None) -> bool:
        """Wait until it answers; tell whether it does, or else was told to end.

        Args:
            on_wait: Told again and again how many seconds it has been.

        Raises:
            ConfigError: It was told to let nobody in without a key.
            ModelUnavailable: It has ended by itself.
        """
        begun = time.monotonic()
        while not (self.is_well() and self.served.is_there(_PATIENCE)):
            if get(self.served.url, "/v1/models", _PATIENCE)[0] == _UNAUTHORIZED:
                raise ConfigError(
                    f"{self.served.title} wants a key, and nobody here sends one: leave out "
                    "--api-key, and unset VLLM_API_KEY"
                )
            if self.wait(_BETWEEN):
                if self.was_asked:
                    return False
                raise self.failure("before it was ready")
            on_wait(time.monotonic() - begun)
        write_down(self.served, self._note)
        return True

    def is_well(self) -> bool:
        """Ask it whether it is well."""
        return get(self.served.url, "/health", _PATIENCE)[0] == _OK

    def last_words(self) -> str:
        """The last line that it said."""
        return self._read_log().strip().rpartition("\n")[2]

    def failure(self, when: str) -> ModelUnavailable:
        """Put its end into words."""
        code, why = self._kept.code, self._backend.explain(self._read_log())
        if code is not None and code < 0:
            why = f"it was killed by signal {-code}, perhaps for want of memory"
        elif code is None:
            why = self._kept.complaint or "the process beside it was killed"
        said = f": {why}" if why else f" with exit code {code}"
        return ModelUnavailable(f"{self.served.title} ended {when}{said}; its log is {self.log}")

    def _read_log(self) -> str:
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _TAIL))
                return file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
