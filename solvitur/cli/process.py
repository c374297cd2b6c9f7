"""The process around a command: whose its streams are, what Ctrl-C does, and how it ends.

Only the standard library is imported here, and nothing is done before `main` is called, so that
Ctrl-C is answered in one line from the first moment on. A command that can stop what it is at
without leaving says so with `heeding`.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn, TextIO

INTERRUPTED = 130
_YOUNG = 100_000
"""Objects made before garbage is looked for. Imports make over a hundred thousand that stay, and to
look through them as often as Python does by itself takes a tenth of a second."""
_heeded: list[tuple[Callable[[], bool], bool]] = []
"""What `heeding` was given: what stops, and whether it stops for SIGTERM as well."""


def main() -> NoReturn:
    """Run the command line and leave the process with its exit code."""
    talk = sys.stderr
    gc.set_threshold(_YOUNG)
    try:
        talk = _own_streams()
        sys.exit(_run_aside(_command))
    except KeyboardInterrupt:
        # A solver, a language model or a download may be at work in another thread, and nobody
        # can stop it sooner than by leaving. What is on disk is whole: every file is written
        # under another name first, and a recording is flushed line by line.
        _say_interrupted(talk)
        os._exit(INTERRUPTED)


@contextlib.contextmanager
def heeding(stop: Callable[[], bool], *, also_sigterm: bool = False) -> Iterator[None]:
    """Let Ctrl-C stop what a command is at, instead of the process.

    Args:
        stop: Called in the main thread, while the command goes on in its own. Says whether it
            could stop something; else the process ends.
        also_sigterm: Whether SIGTERM does the same; else it ends the process at once.
    """
    heeded = (stop, also_sigterm)
    _heeded.append(heeded)
    try:
        yield
    finally:
        _heeded.remove(heeded)


def say_interrupted() -> None:
    """Say on stderr that it is over because of Ctrl-C."""
    _say_interrupted(sys.stderr)


def _command() -> int:
    """Run the command; give back the exit code."""
    from solvitur.cli.failures import as_exit

    try:
        with as_exit():
            from solvitur.cli.app import app

            app(prog_name="solvitur")
    except SystemExit as leaving:
        return _flushed(leaving.code if isinstance(leaving.code, int) else 0)
    return _flushed(0)


def _run_aside(work: Callable[[], int]) -> int:
    """Do the work in a thread of its own: only a main thread that waits can be interrupted.

    Raises:
        KeyboardInterrupt: Somebody pressed Ctrl-C, and the work does not stop for that.
    """
    result: list[Any] = [1]
    done = threading.Event()
    signal.signal(signal.SIGTERM, _hear_sigterm)

    def run() -> None:
        try:
            result[0] = work()
        finally:
            done.set()

    threading.Thread(target=run, name="command", daemon=True).start()
    while not done.is_set():
        try:
            done.wait()
        except KeyboardInterrupt:
            if not any(stop() for stop, _ in _heeded[-1:]):
                raise
    code: int = result[0]
    return code


def _hear_sigterm(number: int, frame: FrameType | None) -> None:
    """End the process as if nobody heard it, unless a command stops for it as for Ctrl-C."""
    if any(also_sigterm for _, also_sigterm in _heeded):
        raise KeyboardInterrupt
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _own_streams() -> TextIO:
    """Keep both streams for our own words; give back the one for talk.

    What a library in C writes to stdout goes to stderr from now on, and while a library holds
    stderr back (Pyomo does while HiGHS works) ours still reaches the terminal: they are on
    descriptors that no library knows, as long as `console.lent` hides them.
    """
    _open_closed()
    out, err = _copy(1, sys.stdout), _copy(2, sys.stderr)
    os.dup2(2, 1)
    sys.stdout, sys.stderr = out, err
    return err


def _open_closed() -> None:
    """Put nothingness where a caller closed a descriptor, lest a file be opened in its place."""
    nowhere = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
    while nowhere <= 2:
        nowhere = os.dup(nowhere)
    os.close(nowhere)


def _copy(number: int, stream: TextIO | None) -> TextIO:
    """Open a stream of the same kind on a descriptor of our own."""
    encoding = stream.encoding if stream is not None else "utf-8"  # None: it was closed
    return os.fdopen(os.dup(number), "w", buffering=1, encoding=encoding, errors="backslashreplace")


def _flushed(code: int) -> int:
    """Write out what is left; what nobody can take any more is dropped without a word."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader went away, or the disk is full, which was said already
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            code = code or 1
    return code


def _say_interrupted(talk: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        restore = "\r\x1b[K\x1b[?25h" if talk.isatty() else ""  # a spinner hides the cursor
        talk.write(f"{restore}solvitur: interrupted\n")
        talk.flush()
