"""Worked examples of a bank that are most like a problem.

What a small model sees right before the problem it copies most, so the example should ask for the
same kinds of limits. Two problems are alike as their words are, in pieces of four letters, and as
what their numbers are said to be is: a ceiling, a floor, a share, a multiple, a total. No model is
asked.
"""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solvitur.formulation.words.cues import Reading
from solvitur.prompts.library import examples

_PIECE = 4
_WORD = re.compile(r"[^\W\d_]+")

Features = Mapping[str, float]


def similar(text: str, count: int, *, needs: str = "formulation") -> tuple[dict[str, Any], ...]:
    """Give the examples that are most like a problem, the most similar first.

    Args:
        text: The problem.
        count: How many at most.
        needs: What an example must have: "formulation" or "sketch".

    Example:
        >>> (found,) = similar("Plant at least twice as many roses as tulips.", 1)
        >>> found["tags"][:2]
        ['ratio', 'twice-as-many']
    """
    weights, bank = _bank()
    asked = [_weighted(features, weights) for features in _features(text)]

    def likeness(known: tuple[dict[str, Any], Sequence[Features]]) -> float:
        return sum(map(_cosine, asked, known[1]))

    fitting = [known for known in bank if needs in known[0]]
    ranked = sorted(fitting, key=likeness, reverse=True)
    return tuple(example for example, _ in ranked[:count])


@functools.cache
def _bank() -> tuple[Features, tuple[tuple[dict[str, Any], Sequence[Features]], ...]]:
    """Weigh each feature by how few examples of the bank have it, and the examples by that."""
    bank = examples("bank")
    found = [_features(example["problem"]) for example in bank]
    seen = Counter(name for parts in found for part in parts for name in part)
    weights = {name: math.log(1 + len(bank) / times) for name, times in seen.items()}
    weighted = ([_weighted(part, weights) for part in parts] for parts in found)
    return weights, tuple(zip(bank, weighted, strict=True))


def _features(text: str) -> tuple[Counter[str], Counter[str]]:
    return Counter(_pieces(text)), Counter(_said(Reading(text)))


def _pieces(text: str) -> Iterator[str]:
    """Give the pieces of the words; of a short word itself."""
    for word in _WORD.findall(text.lower()):
        for place in range(max(1, len(word) - _PIECE + 1)):
            yield word[place : place + _PIECE]


def _said(reading: Reading) -> Iterator[str]:
    """Give what is said of each number, and what is said without one."""
    for number in reading.numbers:
        cue = reading.cue(number)
        relation = cue.relation if cue else "stated"
        joint = " in all" if reading.is_joint(number) else ""
        yield f"{number.kind.value} {relation}{joint}"
        yield number.kind.value
    yield from ("comparison" for _ in reading.comparisons())
    if sense := reading.sense():
        yield sense.value


def _weighted(counts: Mapping[str, int], weights: Features) -> Features:
    """Give a vector of length 1, in which what occurs often counts a little more than once."""
    found = {
        name: weights[name] * (1 + math.log(times))
        for name, times in counts.items()
        if name in weights
    }
    length = math.hypot(*found.values()) or 1.0
    return {name: value / length for name, value in found.items()}


def _cosine(one: Features, other: Features) -> float:
    return sum(value * other[name] for name, value in one.items() if name in other)
