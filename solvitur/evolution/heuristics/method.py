"""How heuristics are evolved: the settings, and the methods that are sequences of operators."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from solvitur.evolution.heuristics.candidate import Heuristic
from solvitur.evolution.heuristics.operators import operator
from solvitur.search import Halving, Racing, RankTest, Whole

GIVEN, DRAWN, REFLECTION = "given", "drawn", "reflection"
"""What a slot may be besides an operator: a heuristic that is there already, an operator that the
bandit chooses, and a look at what was learned."""


class Method(BaseModel):
    """How heuristics are evolved. All of it decides what comes out, but for no limit.

    Example:
        >>> Method(name="eoh", population=4).weights
        mappingproxy({'e1': 1.0, 'e2': 1.0, 'm1': 1.0, 'm2': 1.0, 'm3': 1.0})
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Literal["ael", "eoh"] = "ael"
    """Which sequence of operators: AEL (2311.15249) or EoH (2401.02051)."""
    population: int = Field(10, ge=1)
    """How many survive: N. The first are chosen of 2 N."""
    generations: int = Field(10, ge=0)
    operators: dict[str, float] = {}
    """Other operators, or other weights: in AEL how likely a generation uses it, each N times; in
    EoH its share of the N that a generation makes."""
    tuning: int = Field(40, ge=2)
    """How many settings of a parent's constants the operator `tune` tries."""
    reflection: bool = False
    """Whether parents are compared first, and what is learned is kept (ReEvo)."""
    bandit: bool = False
    """Whether operators are drawn by what they improve for a token, not by their weights."""
    archive: Literal["plain", "islands", "elites"] = "plain"
    """Who survives: the best, the best of four islands, or also the best of each length."""
    racing: Literal["none", "halving", "rank"] = "none"
    """Whether a candidate that falls behind on the first instances is tried on the others."""
    repair: bool = True
    """Whether what fails goes back to the model once, with the reason."""
    steady: bool = False
    """Whether a candidate is made of who has survived by then, without waiting for a generation to
    be complete: faster, and each knows less of those before it."""
    in_flight: int = Field(8, ge=1)
    """Requests to the model at the same time; as many candidates may wait to be evaluated."""
    deterministic: bool = True
    """Whether candidates join in the order in which they were begun, so that nothing depends on
    how fast each was."""
    given: tuple[Heuristic, ...] = ()
    """Heuristics that are there already: the first population begins with them."""
    temperature: float = Field(1.0, ge=0.0)
    """Of the model; higher is more varied."""
    max_tokens: int = Field(2048, ge=64)
    """Of a reply."""
    seconds: float = Field(30.0, gt=0.0)
    """For one evaluation of a candidate."""
    memory: int = Field(2048, ge=64)
    """MiB for one evaluation."""

    @field_validator("operators")
    @classmethod
    def _known(cls, given: dict[str, float]) -> dict[str, float]:
        for name, weight in given.items():
            if operator(name).parents == 0:
                raise ValueError(f"'{name}' makes the first ones and needs no weight")
            if not 0 < weight < float("inf"):
                raise ValueError(f"'{name}' has the weight {weight:g}, which should be above 0")
        return given

    @property
    def weights(self) -> Mapping[str, float]:
        """The operators with their weights, in their order."""
        return MappingProxyType(self.operators or _USUAL[self.name])

    @property
    def tunes(self) -> bool:
        """Whether constants are fitted."""
        return "tune" in self.weights

    @property
    def racer(self) -> Racing:
        """Who decides how far a candidate is tried."""
        return _RACERS[self.racing]


_RACERS: dict[str, Racing] = {"none": Whole(), "halving": Halving(), "rank": RankTest()}
_USUAL = {
    "ael": {"crossover": 1.0, "mutation": 0.2},
    "eoh": dict.fromkeys(("e1", "e2", "m1", "m2", "m3"), 1.0),
}


@dataclass(frozen=True)
class Slot:
    """A place in the schedule of a run."""

    generation: int
    """From 0, which is before the first."""
    what: str
    """An operator's name, or `GIVEN`, `DRAWN`, `REFLECTION`."""
    start: int
    """The place of the first of its batch: all in it may be made of the same parents."""
    end: int
    """The place after the last of its batch."""


def schedule(method: Method, seed: int) -> tuple[Slot, ...]:
    """Say for a whole run what is made when.

    Args:
        method: The settings.
        seed: Of the run.

    Example:
        >>> slots = schedule(Method(population=2, generations=2), seed=1)
        >>> [slot.what for slot in slots]
        ['initial', 'initial', 'initial', 'initial', 'crossover', 'crossover', 'crossover', ...]
    """
    slots: list[Slot] = []

    def add(generation: int, batch: list[str]) -> None:
        start = len(slots)
        slots.extend(Slot(generation, what, start, start + len(batch)) for what in batch)

    add(0, [GIVEN] * len(method.given))
    add(0, ["initial"] * max(0, 2 * method.population - len(method.given)))
    for generation in range(1, method.generations + 1):
        for batch in _BATCHES[method.name](method, Random(f"{seed} generation {generation}")):
            add(generation, [DRAWN] * len(batch) if method.bandit else batch)
        if method.reflection:
            add(generation, [REFLECTION])
    return tuple(slots)


def _ael(method: Method, random: Random) -> Iterator[list[str]]:
    """AEL: each operator makes N, one operator after the other, if chance has it."""
    for name, probability in method.weights.items():
        if random.random() < probability:
            yield [name] * method.population


def _eoh(method: Method, random: Random) -> Iterator[list[str]]:
    """EoH: N in all, of operators drawn by their weights."""
    names, weights = zip(*method.weights.items(), strict=True)
    yield random.choices(names, weights, k=method.population)


_BATCHES: dict[str, Callable[[Method, Random], Iterator[list[str]]]] = {"ael": _ael, "eoh": _eoh}
