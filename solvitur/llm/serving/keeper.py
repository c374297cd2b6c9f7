"""Beside a program: ends it, and all that it started, when nobody wants it any more.

This file is run on its own, with the standard library alone. It leads a session, so that Ctrl-C at
a terminal does not reach the program past whoever waits for it, and nothing that it started is left
when that one is killed.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys


def keep(channel: socket.socket, patience: float, command: list[str]) -> None:
    """Start a program; tell how it ended, or end it when the channel does.

    Args:
        channel: One end of a pair; the other is with whoever wants the program.
        patience: Seconds for it to end when it is told to.
        command: What to start.
    """
    try:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        _tell(channel, error.strerror or str(error))
        return
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    waiting.register(os.pidfd_open(program.pid), select.POLLIN)
    waiting.poll()
    if program.poll() is None:
        program.terminate()
        try:
            program.wait(patience)
        except subprocess.TimeoutExpired:
            program.kill()
    _tell(channel, str(program.wait()))
    os.killpg(0, signal.SIGKILL)  # what the program started, and this


def _tell(channel: socket.socket, words: str) -> None:
    with contextlib.suppress(OSError):  # nobody is there to hear it
        channel.sendall(words.encode())


if __name__ == "__main__":
    keep(socket.socket(fileno=int(sys.argv[1])), float(sys.argv[2]), sys.argv[3:])
