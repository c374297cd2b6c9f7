"""A run as a whole: what is made when, that it goes on where it was ended, and what it costs."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import BadReply, ConfigError, ModelUnavailable
from solvitur.evolution.heuristics import (
    OPERATORS,
    Candidate,
    Fate,
    Fault,
    Heuristic,
    Method,
    Operator,
    Result,
    evolve,
)
from solvitur.llm import Message, Patience, Patient, Request, Scripted
from solvitur.runs import Interruption, Limits, Used, read_journal
from solvitur.search import Member
from tests.evolution.heuristics.killed import AS_THEY_COME, METHOD
from tests.evolution.heuristics.toy import PROBLEM, heuristic, model, reply

SMALL = Method(population=3, generations=2, in_flight=4)


def evolved(folder: Path, method: Method | str = SMALL, **options: Any) -> Result:
    asked = options.pop("model", None) or model()
    return asyncio.run(evolve(PROBLEM, asked, method, run=folder, **options))


def events(folder: Path) -> list[tuple[str, str, Any]]:
    """What happened, without how long it took."""
    found = []
    for event in read_journal(folder / "run.journal"):
        value = dict(event.value) if isinstance(event.value, dict) else event.value
        if event.kind == "process":
            continue
        if event.kind == "evaluation":
            value.pop("cpu_seconds")
        if event.kind == "reply":
            value["reply"] = {**value["reply"], "seconds": 0.0}
        found.append((event.kind, event.key, value))
    return found


def test_ael_makes_two_populations_at_first_and_then_one_by_each_operator(tmp_path: Path) -> None:
    method = Method(population=3, generations=2, operators={"crossover": 1.0, "mutation": 1.0})
    result = evolved(tmp_path, method)
    made = [(each.generation, each.operator) for each in result.candidates]
    assert made == [
        *[(0, "initial")] * 6,
        *[(1, "crossover")] * 3,
        *[(1, "mutation")] * 3,
        *[(2, "crossover")] * 3,
        *[(2, "mutation")] * 3,
    ]
    assert {len(each.parents) for each in result.candidates if each.operator == "crossover"} == {2}
    assert {len(each.parents) for each in result.candidates if each.operator == "mutation"} == {1}


def test_parents_are_survivors_from_before_their_batch_and_never_twice_the_same(
    tmp_path: Path,
) -> None:
    result = evolved(tmp_path, Method(population=3, generations=3))
    for child in result.candidates:
        before = [
            each
            for each in result.candidates
            if each.score is not None and each.generation < child.generation
        ]
        best = sorted({each.score for each in before if each.score is not None})[:3]
        assert len(set(child.parents)) == len(child.parents)
        scores = [result.by_number[number].score for number in child.parents]
        assert set(scores) <= set(best)
        assert scores == sorted(each for each in scores if each is not None)


def test_an_operator_of_ael_is_left_out_by_its_probability(tmp_path: Path) -> None:
    from solvitur.evolution.heuristics.method import schedule

    counts: Counter[str] = Counter()
    for seed in range(200):
        counts.update(slot.what for slot in schedule(Method(population=1, generations=5), seed))
    assert counts["crossover"] == 1000
    assert counts["mutation"] == pytest.approx(200, abs=40)


def test_eoh_makes_one_population_a_generation_of_drawn_operators(tmp_path: Path) -> None:
    result = evolved(tmp_path, Method(name="eoh", population=4, generations=5))
    generations = Counter(each.generation for each in result.candidates)
    assert generations == {0: 8, 1: 4, 2: 4, 3: 4, 4: 4, 5: 4}
    assert {each.operator for each in result.candidates} == {
        "initial",
        "e1",
        "e2",
        "m1",
        "m2",
        "m3",
    }


def test_the_best_is_known_beside_what_it_never_saw_and_what_was_there(tmp_path: Path) -> None:
    result = evolved(tmp_path)
    best, known = result.standings
    assert result.best is not None
    assert best.number == result.best.number
    assert list(best.scores) == ["training", "long"]
    assert best.scores["training"] == min(
        each.score for each in result.candidates if each.score is not None
    )
    assert known.name == "the first"
    assert known.scores == {"training": 3.0, "long": 9.5}


def test_no_two_survivors_score_the_same_everywhere(tmp_path: Path) -> None:
    same = Scripted(lambda request: reply("def guess(numbers):\n    return max(numbers)"))
    result = evolved(tmp_path, model=same)
    assert Counter(each.fate for each in result.candidates)[Fate.kept] == 1
    assert len({each.fate for each in result.candidates[1:]}) == 1
    assert result.used.calls == len(result.candidates)


def test_what_fails_is_mended_once_and_counted_as_what_it_was(tmp_path: Path) -> None:
    result = evolved(tmp_path)
    mended = [each for each in result.candidates if each.first_failure is not None]
    assert {each.first_failure.fault for each in mended if each.first_failure} == {
        Fault.no_code,
        Fault.raised,
    }
    assert all(each.calls == 2 and each.score is not None for each in mended)


def test_the_reason_of_a_failure_is_told_to_the_model(tmp_path: Path) -> None:
    asked = Scripted(lambda request: reply("def guess(numbers):\n    return numbers[99]"))
    result = evolved(tmp_path, Method(population=1, generations=0), model=asked)
    assert [each.fate for each in result.candidates] == [Fate.failed] * 2
    (complaint,) = [r.messages for r in asked.requests if len(r.messages) == 4][:1]
    assert "IndexError: list index out of range" in complaint[-1].content
    assert "return numbers[99]" in complaint[-1].content
    assert complaint[2].content == reply("def guess(numbers):\n    return numbers[99]")
    assert result.best is None


def test_code_that_comes_with_the_repair_has_the_idea_of_the_first_reply(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        if len(request.messages) == 2:
            return "{Take the largest.}"
        return "```python\ndef guess(numbers):\n    return max(numbers)\n```"

    method = Method(population=1, generations=0)
    result = evolved(tmp_path, method, model=Scripted(script))
    assert result.best is not None
    assert (result.best.idea, result.best.calls) == ("Take the largest.", 2)


def test_without_repair_nothing_is_asked_twice(tmp_path: Path) -> None:
    asked = Scripted(lambda request: "no")
    result = evolved(tmp_path, Method(population=2, generations=1, repair=False), model=asked)
    assert [each.calls for each in result.candidates] == [1] * len(result.candidates)
    assert {each.operator for each in result.candidates} == {"initial"}  # nobody to cross


def test_a_reply_that_cannot_be_read_is_a_failure_and_is_remembered(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        if request.sampling.seed % 3 == 0:
            raise BadReply("truncated")
        return heuristic(request)

    first = evolved(tmp_path, model=Scripted(script, name="toy"))
    faults = [each.fault for each in first.candidates if each.failure] + [
        each.first_failure.fault for each in first.candidates if each.first_failure
    ]
    assert Fault.no_reply in faults
    silent = Scripted([], name="toy")
    assert evolved(tmp_path, model=silent).candidates == first.candidates
    assert silent.requests == []


@pytest.mark.parametrize(
    "method",
    [
        SMALL,
        Method(name="eoh", population=3, generations=2, steady=True, in_flight=3),
        Method(population=2, generations=2, reflection=True, bandit=True, archive="islands"),
        Method(name="eoh", population=2, generations=2, archive="elites", racing="halving"),
    ],
    ids=["ael", "steady", "reflection", "elites"],
)
def test_the_same_seed_gives_the_same_events_however_fast_each_part_is(
    tmp_path: Path, method: Method
) -> None:
    def hurried(request: Request) -> str:
        time.sleep(request.sampling.seed % 7 / 500)
        return heuristic(request)

    evolved(tmp_path / "one", method)
    evolved(tmp_path / "other", method, model=Scripted(hurried, name="toy"))
    assert events(tmp_path / "one") == events(tmp_path / "other")
    assert Result.load(tmp_path / "one").candidates


def test_another_seed_gives_others(tmp_path: Path) -> None:
    one, other = (evolved(tmp_path / str(seed), seed=seed) for seed in (1, 2))
    assert one.candidates != other.candidates


def killed(folder: Path, kind: str, moments: int) -> None:
    command = [sys.executable, "-m", "tests.evolution.heuristics.killed", str(folder), kind]
    subprocess.run([*command, str(moments)], check=True, timeout=120)


def test_killed_at_any_moment_it_comes_to_the_same_events_and_asks_nothing_twice(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole"
    asyncio.run(evolve(PROBLEM, model(), METHOD, seed=4, run=whole))
    broken = tmp_path / "broken"
    broken.mkdir()
    killed(broken, "deterministic", 6)
    assert events(broken) == events(whole)
    asked = Counter((broken / "asked").read_text().split())
    in_flight = 6 * METHOD.in_flight
    assert len(asked) == Result.load(whole).used.calls
    assert sum(count - 1 for count in asked.values()) <= in_flight  # only what was never answered


def test_killed_as_they_come_every_decision_holds(tmp_path: Path) -> None:
    killed(tmp_path, "as they come", 4)
    result = Result.load(tmp_path)
    before = events(tmp_path)
    again = Scripted([], name="toy")
    asyncio.run(evolve(PROBLEM, again, AS_THEY_COME, seed=4, run=tmp_path))
    assert again.requests == []
    assert events(tmp_path) == before
    assert Result.load(tmp_path).candidates == result.candidates


def test_a_run_that_is_at_its_end_asks_for_nothing(tmp_path: Path) -> None:
    first = evolved(tmp_path)
    silent = Scripted([], name="toy")
    again = evolved(tmp_path, model=silent)
    assert silent.requests == []
    assert (again.candidates, again.standings) == (first.candidates, first.standings)


@pytest.mark.parametrize("calls", [0, 1, 2, 5, 9])
def test_no_more_calls_are_made_than_allowed_and_none_is_wasted(tmp_path: Path, calls: int) -> None:
    asked = model()
    result = evolved(tmp_path, model=asked, limits=Limits(calls=calls))
    assert len(asked.requests) == result.used.calls == calls
    assert result.stopped == f"the limit of {calls} calls is reached; to go on, raise it"


def test_with_a_higher_limit_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = evolved(tmp_path / "whole")
    for calls in (5, 8, None):
        parts = evolved(tmp_path / "parts", limits=Limits(calls=calls))
    assert parts.stopped == ""
    assert parts.standings == whole.standings
    assert parts.best == whole.best


def test_evaluations_and_tokens_are_limited_as_well(tmp_path: Path) -> None:
    few = evolved(tmp_path / "few", limits=Limits(evaluations=4))
    assert len(few.candidates) == 4
    short = evolved(
        tmp_path / "short", SMALL.model_copy(update={"in_flight": 1}), limits=Limits(tokens=1500)
    )
    assert 1500 <= short.used.tokens < 3500
    assert "1,500 tokens" in short.stopped


class Listening:
    def __init__(self, interruption: Interruption | None = None, after: int = 0) -> None:
        self.kept: list[int] = []
        self.heard: list[int] = []
        self.total = 0
        self._interruption, self._after = interruption, after

    def began(self, kept: Sequence[Candidate], total: int) -> None:
        self.kept, self.total = [each.number for each in kept], total

    def ended(self, candidate: Candidate, used: Used) -> None:
        self.heard.append(candidate.number)
        if self._interruption is not None and len(self.heard) == self._after:
            self._interruption.ask()


def test_after_an_interruption_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = evolved(tmp_path / "whole")
    interruption = Interruption()
    listening = Listening(interruption, after=3)
    parts = evolved(tmp_path / "parts", listener=listening, interruption=interruption)
    assert parts.stopped == "interrupted"
    assert parts.standings == ()
    assert len(listening.heard) < listening.total == len(whole.candidates)
    after = Listening()
    parts = evolved(tmp_path / "parts", listener=after)
    assert after.kept == listening.heard
    assert after.kept + after.heard == [each.number for each in whole.candidates]
    assert events(tmp_path / "parts") == events(tmp_path / "whole")


def test_a_model_that_is_down_ends_the_run_and_what_was_done_is_kept(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        if len(down.requests) > 3:
            raise ModelUnavailable("it is down")
        return heuristic(request)

    down = Scripted(script, name="toy")
    with pytest.raises(ModelUnavailable, match="it is down"):
        evolved(tmp_path, model=Patient(down, Patience(attempts=1)))
    assert Result.load(tmp_path).used.calls == 3
    asked = model()
    assert evolved(tmp_path, model=asked).stopped == ""
    assert len(asked.requests) == Result.load(tmp_path).used.calls - 3


def test_another_run_has_no_place_in_the_same_folder(tmp_path: Path) -> None:
    evolved(tmp_path, limits=Limits(calls=1))
    with pytest.raises(ConfigError, match="holds another run, which differs in: seed;"):
        evolved(tmp_path, seed=5)


def test_there_are_two_methods() -> None:
    with pytest.raises(ConfigError, match="no method 'reevo'; there are: ael, eoh"):
        evolved(Path("/nowhere"), "reevo")


def test_what_is_given_belongs_to_the_first_population(tmp_path: Path) -> None:
    known = Heuristic("The middle.", "def guess(numbers):\n    return sum(numbers) / len(numbers)")
    result = evolved(tmp_path, Method(population=2, generations=1, given=(known,)))
    first = result.candidates[0]
    assert (first.operator, first.score, first.calls) == ("given", 0.0, 0)
    assert result.best == first
    assert [each.operator for each in result.candidates[1:4]] == ["initial"] * 3
    assert any(0 in each.parents for each in result.candidates)


def test_reflection_compares_parents_and_puts_together_what_it_learned(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        last = request.messages[-1].content
        if "in at most twenty words" in last:
            return "Weigh the smallest more."
        if "in at most fifty words" in last:
            return "Small numbers count."
        return heuristic(request)

    asked = Scripted(script)
    method = Method(
        population=3,
        generations=2,
        reflection=True,
        operators={"crossover": 1.0, "mutation": 1.0},
    )
    result = evolved(tmp_path, method, model=asked)
    crossed = [each for each in result.candidates if each.operator == "crossover"]
    assert {each.hint for each in crossed} == {"Weigh the smallest more."}
    words = [request.messages[-1].content for request in asked.requests]
    mutated = [w for w in words if w.startswith("Here is a heuristic") and "A reviewer says" in w]
    assert len(mutated) == 3
    assert all("A reviewer says: Small numbers count." in each for each in mutated)


def test_who_falls_behind_on_the_first_instance_is_not_tried_on_the_others(tmp_path: Path) -> None:
    result = evolved(tmp_path, Method(population=3, generations=3, racing="halving"))
    behind = [each for each in result.candidates if each.fate is Fate.behind]
    assert behind
    assert all(len(each.scores) < 3 and each.score is None for each in behind)
    assert len(result.candidates) > len(behind)


def test_a_steady_search_knows_of_all_but_what_is_in_flight(tmp_path: Path) -> None:
    method = Method(name="eoh", population=3, generations=4, steady=True, in_flight=2)
    result = evolved(tmp_path, method)
    assert {each.staleness for each in result.candidates[4:]} == {3}
    assert len(result.candidates) == 18


def test_ancestors_are_all_that_a_candidate_was_made_from(tmp_path: Path) -> None:
    result = evolved(tmp_path, Method(population=3, generations=3))
    child = result.candidates[-1]
    ancestors = result.ancestors(child)
    assert ancestors[-1] == child
    assert set(child.parents) <= {each.number for each in ancestors}
    assert all(each.parents for each in ancestors if each.operator != "initial")


class Asking(Operator):
    """An operator of one's own: its words are not in the library."""

    def ask(self, parents: Sequence[Member[Heuristic]], hint: str = "") -> Message:
        return Message.user(f"Mix these: {', '.join(each.content.idea for each in parents)}")


def test_an_operator_of_ones_own_is_asked_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPERATORS, "mix", Asking("mix", 2, "two mixed"))
    asked = model()
    method = Method(population=2, generations=1, operators={"mix": 1.0})
    result = evolved(tmp_path, method, model=asked)
    assert [each.operator for each in result.candidates[4:]] == ["mix", "mix"]
    words = [request.messages[1].content for request in asked.requests]
    assert "Mix these: Mix what there is., Mix what there is." in words


def test_with_other_words_it_is_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evolved(tmp_path, limits=Limits(calls=1))
    monkeypatch.setitem(OPERATORS, "mutation", Asking("mutation", 1, "one mixed"))
    with pytest.raises(ConfigError, match="holds another run, which differs in: prompts;"):
        evolved(tmp_path)
