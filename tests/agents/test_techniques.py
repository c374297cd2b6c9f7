import asyncio
import json
from collections.abc import Collection

import pytest

from solvitur.agents.graph import Effort, solve_problem
from solvitur.agents.techniques import TECHNIQUES, chosen, tolerated
from solvitur.errors import ConfigError
from solvitur.formulation.checks import Code
from solvitur.llm import UNTUNED, Feature, Scripted
from tests.agents.players import CHAIRS, FIVE


def test_a_small_model_is_asked_stepwise_and_a_larger_one_is_not() -> None:
    assert "stepwise" in chosen(None, Scripted([], name="local:small"))
    assert "stepwise" not in chosen(None, Scripted([]))


@pytest.mark.parametrize("name", ["local:small", "openai:large"])
def test_what_is_chosen_by_itself_exists(name: str) -> None:
    assert chosen(None, Scripted([], name=name)) <= TECHNIQUES.keys()


def test_those_named_are_taken_as_they_are() -> None:
    assert chosen(("units",), Scripted([], name="local:small")) == {"units"}
    assert chosen((), Scripted([])) == frozenset()


@pytest.mark.parametrize(
    ("techniques", "told"),
    [
        ({"coverage"}, {Code.unused, Code.units}),
        ({"coverage", "units"}, {Code.unused}),
        ({"units"}, {Code.forgotten_number, Code.invented_number}),
        ((), {Code.forgotten_number, Code.invented_number, Code.units}),
    ],
)
def test_what_a_technique_that_is_off_would_find_calls_for_no_repair(
    techniques: Collection[str], told: set[Code]
) -> None:
    assert tolerated(frozenset(techniques)) == told


def test_what_is_declared_and_not_used_is_told_and_not_repaired() -> None:
    spare = {"name": "spare", "value": 15}
    model = Scripted([json.dumps({**FIVE, "parameters": [*FIVE["parameters"], spare]})])
    answer = asyncio.run(solve_problem(CHAIRS, model))
    assert (answer.objective, len(answer.rounds)) == (4610, 1)
    assert [each.code for each in answer.checks] == ["unused"]


def test_a_name_that_there_is_not_is_refused_before_a_model_is_asked() -> None:
    model = Scripted([])
    with pytest.raises(ConfigError, match="no technique 'votes'; there are: stepwise, similar"):
        asyncio.run(solve_problem(CHAIRS, model, Effort(techniques=("units", "votes"))))
    assert model.requests == []


def test_what_needs_grammars_is_refused_where_the_model_takes_none() -> None:
    loose = Scripted([], features=frozenset({Feature.json_schema}))
    with pytest.raises(ConfigError, match="'stepwise' holds the model to grammars"):
        chosen(("stepwise",), loose)


@pytest.mark.parametrize(
    ("learned", "is_stepwise"),
    [
        ((), True),
        ((Feature.tuned_elements, Feature.tuned_steps), True),
        ((Feature.tuned_elements, Feature.tuned_code), False),
    ],
)
def test_a_tuned_model_is_asked_step_by_step_where_it_learned_that(
    learned: Collection[Feature], is_stepwise: bool
) -> None:
    model = Scripted([], name="local:small", features=UNTUNED | set(learned))
    assert ("stepwise" in chosen(None, model)) == is_stepwise
