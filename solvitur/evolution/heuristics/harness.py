"""What runs in the sandbox around a heuristic: it calls the driver on every instance.

This file is never imported: `evaluation` hands its text to the sandbox, with the driver's. The
heuristic has a module of its own, so that no name in it is one of the driver's.
"""

import linecache
from typing import Any

_NAME = "<heuristic>"


def heuristic_of(payload: dict[str, Any]) -> Any:
    """Run the module of the heuristic and give its function."""
    code = payload["code"]
    linecache.cache[_NAME] = (len(code), None, code.splitlines(keepends=True), _NAME)
    names: dict[str, Any] = {"__name__": "heuristic"}
    exec(compile(code, _NAME, "exec"), names)
    return names[payload["function"]]


def run_harness(payload: dict[str, Any]) -> list[Any]:
    """Give a solution of each instance."""
    driver: dict[str, Any] = {"__name__": "driver"}
    exec(compile(payload["driver"], "<driver>", "exec"), driver)
    heuristic = heuristic_of(payload)
    return [driver["solve"](heuristic, instance) for instance in payload["instances"]]
