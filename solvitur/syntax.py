"""Python's own parser, for one thread at a time.

CPython 3.11 and 3.12 count how deep the parser is in one place for all threads. Where garbage is
collected meanwhile, another thread may get to parse, and one of the two ends with a `SystemError`.
"""

import ast
import threading

_ONE = threading.RLock()
"""It may be taken again by the same thread: collecting garbage may run anything."""


def parse_module(source: str) -> ast.Module:
    """Parse a module.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse` does.

    Example:
        >>> [type(node).__name__ for node in parse_module("x = 1").body]
        ['Assign']
    """
    with _ONE:
        return ast.parse(source)


def parse_expression(source: str) -> ast.Expression:
    """Parse one expression.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse` does.

    Example:
        >>> type(parse_expression("a + b").body).__name__
        'BinOp'
    """
    with _ONE:
        return ast.parse(source, mode="eval")
