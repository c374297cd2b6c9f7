import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.agents.direct import Direct, schema, without_demands, without_strict
from solvitur.agents.draft import Asking, Attempt, Draft
from solvitur.agents.problem import read_problem
from solvitur.formulation import Formulation
from solvitur.formulation.checks import check
from solvitur.formulation.elements import Sense
from solvitur.formulation.tables.data import Data
from solvitur.llm import UNTUNED, Feature, Finish, Reply, Request, Role, Scripted
from solvitur.solvers import solve
from tests.agents.constraints import fits
from tests.agents.players import CHAIRS, FIVE


def draft(model: Scripted, *attempts: Attempt, text: str = CHAIRS) -> Draft:
    asking = Asking(read_problem(text), model, list(attempts))
    return asyncio.run(Direct().draft(asking, temperature=0.5, seed=3))


def draft_of(reply: str | Reply) -> Draft:
    return draft(Scripted([reply]))


def ask(*attempts: Attempt, text: str = CHAIRS) -> Request:
    model = Scripted([json.dumps(FIVE)])
    draft(model, *attempts, text=text)
    return model.requests[0]


# --- what is asked -------------------------------------------------------------------------------


def test_the_problem_is_the_last_thing_said() -> None:
    request = ask(text=f"\n {CHAIRS} \n")
    assert request.messages[0].role is Role.system
    assert request.messages[-1].role is Role.user
    assert CHAIRS in request.messages[-1].content


def test_everything_before_the_problem_is_the_same_for_every_problem() -> None:
    one, other = ask(), ask(text="Pack at most 7 boxes.")
    assert one.messages[:-1] == other.messages[:-1]


def test_the_sampling_is_as_asked_for() -> None:
    assert (ask().sampling.temperature, ask().sampling.seed) == (0.5, 3)


def test_a_model_that_knows_schemas_gets_one() -> None:
    assert ask().json_schema is not None


def test_a_model_that_knows_no_schema_gets_none() -> None:
    model = Scripted([json.dumps(FIVE)])
    model.features = frozenset({Feature.seed})
    assert draft(model).formulation is not None
    assert model.requests[0].json_schema is None


def test_the_schema_has_room_for_the_worked_examples_and_for_a_right_answer() -> None:
    request = ask()
    assert request.json_schema is not None
    examples = [m.content for m in request.messages if m.role is Role.assistant]
    assert examples
    for example in (*examples, json.dumps(FIVE)):
        assert fits(request.json_schema, json.loads(example))


def test_the_schema_has_room_for_what_is_derived_and_none_for_tables_that_are_not_there() -> None:
    pairs = {"name": "B", "expression": "(p, q) for p in P for q in P if p != q"}
    gap = {"name": "gap", "index": ["P"], "over": "p in P", "expression": "2 * oak[p]"}
    table = {"name": "N", "source": {"file": "n.csv", "keys": ["k"]}}
    schema = ask().json_schema
    assert schema is not None
    assert fits(schema, {**FIVE, "sets": [pairs], "parameters": [gap]})
    assert not fits(schema, {**FIVE, "sets": [table]})


@pytest.mark.parametrize("spoiled", ["variables", "objective", "constraints"])
def test_the_schema_refuses_a_reply_without_its_parts(spoiled: str) -> None:
    schema = ask().json_schema
    assert schema is not None
    assert not fits(schema, {key: part for key, part in FIVE.items() if key != spoiled})


def test_each_worked_example_solves() -> None:
    for message in ask().messages:
        if message.role is Role.assistant:
            made = Formulation.from_json(message.content)
            assert check(made) == ()
            assert solve(made).outcome == "solved"


def test_words_that_look_like_a_template_are_only_words() -> None:
    text = "{{ 7 * 7 }} {% for x in y %} {# gone #} make 20 chairs"
    assert text in ask(text=text).messages[-1].content


