"""A language model is asked for a mapping, and what it says is not believed."""

import asyncio
import json
from typing import Any

import pytest

from solvitur.equivalence.asking import Asked, Proposal, ask
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.llm import Scripted

SETS = [{"name": "P", "elements": ["chair", "table"], "doc": "products"}]


def instance(name: str, **more: Any) -> Instance:
    return Instance(
        Formulation.model_validate(
            {
                "sets": SETS,
                "variables": [{"name": name, "index": ["P"], "domain": "binary", **more}],
                "objective": {"sense": "minimize", "expression": f"sum({name}[p] for p in P)"},
            }
        )
    )


OPEN, CLOSED = instance("open"), instance("closed")


def line(entry: str, value: str) -> dict[str, str]:
    return {"forall": "p in P", "entry": f"{entry}[p]", "value": value}


RIGHT = json.dumps(
    {
        "A_from_B": [line("open", "1 - closed[p]")],
        "B_from_A": [line("closed", "1 - open[p]")],
    }
)
WRONG = json.dumps(
    {"A_from_B": [line("open", "closed[p]")], "B_from_A": [line("closed", "open[p]")]}
)


def judge(proposal: Proposal) -> str | None:
    assert proposal.there is not None
    return None if proposal.there.images[0].constant == 1 else "open[chair] = 1 is no point of B"


def asked(model: Scripted, tries: int = 3) -> Asked:
    return asyncio.run(ask(OPEN, CLOSED, model, judge, tries=tries))


def test_both_directions_are_asked_for_at_once() -> None:
    model = Scripted([RIGHT])

    found = asked(model).proposal

    assert found is not None
    assert found.there is not None
    assert found.back is not None
    assert found.there.then(found.back).is_identity
    shown = model.requests[0].messages[-1].content
    assert "`open[P]`, binary" in shown
    assert "`closed[P]`, binary" in shown


def test_a_refuted_mapping_goes_back_with_the_witness() -> None:
    model = Scripted([WRONG, RIGHT])

    found = asked(model)

    assert found.proposal is not None
    assert found.reasons == ("open[chair] = 1 is no point of B",)
    assert [message.content for message in model.requests[1].messages[-2:-1]] == [WRONG]
    assert "open[chair] = 1 is no point of B" in model.requests[1].messages[-1].content


def test_no_more_than_the_tries_are_made() -> None:
    model = Scripted([WRONG] * 9)

    found = asked(model, tries=2)

    assert found.proposal is None
    assert len(found.reasons) == len(model.requests) == 2
    assert found.usage.completion_tokens > 0


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I cannot say.", "JSON"),
        ("{}", "both directions are empty"),
        ('{"A_from_B": [{"entry": "open"}]}', "value"),
        (RIGHT.replace("1 - open[p]", "open[p].__class__"), "B_from_A: closed[p]"),
        (RIGHT.replace("1 - open[p]", "open[" * 200), "B_from_A"),
        (RIGHT.replace("p in P", "p in range(10 ** 9)"), "B_from_A"),
    ],
)
def test_a_hostile_reply_is_only_a_reason(reply: str, reason: str) -> None:
    found = asked(Scripted([reply] * 3), tries=1)

    assert found.proposal is None
    assert reason in found.reasons[0]


def test_one_direction_alone_is_a_proposal() -> None:
    one = json.dumps({"B_from_A": [line("closed", "1 - open[p]")]})

    found = asked(Scripted([one])).proposal

    assert found is not None
    assert found.back is None


def test_formulations_that_are_too_long_are_not_shown() -> None:
    long = instance("open", doc="x" * 390).formulation
    variables = [long.variables[0].model_copy(update={"name": f"v{n}"}) for n in range(80)]
    large = Instance(long.model_copy(update={"variables": (*long.variables, *variables)}))

    found = asyncio.run(ask(large, CLOSED, Scripted([]), judge))

    assert found.proposal is None
    assert "too long" in found.reasons[0]
