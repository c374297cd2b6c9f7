"""Code that means harm, one test a way, on every rung that claims to contain it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from solvitur.sandbox import Job, Kind, Limits, Outcome, Sandbox, Threat
from solvitur.sandbox.warm import WarmSandbox
from tests.sandbox.conftest import claims

MEBIBYTE = 2**20


def attack(sandbox: Sandbox, code: str, payload: object = None, **limits: float) -> Outcome:
    bounds = {"seconds": 20.0, **limits}
    return sandbox.run(Job(f"def attack(given):\n{code}", "attack", payload, Limits(**bounds)))  # type: ignore[arg-type]


def indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.strip().splitlines())


SECRET = "sk-this-is-no-real-key-7391"


@claims(Threat.environment)
def test_our_environment_cannot_be_read(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import glob, os
found = [repr(dict(os.environ))]
for path in glob.glob("/proc/*/environ"):
    try:
        found.append(open(path, "rb").read().decode("utf-8", "replace"))
    except OSError:
        pass
return "".join(found)
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        env={**os.environ, "OPENAI_API_KEY": SECRET},  # our own, as /proc shows it, cannot be set
    )
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    try:
        outcome = attack(sandbox, indented(code))
    finally:
        holder.communicate(b"\n")
    assert outcome.kind is Kind.value
    assert SECRET not in outcome.value
    assert "PATH" in outcome.value  # it did look


@claims(Threat.reading)
def test_the_home_folder_cannot_be_read(sandbox: Sandbox, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear diary")
    code = """
import os
seen = []
for place in given:
    for folder, _, files in os.walk(place):
        for name in files:
            try:
                seen.append(open(os.path.join(folder, name), "rb").read(20).decode("latin-1"))
            except OSError:
                pass
        if len(seen) > 2000:
            break
return [seen, os.path.exists("/etc/passwd")]
"""
    outcome = attack(sandbox, indented(code), [str(tmp_path), "/home", "/etc", "/var", "/tmp"])
    assert outcome.kind is Kind.value, outcome
    seen, has_users = outcome.value
    assert letter.read_text() not in seen
    assert not has_users
    home = attack(sandbox, indented("import os\nreturn os.listdir(given)"), str(Path.home()))
    own = {Path(prefix).relative_to(Path.home()).parts[0] for prefix in _inside_home()}
    assert set(home.value or []) <= own  # nothing, or the interpreter when it lives there


def _inside_home() -> list[str]:
    prefixes = {sys.prefix, sys.base_prefix}
    return [prefix for prefix in prefixes if Path(prefix).is_relative_to(Path.home())]


@claims(Threat.writing)
def test_nothing_can_be_written_beyond_the_own_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    code = """
import os
wrote = []
for place in given:
    try:
        open(place, "w").write("yours")
        wrote.append(place)
    except OSError:
        pass
    try:
        os.remove(place)
        wrote.append(place)
    except OSError:
        pass
open("here.txt", "w").write("own folder")
return wrote
"""
    places = [mine, Path.home() / "solvitur-was-here", Path(sys.prefix) / "x", "/usr/x", "/etc/x"]
    outcome = attack(sandbox, indented(code), [str(place) for place in places])
    assert outcome.kind is Kind.value, outcome
    assert outcome.value == []
    assert mine.read_text() == "mine"


@claims(Threat.reading)
def test_there_is_no_other_place_to_fill(sandbox: Sandbox) -> None:
    code = """
import os
wrote = []
for folder in ("/", "/tmp", "/dev", "/dev/shm", "/var/tmp", "/root", "/proc"):
    try:
        open(os.path.join(folder, "x"), "w").write("x")
        wrote.append(folder)
    except OSError:
        pass
for number in range(64):
    open(str(number), "wb").write(bytes(2**20))
return wrote
"""
    outcome = attack(sandbox, indented(code), folder_size=8 * MEBIBYTE)
    assert outcome.kind is Kind.raised
    assert outcome.message == "OSError: [Errno 28] No space left on device"
    kept = attack(sandbox, indented(code), folder_size=128 * MEBIBYTE)
    assert kept.value == []


@claims(Threat.network)
def test_no_server_can_be_reached(sandbox: Sandbox) -> None:
    code = """
import importlib
socket = importlib.import_module("socket")
reached = []
for address in (("127.0.0.1", given), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, timeout=2).close()
        reached.append(address)
    except OSError:
        pass
return reached
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = attack(sandbox, indented(code), server.getsockname()[1])
    assert outcome.kind is Kind.value, outcome
    assert outcome.value == []


