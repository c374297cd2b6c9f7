"""Pairs of programs with proved labels: a benchmark for whoever decides equivalence."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.program import Program
from solvitur.equivalence.transform.bases import LEAST, MOST, random_program
from solvitur.equivalence.transform.changing import CHANGING
from solvitur.equivalence.transform.draft import Transformed
from solvitur.equivalence.transform.keeping import KEEPING, Transformation, renamed, several
from solvitur.equivalence.transform.labels import Label, certified
from solvitur.equivalence.transform.lp_file import to_lp
from solvitur.writing import write_at_once

_TRIES = 200
"""Programs that are drawn until one can be transformed and labelled."""
_DISGUISED = 0.5
"""Share of the pairs whose second program has other names and another order."""


@dataclass(frozen=True)
class Pair:
    """Two programs, whether they are equivalent, and how they go together."""

    name: str
    transformation: str
    """The class it is of: a key of `TRANSFORMATIONS`."""
    a: Program
    b: Program
    there: Mapping | None
    """From A to B, where an affine map is known; it need not carry all points of a pair that is
    not equivalent."""
    back: Mapping | None
    label: Label


def unrelated(program: Program, rng: random.Random) -> Transformed:
    """Give another program of about the size."""
    return Transformed(random_program(rng, max(LEAST, program.size)), None, None)


TRANSFORMATIONS: dict[str, Transformation] = {
    **KEEPING,
    "several": several,
    **CHANGING,
    "unrelated": unrelated,
}
"""By the name of their class."""


def generate(count: int, seed: int = 0, *, most: int = MOST, first: int = 0) -> Iterator[Pair]:
    """Make so many pairs, of all classes in turn; the same ones for the same seed.

    Args:
        count: How many.
        seed: Other pairs for another one.
        most: Variables of a program before it is transformed.
        first: How many are left out before the first; the others are what they are without it.

    Example:
        >>> [pair.transformation for pair in generate(2)]
        ['renamed', 'rows scaled']
    """
    names = list(TRANSFORMATIONS)
    for number in range(first, first + count):
        yield _pair(f"{number + 1:04d}", names[number % len(names)], f"{seed}/{number}", most)


def write_pairs(folder: Path, count: int, seed: int = 0, *, most: int = MOST) -> Iterator[Pair]:
    """Write pairs as LP files, and their labels as ``pairs.jsonl``; give each when it is written.

    Raises:
        OSError: A file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for pair in generate(count, seed, most=most):
        for side, program in (("a", pair.a), ("b", pair.b)):
            comment = f"{side.upper()} of pair {pair.name}"
            content = to_lp(program, comment).encode()
            write_at_once(folder / f"{pair.name}_{side}.lp", content)
        lines.append(json.dumps(described(pair)))
        yield pair
    write_at_once(folder / "pairs.jsonl", "".join(f"{line}\n" for line in lines).encode())


def described(pair: Pair) -> dict[str, Any]:
    """Give what is known of a pair as JSON data; numbers of the maps as text, which is exact."""
    label = pair.label
    return {
        "pair": pair.name,
        "a": f"{pair.name}_a.lp",
        "b": f"{pair.name}_b.lp",
        "transformation": pair.transformation,
        "equivalent": label.is_equivalent,
        "basis": label.basis,
        "reason": label.reason,
        "holds_for_any_mapping": None if label.is_equivalent else label.holds_for_any_mapping,
        "a_to_b": pair.there and pair.there.in_words(pair.a, pair.b).splitlines(),
        "b_to_a": pair.back and pair.back.in_words(pair.b, pair.a).splitlines(),
    }


def _pair(name: str, transformation: str, seed: str, most: int) -> Pair:
    rng = random.Random(seed)
    for _ in range(_TRIES):
        program = random_program(rng, most)
        made = TRANSFORMATIONS[transformation](program, rng)
        if made is None:
            continue
        if rng.random() < _DISGUISED:
            made = made.then(renamed(made.program, rng))
        label = certified(program, made)
        if label is not None:
            return Pair(name, transformation, program, made.program, made.there, made.back, label)
    raise AssertionError(f"no program of {_TRIES} can be transformed: {transformation}")
