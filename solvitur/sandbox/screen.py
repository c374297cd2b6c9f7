"""A first look at code: what cannot run here is refused at once, in words that say why.

It spares a process and gives a friendlier answer. It protects from nothing: code that wants to
get past it does; the rungs are what shuts it in.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from solvitur.sandbox.job import Kind
from solvitur.syntax import parse_module

_REFUSED = {
    "socket": "there is no network in here",
    "ssl": "there is no network in here",
    "urllib": "there is no network in here",
    "http": "there is no network in here",
    "requests": "there is no network in here",
    "subprocess": "no other programs are started in here",
    "ctypes": "no foreign code is called in here",
}


@dataclass(frozen=True)
class Refusal:
    """Why code is not run."""

    kind: Kind
    message: str


def refusal(code: str) -> Refusal | None:
    """Say why code is not run, or None where nothing is seen against it.

    Example:
        >>> refusal("import socket").message
        "line 1 imports 'socket': there is no network in here"
        >>> refusal("import math") is None
        True
        >>> refusal("if x:").message
        "line 1: expected an indented block after 'if' statement on line 1"
    """
    try:
        tree = parse_module(code)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else "this is no Python: "
        return Refusal(Kind.raised, where + error.msg)
    except (ValueError, RecursionError, MemoryError) as error:  # nested without end
        return Refusal(Kind.raised, f"this is no Python: {error}")
    for line, module in _imports(tree):
        why = _REFUSED.get(module)
        if why is not None:
            return Refusal(Kind.forbidden, f"line {line} imports '{module}': {why}")
    return None


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]
