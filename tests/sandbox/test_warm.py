"""A warm process and its jobs: nothing of one job is there for the next, or reaches another."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from solvitur.sandbox import Job, Kind, Limits, Outcome, Sandbox, Threat, connect, sandboxes
from solvitur.sandbox.process import ProcessSandbox
from solvitur.sandbox.warm import WarmSandbox
from solvitur.sandbox.watching import tree
from tests.sandbox.conftest import claims
from tests.sandbox.test_hostile import attack, count, indented, settles
from tests.sandbox.test_process import children


def test_who_asks_for_a_warm_one_gets_it_on_every_rung(warm: Sandbox) -> None:
    assert isinstance(warm, WarmSandbox)
    cold = connect(warm.name)
    assert isinstance(cold, ProcessSandbox)
    assert warm.contains == cold.contains
    assert connect(warm.name, warm=True) is warm


def test_arrays_pass_both_ways(sandbox: Sandbox) -> None:
    code = """
import numpy as np
def f(given):
    given["distances"][0, 0] = 5.0  # it is the job's own
    return {"rows": given["distances"].sum(axis=1), "n": given["tour"].max(), "tour": given["tour"]}
"""
    distances = np.arange(12.0).reshape(3, 4)
    tour = np.array([2, 0, 1], dtype=np.int32)
    outcome = sandbox.run(Job(code, "f", {"distances": distances, "tour": tour}))
    assert outcome.kind is Kind.value, outcome
    np.testing.assert_array_equal(outcome.value["rows"], [11.0, 22.0, 38.0])
    np.testing.assert_array_equal(outcome.value["tour"], tour)
    assert outcome.value["tour"].dtype == np.int32
    assert outcome.value["n"] == 2
    assert distances[0, 0] == 0.0


def test_an_array_that_cannot_be_sent_is_told_as_raised(sandbox: Sandbox) -> None:
    code = "import numpy as np\ndef f(_): return np.array([f])"
    outcome = sandbox.run(Job(code, "f"))
    assert outcome.kind is Kind.raised
    assert "an array of type object cannot be sent" in outcome.message


def test_what_is_often_imported_is_there_already(warm: Sandbox) -> None:
    code = "import sys\nthere = set(sys.modules)\ndef f(wanted): return sorted(set(wanted) - there)"
    assert warm.run(Job(code, "f", ["numpy", "numpy.random", "random", "heapq"])).value == []


def test_no_two_jobs_draw_the_same_numbers(warm: Sandbox) -> None:
    code = "import random, numpy\ndef f(_): return [random.random(), numpy.random.rand()]"
    first, second = (warm.run(Job(code, "f")).value for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_job_has_its_time_for_itself_though_a_process_starts_for_it(warm: Sandbox) -> None:
    assert isinstance(warm, WarmSandbox)
    start = time.monotonic()
    outcome = WarmSandbox(warm.rung).run(Job("def f(_): return 1", "f"))
    assert outcome.value == 1
    assert outcome.usage.seconds < (time.monotonic() - start) / 2  # numpy alone takes longer


def test_a_warm_process_does_one_job_after_the_other(warm: Sandbox) -> None:
    assert warm.run(Job("def f(_): return 1", "f")).value == 1
    before = children()
    for number in range(5):
        assert warm.run(Job("def f(x): return x", "f", number)).value == number
    assert children() == before


def test_as_many_are_warm_as_jobs_run_at_a_time(warm: Sandbox) -> None:
    code = "import time\ndef f(x):\n    time.sleep(0.3)\n    return x"
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda x: warm.run(Job(code, "f", x)).value, range(6))) == [*range(6)]


def test_a_payload_that_cannot_be_sent_costs_no_warm_process(warm: Sandbox) -> None:
    warm.run(Job("def f(_): pass", "f"))
    before = children(), len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(TypeError, match="not JSON serializable"):
        warm.run(Job("def f(x): return x", "f", {1}))
    assert (children(), len(list(Path("/proc/self/fd").iterdir()))) == before


# --- what a job may try at the process that forked it -------------------------------------------

FELL = """
import importlib, os, resource, signal
ctypes = importlib.import_module("ctypes")
libc = ctypes.CDLL(None, use_errno=True)
done = []
for process in {1, os.getppid()} - {os.getpid()}:
    for way in (
        lambda: os.kill(process, signal.SIGSTOP),
        lambda: os.kill(process, signal.SIGINT),
        lambda: os.kill(process, signal.SIGKILL),
        lambda: os.kill(-1, signal.SIGKILL),
        lambda: open(f"/proc/{process}/mem", "r+b").close(),
        lambda: os.listdir(f"/proc/{process}/fd"),
        lambda: open(f"/proc/{process}/environ").read(),
        lambda: resource.prlimit(process, resource.RLIMIT_NOFILE, (0, 0)) and None,
        lambda: os.setpriority(os.PRIO_PROCESS, process, 19),
        lambda: libc.ptrace(16, process, None, None) == 0 and done.append("ptrace"),
    ):
        try:
            way()
        except OSError:
            pass
