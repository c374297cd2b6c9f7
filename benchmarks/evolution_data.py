"""Published instances and recorded candidates that the measuring scripts of evolution share.

`--data` is a folder with evolution/ (tsp/*.npy, binpacking/*.json) and completions/evolution/
(eoh_paper_runs/*.individuals.jsonl, eoh_v1_samples/*/samples): instances and survivors as the
authors of FunSearch, EoH and ReEvo published them.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from solvitur.evolution.heuristics import Evaluator, Instance, Problem
from solvitur.evolution.heuristics.shipped.online_bin_packing.scoring import instance
from solvitur.sandbox import Limits

RECORDED = "completions/evolution"


@dataclass(frozen=True)
class Packings:
    """A published set of instances of online bin packing, all of one size."""

    name: str
    items: np.ndarray
    """One row an instance."""
    capacity: int

    @property
    def instances(self) -> tuple[Instance, ...]:
        return tuple(
            instance(f"{self.name} {number}", row.tolist(), self.capacity)
            for number, row in enumerate(self.items, start=1)
        )


def cities(data: Path, name: str) -> np.ndarray:
    found: np.ndarray = np.load(data / "evolution/tsp" / f"{name}.npy")
    return found


def packings(data: Path, name: str) -> Packings:
    """Give a set by its name in the tables: Weibull 5k, OR3, or test 1k of EoH."""
    folder = data / "evolution/binpacking"
    if name in ("Weibull 5k", "OR3"):
        file = "funsearch_weibull_5k" if name == "Weibull 5k" else "funsearch_or3"
        told = json.loads((folder / f"{file}.json").read_text(encoding="utf-8"))
        (capacity,) = {each["capacity"] for each in told.values()}
        return Packings(name, np.array([each["items"] for each in told.values()]), capacity)
    (size,) = name.removeprefix("test ").split()
    told = json.loads((folder / f"eoh_weibull_test_{size}.json").read_text(encoding="utf-8"))
    (rows,) = told.values()
    return Packings(name, np.array(rows), 100)


@dataclass(frozen=True)
class Individual:
    """A heuristic that a model wrote in a published run."""

    run: str
    number: int
    code: str
    objective: float
    """What the authors measured."""


def individuals(data: Path, runs: str) -> list[Individual]:
    """Give all survivors of the runs whose names match a pattern, the best first."""
    folder = data / RECORDED / "eoh_paper_runs"
    found = [
        Individual(path.name.split(".")[0], told["id"], told["code"], told["objective"])
        for path in sorted(folder.glob(f"{runs}.individuals.jsonl"))
        for told in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if told["objective"] is not None
    ]
    return sorted(found, key=lambda each: (each.objective, each.run, each.number))


def samples(data: Path, problem: str) -> list[Individual]:
    """Give all candidates of a run of EoH 1.0 that have a score, the best first."""
    folder = data / RECORDED / "eoh_v1_samples" / problem / "samples"
    told = [
        each
        for path in sorted(folder.glob("samples_[0-9]*.json"))
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]
    found = [
        Individual(problem, each["sample_order"], each["code"], each["objective"])
        for each in told
        if each["objective"] is not None
    ]
    return sorted(found, key=lambda each: (each.objective, each.number))


def score(problem: Problem, code: str, instances: Sequence[Instance]) -> float:
    """Score a heuristic, run in the sandbox, on instances of the problem's kind.

    Raises:
        RuntimeError: It fails; the message says how.
    """
    evaluator = Evaluator(replace(problem, instances=tuple(instances)), Limits(seconds=1800))
    found = asyncio.run(evaluator.evaluate(code, instances))
    if found.failure is not None:
        raise RuntimeError(found.failure.message)
    return problem.aggregate(instances, [found.scores[each.name] for each in instances])
