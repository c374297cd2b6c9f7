import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox import Job, Kind, Limits, Sandbox, Threat, connect, sandboxes


def test_the_value_is_what_the_entry_returns(sandbox: Sandbox) -> None:
    code = "def turn(given):\n    print('working')\n    return {'got': given, 'nothing': None}"
    outcome = sandbox.run(Job(code, "turn", [1, 2.5, "é", {"a": [True]}]))
    assert outcome.kind is Kind.value
    assert outcome.value == {"got": [1, 2.5, "é", {"a": [True]}], "nothing": None}
    assert outcome.stdout == "working\n"
    assert outcome.rung == sandbox.name
    assert outcome.usage.cpu_seconds > 0
    assert outcome.usage.peak_memory > 2**20


def test_an_exception_is_told_with_its_lines(sandbox: Sandbox) -> None:
    code = "def inner(n):\n    return 1 / n\n\ndef outer(n):\n    return inner(n)\n"
    outcome = sandbox.run(Job(code, "outer", 0))
    assert outcome.kind is Kind.raised
    assert outcome.message == "ZeroDivisionError: division by zero"
    assert outcome.traceback.splitlines()[:3] == [
        "Traceback (most recent call last):",
        '  File "<job>", line 5, in outer',
        "    return inner(n)",
    ]


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("import sys\ndef f(_): sys.exit(3)", Kind.raised, "SystemExit: 3"),
        (
            "def f(_): return {1}",
            Kind.raised,
            "TypeError: Object of type set is not JSON serializable",
        ),
        ("def g(_): return 1", Kind.raised, "NameError: the code defines no function 'f'"),
        ("def f(_): return f(_)", Kind.raised, "RecursionError: maximum recursion depth exceeded"),
        ("def f(_:", Kind.raised, "line 1: '(' was never closed"),
        ("x = 1\0", Kind.raised, "this is no Python: source code string cannot contain null bytes"),
        (
            "import os\ndef f(_): os._exit(0)",
            Kind.crashed,
            "it ended with exit code 0 and gave no value",
        ),
        (
            "import os\ndef f(_): os._exit(7)",
            Kind.crashed,
            "it ended with exit code 7 and gave no value",
        ),
        ("import os\ndef f(_): os.abort()", Kind.crashed, "it was ended by the signal SIGABRT"),
        (
            "import subprocess\ndef f(_): pass",
            Kind.forbidden,
            "line 1 imports 'subprocess': no other programs are started in here",
        ),
    ],
)
def test_every_other_ending_is_named(
    strongest: Sandbox, code: str, kind: Kind, message: str
) -> None:
    outcome = strongest.run(Job(code, "f"))
    assert (outcome.kind, outcome.message) == (kind, message)
    assert outcome.value is None


def test_a_large_payload_and_a_large_value_pass(strongest: Sandbox) -> None:
    outcome = strongest.run(Job("def f(x): return x + x", "f", "y" * 3_000_000))
    assert outcome.value == "y" * 6_000_000


def test_a_job_that_never_reads_is_ended_all_the_same(strongest: Sandbox) -> None:
    code = "import time\ndef f(_): pass\ntime.sleep(60)"
    outcome = strongest.run(Job(code, "f", "y" * 3_000_000, Limits(seconds=0.6)))
    assert outcome.kind is Kind.timed_out


def test_sets_have_the_same_order_in_every_run(strongest: Sandbox) -> None:
    job = Job("def f(_): return list({f'n{i}' for i in range(50)})", "f")
    assert strongest.run(job).value == strongest.run(job).value


def test_jobs_in_several_threads_do_not_mix(sandbox: Sandbox) -> None:
    def double(number: int) -> object:
        return sandbox.run(Job("def double(x): return 2 * x", "double", number)).value

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(double, range(12))) == [2 * n for n in range(12)]


def test_a_thread_that_is_left_running_does_not_hold_the_value_up(strongest: Sandbox) -> None:
    code = (
        "import threading, time\n"
        "def f(_):\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    return 'done'"
    )
    outcome = strongest.run(Job(code, "f"))
    assert outcome.value == "done"
    assert outcome.usage.seconds < 10


def test_the_folder_is_empty_and_gone_afterwards(sandbox: Sandbox, lane: Path) -> None:
    code = (
        "import os\n"
        "def f(_):\n"
        "    seen = os.listdir('.')\n"
        "    open('left', 'w').write('over')\n"
        "    return [seen, os.environ['HOME'] == os.getcwd()]"
    )
    assert sandbox.run(Job(code, "f")).value == [[], True]
    assert not list(lane.iterdir())


def test_the_strongest_rung_is_the_default() -> None:
    assert connect() is sandboxes()[0]
    claimed = [sandbox.contains for sandbox in sandboxes()]
    assert all(stronger >= weaker for stronger, weaker in pairwise(claimed))
    assert {Threat.forgery, Threat.output, Threat.endless, Threat.memory} <= claimed[-1]


def test_an_unknown_rung_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        SandboxUnavailable, match=r"no sandbox glass works here \(there are:.*limits"
    ):
        connect("glass")


def test_a_payload_that_json_cannot_say_is_the_callers_mistake(strongest: Sandbox) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(TypeError, match="not JSON serializable"):
        strongest.run(Job("def f(x): return x", "f", {1}))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_no_thread_of_ours_is_left() -> None:
    before = threading.active_count()
    connect().run(Job("def f(_): return 1", "f"))
    assert threading.active_count() == before


def test_a_job_that_cannot_be_followed_is_ended(
    cold: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    before = children(), len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "pidfd_open", refuse)
    with pytest.raises(OSError, match="not implemented"):
        cold.run(Job("import time\ndef f(_): time.sleep(600)", "f"))
    assert (children(), len(list(Path("/proc/self/fd").iterdir()))) == before


def children() -> set[str]:
    """The processes that this one has started and not yet seen the end of."""
    lists = Path("/proc/self/task").glob("*/children")
    return {child for path in lists for child in path.read_text().split()}


@pytest.mark.parametrize(
    ("code", "kind", "least"),
    [
        ("return 1", Kind.value, 4),
        ("held = bytearray(b'x') * (64 * 2**20)\n    return 1", Kind.value, 64),
        ("raise ValueError", Kind.raised, 4),
        ("return len(bytearray(8 * 2**30))", Kind.out_of_memory, 4),
        ("held = bytearray(b'x') * (64 * 2**20)\n    while True: pass", Kind.timed_out, 64),
        ("os._exit(3)", Kind.crashed, 0),
        ("open('/proc/self/comm', 'w').write('VmHWM: x'); return 1", Kind.value, 4),
        ("os.closerange(0, 3)\n    while True: os.open('/proc', 0)", Kind.raised, 4),
    ],
    ids=["small", "large", "raised", "refused", "endless", "crashed", "named", "out of files"],
)
def test_the_memory_of_a_job_is_its_own_and_not_ours(
    sandbox: Sandbox, code: str, kind: Kind, least: int
) -> None:
    ours = bytearray(b"x") * (300 * 2**20)
    limits = Limits(seconds=1.5 if kind is Kind.timed_out else 30)
    outcome = sandbox.run(Job(f"import os\ndef f(_):\n    {code}", "f", None, limits))
    assert outcome.kind is kind, outcome
    assert least * 2**20 <= outcome.usage.peak_memory < len(ours) / 2
