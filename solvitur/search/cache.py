"""The same program by another name: what needs no second evaluation."""

import ast
import hashlib
from collections.abc import Iterable

from solvitur.syntax import parse_module

_DIGITS = 24


def program_key(code: str) -> str:
    r"""Name a program by what it does and not by how it is written.

    Layout, comments and docstrings make no difference. Code that is no Python is named by its text.

    Example:
        >>> program_key("def f(x):\n    # twice\n    return x + x") == program_key(
        ...     "def f(x):\n    'Doubled.'\n    return (x+x)")
        True
    """
    return _digest(normalised(code))


def evaluation_key(code: str, instances: Iterable[str]) -> str:
    """Name what is found out: a program on a set of instances, each named by what it is.

    >>> evaluation_key("x", ["a", "b"]) == evaluation_key("x", ["b", "a"])
    True
    """
    return f"{program_key(code)} {_digest(chr(10).join(sorted(instances)))}"


def normalised(code: str) -> str:
    r"""Give a program without layout, comments and docstrings, or the text where it is none.

    >>> normalised("def f( x ):\n    'What.'\n    return x")
    'def f(x):\n    return x'
    """
    try:
        tree = parse_module(code)
        for node in ast.walk(tree):
            _drop_docstring(node)
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def _drop_docstring(node: ast.AST) -> None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
