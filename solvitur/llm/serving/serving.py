"""A server at work: where it is, whether it answers, and its end."""

import json
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from solvitur.errors import ModelUnavailable
from solvitur.llm.serving.backend import HOST, Backend, Command, Wanted
from solvitur.llm.serving.kept import Kept

_BETWEEN = 0.2
"""Seconds between two looks whether it is ready."""
_PATIENCE = 10.0
"""Seconds for it to say that it is well."""
_TAIL = 20_000
"""Bytes of a log in which the cause of its end is looked for."""


class Serving:
    """A server that was started; leaving it ends the server, and nothing of it is left.

    Args:
        wanted: What it serves.
        backend: By what.
        command: The program.
        log: A file for what the program says, made anew.
    """

    def __init__(self, wanted: Wanted, backend: Backend, command: Command, log: Path) -> None:
        self.name = wanted.name
        """What clients ask for."""
        self.url = f"http://{HOST}:{wanted.port}/v1"
        """Where."""
        self.title = backend.title
        self.log = log
        self.was_asked = False
        """Whether it was told to end."""
        self._port = wanted.port
        self._backend = backend
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            self._kept = Kept(command, out=file, err=file)

    @property
    def model(self) -> str:
        """The name by which `connect` finds it.

        It takes grammars as vLLM does, whichever of the backends it is.
        """
        return f"vllm:{self.name}@{self.url}"

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
            ModelUnavailable: It has ended by itself.
        """
        begun = time.monotonic()
        while not self._is_ready():
            if self.wait(_BETWEEN):
                if self.was_asked:
                    return False
                raise self.failure("before it was ready")
            on_wait(time.monotonic() - begun)
        return True

    def is_well(self) -> bool:
        """Ask it whether it is well."""
        return self._get("/health") is not None

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
        return ModelUnavailable(f"{self.title} ended {when}{said}; its log is {self.log}")

    def _is_ready(self) -> bool:
        """Whether it is well, and it is this one: another program may have taken its port."""
        if not self.is_well():
            return False
        served = self._get("/v1/models")
        try:
            return any(each["id"] == self.name for each in json.loads(served or b"{}")["data"])
        except (ValueError, LookupError, TypeError):
            return False

    def _get(self, path: str) -> bytes | None:
        connection = HTTPConnection(HOST, self._port, timeout=_PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            said: Any = response.read()
            return bytes(said) if response.status == 200 else None
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def _read_log(self) -> str:
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _TAIL))
                return file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
