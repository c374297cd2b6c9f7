"""Whether two formulations are equivalent."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solvitur.equivalence.attempts import Attempt, Level
from solvitur.equivalence.ladder import Ladder, rungs
from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.points import feasible_point
from solvitur.equivalence.presolve import eliminations, presolve, without_implied_rows
from solvitur.equivalence.program import Program, read_formulation
from solvitur.equivalence.proposals import by_likeness, by_name, by_structure
from solvitur.equivalence.reduction import Reduced
from solvitur.equivalence.values import Values, difference, values
from solvitur.equivalence.verdict import (
    Conclusion,
    Correspondence,
    CounterExample,
    Profile,
    Verdict,
    Way,
)
from solvitur.errors import ConfigError, Error
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.solvers.solution import Holding

if TYPE_CHECKING:
    from solvitur.equivalence.advised import Method
    from solvitur.llm import Model

Comparable = Program | Formulation | Instance | Path | str
"""What can be compared; a text is the path of a file."""
Both = tuple[Mapping, Mapping]
"""A mapping from the first to the second, and one back."""

METHODS = ("proof", "quasi-karp")
"""By proofs, or as EquivaMap does."""
_FOR_LEVELS = 0.1
"""Share of the time for leaving out rows that follow from others, and columns one by one."""
_MOST_ROWS = 200
"""Of programs for which that is worth while."""
_FOR_ORDER = 0.1
"""Share of the time for points that the objectives put in another order."""
_FOR_VALUES = 0.25
"""Share of the time for what needs no mapping."""


def check(
    a: Comparable,
    b: Comparable,
    *,
    mappings: Sequence[Both] = (),
    model: "Model | None" = None,
    method: "Method" = "proof",
    tries: int = 3,
    ladder: Ladder | None = None,
    seconds: float = 60.0,
) -> Verdict:
    """Decide whether two formulations are equivalent, with a proof or a counter-example.

    Mappings are looked for in the structure of the two and in their names, and each is proved or
    refuted. Where all fail, the values of the objectives may show that none can be right.

    Args:
        a: A formulation, an instance of one, a program, or the path of a file that holds one.
        b: Another.
        mappings: Mappings to try first, each with its way back.
        model: A language model that is asked for a mapping where no other decides. Where an event
            loop runs already, await `check_advised` in place of this.
        method: ``"quasi-karp"`` decides as EquivaMap does, to be compared with: by the first of
            the mappings, or one that the model is asked for.
        tries: How often the model is asked at most.
        ladder: Other instances to compare too, where both take the same data.
        seconds: Time for all of it; what is not decided then is unknown.

    What cannot be read, says no model or is not linear is unknown, and the verdict says why.

    Raises:
        ConfigError: There is no such method, it has no mapping, or a program is shown to a model.
        ModelError: The model cannot be asked.

    Example:
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x"},
        ...     "constraints": [{"name": "wood", "expression": "2 * x <= 7"}]})
        >>> pairs = Formulation.model_validate({
        ...     "variables": [{"name": "made", "domain": "integer"}, {"name": "left"}],
        ...     "objective": {"sense": "minimize", "expression": "-6 * made"},
        ...     "constraints": [{"name": "all", "expression": "2 * made + left == 7"}]})
        >>> verdict = check(chairs, pairs)
        >>> print(verdict.conclusion)
        equivalent (proved exactly)
        >>> print(verdict.correspondence.in_words())
        made = x
        left = 7 - 2 x
    """
    started, asked = time.perf_counter(), _Asked(model, method, tries)
    try:
        one, other = resolved(a), resolved(b)
        tried = [] if ladder is None else list(_climbed(one, other, ladder, seconds / 2))
        programs = Program.of(one), Program.of(other)
    except Error as error:
        return Verdict(Conclusion.unknown, str(error), seconds=time.perf_counter() - started)
    left = seconds - (time.perf_counter() - started)
    verdict = _said((one, other), programs, mappings, asked, left)
    return replace(_of_all(verdict, tried), seconds=time.perf_counter() - started)


@dataclass(frozen=True)
class _Asked:
    """Who is asked, for what, and how often."""

    model: "Model | None"
    method: "Method"
    tries: int

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            known = ", ".join(METHODS)
            raise ConfigError(f"there is no method {self.method!r}: take one of {known}")


def _said(
    sources: tuple[Program | Instance, Program | Instance],
    programs: tuple[Program, Program],
    mappings: Sequence[Both],
    asked: _Asked,
    seconds: float,
) -> Verdict:
    """Decide by the method that is asked for, with the model that may be asked."""
    from solvitur.equivalence.advised import advised, check_quasi_karp

    model, tries = asked.model, asked.tries
    if asked.method == "quasi-karp":
        back = mappings[0][1] if mappings else None
        work = check_quasi_karp(
            *sources, mapping=back, model=model, attempts=tries, seconds=seconds
        )
        return asyncio.run(work)
    verdict = _decided(*programs, mappings, seconds)
    if model is None:
        return verdict
    return asyncio.run(advised(verdict, *sources, model, tries=tries, seconds=seconds))


def resolved(given: Comparable) -> Program | Instance:
    """Resolve what is given, once."""
    if isinstance(given, Path | str):
        given = read_formulation(Path(given))
    return Instance(given) if isinstance(given, Formulation) else given


def _climbed(
    a: Program | Instance, b: Program | Instance, ladder: Ladder, seconds: float
) -> Iterator[tuple[str, Verdict]]:
    """Compare other instances, until two differ, or none of the last has a solution."""
    if isinstance(a, Program) or isinstance(b, Program):
        return
    made = list(rungs(a, b, ladder))
    for rung in made:
        verdict = check(rung.a, rung.b, seconds=seconds / len(made))
        yield rung.name, verdict
        is_enough = rung.is_extreme and verdict.profile.has_solution == (False, False)
        if verdict.is_equivalent is False or is_enough:
            return


def _of_all(verdict: Verdict, tried: Sequence[tuple[str, Verdict]]) -> Verdict:
    """Say of all instances what was found out of each."""
    if not tried or verdict.is_equivalent is False:
        return replace(verdict, instances=tuple(tried))
    name, last = tried[-1]
    if last.is_equivalent is False:
        return replace(last, reason=f"with {name}: {last.reason}", instances=tuple(tried))
    agreed = sum(each.agrees for _, each in tried)
    others = f"{agreed} of {len(tried)} other instances agree"
    reason = f"{verdict.reason}; {others}"
    conclusion = Conclusion.on_instances if verdict.is_equivalent else verdict.conclusion
    return replace(verdict, conclusion=conclusion, reason=reason, instances=tuple(tried))


@dataclass
class _Pair:
    """Two programs that are compared, and what is known of them so far."""

    a: Program
    b: Program
    started: float
    seconds: float

    @property
    def deadline(self) -> float:
        return self.started + self.seconds

    @property
    def deadline_of_proofs(self) -> float:
        return self.started + (1 - _FOR_VALUES) * self.seconds

    @cached_property
    def reduced(self) -> Level:
        return Level(presolve(self.a), presolve(self.b), self.deadline_of_proofs)

    @cached_property
    def tidied(self) -> Level:
        """With all columns left as they were given."""
        a, b = (presolve(each, keep_columns=True) for each in (self.a, self.b))
        return Level(a, b, self.deadline_of_proofs)

    @cached_property
    def values(self) -> tuple[Values, Values]:
        now, share = time.perf_counter(), _FOR_VALUES * self.seconds / 2
        first = values(self.reduced.a.program, now + share)
        return first, values(self.reduced.b.program, time.perf_counter() + share)

    def correspondences(self, mappings: Sequence[Both]) -> Iterator[tuple[Level, Correspondence]]:
        """Give what may be tried, the cheapest first."""
        for there, back in mappings:
            whole = self.tidied
            for each, (start, end) in ((there, (self.a, self.b)), (back, (self.b, self.a))):
                if (each.size, len(each.images)) != (start.size, end.size):
                    raise ConfigError(
                        f"a mapping from {each.size} to {len(each.images)} variables is given, and "
                        f"there are {start.size} and {end.size}"
                    )
            yield whole, Correspondence(whole.a, whole.b, there, back, Way.given)
        structure = partial(by_structure, deadline=self.deadline_of_proofs)
        likeness = partial(by_likeness, deadline=self.deadline_of_proofs)
        is_named = False
        for propose in (structure, by_name):
            for level in (self.reduced, self.tidied):
                for found in propose(level.a, level.b):
                    is_named |= found.way is Way.names
                    yield level, found
                if is_named:
                    break
        for level in self.levels():
            yield from ((level, found) for found in structure(level.a, level.b))
        if not is_named:
            yield from ((self.reduced, found) for found in likeness(self.reduced.a, self.reduced.b))

    def levels(self) -> Iterator[Level]:
        """Give both made smaller still, where that may make them look alike."""
        one, other = self.reduced.a, self.reduced.b
        if max(len(each.program.rows) for each in (one, other)) > _MOST_ROWS:
            return
        until = time.perf_counter() + _FOR_LEVELS * self.seconds
        limit = self.deadline_of_proofs
        if one.program.size == other.program.size:
            deep = [presolve(each.original, use_equations=True) for each in (one, other)]
            yield Level(deep[0], deep[1], limit)
            fewer = [without_implied_rows(each, until) for each in (one, other)]
            yield Level(fewer[0], fewer[1], limit)
        larger = one if one.program.size > other.program.size else other
        for smaller in eliminations(larger) if one.program.size != other.program.size else ():
            if time.perf_counter() > until:
                return
            yield Level(smaller, other, limit) if larger is one else Level(one, smaller, limit)

    def says(self, conclusion: Conclusion, reason: str, **found: Any) -> Verdict:
        """Give a verdict on the two."""
        return Verdict(conclusion, reason, self.a, self.b, **found)


_BOTH_EMPTY = (
    "neither has a solution, so that any mapping holds; compare them with data that have one"
)


_NO_SOLUTION = Profile(has_solution=(False, False))


def _decided(a: Program, b: Program, mappings: Sequence[Both], seconds: float) -> Verdict:
    pair = _Pair(a, b, time.perf_counter(), seconds)
    try:
        return _judged(pair, mappings)
    except Error as error:
        return pair.says(Conclusion.unknown, str(error))


def _judged(pair: _Pair, mappings: Sequence[Both]) -> Verdict:
    small = pair.reduced
    if small.a.is_contradictory or small.b.is_contradictory:
        return _of_contradiction(pair)
    failed = []
    for level, correspondence in pair.correspondences(mappings):
        if level.a.is_contradictory or level.b.is_contradictory:
            continue  # found on the way: what is left of such a program proves nothing
        attempt = level.attempt(correspondence)
        if attempt.profile.is_proved and level.keeps_apart(attempt):
            return _of_proof(pair, level, attempt)
        failed.append(attempt)
        if time.perf_counter() > pair.deadline_of_proofs:
            break
    return _of_failures(pair, failed)


def _of_contradiction(pair: _Pair) -> Verdict:
    """Judge two programs of which one, by exact steps, has no point at all."""
    one, other = pair.reduced.a, pair.reduced.b
    first, second = "the first", "the second"
    if not one.is_contradictory:
        one, other, first, second = other, one, second, first
    if other.is_contradictory:
        return _of_two_empty(pair)
    found = feasible_point(other.program, pair.deadline - time.perf_counter())
    if found.is_infeasible:
        return pair.says(Conclusion.unknown, _BOTH_EMPTY, profile=_NO_SOLUTION)
    if found.point is None:
        reason = f"{first} has no solution, and none of {second} was found in time"
        return pair.says(Conclusion.unknown, reason)
    example = CounterExample(other is pair.reduced.a, other.up(found.point), (), ())
    reason = f"{first} has no solution, and {second} has one"
    return pair.says(Conclusion.different, reason, counter_example=example)


def _of_two_empty(pair: _Pair) -> Verdict:
    """Judge two programs without a solution: only where all is the same is it for a reason."""
    a, b = Reduced.untouched(pair.a), Reduced.untouched(pair.b)
    level = Level(a, b, pair.deadline_of_proofs)
    for correspondence in by_structure(a, b, level.deadline):
        attempt = level.attempt(correspondence)
        if attempt.is_plain and attempt.profile.is_proved and level.keeps_apart(attempt):
            same = _of_proof(pair, level, attempt)
            return replace(same, profile=replace(same.profile, has_solution=(False, False)))
    return pair.says(Conclusion.unknown, _BOTH_EMPTY, profile=_NO_SOLUTION)


def _of_proof(pair: _Pair, level: Level, attempt: Attempt) -> Verdict:
    """Judge two programs that go over into each other."""
    found: dict[str, Any] = {
        "correspondence": attempt.correspondence,
        "profile": attempt.profile,
    }
    if not attempt.is_plain and all(each.point is None for each in level.points):
        reason = "each goes over into the other, but no solution of either was found in time"
        if any(each.is_infeasible for each in level.points):
            reason, found["profile"] = _BOTH_EMPTY, _NO_SOLUTION
        return pair.says(Conclusion.unknown, reason, **found)
    digits = attempt.short_digits()
    if digits is not None:
        reason = f"{digits} reach far enough with these numbers, and with others they need not"
        return pair.says(Conclusion.on_instances, reason, **found)
    conclusion = Conclusion.proved if attempt.is_exact else Conclusion.proved_to_tolerance
    scale = str(attempt.profile.scale or "")
    goal = f"; the objective of the second is that of the first{scale}"
    over = f"each goes over into the other{goal if scale else ' with its objective'}"
    reason = f"by {attempt.correspondence.way}, {over}"
    return pair.says(conclusion, reason, **found)


def _of_failures(pair: _Pair, failed: Sequence[Attempt]) -> Verdict:
    """Judge two programs for which no mapping was proved."""
    for attempt in failed:
        example = attempt.counter_example if attempt.is_contained else None
        if example is not None:
            one, other = ("first", "second") if example.from_a else ("second", "first")
            return pair.says(
                Conclusion.different,
                f"the {one} allows a point that the {other} forbids, and forbids nothing more",
                correspondence=attempt.correspondence,
                profile=attempt.profile,
                counter_example=example,
            )
    if all(each.holding is Holding.infeasible for each in pair.values):
        return pair.says(Conclusion.unknown, _BOTH_EMPTY, profile=_NO_SOLUTION)
    best = max(failed, key=_tells, default=None)
    found: dict[str, Any] = {"profile": Profile(values=pair.values)}
    if best is not None:
        found["correspondence"] = best.correspondence
        found["counter_example"] = best.counter_example
        order = best.disorder(_FOR_ORDER * pair.seconds)
        found["profile"] = replace(best.profile, values=pair.values, disorder=order)
    why = difference(*pair.values)
    if why is not None:
        return pair.says(Conclusion.different, why, **found)
    if best is None:
        return pair.says(Conclusion.unknown, "no mapping was found", **found)
    if found["counter_example"] is not None:
        reason = "what was tried fails, and others may not"
        return pair.says(Conclusion.different_here, reason, **found)
    if found["profile"].disorder is not None:
        reason = "under the mapping, the objectives put solutions in another order"
        return pair.says(Conclusion.different_here, reason, **found)
    return pair.says(Conclusion.unknown, _open(pair, best), **found)


def _tells(attempt: Attempt) -> tuple[bool, bool]:
    """Rank what failed: with a counter-example, or with the objectives alone."""
    is_carried = bool(attempt.there.holds and attempt.back.holds)
    return attempt.counter_example is not None, is_carried


def _open(pair: _Pair, attempt: Attempt) -> str:
    rows = (*attempt.there.open, *attempt.back.open)
    if rows:
        late = " in time" if time.perf_counter() > pair.deadline_of_proofs else ""
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        return f"whether {rows[0]}{more} holds under the mapping was not decided{late}"
    if attempt.scale is None:
        return "the objectives were not shown to agree under the mapping"
    return "a mapping has to keep solutions apart, and this one was not shown to"
