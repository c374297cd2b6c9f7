import asyncio
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics import Evolution, Method, evolve, load_problem
from solvitur.llm import Scripted
from solvitur.runs import Journal, Limits, Verification, kept_in, read_journal
from tests.evolution.heuristics.toy import PROBLEM, model

SMALL = Method(population=2, generations=1, in_flight=3)


def verified(folder: Path) -> Verification:
    return asyncio.run(kept_in(folder, [Evolution(PROBLEM)]).verify())


@pytest.mark.parametrize(
    "changes", [{}, {"deterministic": False, "steady": True}, {"name": "eoh", "reflection": True}]
)
def test_a_run_is_derived_from_its_replies(tmp_path: Path, changes: dict[str, Any]) -> None:
    asyncio.run(evolve(PROBLEM, model(), SMALL.model_copy(update=changes), run=tmp_path))
    kept = kept_in(tmp_path, [Evolution(PROBLEM)])
    assert kept.reached is not None
    assert kept.reached.done == kept.reached.wanted
    assert kept.about == f"middle, {changes.get('name', 'ael')}, toy"
    assert verified(tmp_path).differences == ()


def test_a_run_that_ended_early_is_derived_as_far_as_it_came(tmp_path: Path) -> None:
    asyncio.run(evolve(PROBLEM, model(), SMALL, run=tmp_path, limits=Limits(calls=4)))
    kept = kept_in(tmp_path, [Evolution(PROBLEM)])
    assert kept.reached is not None
    assert kept.reached.wanted is not None
    assert 0 < kept.reached.done < kept.reached.wanted
    assert verified(tmp_path).differences == ()


def test_a_score_that_a_candidate_does_not_have_is_told(tmp_path: Path) -> None:
    asyncio.run(evolve(PROBLEM, model(), SMALL, run=tmp_path / "run"))
    with Journal(tmp_path / "altered" / "run.journal") as journal:
        for event in read_journal(tmp_path / "run" / "run.journal"):
            if event.kind == "candidate" and event.value["number"] == 1:
                event.value["score"] = 0.0
            journal.note(event.key, event.value, kind=event.kind)
    (difference,) = verified(tmp_path / "altered").differences
    assert (difference.where, difference.recorded) == ("candidate 1: score", "0.0")


def test_a_problem_of_ones_own_has_to_be_at_hand(tmp_path: Path) -> None:
    asyncio.run(evolve(PROBLEM, model(), SMALL, run=tmp_path))
    with pytest.raises(
        ConfigError, match="'middle' is one of your own: give it as well, with --problem"
    ):
        asyncio.run(kept_in(tmp_path, [Evolution()]).verify())


def test_a_problem_that_ships_is_found(tmp_path: Path) -> None:
    problem = load_problem("tsp-constructive")
    code = problem.seeds["nearest neighbour"]
    nearest = Scripted(lambda _: f"{{Go to the nearest.}}\n```python\n{code}\n```", name="nearest")
    method = Method(population=1, generations=0)
    asyncio.run(evolve(problem, nearest, method, run=tmp_path))
    assert asyncio.run(kept_in(tmp_path, [Evolution()]).verify()).differences == ()