return done
"""


@claims(Threat.parent)
def test_the_process_that_forked_it_cannot_be_harmed(warm: Sandbox) -> None:
    before = quiet(warm)
    outcome = attack(warm, indented(FELL))
    assert outcome.value == [], outcome
    code = "import os, resource\ndef f(_): return [resource.getrlimit(7)[1] > 99, os.nice(0)]"
    assert warm.run(Job(code, "f", None, Limits(open_files=100))).value == [True, niceness()]
    assert children() == before


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def quiet(warm: Sandbox) -> set[str]:
    """The processes that we have started once there is a warm one."""
    assert warm.run(Job("def f(_): return 1", "f")).value == 1
    return children()


PATCHING = """
import builtins, json, os, sys, importlib
numpy = importlib.import_module("numpy")
json.dumps = json.loads = lambda *_, **__: "forged"
os.write = os.fdopen = os._exit = lambda *_: None
numpy.ndarray.tobytes = numpy.sum = None
builtins.len = lambda _: 10**9
for name, module in list(sys.modules.items()):
    if "solvitur" in name:
        for each in vars(module):
            setattr(module, each, None)
os.environ["LEFT"] = "behind"
sys.path[:] = ["/job"]
given.append("mine")
return given
"""


@claims(Threat.forgery)
def test_what_a_job_changes_beside_it_is_gone_with_it(warm: Sandbox) -> None:
    before = quiet(warm)
    assert attack(warm, indented(PATCHING), ["ours"]).kind is not Kind.value
    code = """
import json, os, sys, numpy
def f(given):
    array = numpy.sum(numpy.ones(4))
    return [given, json.dumps(len("four")), array, "LEFT" in os.environ, len(sys.path) > 1]
"""
    assert warm.run(Job(code, "f", ["ours"])).value == [["ours"], "4", 4.0, False, True]
    assert children() == before


@claims(Threat.forgery)
def test_no_descriptor_of_ours_is_open_in_a_job(warm: Sandbox) -> None:
    code = """
import os
kinds = []
for number in os.listdir("/proc/self/fd"):
    try:
        kinds.append(os.readlink(f"/proc/self/fd/{number}").split(":")[0])
    except OSError:
        pass
return sorted(kinds)
"""
    kinds = attack(warm, indented(code)).value
    assert kinds.count("pipe") == 3  # stdout, stderr and the channel of the value
    assert "socket" not in kinds
    assert len(kinds) <= 7


@claims(Threat.endless)
def test_a_job_that_catches_everything_is_ended(sandbox: Sandbox) -> None:
    code = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    outcome = attack(sandbox, indented(code), seconds=0.6)
    assert outcome.kind is Kind.timed_out
    assert attack(sandbox, indented("return 1")).value == 1


@claims(Threat.forgery)
def test_a_crash_in_foreign_code_is_told_and_harms_nobody(sandbox: Sandbox) -> None:
    code = "import importlib\nimportlib.import_module('ctypes').string_at(0)"
    outcome = attack(sandbox, indented(code))
    assert (outcome.kind, outcome.message) == (Kind.crashed, "it was ended by the signal SIGSEGV")
    assert attack(sandbox, indented("return 1")).value == 1


@claims(Threat.fleeing)
def test_messages_that_a_job_leaves_in_the_kernel_are_gone(warm: Sandbox) -> None:
    if warm.name == "limits":
        pytest.skip("it has no namespace of its own for them")
    code = """
import importlib
libc = importlib.import_module("ctypes").CDLL(None)
before = open("/proc/sysvipc/shm").read().count("\\n")
made = libc.shmget(4711, 4096, 0o1666) >= 0
return [before, made]
"""
    assert attack(warm, indented(code)).value == [1, True]
    assert attack(warm, indented(code)).value == [1, True]


@claims(Threat.fleeing)
def test_what_a_job_leaves_running_does_not_see_the_next(warm: Sandbox) -> None:
    mark = f"stays-{os.getpid()}"
    code = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        open("/proc/self/comm", "w").write(given)
        while True:
            time.sleep(0.01)
time.sleep(0.2)
return "left"
"""
    assert attack(warm, indented(code), mark).value == "left"
    assert count(mark) == 0


