"""What the measuring scripts of evolution read and compute, on data that is made here."""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SCORE = "def score(item, bins): return {}"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.fixture
def data(tmp_path: Path) -> Path:
    def write(place: str, text: str) -> None:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    items = {"a": {"capacity": 10, "items": [6, 5, 4, 5]}, "b": {"capacity": 10, "items": [9] * 4}}
    write("evolution/binpacking/funsearch_or3.json", json.dumps(items))
    write("evolution/binpacking/eoh_weibull_test_1k.json", json.dumps({"1000": [[50, 60, 40]]}))
    found = [(0, "-bins", 0.02), (1, "bins", 0.01), (2, "0", None)]
    lines = [
        json.dumps({"id": number, "code": SCORE.format(text), "objective": objective})
        for number, text, objective in found
    ]
    runs = "completions/evolution/eoh_paper_runs"
    write(f"{runs}/Prob1_run1.individuals.jsonl", "\n".join(lines))
    samples = [
        {"sample_order": number, "code": SCORE.format(text), "objective": objective}
        for number, text, objective in found
    ]
    place = "completions/evolution/eoh_v1_samples/tsp/samples"
    write(f"{place}/samples_1~88.json", json.dumps(samples))
    write(f"{place}/samples_best.json", json.dumps(samples[0]))
    return tmp_path


def test_published_instances_are_read_with_their_lower_bounds(script: Any, data: Path) -> None:
    read = script("evolution_data")
    sets = {name: read.packings(data, name) for name in ("OR3", "test 1k")}
    assert [each.capacity for each in sets.values()] == [10, 100]
    assert [each.reference for each in sets["OR3"].instances] == [2, 4]
    assert [each.data["items"] for each in sets["test 1k"].instances] == [[50, 60, 40]]


def test_recorded_candidates_are_read_the_best_first_without_those_that_failed(
    script: Any, data: Path
) -> None:
    read = script("evolution_data")
    for found in (read.individuals(data, "Prob1*"), read.samples(data, "tsp")):
        assert [(each.number, each.objective) for each in found] == [(1, 0.01), (0, 0.02)]


def test_recorded_code_is_scored_in_the_sandbox(script: Any, data: Path) -> None:
    read = script("evolution_data")
    problem = importlib.import_module("solvitur.evolution.heuristics").load_problem(
        "online-bin-packing"
    )
    instances = read.packings(data, "OR3").instances
    best, _ = read.individuals(data, "Prob1*")
    assert read.score(problem, SCORE.format("-bins"), instances) == 0
    assert read.score(problem, best.code, instances) == pytest.approx(100 * 2 / 6)
    with pytest.raises(RuntimeError, match="NameError"):
        read.score(problem, SCORE.format("boxes"), instances)


def test_a_value_stands_beside_the_published_one_where_they_differ(script: Any) -> None:
    compared = script("evolution_fidelity").compared
    assert compared(6.23306, "6.2331") == "6.2331"
    assert compared(12.7734, "12.77") == "12.77"
    assert compared(6.2332, "6.2331") == "**6.2332**, not 6.2331"


def test_every_rule_has_a_published_value_for_every_set(script: Any) -> None:
    fidelity = script("evolution_fidelity")
    assert {len(each.split()) for each in fidelity.TOURS.values()} == {len(fidelity.REEVO) + 2}
    assert {len(each.split()) for each in fidelity.EXCESS.values()} == {len(fidelity.SETS)}
    assert set(fidelity.PACKED) | set(fidelity.RECORDED) == set(fidelity.EXCESS)


def test_the_limit_of_a_guard_is_what_best_fit_reaches(script: Any) -> None:
    quality = script("evolution_quality")
    instances = quality.bins.uniform(3, 60, seed=1)
    problem = importlib.import_module("solvitur.evolution.heuristics").load_problem(
        "online-bin-packing"
    )
    exact = script("evolution_data").score(problem, problem.seeds["best fit"], instances)
    assert quality.best_fit(instances) == pytest.approx(exact)


def test_published_coordinates_become_instances_of_the_problem(script: Any) -> None:
    (square,) = script("evolution_quality").placed("square", np.array([[[0, 0], [1, 1.0]]]))
    assert (square.name, square.data) == ("square 1", {"cities": [[0, 0], [1, 1]]})
