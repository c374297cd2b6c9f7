"""What is tried next, and what becomes of it: the population, and all that is decided on."""

from collections.abc import Sequence
from random import Random

from solvitur.errors import BudgetExceeded
from solvitur.evolution.heuristics.candidate import Heuristic
from solvitur.evolution.heuristics.history import Candidate, Fate
from solvitur.evolution.heuristics.method import DRAWN, GIVEN, REFLECTION, Method, Slot, schedule
from solvitur.evolution.heuristics.operators import INITIAL, Operator, operator
from solvitur.evolution.heuristics.problem import Problem
from solvitur.evolution.heuristics.trial import Plan, Proposal, Reflection, Scores, Trial
from solvitur.runs import Budget
from solvitur.search import (
    Archive,
    ByYield,
    Elites,
    Islands,
    Member,
    Population,
    RankWeighted,
    best_first,
    normalised,
)

_ISLANDS = 4
_TOKENS_OF_TUNING = 500
"""What the bandit takes tuning to cost, which asks no model but computes as long as one writes."""


class Breeding:
    """Asks for candidates by the schedule, and takes what comes of them into the population.

    All that it decides depends on what it was told and on the seed, and on nothing else.

    Args:
        problem: What the heuristics are for.
        method: How.
        seed: Of all chance.
        budget: What may be used. What is begun is charged at once, so that which candidate is the
            last one depends on no speed.
    """

    def __init__(self, problem: Problem, method: Method, seed: int, budget: Budget) -> None:
        self.slots = schedule(method, seed)
        self.archive = _archive(method)
        self.history: dict[int, Candidate] = {}
        """The candidates that it was told of, by their numbers."""
        self.stopped = ""
        """Which limit let no more be begun."""
        self.advice = ""
        """What reflection has come to."""
        self._problem, self._method, self._seed = problem, method, seed
        self._budget = budget
        self._bandit = ByYield()
        self._hints: list[str] = []
        self._tried: list[tuple[float, Scores]] = []
        self._told = 0
        self._pools: dict[int, tuple[Member[Heuristic], ...]] = {}

    def ask(self, number: int) -> Plan | None:
        """Say what to try."""
        if number >= len(self.slots) or self.stopped:
            return None
        slot = self.slots[number]
        pool = self._pool(number, slot)
        if pool is None or not self._begin(number):
            return None
        if slot.what == REFLECTION:
            hints, self._hints = tuple(self._hints), []
            return Reflection(number, slot.generation, hints, self.advice)
        if slot.what == GIVEN:
            return Proposal(number, 0, None, self._method.given[number], calls=0, told=self._told)
        return self._proposal(number, slot, pool)

    def tell(self, plan: Plan, trial: Trial) -> None:
        """Hear what came of it."""
        self._told += 1
        self._charge(plan, trial)
        if isinstance(plan, Reflection):
            self.advice = trial.hint or self.advice
            return
        if trial.hint:
            self._hints.append(trial.hint)
        score, fate = self._admit(plan, trial)
        if plan.operator is not None and plan.parents:
            gain = _gain(score, plan.parents)
            cost = trial.usage.tokens if plan.operator.asks else _TOKENS_OF_TUNING
            self._bandit.learn(plan.operator.name, gain, float(max(1, cost)))
        self.history[plan.number] = Candidate.of(
            plan, trial, score=score, fate=fate, told=self._told
        )

    def _pool(self, number: int, slot: Slot) -> tuple[Member[Heuristic], ...] | None:
        """Give who may be a parent; ``None`` while that is not known."""
        if self._method.steady and slot.what != REFLECTION:
            return self.archive.pool(number)
        if number == slot.start:
            if self._told < number:
                return None
            self._pools = {n: self.archive.pool(n) for n in range(number, slot.end)}
        return self._pools[number]

    def _proposal(self, number: int, slot: Slot, pool: Sequence[Member[Heuristic]]) -> Proposal:
        random = Random(f"{self._seed} candidate {number}")
        chosen = self._operator(slot, random) if pool else INITIAL
        parents = best_first(RankWeighted().pick(pool, chosen.parents, random))
        return Proposal(
            number,
            slot.generation,
            chosen,
            parents=parents,
            hint=self.advice if chosen.parents else "",
            compares=self._method.reflection and len(parents) > 1,
            rivals=tuple(scores for _, scores in self._tried),
            calls=self._reserve() if chosen.asks else 1,  # which is given back
            told=self._told if self._method.steady else slot.start,
        )

    def _operator(self, slot: Slot, random: Random) -> Operator:
        if slot.what != DRAWN:
            return operator(slot.what)
        return operator(self._bandit.choose(list(self._method.weights), random))

    # --- what it may cost ------------------------------------------------------------------------

    def _begin(self, number: int) -> bool:
        """Take up one call and one evaluation, if that is allowed."""
        what, before = self.slots[number].what, self._budget.evaluations
        try:
            if what != REFLECTION:
                self._budget.begin_evaluation()
            if what != GIVEN:
                self._budget.begin()
        except BudgetExceeded as error:
            self._budget.evaluations = before
            if self._told == number:  # nothing is in flight that could give something back
                self.stopped = str(error)
            return False
        return True

    def _reserve(self) -> int:
        """Take up what a candidate may ask besides, and give how often it may ask in all."""
        wanted = 1 + self._method.repair + self._method.reflection
        limit = self._budget.limits.calls
        more = wanted - 1 if limit is None else min(wanted - 1, limit - self._budget.calls)
        self._budget.calls += more
        return 1 + more

    def _charge(self, plan: Plan, trial: Trial) -> None:
        """Charge what was used, and give back what was not."""
        self._budget.calls -= plan.calls - trial.calls
        self._budget.spend(trial.usage.tokens, trial.usage.cost)
        self._budget.spend_cpu(trial.cpu_seconds)

    # --- who stays -------------------------------------------------------------------------------

    def _admit(self, plan: Proposal, trial: Trial) -> tuple[float | None, Fate]:
        if trial.failure is not None or trial.heuristic is None:
            return None, Fate.failed
        if not trial.is_whole:
            self._tried.append((float("inf"), trial.scores))
            return None, Fate.behind
        instances = self._problem.instances
        scores = [trial.scores[each.name] for each in instances]
        score = float(self._problem.aggregate(instances, scores))
        self._tried.append((score, trial.scores))
        self._tried.sort(key=lambda tried: tried[0])
        member = Member(
            plan.number,
            trial.heuristic,
            trial.scores,
            score,
            tuple(parent.number for parent in plan.parents),
            plan.operator.name if plan.operator else GIVEN,
        )
        return score, Fate(self.archive.add(member).value)


def _archive(method: Method) -> Archive[Heuristic]:
    if method.archive == "islands":
        return Islands(_ISLANDS, method.population, every=2 * method.population)
    if method.archive == "elites":
        return Elites(_length)
    return Population(method.population)


def _gain(score: float | None, parents: Sequence[Member[Heuristic]]) -> float:
    """Give by which part a child is better than the best of its parents."""
    best = min(parent.score for parent in parents)
    return 0.0 if score is None else max(0.0, (best - score) / max(abs(best), 1e-12))


def _length(member: Member[Heuristic]) -> int:
    """Give the kind of a heuristic: how long its code is, doubled and doubled again."""
    return len(normalised(member.content.code)).bit_length()
