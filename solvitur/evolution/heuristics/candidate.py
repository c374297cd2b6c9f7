"""A heuristic as a model writes it: an idea and a function, read from a reply."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from solvitur.evolution.heuristics.problem import Function
from solvitur.syntax import parse_module

_LONGEST_IDEA = 600
"""Characters; what is longer is no idea in a sentence."""
_MOST_TRIES = 400
"""Pieces of a reply without a fence that are tried as code."""

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})(?P<language>[^\n]*)\n(?P<code>.*?)(?:^[ \t]*(?P=fence)|\Z)",
    re.DOTALL | re.MULTILINE,
)
_CODE_BEGINS = re.compile(r"^(?:import |from |def |async def |class |@|[A-Za-z_]\w* *=)")


class Fault(StrEnum):
    """Why a candidate has no score."""

    no_code = "no_code"
    """The reply has no Python code in it."""
    syntax = "syntax"
    """The code is no Python."""
    signature = "signature"
    """The code does not define the function that was asked for."""
    no_reply = "no_reply"
    """The model answered with nothing that can be read."""
    forbidden = "forbidden"
    """The code was refused before it ran, or meddled with what is not its own."""
    raised = "raised"
    """The code raised an exception."""
    timed_out = "timed_out"
    out_of_memory = "out_of_memory"
    crashed = "crashed"
    """The process died."""
    invalid = "invalid"
    """What it gave back is no solution."""


@dataclass(frozen=True)
class Failure:
    """What is wrong with a candidate, in words that a model can do something with."""

    fault: Fault
    message: str
    """In one line."""
    traceback: str = ""


@dataclass(frozen=True)
class Heuristic:
    """An idea in a sentence, and the Python that follows it.

    Example:
        >>> Heuristic("Take the nearest.", "def f(x): return min(x)").idea
        'Take the nearest.'
    """

    idea: str
    code: str


def read_reply(text: str, function: Function) -> tuple[Heuristic | None, Failure | None]:
    r"""Read a heuristic from a reply; what nearly is one comes with what is wrong with it.

    The idea stands in braces, else in words before the code, else in a docstring. The code stands
    in a fenced block, or just so. Braces, backquotes and words within the code do no harm.

    Returns:
        The heuristic, as far as there is one (an idea may be all), and why it cannot be run, if so.

    Example:
        >>> from solvitur.evolution.heuristics.problem import Argument
        >>> function = Function("pick", (Argument("x", "list", "numbers"),), "int", "one of them")
        >>> reply = "{Take the largest.}\n```python\ndef pick(x):\n    return max({*x})\n```"
        >>> read_reply(reply, function)
        (Heuristic(idea='Take the largest.', code='def pick(x):\n    return max({*x})'), None)
        >>> read_reply("I cannot do that.", function)[1].message
        'the reply has no Python code in it'
    """
    text = _THOUGHT.sub("", text).replace("\r\n", "\n")
    nearly: tuple[Heuristic, Failure] | None = None
    for words, code in _readings(text):
        tree, failure = _checked(code, function)
        heuristic = Heuristic(_idea(words, tree), code)
        if failure is None:
            return heuristic, None
        if nearly is None or (nearly[1].fault, failure.fault) == (Fault.syntax, Fault.signature):
            nearly = heuristic, failure
    if nearly is not None:
        return nearly
    idea = _idea(_in_braces(text), None)
    failure = Failure(Fault.no_code, "the reply has no Python code in it")
    return (Heuristic(idea, "") if idea else None), failure


def check_code(code: str, function: Function) -> Failure | None:
    """Say why code cannot be run as this function, or None where it can.

    >>> from solvitur.evolution.heuristics.problem import Argument
    >>> check_code("def pick(", Function("pick", (), "int", "a number")).message
    "line 1: '(' was never closed"
    """
    return _checked(code, function)[1]


def _checked(code: str, function: Function) -> tuple[ast.Module | None, Failure | None]:
    try:
        tree = parse_module(code)
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        return None, Failure(Fault.syntax, f"{line}{error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:  # nested without end
        return None, Failure(Fault.syntax, f"this is no Python: {error}")
    fault = function.fault(tree)
    if fault is None and _has_no_body(tree, function.name):
        fault = f"'{function.name}' has no body: write the code that computes the result"
    return tree, None if fault is None else Failure(Fault.signature, fault)


def _has_no_body(tree: ast.Module, name: str) -> bool:
    """Whether a model left the code out: there is nothing but words, ``...`` and ``pass``."""
    defined = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    return all(
        isinstance(each, ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for function in defined
        for each in function.body
    )


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Give the ways to take a reply apart into words and code, the likeliest first."""
    blocks = [each for each in _FENCED.finditer(text) if "def " in each["code"]]
    words = _FENCED.sub("\n", text)
    codes = [textwrap.dedent(block["code"]).strip() for block in blocks]
    yield from ((words, code) for code in reversed(codes))
    if len(codes) > 1:
        yield words, "\n\n".join(codes)
    if not codes:
        yield from _unfenced(text)


def _unfenced(text: str) -> Iterator[tuple[str, str]]:
    """Give what may be code among words: from a line that looks like it, as far as it is one."""
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines) if _CODE_BEGINS.match(line)]
    if not any("def " in line for line in lines):
        return
    tries = 0
    for begin in begins:
        for end in range(len(lines), begin, -1):
            tries += 1
            if tries > _MOST_TRIES:
                return
            code = "\n".join(lines[begin:end]).strip()
            if "def " in code and _is_python(code):
                yield "\n".join(lines[:begin]), code
                break
    if begins:
        yield "\n".join(lines[: begins[0]]), "\n".join(lines[begins[0] :]).strip()


def _is_python(code: str) -> bool:
    try:
        parse_module(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _idea(words: str, tree: ast.Module | None) -> str:
    """Find the idea: in braces, else what is said first, else what the code says of itself."""
    told = _in_braces(words) or _first_words(words)
    if not told and tree is not None:
        told = next(filter(None, map(_purpose, tree.body)), "")
    told = " ".join(told.split())
    return told if len(told) <= _LONGEST_IDEA else f"{told[: _LONGEST_IDEA - 1]}…"


def _purpose(node: ast.stmt) -> str:
    """Give what a function says of itself, without what it says of its arguments."""
    said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
    return re.split(r"(?:^|\n)\s*(?:Args|Arguments|Parameters|Returns)\b", said or "")[0].strip()


def _in_braces(words: str) -> str:
    """Give what stands in the first pair of braces, with pairs inside it."""
    start, depth = words.find("{"), 0
    if start < 0:
        return ""
    for place in range(start, len(words)):
        depth += (words[place] == "{") - (words[place] == "}")
        if depth == 0:
            return words[start + 1 : place]
    return ""


def _first_words(words: str) -> str:
    paragraphs = (part.strip(" \t\n#*-`") for part in re.split(r"\n\s*\n", words))
    return next((part for part in paragraphs if len(part.split()) > 2), "")
