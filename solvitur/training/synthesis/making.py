"""Making many problems: drawn, verified, no two alike, none like a benchmark's."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation, Parameter
from solvitur.solvers import Outcome
from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.families.registry import families, turns
from solvitur.training.synthesis.overlap import Benchmark, normal, runs
from solvitur.training.synthesis.rows import OtherReading, Row
from solvitur.training.synthesis.story import Story, written
from solvitur.training.synthesis.verifying import (
    Dropped,
    Verdict,
    check_reading,
    check_strict,
    verdict,
    with_row,
)
from solvitur.training.synthesis.vocabulary import words

_TRIES = 40
"""How often a problem is drawn anew at most, where the ones before were dropped."""
_INFEASIBLE = 0.07
_ASIDES = 0.2


@dataclass
class Synthesis:
    """What was made, and what was not."""

    rows: list[Row] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    """Why drawn problems were not kept, and how many for each reason."""
    overlap: dict[str, int] = field(default_factory=dict)
    """By benchmark: how many problems were dropped as they share eight words in a row with it."""

    @property
    def drawn(self) -> int:
        """How many problems were drawn."""
        return len(self.rows) + self.dropped.total()


def synthesize(
    count: int,
    seed: int = 0,
    *,
    against: Sequence[Path] = (),
    only: Sequence[str] = (),
) -> Synthesis:
    """Make word problems whose labels are right by construction.

    Each is solved, and read by solvitur's own checks; what fails is dropped, counted, and drawn
    anew. The same arguments give the same problems.

    Args:
        count: How many to make.
        seed: Where the drawing begins.
        against: Files of benchmarks; no problem has eight words in a row that one of them has.
        only: Families to draw from, by name; by default all, in turn.

    Raises:
        ConfigError: There is no such family, a file cannot be read, or no more can be drawn.

    Example:
        >>> made = synthesize(2, seed=3, only=["product-mix"])
        >>> [row.id for row in made.rows], made.rows[0].formulation.objective.sense.value
        (['product-mix-3-0', 'product-mix-3-1'], 'maximize')
    """
    names = _chosen(only)
    maker = _Maker([Benchmark(path) for path in against])
    for number in range(count):
        turn = number % len(names)
        in_turn = dict.fromkeys([*names[turn:], *names[:turn]])
        if not any(maker.make(name, seed, number) for name in in_turn):
            raise ConfigError(f"no more than {number} problems can be drawn; ask for fewer")
    return maker.made


def _chosen(only: Sequence[str]) -> list[str]:
    known = families()
    for name in only:
        if name not in known:
            raise ConfigError(f"there is no family {name!r}; there are: {', '.join(known)}")
    return list(dict.fromkeys(only)) or list(turns())


class _Maker:
    def __init__(self, benchmarks: Sequence[Benchmark]) -> None:
        self.benchmarks = benchmarks
        self.made = Synthesis(overlap={each.name: 0 for each in benchmarks})
        self.seen: set[str] = set()

    def make(self, family: str, seed: int, number: int) -> bool:
        """Add one problem of a family; say whether one could be drawn."""
        for attempt in range(_TRIES):
            drawn_from = f"{seed}/{family}/{number}/{attempt}"
            try:
                row = draw_row(family, drawn_from, f"{family}-{seed}-{number}")
                self._check_new(row.text)
            except Dropped as reason:
                self.made.dropped[str(reason)] += 1
            else:
                self.made.rows.append(row)
                return True
        return False

    def _check_new(self, text: str) -> None:
        if (words_only := normal(text)) in self.seen:
            raise Dropped("drawn before")
        found = runs(text)
        sharing = [each.name for each in self.benchmarks if each.shares(found)]
        for name in sharing:
            self.made.overlap[name] += 1
        if sharing:
            raise Dropped("like a benchmark")
        self.seen.add(words_only)


def draw_row(family: str, seed: str, name: str) -> Row:
    """Draw one problem and verify it.

    Raises:
        Dropped: It is none that can be kept.
    """
    fate = Draw(f"{seed}/fate")
    story = families()[family](Draw(seed))
    if fate.chance(_INFEASIBLE) and not story.other:
        story = _squeezed(family, seed, fate.order(range(story.draw.limits))) or story
    asides = fate.some(words("asides"), 1) if fate.chance(_ASIDES) else []
    pieces = story.pieces(asides)
    formulation = story.formulation()
    found = verdict(formulation)
    text = written(pieces)
    if (found.outcome is Outcome.infeasible) != ("infeasible" in story.kinds):
        raise Dropped("infeasible by chance")
    check_reading(formulation, written(piece for piece in pieces if not piece.is_aside))
    check_strict(story, formulation, found)
    other = _other(story, formulation, found)
    if asides:
        story.kinds.add("distractor")
    return Row(
        id=name,
        family=family,
        seed=seed,
        text=text,
        formulation=in_order_of(text, formulation),
        status="ambiguous" if other else found.outcome.value,
        objective=found.objective,
        other=other,
        language=tuple(sorted(story.kinds)),
    )


def _squeezed(family: str, seed: str, limits: Sequence[int]) -> Story | None:
    """Draw a problem again with one limit too tight, so that it has no answer, if one does that."""
    for limit in limits:
        story = families()[family](Draw(seed, squeezed=limit))
        if verdict(story.formulation()).outcome is Outcome.infeasible:
            story.kinds.add("infeasible")
            return story
    return None


def in_order_of(text: str, formulation: Formulation) -> Formulation:
    """Let constraints and parameters follow each other as the text speaks of them.

    What it speaks of nowhere by name comes last; a number comes with the constraint that it is in.
    """

    def place(words: str) -> int:
        at = text.lower().find(words.lower())
        return at if words and at >= 0 else len(text)

    constraints = sorted(formulation.constraints, key=lambda row: place(row.doc.rstrip(".")))
    rows = [(formulation.objective.expression, 0)]
    rows += [(row.expression, at) for at, row in enumerate(constraints, 1)]

    def turn(parameter: Parameter) -> tuple[bool, int]:
        if parameter.index:
            return False, place(parameter.name.replace("_", " "))
        used = (at for row, at in rows if re.search(rf"\b{parameter.name}\b", row))
        return True, next(used, len(rows))

    parameters = tuple(sorted(formulation.parameters, key=turn))
    return formulation.model_copy(
        update={"constraints": tuple(constraints), "parameters": parameters}
    )


def _other(story: Story, formulation: Formulation, found: Verdict) -> OtherReading | None:
    """Read it in the other way, if it has one and that has another answer."""
    if not story.other:
        return None
    for row, expression in story.other.items():
        formulation = with_row(formulation, row, expression)
    objective = verdict(formulation).objective
    if objective == found.objective:
        return None
    return OtherReading(formulation=formulation, objective=objective)
