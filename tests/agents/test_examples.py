import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from solvitur.agents import direct
from solvitur.agents.direct import Direct
from solvitur.agents.draft import Asking, Draft, Formulator
from solvitur.agents.examples import similar
from solvitur.agents.problem import read_problem
from solvitur.agents.stepwise import staged
from solvitur.agents.stepwise.staged import Staged
from solvitur.agents.techniques import chosen
from solvitur.eval import word_problems
from solvitur.formulation import Formulation
from solvitur.formulation.checks import check
from solvitur.formulation.tables.data import Data
from solvitur.llm import Message, Request, Role, Scripted
from solvitur.prompts.library import examples
from solvitur.solvers import solve
from tests.agents.constraints import admits, fits
from tests.agents.players import CHAIRS, FIVE

BANK = examples("bank")
SKETCHED = [example for example in BANK if "sketch" in example]


def title(example: dict[str, Any]) -> str:
    return str(example["formulation"]["title"])


each_example = pytest.mark.parametrize("example", BANK, ids=title)
each_sketch = pytest.mark.parametrize("example", SKETCHED, ids=title)


# --- the bank ------------------------------------------------------------------------------------


@each_example
def test_an_example_comes_to_its_optimum_and_nothing_speaks_against_it(
    example: dict[str, Any],
) -> None:
    made = Formulation.from_json(json.dumps(example["formulation"]))
    assert check(made, example["problem"]) == ()
    solution = solve(made)
    assert solution.outcome == "solved"
    assert solution.objective == pytest.approx(example["optimum"], rel=1e-6)


@each_sketch
def test_a_sketch_is_played_as_the_steps_would_ask_and_comes_to_the_same_optimum(
    example: dict[str, Any],
) -> None:
    shown = first_request(Staged(), "similar-examples", text=example["problem"])
    played = shown.messages[shown.shared : -1]
    model = Scripted(lambda request: answer(request, played))
    draft = draft_by(Staged(), model, example["problem"])
    assert draft.formulation is not None, draft.fault
    stated = [part for limit in example["sketch"]["limits"] for part in limit.split("; ")]
    assert len(draft.formulation.constraints) == len(stated)
    assert check(draft.formulation, example["problem"]) == ()
    assert solve(draft.formulation).objective == pytest.approx(example["optimum"], rel=1e-6)


def answer(request: Request, played: Sequence[Message]) -> str:
    """Answer as it was played; what was asked or settled before must be as it was played too."""
    asked = request.messages[len(staged.introduction(Scripted(()))) :]
    assert asked == played[: len(asked)]
    text = played[len(asked)].content
    if request.grammar is not None:
        assert admits(request.grammar, text)
    else:
        assert request.json_schema is not None
        assert fits(request.json_schema, json.loads(text))
    return text


def test_each_example_asks_for_something_else() -> None:
    assert len({title(example) for example in BANK}) == len(BANK) >= 30
    assert len({tuple(example["tags"]) for example in BANK}) == len(BANK)


def test_what_the_bank_covers() -> None:
    tags = {tag for example in BANK for tag in example["tags"]}
    wanted = "ratio at-least at-most share time transport assignment network table blending "
    wanted += "multi-period integer continuous minimize maximize minimum-of-each twice-as-many "
    wanted += "fixed-cost binary integer-and-continuous"
    assert set(wanted.split()) <= tags


def test_no_phrase_of_the_bank_is_in_the_problems_that_are_measured() -> None:
    """What a model has just been shown is no measure of what it can do."""
    asked = {phrase for problem in word_problems() for phrase in phrases(problem.question)}
    shown = {phrase for example in BANK for phrase in phrases(example["problem"])}
    assert asked & shown == set()


def phrases(text: str, length: int = 8) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