@claims(Threat.endless)
def test_what_ends_by_itself_just_as_it_is_ended_leaves_nothing(warm: Sandbox) -> None:
    code = """
import os, time
for number in range(3):
    if os.fork() == 0:
        time.sleep(given / 1000 * number)
        os._exit(0)
return "left"
"""
    quiet(warm)
    before = {*tree(os.getpid())}  # the host of the last job may be among them, at its end
    for milliseconds in range(8):
        assert attack(warm, indented(code), float(milliseconds)).value == "left"
    assert settles(lambda: {*tree(os.getpid())} <= before, 5)


# --- a warm process that is lost ----------------------------------------------------------------


def killed(name: str) -> int:
    """Kill whoever started a job of that name, wherever one runs; give how many."""
    found = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):  # it ended in the meantime
            if entry.name.isdigit() and (entry / "comm").read_text().strip() == name:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                os.kill(parent, signal.SIGKILL)
                found += 1
    return found


NAMED = """
import time
def f(name):
    open("/proc/self/comm", "w").write(name)
    time.sleep(given)
    return name
"""


def in_thread(warm: Sandbox, name: str, seconds: float) -> Future[Outcome]:
    """Run a job of that name in a thread of its own."""
    code = NAMED.replace("given", str(seconds))

    with_time = Job(code, "f", name, Limits(seconds=120))
    pool = ThreadPoolExecutor(1)
    future = pool.submit(warm.run, with_time)
    pool.shutdown(wait=False)
    return future


def test_a_job_whose_warm_process_is_killed_is_run_again(warm: Sandbox) -> None:
    name = f"victim-{os.getpid()}"
    future = in_thread(warm, name, 1.0)
    assert settles(lambda: killed(name) > 0)
    assert future.result().value == name


def test_a_job_whose_warm_process_is_always_lost_has_crashed_and_no_other_has(
    warm: Sandbox,
) -> None:
    name, other = f"culprit-{os.getpid()}", f"other-{os.getpid()}"
    culprit, bystander = in_thread(warm, name, 600.0), in_thread(warm, other, 0.2)
    assert settles(lambda: killed(name) < 0 or culprit.done())  # wherever it is run
    outcome = culprit.result()
    assert outcome.kind is Kind.crashed
    assert outcome.message == "it ended the process that started it"
    assert bystander.result().value == other
    assert warm.run(Job("def f(_): return 1", "f")).value == 1


def test_a_job_that_kills_who_forked_it_has_crashed() -> None:
    exposed = [s.name for s in sandboxes() if Threat.parent not in s.contains]
    if not exposed:
        pytest.skip("every rung here keeps a job from that")
    warm = connect(exposed[0], warm=True)
    outcome = attack(warm, indented("import os\nos.kill(os.getppid(), 9)\nreturn 1"))
    assert (outcome.kind, outcome.rung) == (Kind.crashed, exposed[0])
    assert attack(warm, indented("return 2")).value == 2


def test_a_warm_process_that_died_while_idle_is_replaced(warm: Sandbox) -> None:
    for child in quiet(warm):
        os.kill(int(child), signal.SIGKILL)
    assert warm.run(Job("def f(_): return 1", "f")).value == 1


# --- the ends of it ------------------------------------------------------------------------------

USING = """
import os, signal, sys
from pathlib import Path
from solvitur.sandbox import Job, connect
warm = connect(sys.argv[1], warm=True)
job = Job("def f(x): return x", "f", 7)
assert warm.run(job).value == 7
tasks = Path("/proc/self/task").glob("*/children")
print(*(child for task in tasks for child in task.read_text().split()), flush=True)
ENDING
"""


@pytest.mark.parametrize(
    "ending", ["", "os.kill(os.getpid(), signal.SIGKILL)", "del warm; os._exit(0)"]
)
def test_a_warm_process_ends_with_who_started_it(warm: Sandbox, ending: str) -> None:
    code = USING.replace("ENDING", ending)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, warm.name], capture_output=True, check=False
    )
    assert done.stderr == b""
    processes = [Path("/proc", number) for number in done.stdout.decode().split()]
    assert processes
    assert settles(lambda: not any(process.exists() for process in processes))


def test_a_process_that_is_forked_starts_warm_ones_of_its_own(strongest: Sandbox) -> None:
    ending = """
child = os.fork()
if child == 0:
    assert warm.run(job).value == 7
    os._exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
assert warm.run(job).value == 7
"""
    code = USING.replace("ENDING", ending)
    done = subprocess.run(
        [sys.executable, "-c", code, strongest.name], capture_output=True, check=False
    )
    assert done.stderr == b""
    assert done.returncode == 0
