"""A sandbox that starts a process for each job."""

import os
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass

from solvitur.sandbox import inside, watching
from solvitur.sandbox.job import Job, Outcome, Threat
from solvitur.sandbox.rungs import Rung, lent_user
from solvitur.sandbox.screen import refusal
from solvitur.sandbox.talk import Talk


@dataclass(frozen=True)
class ProcessSandbox:
    """Runs each job in a process of its own, shut in by a rung of isolation.

    Example:
        >>> from solvitur.sandbox import Job, connect
        >>> connect().run(Job("def double(x): return 2 * x", "double", 21)).value
        42
    """

    rung: Rung

    @property
    def name(self) -> str:
        """The rung of isolation."""
        return self.rung.name

    @property
    def contains(self) -> frozenset[Threat]:
        """What it keeps code from doing."""
        return self.rung.contains

    def run(self, job: Job) -> Outcome:
        """Run a job to its end; safe to call from several threads."""
        refused = refusal(job.code)
        if refused is not None:
            return Outcome(refused.kind, self.name, message=refused.message)
        started = time.monotonic()
        lent = lent_user() if self.rung.own_user else nullcontext()
        with lent as user, watching.folder(self.rung, user) as folder:
            process = _Process(job, self.rung, user, folder)
            try:
                process.follow(started + job.limits.seconds)
            finally:
                process.end()
        return process.outcome(time.monotonic() - started)


class _Process:
    """One job at work: what it is told, what it says, and that nothing of it is left."""

    def __init__(self, job: Job, rung: Rung, user: int | None, folder: str) -> None:
        self._rung, self._user = rung, user
        self._talk = Talk(job)
        self._cpu_seconds = 0.0
        try:
            self._popen = self._started(job, folder)
        except BaseException:
            self._talk.close()
            raise
        finally:
            self._talk.handed_over()
        try:
            self._exit = os.pidfd_open(self._popen.pid)
        except BaseException:
            self._talk.close()
            with self._popen:  # which waits for its end
                watching.end(self._popen.pid, rung, user)
            raise

    def follow(self, deadline: float) -> None:
        """Feed it and read what it says until it ends, or has to be ended."""
        self._talk.follow(self._exit, deadline, self._look)

    def end(self) -> None:
        """Leave nothing of it running, and read the rest of what it said."""
        self._talk.looked(self._look())
        watching.end(self._popen.pid, self._rung, self._user)
        _, status, used = os.wait4(self._popen.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(status)
        os.close(self._exit)
        self._cpu_seconds = used.ru_utime + used.ru_stime
        self._talk.drain()
        self._talk.close()

    def outcome(self, seconds: float) -> Outcome:
        """Say what came of it."""
        code = self._popen.returncode
        return self._talk.outcome(self._rung.name, code, self._cpu_seconds, seconds)

    def _look(self) -> tuple[int, int]:
        return watching.memory(self._popen.pid)

    def _started(self, job: Job, folder: str) -> subprocess.Popen[bytes]:
        stdin, stdout, stderr, channel = self._talk.theirs
        return subprocess.Popen(
            [*self._rung.command(self._user, job.limits), *inside.interpreter("framing", "cell")],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=[channel],
            env=inside.environment(folder),
            cwd=folder if not self._rung.has_folder else "/",
            start_new_session=True,
        )
