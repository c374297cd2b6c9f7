"""Inside a worker process: one task after the other, as long as somebody wants them."""

import os
import resource
import select
import signal
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any


def serve(channel_number: int, memory: int | None) -> None:
    """Do what is sent until nobody is there to send anything.

    Args:
        channel_number: The descriptor of our end of a `multiprocessing.Pipe`.
        memory: Bytes of address space, or as many as there are.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is the parent's to hear
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    channel: Connection[Any, Any] = Connection(channel_number)
    threading.Thread(target=_end_with_parent, args=(channel_number,), daemon=True).start()
    while True:
        try:
            function, arguments = channel.recv()  # which imports the function's module
        except EOFError:
            return
        except Exception as error:
            channel.send(_raised(error))
            continue
        channel.send(("begun", used()))
        _answer(channel, function, arguments)


def used() -> float:
    """Seconds of processor time that went into this process and what it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _end_with_parent(channel_number: int) -> None:
    """Wait until the other end is closed, as by a parent that is killed; then end everything."""
    hanging_up = select.poll()
    hanging_up.register(channel_number, 0)
    hanging_up.poll()
    os.killpg(0, signal.SIGKILL)  # a worker leads its group: what it started goes as well


def done(function: Any, arguments: tuple[Any, ...]) -> tuple[str, Any, str, float]:
    """Call a function; give how it ended, what came of it, the traceback, and `used`."""
    try:
        return "value", function(*arguments), "", used()
    except MemoryError as error:
        return ("out_of_memory", *_raised(error)[1:])
    except BaseException as error:  # SystemExit as well: a worker goes on
        return _raised(error)


def _answer(channel: "Connection[Any, Any]", function: Any, arguments: tuple[Any, ...]) -> None:
    said = done(function, arguments)
    try:
        channel.send(said)
    except Exception as error:  # what cannot be sent is noticed before anything is
        channel.send(_raised(error))


def _raised(error: BaseException) -> tuple[str, str, str, float]:
    message = "".join(traceback.format_exception_only(error)).strip()
    return "raised", message, "".join(traceback.format_exception(error)), used()
