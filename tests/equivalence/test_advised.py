"""A model's mapping is one more to be proved or refuted."""

import asyncio
import json
from typing import Any

import pytest

from solvitur.equivalence import Conclusion, Mapping, Verdict, check
from solvitur.equivalence.advised import check_advised, check_quasi_karp
from solvitur.equivalence.program import Program
from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation
from solvitur.llm import Scripted
from tests.cli.problems import market_split


def formulation(names: str, goal: str, *rows: str, lower: float | None = 0) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": [{"name": n, "domain": "integer", "lower": lower} for n in names],
            "objective": {"sense": "maximize", "expression": goal},
            "constraints": [{"name": f"r{n}", "expression": r} for n, r in enumerate(rows)],
        }
    )


PLAIN = formulation("xy", "5 * x + 4 * y", "3 * x + 5 * y <= 31", "6 * x + y <= 38")
# p = 2 x + y, q = x + y, so that x = p - q and y = 2 q - p
TURNED = formulation(
    "pq",
    "p + 3 * q",
    "7 * q - 2 * p <= 31",
    "5 * p - 4 * q <= 38",
    "p - q >= 0",
    "2 * q - p >= 0",
    lower=None,
)


def reply(p: str = "2 * x + y") -> str:
    return json.dumps(
        {
            "A_from_B": [{"entry": "x", "value": "p - q"}, {"entry": "y", "value": "2 * q - p"}],
            "B_from_A": [{"entry": "p", "value": p}, {"entry": "q", "value": "x + y"}],
        }
    )


def advised(a: Formulation, b: Formulation, *replies: str, tries: int = 3) -> tuple[Any, Scripted]:
    model = Scripted(replies)
    return asyncio.run(check_advised(a, b, model, tries=tries, seconds=10)), model


def test_a_mapping_that_no_structure_shows_is_proved_when_a_model_writes_it() -> None:
    assert check(PLAIN, TURNED, seconds=10).is_equivalent is None

    verdict, _ = advised(PLAIN, TURNED, reply())

    assert verdict.conclusion is Conclusion.proved
    assert verdict.correspondence.in_words() == "p = 2 x + y\nq = x + y"


def test_a_refuted_mapping_is_told_why() -> None:
    verdict, model = advised(PLAIN, TURNED, reply("2 * x + y + 1"), reply())

    assert verdict.is_equivalent
    told = model.requests[1].messages[-1].content
    assert "Counter-example, a solution of A:" in told
    assert "What B has against it:" in told


def test_a_model_that_is_never_right_leaves_it_open() -> None:
    verdict, _ = advised(PLAIN, TURNED, *[reply("2 * x + y + 1")] * 2, tries=2)

    assert verdict.is_equivalent is None
    assert "scripted was asked 2 times" in verdict.reason


def test_one_direction_alone_is_asked_for_again() -> None:
    half = json.dumps({"A_from_B": json.loads(reply())["A_from_B"]})
    verdict, model = advised(PLAIN, TURNED, half, reply())

    assert verdict.is_equivalent
    assert "give both" in model.requests[1].messages[-1].content


def test_no_mapping_makes_what_is_different_the_same() -> None:
    less = formulation("xy", "5 * x + 4 * y", "3 * x + 5 * y <= 28", "6 * x + y <= 38")
    everything_to_nothing = json.dumps(
        {
            "A_from_B": [{"entry": n, "value": "0"} for n in ("A.x", "A.y")],
            "B_from_A": [{"entry": n, "value": "0"} for n in ("B.x", "B.y")],
        }
    )
    verdict, _ = advised(PLAIN, less, *[everything_to_nothing] * 3)
    assert not verdict.is_equivalent


def test_check_itself_takes_a_model_and_a_method() -> None:
    a, b = Program.of(PLAIN), Program.of(TURNED)
    there = Mapping.by_name(a, b, {"p": {"x": 2, "y": 1}, "q": {"x": 1, "y": 1}})
    back = Mapping.by_name(b, a, {"x": {"p": 1, "q": -1}, "y": {"p": -1, "q": 2}})

    assert check(PLAIN, TURNED, model=Scripted([reply()]), seconds=10).is_equivalent
    found = check(PLAIN, TURNED, mappings=[(there, back)], method="quasi-karp")
    assert found.conclusion is Conclusion.on_instances


def test_no_model_is_asked_where_the_answer_is_known() -> None:
    renamed = formulation("uv", "5 * u + 4 * v", "3 * u + 5 * v <= 31", "6 * u + v <= 38")
    verdict, model = advised(PLAIN, renamed)
    assert verdict.conclusion is Conclusion.proved
    assert model.requests == []


def published(**given: Any) -> Verdict:
    return asyncio.run(check_quasi_karp(PLAIN, TURNED, **given))


def test_the_published_method_takes_a_mapping_or_asks_for_one() -> None:
    a, b = Program.of(PLAIN), Program.of(TURNED)
    right = Mapping.by_name(b, a, {"x": {"p": 1, "q": -1}, "y": {"p": -1, "q": 2}})
    wrong = Mapping.by_name(b, a, {"x": {"q": 1}, "y": {}})

    assert published(mapping=right).conclusion is Conclusion.on_instances
    assert published(mapping=wrong).conclusion is Conclusion.different_here
    terms = {"x": [("p", 1), ("q", -1)], "y": [("p", -1), ("q", 2)]}
    replies = [
        json.dumps({name: [{"variable": v, "constant": c} for v, c in each]})
        for name, each in terms.items()
    ]
    assert published(model=Scripted(replies)).is_equivalent


def test_the_published_method_needs_either() -> None:
    with pytest.raises(ConfigError, match="mapping, or a model"):
        published()
    with pytest.raises(ConfigError, match="formulations"):
        asyncio.run(check_quasi_karp(Program.of(PLAIN), Program.of(TURNED), model=Scripted([])))


def test_the_solver_of_the_published_method_is_given_no_more_time_than_is_allowed() -> None:
    hard = Formulation.model_validate(market_split())
    replies = [json.dumps({"x": [{"variable": "x", "constant": 1}]})]
    asked = check_quasi_karp(hard, hard, model=Scripted(replies), attempts=1, seconds=0.2)
    verdict = asyncio.run(asked)
    assert verdict.conclusion is Conclusion.unknown
    assert "time" in verdict.reason
