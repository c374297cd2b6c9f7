"""Equivalence where a language model may be asked for a mapping, and the published method."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from solvitur.equivalence.asking import Proposal, ask
from solvitur.equivalence.checking import Both, Comparable, check, resolved
from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.program import Program
from solvitur.equivalence.quasi_karp import QuasiKarp, ask_quasi_karp, quasi_karp
from solvitur.equivalence.report import refutation
from solvitur.equivalence.verdict import Conclusion, Verdict
from solvitur.errors import ConfigError
from solvitur.formulation.instance import Instance
from solvitur.llm import Model

Method = Literal["proof", "quasi-karp"]
"""How equivalence is decided: by proofs, or as EquivaMap does."""


async def check_advised(
    a: Comparable,
    b: Comparable,
    model: Model,
    *,
    mappings: Sequence[Both] = (),
    tries: int = 3,
    seconds: float = 60.0,
) -> Verdict:
    """Decide as `check` does; ask a model for a mapping where no other way leads to an answer.

    A mapping that a model wrote is proved or refuted like any other. One that is refuted goes back
    to it with the counter-example.

    Args:
        a: A formulation, an instance of one, or a file that holds one.
        b: Another.
        model: Who is asked.
        mappings: Mappings to try before it is asked, each with its way back.
        tries: How often it is asked at most.
        seconds: Time for the proofs before it is asked, and for those of each of its mappings.

    Raises:
        ConfigError: One of the two is a program, which has no words to show to a model.
        FormulationError: One of them does not say a model.
        ModelError: The model cannot be asked.
    """
    started = time.perf_counter()
    first, second = _instance(a), _instance(b)
    verdict = check(first, second, mappings=mappings, seconds=seconds)
    verdict = await advised(verdict, first, second, model, tries=tries, seconds=seconds)
    return replace(verdict, seconds=time.perf_counter() - started)


async def advised(
    verdict: Verdict,
    a: Comparable,
    b: Comparable,
    model: Model,
    *,
    tries: int = 3,
    seconds: float = 60.0,
) -> Verdict:
    """Ask a model for a mapping where a verdict decides nothing, and give the verdict with it.

    Raises:
        ConfigError: One of the two is a program, which has no words to show to a model.
        ModelError: The model cannot be asked.
    """
    first, second = _instance(a), _instance(b)
    one, other = verdict.a, verdict.b
    if verdict.is_equivalent is not None or one is None or other is None:
        return verdict
    verdicts: list[Verdict] = []

    def judge(proposal: Proposal) -> str | None:
        if proposal.there is None or proposal.back is None:
            return "one direction is empty; give both"
        both = [(proposal.there, proposal.back)]
        verdicts.append(check(one, other, mappings=both, seconds=seconds))
        return None if verdicts[-1].is_equivalent is not None else refutation(verdicts[-1])

    asked = await ask(first, second, model, judge, tries=tries)
    if asked.proposal is not None:
        verdict = verdicts[-1]
    elif asked.reasons:
        count = len(asked.reasons)
        told = (
            f"{verdict.reason}; {model.name} was asked {count} times, at last: {asked.reasons[-1]}"
        )
        verdict = replace(verdict, reason=told)
    return verdict


async def check_quasi_karp(
    a: Comparable,
    b: Comparable,
    *,
    mapping: Mapping | None = None,
    model: Model | None = None,
    attempts: int = 3,
    seconds: float = 60.0,
) -> Verdict:
    """Decide as EquivaMap does, to be compared with `check`: by one optimum that is mapped.

    Args:
        a: A formulation, an instance of one, a program, or a file that holds one.
        b: Another.
        mapping: From the columns of B to those of A.
        model: Who is asked for one, where none is given.
        attempts: How often it is asked for the whole of it.
        seconds: Time for each run of the solver.

    Raises:
        ConfigError: There is neither a mapping nor a model.
        FormulationError: One of the two does not say a model.
        Unsupported: One of them is not linear.
        ModelError: The model cannot be asked.
    """
    started = time.perf_counter()
    first, second = resolved(a), resolved(b)
    programs = Program.of(first), Program.of(second)
    if mapping is not None:
        found = quasi_karp(*programs, mapping, seconds=seconds)
    elif model is not None:
        asked = _instance(first), _instance(second)
        found = await ask_quasi_karp(*asked, model, attempts=attempts, seconds=seconds)
    else:
        raise ConfigError("this method needs a mapping, or a model to ask for one")
    verdict = Verdict(_conclusion(found), f"quasi-Karp: {found.reason}", *programs)
    return replace(verdict, seconds=time.perf_counter() - started)


def _instance(source: Comparable) -> Instance:
    found = resolved(source)
    if isinstance(found, Program):
        raise ConfigError("a model is asked about formulations; give one, or a mapping")
    return found


def _conclusion(found: QuasiKarp) -> Conclusion:
    if found.is_equivalent is None:
        return Conclusion.unknown
    return Conclusion.on_instances if found.is_equivalent else Conclusion.different_here
