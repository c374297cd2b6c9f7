"""The page as a whole: what is on it, put into the template."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean

from solvitur.evolution.heuristics.history import Candidate
from solvitur.evolution.heuristics.page.drawing import curve, tree
from solvitur.evolution.heuristics.page.figures import Line, difference, faults, yields
from solvitur.evolution.heuristics.result import Result
from solvitur.page import environment, policy, style

_LONGEST_BEGINNING = 160


@dataclass(frozen=True)
class Entry:
    """A candidate on the page, with what it changed of each of its parents."""

    candidate: Candidate
    changes: tuple[tuple[int, tuple[Line, ...]], ...]

    @property
    def beginning(self) -> str:
        """What it is, in a line."""
        failure = self.candidate.failure
        words = self.candidate.idea or ("" if failure is None else failure.message)
        return words[:_LONGEST_BEGINNING]


def to_html(result: Result) -> str:
    """Write a run as one HTML page that needs nothing else.

    Example:
        >>> from pathlib import Path
        >>> from solvitur.evolution.heuristics import Facts, Method
        >>> facts = Facts(problem="middle", sha256="", measure="distance", instances=("a",),
        ...               model="m", method=Method(), seed=0, solvitur="0")
        >>> to_html(Result(Path("run"), facts, ())).splitlines()[0]
        '<!doctype html>'
    """
    look = style() + _own_style()
    return (
        environment("solvitur.evolution.heuristics", "page")
        .get_template("page.jinja")
        .render(
            result=result,
            title=f"{result.facts.problem}: {result.facts.method.name}",
            style=look,
            policy=policy(look),
            facts=tuple(_facts(result)),
            curve=curve(result),
            tree=tree(result),
            yields=yields(result),
            faults=faults(result),
            lineage=tuple(_entries(result, result.ancestors(result.best))) if result.best else (),
            entries=tuple(_entries(result, result.candidates)),
        )
    )


def _entries(result: Result, candidates: tuple[Candidate, ...]) -> Iterator[Entry]:
    for each in candidates:
        parents = (result.by_number[n] for n in each.parents if n in result.by_number)
        yield Entry(
            each,
            tuple((p.number, tuple(difference(p, each))) for p in parents if each.code),
        )


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    facts, used = result.facts, result.used
    method = facts.method.model_dump(exclude={"given"}, exclude_defaults=True, mode="json")
    yield "problem", facts.problem
    yield "instances", f"{len(facts.instances):,}"
    yield "measured by", f"{facts.measure}; less is better"
    yield "written by", facts.model
    yield "method", facts.method.name
    for name, value in method.items():
        if name != "name":
            yield name, str(value)
    if facts.method.given:
        yield "given", f"{len(facts.method.given):,} heuristics"
    yield "seed", str(facts.seed)
    yield "candidates", f"{len(result.candidates):,}"
    if result.candidates:
        stale = [each.staleness for each in result.candidates]
        yield "staleness", f"{fmean(stale):.1f} others on average that one knew nothing of"
    yield "calls", f"{used.calls:,}"
    yield "tokens", f"{used.tokens:,}"
    yield "cost", "not known" if used.cost is None else f"{used.cost:.4g} USD"
    yield "processor time of evaluations", f"{used.cpu_seconds:,.1f} s"
    yield "wall time", f"{used.seconds:,.1f} s"
    yield "solvitur", facts.solvitur
    yield "run", result.folder.name


@functools.cache
def _own_style() -> str:
    return files(__package__).joinpath("page.css").read_text("utf-8")
