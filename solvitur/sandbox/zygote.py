"""What runs inside a sandbox that is kept warm: an interpreter that forks a process for each job.

This file is never imported for its work: `solvitur.sandbox.inside` hands its text to a fresh
interpreter inside the sandbox, which imports what a job may import, and waits. For each job it
forks a process that lets go of every privilege, puts the limits on itself and runs the code. When
that has ended, all that the code started is ended.

What keeps a job from this process and from other jobs: where we are root, it is another user's, and
all that this user runs is ended; elsewhere it is in namespaces of its own, which end with it. On
the lowest rung an ordinary user has neither, and a job may end this process, though not look into
it.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from solvitur.sandbox.cell import answer, limit, moved, tasks_of_this_user, told
from solvitur.sandbox.kernel import (
    become,
    fork_apart,
    keep_mounts,
    keep_user,
    mount_folder,
    see_own_processes,
    separate,
    settle,
)

_FILES = 4
"""Descriptors that come with a job: stdin, stdout, stderr and the channel of its value."""


def main() -> None:
    """Do one job after the other, as long as somebody is there to ask for them."""
    given = json.loads(sys.argv[1])
    line = socket.socket(fileno=given["socket"])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which the first process of all is deaf to
    for name in given["modules"]:
        with suppress(ImportError):  # then no job can have it
            importlib.import_module(name)
    settle()
    gc.collect()
    gc.freeze()  # what no collector touches stays shared
    line.send(b"ready")
    while True:
        said, files, _, _ = socket.recv_fds(line, 2**16, _FILES)
        if not said:
            os._exit(0)
        if files:  # or it is asked to end a job that has ended meanwhile
            _Host(line, given, json.loads(said), files).run()


class _Host:
    """One job, from its start to the end of all that it started."""

    def __init__(
        self, line: socket.socket, given: dict[str, Any], job: dict[str, Any], files: list[int]
    ) -> None:
        self._line, self._given, self._job, self._files = line, given, job, files

    def run(self) -> None:
        """Run it, here or in namespaces of its own, and say how it ended."""
        try:
            if self._given["is_nested"]:
                self._host_apart()
            else:
                self._host()
        except Exception:
            self._answer({"fault": traceback.format_exc()})

    def _host_apart(self) -> None:
        """Run it from the first process of namespaces of its own, which end with that."""
        user, group = os.getuid(), os.getgid()
        host = fork_apart()
        if host:
            self._close()
            if os.waitpid(host, 0)[1] != 0:  # somebody outside has ended it
                self._answer({"lost": True})
            return
        try:
            keep_user(user, group)
            keep_mounts()
            see_own_processes()
            if self._given["folder"]:
                mount_folder(self._given["folder"], self._job["folder_size"], user)
            self._host()
        except BaseException:
            self._answer({"fault": traceback.format_exc()})
        finally:
            os._exit(0)

    def _host(self) -> None:
        """Run it from this process, and leave nothing of it running."""
        job = os.fork()
        if job == 0:
            self._be()
        self._close()
        ending = os.pidfd_open(job)
        heard, _, _ = select.select([self._line.fileno(), ending], [], [])
        os.close(ending)
        is_alone = False
        if self._line.fileno() in heard:
            is_alone = not self._line.recv(2**16)  # asked to end it, or there is nobody to ask
            os.kill(job, signal.SIGKILL)
        _, status, used = os.wait4(job, 0)
        self._end_rest()
        if is_alone:
            os._exit(0)
        code = os.waitstatus_to_exitcode(status)
        self._answer({"code": code, "cpu_seconds": used.ru_utime + used.ru_stime})

    def _be(self) -> None:
        """Be the job."""
        try:
            self._line.close()
            os.setsid()
            for number, file in enumerate(self._files[:3]):
                os.dup2(file, number)
                os.close(file)
            self._shut_in()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed()  # not the one of all the others
            channel = moved(self._files[3])
            code = told()
            limit(code["limits"], self._job["tasks"] or tasks_of_this_user())
            answer(code, channel)
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(70)

    def _shut_in(self) -> None:
        """Have a folder and nothing else."""
        user, folder = self._job["user"], self._job["folder"]
        if user is not None and self._given["is_apart"]:
            separate()
            keep_mounts()
            if self._given["folder"]:
                mount_folder(folder, self._job["folder_size"], user)
        become(user, self._given["reads_all"])
        os.chdir(folder)
        os.environ["HOME"] = os.environ["TMPDIR"] = folder

    def _end_rest(self) -> None:
        """End what the job left behind, which descends from this process in the end."""
        with suppress(ChildProcessError):
            while True:
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    self._kill()
                    os.waitpid(-1, 0)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            if os.getpid() == 1:
                os.kill(-1, signal.SIGKILL)
            elif self._job["user"] is not None:
                if os.fork() == 0:
                    try:
                        become(self._job["user"], reads_all=False)
                        os.kill(-1, signal.SIGKILL)
                    finally:
                        os._exit(0)
            else:
                for list_ in Path("/proc/self/task").glob("*/children"):
                    for child in list_.read_text().split():
                        os.kill(int(child), signal.SIGKILL)

    def _close(self) -> None:
        for file in self._files:
            os.close(file)

    def _answer(self, answer: dict[str, Any]) -> None:
        self._line.send(json.dumps(answer).encode())
