"""Whether texts share wording with a benchmark: runs of eight words that both have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from solvitur.training.synthesis.rows import read_text

LENGTH = 8
"""Words of a run: shorter ones are turns of phrase that every text has."""
_WORD = re.compile(r"[^\W_]+(?:[.,']\d+)?")


def normal(text: str) -> str:
    """Give the words of a text in lower case, parted by single blanks.

    Example:
        >>> normal("A bus seats 40; it costs $1,200!")
        'a bus seats 40 it costs 1,200'
    """
    return " ".join(_WORD.findall(text.lower()))


def runs(text: str) -> frozenset[str]:
    """Give every run of eight words."""
    words = normal(text).split()
    return frozenset(
        " ".join(words[at : at + LENGTH]) for at in range(max(0, len(words) - LENGTH + 1))
    )


class Benchmark:
    """The texts of a benchmark's file, to be compared with.

    Every string of a ``.jsonl``, ``.json``, ``.csv`` or text file counts, whatever it is called.

    Raises:
        ConfigError: The file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.runs = frozenset(run for text in _texts(read_text(path)) for run in runs(text))

    def shares(self, found: frozenset[str]) -> bool:
        """Whether the benchmark has one of the runs of a text."""
        return not self.runs.isdisjoint(found)


def _texts(content: str) -> Iterator[str]:
    """Give the strings of one JSON value, or of one on each line; of anything else all of it."""
    for values in ([content], content.splitlines()):
        try:
            found = [json.loads(value) for value in values]
        except (ValueError, RecursionError):
            continue
        yield from _strings(found)
        return
    yield content


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