# --- what is answered ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(FIVE),
        json.dumps(FIVE, indent=3),
        f"```json\n{json.dumps(FIVE)}\n```",
        f"Here is the model:\n\n```\n{json.dumps(FIVE)}\n```\nIt is linear.",
        f"<answer>{json.dumps(FIVE)}</answer>",
        repr(FIVE),
        json.dumps(FIVE)[:-2] + "],}",
    ],
    ids=["bare", "indented", "fenced", "with words around", "tagged", "Python", "a stray comma"],
)
def test_a_reply_is_read_however_it_is_wrapped(reply: str) -> None:
    made = draft_of(reply)
    assert made.fault == ""
    assert made.formulation == Formulation.model_validate(FIVE)
    assert (made.route, made.text) == ("direct", reply)


NESTED = '{"a":' * 2000 + "1" + "}" * 2000


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot do that.",
        "[]",
        "7",
        "null",
        "{}",
        '{"variables": 5}',
        '{"variables": [], "objective": null, "constraints": null}',
        json.dumps({**FIVE, "constraints": 5}),
        json.dumps({**FIVE, "constraints": True}),
        json.dumps({**FIVE, "constraints": "none"}),
        json.dumps({**FIVE, "constraints": [5, None, {"expression": 5}, {}]}),
        json.dumps({**FIVE, "objective": {"sense": "best", "expression": "x"}}),
        json.dumps({**FIVE, "sets": [{"name": "import", "elements": ["a"]}]}),
        json.dumps({**FIVE, "parameters": [{"name": "n", "value": float("nan")}]}),
        json.dumps(FIVE)[: len(json.dumps(FIVE)) // 2],
        NESTED,
        "\ufffd\x00\x01",
    ],
)
def test_a_reply_that_says_no_formulation_is_a_draft_with_a_fault(reply: str) -> None:
    made = draft_of(reply)
    assert made.formulation is None
    assert made.fault


@pytest.mark.parametrize("finish", [Finish.length, Finish.refused])
def test_a_reply_that_was_cut_or_refused_is_a_draft_with_a_fault(finish: Finish) -> None:
    made = draft_of(Reply(text=json.dumps(FIVE), finish=finish, model="m"))
    assert made.formulation is None
    assert made.fault


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*FIVE, "name", "expression"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_formulation_or_a_fault(value: Any) -> None:
    made = draft_of(json.dumps(value))
    assert (made.formulation is None) == bool(made.fault)


def test_what_a_reply_used_up_is_counted() -> None:
    made = draft_of("no")
    assert made.usage.completion_tokens == 1
    assert made.usage.prompt_tokens > 100


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("x < 10", "x <= 10"),
        ("x > 10", "x >= 10"),
        ("3 < x < 10", "3 <= x <= 10"),
        ("x <= 10", "x <= 10"),
        ("x >= 10", "x >= 10"),
        ("x == 10", "x == 10"),
        ("sum(x[i] for i in I if i < 3) < 10", "sum(x[i] for i in I if i < 3) <= 10"),
        ("x[t > 1] > 2", "x[t > 1] >= 2"),
        ("x<3", "x<=3"),
        ("", ""),
        (")<", ")<"),
        ("implies(x > 5, y < 3)", "implies(x > 5, y <= 3)"),
        ("implies(i in (a, b), 2 > y)", "implies(i in (a, b), 2 >= y)"),
        (
            "implies(z[i, j] == 1, sum(x[i] for i in I if i > 1) < 3)",
            "implies(z[i, j] == 1, sum(x[i] for i in I if i > 1) <= 3)",
        ),
    ],
)
def test_a_strict_relation_outside_of_brackets_takes_in_its_limit(written: str, read: str) -> None:
    assert without_strict(written) == read


@settings(deadline=None)
@given(st.text("xI<>=()[] 3", max_size=20))
def test_making_relations_not_strict_twice_changes_nothing_more(text: str) -> None:
    once = without_strict(text)
    assert without_strict(once) == once


