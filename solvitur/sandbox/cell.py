"""What runs inside the sandbox, before and after the code that nobody has read.

This file is never imported for its work: `solvitur.sandbox.inside` hands its text to a fresh
interpreter. There it takes the job from stdin, puts the limits on itself, runs the code and answers
on a channel of its own; it knows nothing but the standard library and `solvitur.sandbox.framing`.
"""

import json
import linecache
import os
import sys
import traceback
from types import CodeType
from typing import Any

from solvitur.sandbox.framing import packed, unpacked

_NAME = "<job>"
_LONGEST_TRACEBACK = 8_000


def main() -> None:
    """Run the job on stdin and answer on the channel that it names."""
    job = told()
    channel = moved(job["channel"])
    limit(job["limits"], tasks_of_this_user())
    answer(job, channel)


def told() -> dict[str, Any]:
    """Read what is to be done, and leave nothing to read."""
    job: dict[str, Any] = unpacked(sys.stdin.buffer.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return job


def moved(channel: int) -> int:
    """Move the channel where no program started by the code inherits it."""
    moved = os.dup(channel)
    os.close(channel)
    return moved


def limit(limits: dict[str, Any], tasks: int) -> None:
    """Put the limits on this process, among so many tasks that count as this user's."""
    import resource

    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(4 * limits["seconds"]) + 1,
        resource.RLIMIT_FSIZE: limits["file_size"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: tasks + limits["processes"],
        resource.RLIMIT_AS: limits["memory"],
    }
    for what, limit in wanted.items():
        hard = resource.getrlimit(what)[1]
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (most, most))


def tasks_of_this_user() -> int:
    """Count its threads: the limit on processes is one on all that the user has."""
    user, found = os.getuid(), 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user:
                found += len(os.listdir(f"/proc/{entry.name}/task"))  # noqa: PTH208
        except OSError:
            continue  # it ended in the meantime
    return found


def answer(job: dict[str, Any], channel: int) -> None:
    """Run the code, say what came of it and end the process."""
    status = os.open("/proc/self/status", os.O_RDONLY)  # the code may leave no file to open
    own = os.getpid()
    reply, value = _run(job)
    if os.getpid() != own:
        os._exit(0)  # one that the code forked has no say
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the code closed or replaced them
    with os.fdopen(channel, "wb") as pipe:
        reply["usage"] = _usage(status)
        pipe.write(f"{job['nonce']} {json.dumps(reply)}\n".encode())
        pipe.writelines(value)
    os._exit(0)  # threads that the code left behind do not keep us


def _run(job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Run the code; give the reply and the frame of its value."""
    try:
        frame = packed(_call(job["code"], job["entry"], job["payload"]))
        size = sum(map(len, frame[1:]))
        if size > job["limits"]["value"]:
            raise ValueError(f"the value has {size:,} bytes, too many")
    except MemoryError as error:
        return _failure("out_of_memory", error), []
    except BaseException as error:
        return _failure("raised", error), []
    return {"kind": "value"}, frame


def _call(text: str, entry: str, payload: Any) -> Any:
    linecache.cache[_NAME] = (len(text), None, text.splitlines(keepends=True), _NAME)
    code: CodeType = compile(text, _NAME, "exec")
    names: dict[str, Any] = {"__name__": "job"}
    exec(code, names)
    if not callable(names.get(entry)):
        raise NameError(f"the code defines no function {entry!r}")
    return names[entry](payload)


def _failure(kind: str, error: BaseException) -> dict[str, Any]:
    shown = traceback.TracebackException.from_exception(error, limit=-40)
    own = [n for n, frame in enumerate(shown.stack) if frame.filename == _NAME]
    shown.stack = traceback.StackSummary.from_list(shown.stack[own[0] :] if own else [])
    text = "".join(shown.format(chain=False))
    message = "".join(shown.format_exception_only()).strip().splitlines()[-1]
    return {"kind": kind, "message": message[:1000], "traceback": text[-_LONGEST_TRACEBACK:]}


def _usage(status: int) -> dict[str, float]:
    import resource

    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = (own.ru_utime, own.ru_stime, others.ru_utime, others.ru_stime)
    return {"cpu_seconds": sum(spent), "peak_memory": _peak(status)}


def _peak(status: int) -> int:
    """Read the most memory that this process had; `ru_maxrss` counts that of its ancestors too."""
    try:
        lines = os.pread(status, 2**16, 0).splitlines()
    except OSError:
        return 0  # the code closed it
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(b"VmHWM:")), 0)
