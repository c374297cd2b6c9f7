"""The interpreter that a job runs in: its command, its variables, and what it is told."""

import functools
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from solvitur.sandbox.framing import packed
from solvitur.sandbox.job import Job

_LOAD = """
import sys, types
def load(name, text):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    return module
"""
"""Makes modules of texts: inside, the files of this package are out of sight."""


def interpreter(*modules: str, given: Any = None) -> list[str]:
    """Give the command that loads modules of this package in turn and runs the last one's `main`.

    Args:
        modules: Their names; each may import those before it.
        given: What JSON can say, as the one argument of the command.
    """
    told = [json.dumps(given)] if given is not None else []
    return [sys.executable, "-s", "-P", "-c", _program(modules), *told]


@functools.cache
def _program(modules: Sequence[str]) -> str:
    package = files("solvitur.sandbox")
    lines = [_LOAD]
    for name in modules:
        text = package.joinpath(f"{name}.py").read_text(encoding="utf-8")
        lines.append(f"last = load({f'solvitur.sandbox.{name}'!r}, {text!r})")
    return "\n".join([*lines, "last.main()"])


def environment(folder: str) -> dict[str, str]:
    """Give all variables that a job sees: nothing of ours."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # `python -I` would ignore it, so its other two flags are given
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def told(job: Job, nonce: str, channel: int | None = None) -> bytes:
    """Give what the interpreter reads: the job, and how to answer.

    Raises:
        TypeError: The payload is something that cannot be sent.
    """
    said = {
        "nonce": nonce,
        "channel": channel,
        "code": job.code,
        "entry": job.entry,
        "payload": job.payload,
        "limits": asdict(job.limits),
    }
    return b"".join(packed(said))
