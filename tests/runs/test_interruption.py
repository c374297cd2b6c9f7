import asyncio
import os
import signal
import subprocess
import sys
import termios
import threading
from typing import Any

import pexpect
import pytest

from solvitur.runs import Interruption


def test_it_goes_through_two_stages_and_says_when_there_is_no_other() -> None:
    interruption = Interruption()
    stages = []
    for _ in range(3):
        asked = interruption.ask()
        stages.append((asked, interruption.was_asked, interruption.is_abandoned))
    assert stages == [(True, True, False), (True, True, True), (False, True, True)]


def test_whoever_waits_is_woken_at_each_stage_and_not_afterwards() -> None:
    interruption = Interruption()
    woken: list[bool] = []
    with interruption.waking(lambda: woken.append(interruption.is_abandoned)):
        interruption.ask()
        interruption.ask()
        interruption.ask()
    assert woken == [False, True]
    interruption = Interruption()
    with interruption.waking(lambda: woken.append(True)):
        pass
    interruption.ask()
    assert woken == [False, True]


def test_ctrl_c_is_heard_within_and_is_pythons_own_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert (interruption.was_asked, interruption.is_abandoned) == (True, False)
        signal.raise_signal(signal.SIGINT)
        assert interruption.is_abandoned
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_within_gives_ctrl_c_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="odd"), Interruption():
        raise ValueError("odd")
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_changes_nothing_about_ctrl_c() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[Any] = []

    def elsewhere() -> None:
        with Interruption() as interruption:
            seen.append(signal.getsignal(signal.SIGINT))
            interruption.ask()
            seen.append(interruption.was_asked)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before, True]


def test_it_is_heard_while_a_loop_waits() -> None:
    async def main() -> None:
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        with Interruption() as interruption:
            with interruption.waking(lambda: loop.call_soon_threadsafe(woken.set)):
                threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
                await woken.wait()
            assert not interruption.is_abandoned

    asyncio.run(main())


LONG = """
import asyncio, os, sys
from solvitur.runs import Interruption, Workers, spread
from tests.runs import tasks

async def main():
    interruption = Interruption()
    with interruption, interruption.waking(lambda: os.write(1, b"heard\\n")):
        async with Workers(2) as workers:
            line = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
            async def work(number):
                print("begun", number, flush=True)
                if number != 1:
                    await asyncio.shield(line)
                elif sys.argv[1] == "hang":
                    await workers.run(tasks.spin)
                return (await workers.run(tasks.double, number)).value
            async for done in spread(work, range(100), at_once=2, interruption=interruption):
                print("done", done.value, flush=True)
            print("end", interruption.was_asked, interruption.is_abandoned, flush=True)

asyncio.run(main())
"""


def started(how: str) -> "pexpect.spawn[str]":
    run = pexpect.spawn(
        sys.executable,
        ["-c", LONG, how],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=60,
        echo=False,
    )
    flags = termios.tcgetattr(run.child_fd)
    flags[3] |= termios.NOFLSH  # or Ctrl-C throws away what was printed and not yet read
    termios.tcsetattr(run.child_fd, termios.TCSANOW, flags)
    return run


def test_the_first_ctrl_c_of_a_terminal_finishes_what_is_in_flight() -> None:
    with started("work") as run:
        run.expect("begun 2")  # nothing else goes on, so nothing is just about to begin
        run.sendintr()
        run.expect("heard")
        run.sendline()  # for which all work but one waits
        run.expect("end True False")
        assert "done 0" in run.before
        assert "done 4" in run.before
        assert "begun" not in run.before
        run.expect(pexpect.EOF)
        assert run.wait() == 0


def test_the_second_ctrl_c_of_a_terminal_stops_at_once() -> None:
    with started("hang") as run:
        run.expect("begun 1")
        for _ in range(2):
            run.sendintr()
            run.expect("heard")
        run.expect("end True True")
        run.sendline()  # a thread that reads a line cannot be ended
        run.expect(pexpect.EOF)
        assert run.wait() == 0


STUCK = """
import signal, time
from solvitur.runs import Interruption

with Interruption():
    print("ready", flush=True)
    while True:
        time.sleep(0.01)
"""


def test_the_third_ctrl_c_ends_a_process_that_does_not_listen() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            threading.Event().wait(0.05)
        assert process.stderr.read().strip().endswith("KeyboardInterrupt")
    assert process.returncode == -signal.SIGINT
