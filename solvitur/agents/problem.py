"""The word problem as it came: checked to be a text before anybody reads it."""

from solvitur.errors import ProblemError
from solvitur.formulation.words.cues import Reading

MAX_LENGTH = 60_000
"""Longest problem, in characters: some thirty pages. Large data belongs in tables, not in words."""


def read_problem(text: str) -> Reading:
    """Take a text as a word problem.

    Raises:
        ProblemError: It is empty, longer than `MAX_LENGTH`, or not text.

    Example:
        >>> len(read_problem("At most 20 chairs, at 5 euros each.").numbers)
        2
    """
    if not text.strip():
        raise ProblemError("the problem is empty; say in words what to decide, and what limits it")
    if len(text) > MAX_LENGTH:
        raise ProblemError(
            f"the problem has {len(text):,} characters, and at most {MAX_LENGTH:,} are read; "
            "shorten it, or put the data into a five-element file (--formulation)"
        )
    strange = sum(char == "\ufffd" or (ord(char) < 32 and char not in "\t\n\r\f") for char in text)
    undecoded = any("\ud800" <= char <= "\udfff" for char in text)
    if "\0" in text or undecoded or strange > len(text) // 100 + 1:
        raise ProblemError("this is not text but binary data; give the problem in words")
    return Reading(text)