# --- which ones are alike ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("A zoo wants at least twice as many geese as swans. A goose eats 3 kg.", "twice-as-many"),
        ("Cars may make up at most 40% of all vehicles, and at least 90 people go.", "share"),
        ("Which path takes the fewest minutes from home to the station?", "shortest-path"),
        ("Each worker does one task, every task is done by one worker. Hours are:", "assignment"),
        ("Which plants should be opened? Opening a plant costs $5000.", "fixed-cost"),
        ("Mix three alloys so that the mix is at least 12% nickel at the lowest cost.", "blending"),
        (
            "Chairs are made for four months, and 30, 50, 20 and 40 are to be delivered in these "
            "months. A chair that stays in store to the next month costs $2.",
            "multi-period",
        ),
        (
            "A thief can carry at most 15 kg. A vase weighs 4 kg and is worth 7 points, a clock "
            "weighs 6 kg and is worth 9 points. What should be taken to have the most points?",
            "knapsack",
        ),
    ],
)
def test_the_most_similar_example_asks_for_the_same(text: str, tag: str) -> None:
    assert tag in similar(text, 1)[0]["tags"]


@each_example
def test_an_example_is_most_like_itself(example: dict[str, Any]) -> None:
    assert similar(example["problem"], 1) == (example,)
    assert similar(example["problem"], 3) == similar(example["problem"], 5)[:3]


def test_those_that_the_steps_can_play_are_asked_for() -> None:
    found = similar("Send 40 tons of sand from two pits to three sites at the lowest cost.", 99)
    assert len(found) == len(BANK)
    found = similar(CHAIRS, 99, needs="sketch")
    assert sorted(map(title, found)) == sorted(map(title, SKETCHED))


@pytest.mark.parametrize("text", ["", "   ", "12 34", "\N{SNOWMAN}", "0" * 5000])
def test_any_text_has_its_examples(text: str) -> None:
    assert len(similar(text, 2)) == 2


# --- what a model is shown -----------------------------------------------------------------------


def draft_by(way: Formulator, model: Scripted, text: str, *techniques: str) -> Draft:
    asking = Asking(read_problem(text), model, techniques=chosen(techniques, model))
    return asyncio.run(way.draft(asking, temperature=0, seed=1))


def first_request(way: Formulator, *techniques: str, text: str = CHAIRS) -> Request:
    model = Scripted([json.dumps(FIVE)])
    draft_by(way, model, text, *techniques)
    return model.requests[0]


def beginnings() -> list[tuple[Formulator, list[Message]]]:
    return [
        (Staged(), staged.introduction(Scripted(()))),
        (Direct(), direct.introduction(Scripted(()))),
    ]


@pytest.mark.parametrize(("way", "beginning"), beginnings(), ids=["staged", "direct"])
def test_similar_examples_stand_between_what_all_problems_share_and_the_problem(
    way: Formulator, beginning: list[Message]
) -> None:
    plain, shown = first_request(way), first_request(way, "similar-examples")
    assert plain.shared == shown.shared == len(beginning)
    assert shown.messages[: shown.shared] == tuple(beginning) == plain.messages[: plain.shared]
    assert shown.messages[-1] == plain.messages[-1]
    added = shown.messages[shown.shared : -1]
    assert plain.messages[plain.shared : -1] == ()
    assert [m.role for m in added] == [Role.user, Role.assistant] * (len(added) // 2)
    assert added


def test_one_reply_is_shown_two_and_the_most_similar_last() -> None:
    shown = first_request(Direct(), "similar-examples")
    best, second = similar(CHAIRS, 2)
    questions = [m.content for m in shown.messages[shown.shared : -1] if m.role is Role.user]
    assert questions == [second["problem"], best["problem"]]


def test_the_steps_are_shown_one_played_through() -> None:
    shown = first_request(Staged(), "similar-examples")
    (best,) = similar(CHAIRS, 1, needs="sketch")
    added = [m.content for m in shown.messages[shown.shared : -1]]
    assert best["problem"] in added[0]
    assert added[1] == json.dumps({"variables": best["sketch"]["variables"]})
    assert [each for each in best["sketch"]["limits"] if each not in added] == []


def test_a_problem_with_tables_is_shown_none() -> None:
    model = Scripted([json.dumps(FIVE)])
    data = Data({"wares.csv": {"ware": ["chair", "desk"], "oak": [3, 7]}})
    told = frozenset({"similar-examples"})
    asking = Asking(read_problem(CHAIRS), model, data=data, techniques=told)
    asyncio.run(Direct().draft(asking, temperature=0, seed=1))
    (request,) = model.requests
    assert len(request.messages) == (request.shared or 0) + 1