def test_a_strict_constraint_of_a_reply_becomes_one_that_a_solver_knows() -> None:
    rows = [{"name": "wood", "expression": "sum(oak[p] * x[p] for p in P if oak[p] > 1) < 420"}]
    made = draft_of(json.dumps({**FIVE, "constraints": rows}))
    assert made.formulation is not None
    (row,) = made.formulation.constraints
    assert row.expression == "sum(oak[p] * x[p] for p in P if oak[p] > 1) <= 420"


# --- the next round ------------------------------------------------------------------------------


def attempt(reply: str) -> Attempt:
    """One round: drafted, checked and solved where it can be."""
    made = draft_of(reply)
    findings = check(made.formulation, CHAIRS) if made.formulation else ()
    return Attempt(1, made, findings)


TURNED = json.dumps(
    {**FIVE, "objective": {**FIVE["objective"], "sense": "minimize"}, "constraints": []}
)


def test_a_repair_shows_the_last_reply_and_all_that_speaks_against_it() -> None:
    last = attempt(TURNED)
    *_, reply, question = ask(last).messages
    assert (reply.role, reply.content) == (Role.assistant, TURNED)
    assert question.role is Role.user
    assert last.evidence
    assert all(line in question.content for line in last.evidence)


def test_a_repair_of_no_formulation_shows_the_fault() -> None:
    last = attempt('{"variables": 5}')
    assert last.draft.fault in ask(last).messages[-1].content


def test_a_repair_goes_on_from_the_first_question() -> None:
    first, repair = ask(), ask(attempt(TURNED))
    assert repair.messages[: len(first.messages)] == first.messages


def test_only_the_last_reply_is_shown() -> None:
    one, two = attempt(TURNED), attempt("I do not know.")
    contents = [message.content for message in ask(one, two).messages]
    assert "I do not know." in contents
    assert TURNED not in contents


def test_a_round_without_a_reply_of_its_own_is_asked_afresh() -> None:
    silent = Attempt(1, Draft("staged", None, "the model named nothing"))
    assert ask(silent).messages == ask().messages


def test_the_repair_of_a_long_list_of_faults_stays_short() -> None:
    text = CHAIRS + " Also " + ", ".join(str(number) for number in range(1000, 1400)) + "."
    made = draft(Scripted([TURNED]), text=text)
    assert made.formulation is not None
    last = Attempt(1, made, check(made.formulation, text))
    assert len(last.evidence) > 300
    question = ask(last, text=text).messages[-1].content
    assert len(question) < 8_000


def test_the_sense_of_a_right_answer_is_kept() -> None:
    made = draft_of(json.dumps(FIVE)).formulation
    assert made is not None
    assert made.objective.sense is Sense.maximize


def tuned_request(*earlier: Attempt, tables: Data | None = None) -> Request:
    model = Scripted([json.dumps(FIVE)], features=UNTUNED | {Feature.tuned_elements})
    asking = Asking(read_problem(CHAIRS), model, list(earlier), tables or Data({}))
    asyncio.run(Direct().draft(asking, temperature=0, seed=0))
    return model.requests[0]


def test_a_tuned_model_writes_freely_until_a_reply_could_not_be_read() -> None:
    """What a schema requires stands first in llama.cpp: another order than the model learned."""
    read = Formulation.model_validate(FIVE)
    assert tuned_request().json_schema is None
    assert tuned_request(Attempt(1, Draft("direct", read, text="{}"))).json_schema is None
    held = tuned_request(Attempt(1, Draft("direct", None, "no JSON", "Well"))).json_schema
    assert held == without_demands(schema(()))
    assert list(held["properties"]) == list(FIVE)
    assert '"required": ["' not in json.dumps(held)


def test_a_tuned_model_is_asked_about_tables_like_any_other() -> None:
    tables = Data({"t": {"v": [1.5, 2.0]}})
    asked = tuned_request(tables=tables)
    assert asked.shared > 1
    assert asked.json_schema == schema(("t",))