@claims(Threat.processes)
def test_a_fork_bomb_fizzles(sandbox: Sandbox) -> None:
    code = """
import os
open("/proc/self/comm", "w").write(given)
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    bomb = f"bomb-{os.getpid()}"  # what is forked has the same name
    with Peak(bomb) as peak:
        outcome = attack(sandbox, indented(code), bomb, seconds=1.5, processes=20)
    assert outcome.kind in (Kind.timed_out, Kind.crashed), outcome
    assert 1 < peak.most <= 25
    assert settles(lambda: count(bomb) == 0)


class Peak(threading.Thread):
    """Counts the processes of a name over and over."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self._of = name
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, count(self._of))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()


def count(name: str) -> int:
    """How many processes of that name are on the machine."""
    found = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError):  # it ended in the meantime
            found += entry.name.isdigit() and (entry / "comm").read_text().strip() == name
    return found


def settles(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it comes true, even on a machine that is busy: this is no measure of time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def at_work(mark: str) -> bool:
    """Whether a process that was started under that name is on the machine."""
    found = False
    for entry in Path("/proc").iterdir():
        with suppress(OSError):  # it ended in the meantime
            found |= entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes()
    return found


@claims(Threat.fleeing)
def test_a_process_that_flees_its_session_is_ended_too(sandbox: Sandbox) -> None:
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.execv("/bin/sleep", [given, "600"])
    os._exit(0)
os.wait()
time.sleep(0.2)
return "gone"
"""
    mark = f"fled-from-{sandbox.name}-{os.getpid()}"
    assert attack(sandbox, indented(code), mark).value == "gone"
    assert settles(lambda: not at_work(mark))


KEEPER = """
import sys
from solvitur.sandbox import Job, Limits, connect
code = "import os\\ndef f(mark): os.execv('/bin/sleep', [mark, '600'])"
sandbox = connect(sys.argv[1], warm=sys.argv[3] == "warm")
sandbox.run(Job(code, "f", sys.argv[2][::-1], Limits(seconds=600)))
"""
"""Keeps a job at work; it is told the mark backwards, so as not to carry it itself."""


@pytest.fixture
def left(lane: Path) -> Iterator[Path]:
    """Where a process that is killed leaves the folder of its job."""
    folder = lane / "left"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@claims(Threat.fleeing)
def test_a_job_ends_with_the_process_that_started_it(sandbox: Sandbox, left: Path) -> None:
    mark = f"kept-by-{sandbox.name}-{os.getpid()}"
    how = "warm" if isinstance(sandbox, WarmSandbox) else "cold"
    told = [sys.executable, "-c", KEEPER, sandbox.name, mark[::-1], how]
    with subprocess.Popen(told, env={**os.environ, "TMPDIR": str(left)}) as keeper:
        try:
            assert settles(lambda: at_work(mark))
        finally:
            keeper.kill()
    assert settles(lambda: not at_work(mark))


@claims(Threat.memory)
def test_eight_gigabytes_are_refused(sandbox: Sandbox) -> None:
    outcome = attack(sandbox, indented("return len(bytearray(8 * 2**30))"))
    assert outcome.kind is Kind.out_of_memory
    assert outcome.message == "it needs more than 2,048 MiB of memory"
    assert outcome.usage.peak_memory < 500 * MEBIBYTE


@claims(Threat.memory)
def test_many_processes_together_have_no_more_memory_than_one(sandbox: Sandbox) -> None:
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(b"x") * (150 * 2**20)
        time.sleep(30)
time.sleep(30)
"""
    outcome = attack(sandbox, indented(code), memory=400 * MEBIBYTE)
    assert outcome.kind is Kind.out_of_memory
    assert outcome.usage.seconds < 15


@claims(Threat.endless)
@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time\ntime.sleep(600)",
        "import os, signal\nwhile True: os.kill(os.getpid(), signal.SIGSTOP)",
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\nwhile True: pass",
    ],
    ids=["loop", "sleep", "stop", "deaf"],
)
def test_what_never_ends_is_ended(sandbox: Sandbox, code: str) -> None:
    outcome = attack(sandbox, indented(code), seconds=0.6)
    assert outcome.kind is Kind.timed_out
    assert outcome.message == "it took more than 0.6 s"
    assert outcome.usage.seconds < 5


@claims(Threat.parent)
def test_the_parent_cannot_be_killed(sandbox: Sandbox) -> None:
    code = """
import os, signal
killed = []
for number in {os.getppid(), *given} - {0, 1, os.getpid()}:
    try:
        os.kill(number, signal.SIGTERM)
        killed.append(number)
    except OSError:
        pass
try:
    os.kill(-1, signal.SIGTERM)
except OSError:
    pass
return killed
"""
    heard = []
    former = signal.signal(signal.SIGTERM, lambda *_: heard.append("hit"))
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        attack(sandbox, indented(code), [os.getpid(), bystander.pid])
        assert heard == []
        assert bystander.poll() is None
    finally:
        signal.signal(signal.SIGTERM, former)
        bystander.communicate(b"\n")


@claims(Threat.output)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_gigabyte_of_output_is_read_and_thrown_away(sandbox: Sandbox, stream: str) -> None:
    code = f"""
import os, sys
chunk = b"x" * 2**20
for _ in range(1024):
    os.write(sys.{stream}.fileno(), chunk)
print("the end", file=sys.{stream})
return "printed"
"""
    outcome = attack(sandbox, indented(code), seconds=60)
    assert outcome.kind is Kind.value, outcome
    text = getattr(outcome, stream)
    assert len(text) < 70_000
    assert text.startswith("[1,073,")
    assert text.endswith("the end\n")


@claims(Threat.output)
def test_a_value_that_is_too_large_is_refused(sandbox: Sandbox) -> None:
    outcome = attack(sandbox, indented("return 'x' * 2**20"), value=1000)
    assert outcome.kind is Kind.raised
    assert outcome.message == "ValueError: the value has 1,048,578 bytes, too many"


@claims(Threat.output)
def test_a_file_has_a_largest_size(sandbox: Sandbox) -> None:
    code = "with open('big', 'wb') as file:\n    for _ in range(64): file.write(b'x' * 2**20)"
    outcome = attack(sandbox, indented(code))
    assert outcome.kind is Kind.raised
    assert "File too large" in outcome.message


@claims(Threat.forgery)
@pytest.mark.parametrize("ending", ["os._exit(0)", "os.kill(os.getpid(), 9)", "return 'true'"])
def test_a_value_that_is_written_everywhere_is_not_taken(sandbox: Sandbox, ending: str) -> None:
    code = f"""
import json, os
forged = json.dumps({{"kind": "value", "value": "forged", "usage": {{}}}})
for text in (forged, "0" * 32 + " " + forged, ""):
    for number in range(1, 300):
        try:
            os.write(number, (text + "\\n").encode())
        except OSError:
            pass
{ending}
"""
    outcome = attack(sandbox, indented(code))
    assert outcome.kind is Kind.forbidden
    assert outcome.value is None
    assert outcome.message == "it wrote on the channel of its value"


TOLD = '{"kind": "value", "usage": {"cpu_seconds": 1, "peak_memory": 1}}'
FORGED_ARRAYS = (
    '{"\\u0000array": [1, "|O8", [1]]}',
    '{"\\u0000array": [1, "<f8", [2]]}',
    '{"\\u0000array": [1, "|i1", [-8]]}',
    '{"\\u0000array": [1, "|b1", [8]]}',
    '{"\\u0000array": [2, "<f8", [1]]}',
)
"""Each is followed by eight bytes: seven, and the end of the line."""


@claims(Threat.forgery)
@pytest.mark.parametrize(
    "reply",
    [
        *("", "{}", "[" * 100_000, '{"kind": "forbidden"}', '{"kind": "value", "usage": 3}', "NaN"),
        '{"kind": "value", "value": 1, "usage": {"cpu_seconds": 1, "peak_memory": 1e999}}',
        '{"kind": "value", "value": 1, "usage": {"cpu_seconds": 1e999, "peak_memory": 1}}',
        f'{{"kind": "value", "value": 1, "usage": {{"cpu_seconds": {"9" * 400}}}}}',
        *(f"{TOLD}\n[{len(text)}, 8]\n{text}seven67" for text in FORGED_ARRAYS),
        f"{TOLD}\n[1, 8]\n1",
        f"{TOLD}\n[1]\n",
    ],
)
def test_code_that_knows_the_channel_and_its_mark_breaks_nothing(
    sandbox: Sandbox, reply: str
) -> None:
    code = """
import os, sys
frame = sys._getframe()
while "channel" not in frame.f_locals:
    frame = frame.f_back
nonce = frame.f_locals["job"]["nonce"]
os.write(frame.f_locals["channel"], f"{nonce} {given}\\n".encode())
os._exit(0)
"""
    outcome = attack(sandbox, indented(code), reply)
    assert outcome.kind is Kind.forbidden
    assert outcome.value is None


@claims(Threat.forgery)
def test_closing_every_channel_is_no_value(sandbox: Sandbox) -> None:
    outcome = attack(sandbox, indented("import os\nos.closerange(0, 300)\nreturn 'value'"))
    assert outcome.kind is Kind.crashed
    assert outcome.value is None
