import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.agents.draft import Asking, Draft
from solvitur.agents.problem import read_problem
from solvitur.agents.stepwise.staged import Staged
from solvitur.errors import BudgetExceeded, ModelUnavailable
from solvitur.eval import word_problems
from solvitur.formulation.checks import Code, check
from solvitur.formulation.elements import Domain, Sense
from solvitur.formulation.instance import Instance
from solvitur.llm import Finish, Reply, Request, Role, Scripted
from solvitur.prompts.library import examples
from solvitur.solvers import solve
from tests.agents.constraints import admits, enums, fits, literals, rules, step
from tests.agents.players import CHAIRS, Stepwise, joiner

OPEN = (
    "A joiner makes chairs and desks. A chair takes 3 kg of oak and 2 hours; a desk takes 7 kg of "
    "oak and 5 hours. They bring 30 and 80. He owns 420. There are 290 too, and perhaps 15. "
    "How many of each does he make?"
)
"""As `CHAIRS`, in words that leave open what limits what and which way."""
STEPS = ("variables", "rows", "row", "goal", "limit", "comparison")


def play(player: Any, text: str = CHAIRS, *, seed: int = 3) -> tuple[Draft, list[Request]]:
    """Let a model take part in one draft; give the draft and every request."""
    model = Scripted(player)
    asking = Asking(read_problem(text), model)
    return asyncio.run(Staged().draft(asking, temperature=0.5, seed=seed)), model.requests


def requests_for(name: str, player: Stepwise, text: str = CHAIRS) -> list[Request]:
    return [request for request in play(player, text)[1] if step(request) == name]


def grammar(request: Request) -> str:
    assert request.grammar is not None
    return request.grammar


def schema(request: Request) -> dict[str, Any]:
    assert request.json_schema is not None
    return request.json_schema


# --- a whole conversation ------------------------------------------------------------------------


def test_right_answers_lead_to_the_formulation_of_the_problem() -> None:
    draft, _ = play(joiner())
    assert draft.formulation is not None
    assert (draft.route, draft.fault) == ("staged", "")
    assert check(draft.formulation, CHAIRS) == ()
    solution = solve(draft.formulation)
    (amounts,) = solution.variables().values()
    assert (solution.objective, amounts) == (4610, {"chairs": 15, "desks": 52})


def test_a_decision_that_can_be_split_is_continuous() -> None:
    player = joiner(variables=[("chairs", "continuous"), ("desks", "continuous")])
    draft, _ = play(player)
    assert draft.formulation is not None
    assert {variable.domain for variable in draft.formulation.variables} == {Domain.continuous}


def test_counted_and_measured_decisions_stand_side_by_side() -> None:
    player = joiner(variables=[("chairs", "integer"), ("desks", "continuous")])
    draft, _ = play(player)
    assert draft.formulation is not None
    assert [v.domain for v in draft.formulation.variables] == [Domain.integer, Domain.continuous]
    assert solve(draft.formulation).objective == pytest.approx(4610)


def test_every_answer_of_the_right_player_is_one_that_was_allowed() -> None:
    _, requests = play(joiner())
    for request, after in pairwise(requests):
        answer = after.messages[len(request.messages)]
        assert answer.role is Role.assistant
        if request.grammar is not None:
            assert admits(request.grammar, answer.content)
        else:
            assert fits(schema(request), json.loads(answer.content))


EASY: dict[str, Stepwise] = {
    "easy-02": Stepwise(
        [("nurses", "integer"), ("pharmacists", "integer")],
        [("wage", (38, 26)), ("injections", (14, 11))],
        "minimize wage",
        ["injections >= 150", "total <= thirteen", "nurses >= half * pharmacists"],
    ),
}


def test_a_problem_with_a_share_and_number_words_is_solved() -> None:
    problem = next(each for each in word_problems() if each.id == "easy-02")
    draft, _ = play(EASY["easy-02"], problem.question)
    assert draft.formulation is not None
    assert solve(draft.formulation).objective == problem.answer.objective


def test_a_comparison_without_a_number_becomes_a_row() -> None:
    text = CHAIRS.replace("How many", "There must be more chairs than desks. How many")
    player = joiner(limits=[*joiner().limits, "chairs >= desks"])
    draft, _ = play(player, text)
    assert draft.formulation is not None
    assert solve(draft.formulation).objective == max(
        30 * c + 80 * d
        for c in range(15, 141)
        for d in range(c + 1)
        if 3 * c + 7 * d <= 420 and 2 * c + 5 * d <= 290
    )


def test_a_row_that_the_table_lacked_is_asked_for() -> None:
    player = joiner(rows=joiner().rows[:2], more_rows=joiner().rows[2:])
    draft, requests = play(player, OPEN)
    assert draft.formulation is not None
    assert "row" in map(step, requests)
    assert [p.name for p in draft.formulation.parameters if p.index] == ["oak", "hours", "earnings"]


def test_what_all_replies_used_up_is_added() -> None:
    draft, requests = play(joiner())
    words = sum(len(m.content.split()) for request in requests for m in request.messages)
    assert draft.usage.prompt_tokens == words


def test_the_same_problem_is_asked_in_the_same_way_again() -> None:
    assert [request.key for request in play(joiner())[1]] == [
        request.key for request in play(joiner())[1]
    ]


def test_another_seed_makes_every_request_another() -> None:
    keys = [{request.key for request in play(joiner(), seed=seed)[1]} for seed in (3, 4)]
    assert keys[0].isdisjoint(keys[1])


def test_no_request_is_made_twice_in_a_conversation() -> None:
    keys = [request.key for request in play(joiner())[1]]
    assert len(set(keys)) == len(keys)


# --- the prompt ----------------------------------------------------------------------------------


def test_each_question_goes_on_from_the_one_before() -> None:
    _, requests = play(joiner())
    for one, other in pairwise(requests):
        assert other.messages[: len(one.messages)] == one.messages
        assert len(other.messages) == len(one.messages) + 2


def test_everything_before_the_problem_is_the_same_for_every_problem() -> None:
    text = "Pack at most 7 boxes of 3 kg; a box earns $2. How many?"
    one = play(joiner())[1][0]
    other = play(Stepwise([("boxes", "integer")], [], "maximize total", []), text)[1][0]
    assert one.messages[:-1] == other.messages[:-1]
    assert text in other.messages[-1].content
    assert text not in "".join(message.content for message in one.messages)


def test_the_conversation_starts_with_its_examples_played_through() -> None:
    """Each example is asked as a problem would be, and every limit it lists is used."""
    first = play(joiner())[1][0]
    said = [message.content for message in first.messages]
    for example in examples("staged_examples"):
        player = _player_of(example)
        draft, requests = play(player, example["problem"])
        assert draft.formulation is not None
        stated = [part for limit in example["limits"] for part in limit.split("; ")]
        assert len(draft.formulation.constraints) == len(stated) - stated.count("none")
        for request in requests:
            assert request.messages[-1].content in said
        assert _answers(requests) <= set(said)


def _player_of(example: dict[str, Any]) -> Stepwise:
    rows = [(row["name"], list(row["values"].values())) for row in example["table"]]
    more = [(row["name"], list(row["values"].values())) for row in example["rows"] if row]
    variables = [(each["name"], each["domain"]) for each in example["variables"]]
    limits = [limit for limit in example["limits"] if limit != "none"]
    player = Stepwise(variables, rows, example["goal"], limits, more)
    player.instead = {"variables": json.dumps({"variables": example["variables"]})}
    player._left, player._rows_left = list(limits), list(more)
    return player


def _answers(requests: list[Request]) -> set[str]:
    last = requests[-1].messages
    start = len(requests[0].messages)
    return {message.content for message in last[start:] if message.role is Role.assistant}


@pytest.mark.parametrize("number", range(len(examples("staged_examples"))))
def test_an_example_teaches_an_answer_that_the_checks_accept(number: int) -> None:
    example = examples("staged_examples")[number]
    draft, _ = play(_player_of(example), example["problem"])
    assert draft.formulation is not None
    findings = check(draft.formulation, example["problem"])
    assert all(finding.code is Code.forgotten_number for finding in findings)
    assert solve(draft.formulation).outcome == "solved"


def test_words_that_look_like_a_template_are_only_words() -> None:
    text = "{{ 7 * 7 }} {% for x in y %} {# gone #} pack 20 boxes"
    player = Stepwise([("boxes", "integer")], [], "maximize total", ["boxes <= 20"])
    assert text in play(player, text)[1][0].messages[-1].content


# --- what is allowed -----------------------------------------------------------------------------


def test_the_table_has_a_column_for_each_decision_and_no_other() -> None:
    (request,) = requests_for("rows", joiner())
    row = {"name": "oak", "values": {"chairs": 3, "desks": 7}}
    assert fits(schema(request), {"rows": [row]})
    assert not fits(schema(request), {"rows": [{**row, "values": {"chairs": 3}}]})
    assert not fits(schema(request), {"rows": [{**row, "values": {**row["values"], "x": 3}}]})


def test_the_table_holds_numbers_of_the_text_and_nothing_else() -> None:
    (request,) = requests_for("rows", joiner())
    offered = [set(choice) for choice in enums(schema(request))]
    assert offered
    assert set().union(*offered) - {0, 1} == {3, 2, 30, 7, 5, 80}


def test_a_number_that_is_plainly_a_limit_is_no_entry_of_the_table() -> None:
    (request,) = requests_for("rows", joiner())
    assert all(420 not in choice and 290 not in choice for choice in enums(schema(request)))


@pytest.mark.parametrize(
    ("text", "senses"),
    [
        (OPEN, {"minimize", "maximize"}),
        (OPEN + " Maximize it.", {"maximize"}),
        (OPEN + " Minimise it.", {"minimize"}),
    ],
)
def test_the_goal_goes_the_way_that_the_words_say(text: str, senses: set[str]) -> None:
    (request,) = requests_for("goal", joiner(goal=f"{min(senses)} earnings"), text)
    offered = literals(grammar(request))
    assert offered & {sense.value for sense in Sense} == senses


@pytest.mark.parametrize("name", ["goal", "limit", "comparison"])
def test_every_name_that_a_grammar_offers_is_known(name: str) -> None:
    text = CHAIRS.replace("How many", "There must be more chairs than desks. How many")
    known = {"chairs", "desks", "oak", "hours", "earnings", "total"}
    for request in requests_for(name, joiner(), text):
        words = {each.strip() for each in literals(grammar(request)) if each.strip().isalpha()}
        assert words - {"none", "minimize", "maximize"} <= known


def test_a_goal_may_be_any_known_name_or_two_of_them() -> None:
    (request,) = requests_for("goal", joiner(), OPEN)
    for answer in ("maximize earnings", "minimize total", "maximize earnings - hours"):
        assert admits(grammar(request), answer)
    for answer in ("maximize", "maximize profit", "maximise earnings", "maximize 2 * oak"):
        assert not admits(grammar(request), answer)


def limits_by_number(text: str = CHAIRS, player: Stepwise | None = None) -> dict[str, str]:
    """Give the grammar that each number was asked about with."""
    requests = requests_for("limit", player or joiner(), text)
    numbers = read_problem(text).numbers
    found = {}
    for request in requests:
        (about,) = {n.text for n in numbers} & literals(grammar(request), "limit")
        found[about] = grammar(request)
    return found


def test_each_number_that_the_table_does_not_hold_is_asked_about() -> None:
    assert list(limits_by_number(OPEN)) == ["420", "290", "15"]


def test_what_the_words_settle_is_put_in_and_not_asked() -> None:
    draft, requests = play(joiner())
    assert [step(request) for request in requests] == ["variables", "rows"]
    assert draft.formulation is not None
    assert [row.expression.split()[-2] for row in draft.formulation.constraints] == [
        "<=",
        "<=",
        ">=",
    ]
    assert limits_by_number() == {}


def test_a_limit_is_about_its_own_number() -> None:
    grammars = limits_by_number(OPEN)
    assert admits(grammars["420"], "oak <= 420")
    assert not admits(grammars["420"], "oak <= 290")
    assert not admits(grammars["420"], "oak <= 42")
    assert not admits(grammars["420"], "oak <= chairs")


def test_a_limit_goes_the_way_that_plain_words_say_and_cannot_be_waived() -> None:
    found = limits_by_number(CHAIRS.replace("420 kg of oak,", "420 in store,"))["420"]
    assert admits(found, "oak <= 420")
    assert not admits(found, "oak >= 420")
    assert not admits(found, "none")


def test_a_number_without_a_plain_word_may_be_no_limit() -> None:
    grammars = limits_by_number(OPEN)
    assert admits(grammars["420"], "none")
    assert not admits(grammars["420"], "oak >= 420")  # what is to be most is held down
    found = limits_by_number(OPEN, joiner(goal="minimize earnings"))["420"]
    assert all(admits(found, f"oak {each} 420") for each in ("<=", ">="))


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("At most 30% of all pieces may be desks.", "desks <= 30% * total"),
        ("At least 20% of the oak must go into desks.", "oak(desks) >= 20% * oak"),
        ("He makes at least twice as many chairs as desks.", "chairs >= twice * desks"),
        ("He makes at least 6 more chairs than desks.", "chairs >= desks + 6"),
        (
            "The sum of 3 times the chairs and the desks is at most 90.",
            "3 times * chairs + desks <= 90",
        ),
        ("The difference between chairs and desks is at most 9.", "abs(chairs - desks) <= 9"),
    ],
)
def test_a_share_a_multiple_a_difference_and_a_sum_have_their_form(words: str, limit: str) -> None:
    text = CHAIRS.replace("At least 15 chairs are ordered.", f"{words} There are 15 too.")
    (request,) = requests_for("limit", joiner(), text)
    assert limit in [message.content for message in request.messages]


def test_what_each_may_be_is_two_limits() -> None:
    text = CHAIRS.replace("How many", "Of each he makes at most 60 pieces. How many")
    draft, _ = play(joiner(), text)
    assert draft.formulation is not None
    rows = [row.expression for row in draft.formulation.constraints]
    assert rows[3:] == [
        'amount["chairs"] <= chairs_max_limit',
        'amount["desks"] <= desks_max_limit',
    ]


def test_what_each_may_be_can_be_asked_as_two_limits() -> None:
    text = OPEN.replace("He owns 420.", "Each has 420.")
    assert admits(limits_by_number(text)["420"], "chairs <= 420; desks <= 420")


def test_every_limit_grammar_leaves_an_answer_to_give() -> None:
    """Whatever the words narrow down, something can always be said."""
    for problem in word_problems()[::3]:
        names = [("alpha", "integer"), ("beta", "integer")]
        player = Stepwise(names, [("gamma", (0, 0))], "maximize total", [])
        for request in play(_obliging(player), problem.question)[1]:
            if request.grammar is not None:
                assert rules(request.grammar)["root"]
                assert not any(" ::= ()" in line for line in request.grammar.splitlines())
                assert admits(request.grammar, _any_answer(request))


def _obliging(player: Stepwise) -> Any:
    """Answer limits and comparisons with the first thing that is allowed."""

    def answer(request: Request) -> str | Reply:
        if step(request) == "goal":
            return _any_answer(request)
        return _any_answer(request) if step(request) in ("limit", "comparison") else player(request)

    return answer


def _any_answer(request: Request) -> str:
    """Find an answer that the grammar admits among those that its literals can make."""
    found = grammar(request)
    words = literals(found)
    if step(request) == "goal":
        return f"{min(words & {'minimize', 'maximize'})} total"
    if admits(found, "none"):
        return "none"
    names = [each for each in words if each.isidentifier() and each not in ("none",)]
    for left in names:
        for relation in ("<=", ">=", "=="):
            for right in (*words, *(f"{n} * {name}" for n in words for name in names)):
                one = f"{left} {relation} {right}"
                for answer in (one, f"{one}; {one}"):
                    if admits(found, answer):
                        return answer
    return ""


# --- answers that are none -----------------------------------------------------------------------

ILLEGAL: dict[str, list[str]] = {
    "variables": [
        '{"variables": []}',
        '{"variables": [{"name": "total", "doc": "", "domain": "integer"}]}',
        '{"variables": [{"name": "x", "doc": "", "domain": "whole"}]}',
        '{"variables": [{"name": "x", "domain": "integer"}]}',
        '{"variables": {"name": "x"}}',
        '{"decisions": []}',
        "{}",
    ],
    "rows": [
        '{"rows": 3}',
        '{"table": []}',
        '{"rows": [{"name": "oak", "values": {"chairs": "three"}}]}',
        '{"rows": [{"name": "oak"}]}',
        '{"rows": [null]}',
    ],
    "row": ['{"rows": []}', '{"row": 7}', '{"row": {"name": "oak"}}', "{}"],
    "goal": [
        "maximize",
        "maximize profit",
        "maximize earnings -",
        "maximize earnings * 2",
        "best earnings",
        "none",
    ],
    "limit": [
        "oak <= 421",
        "oak < 420",
        "gold <= 420",
        "oak <= gold",
        "oak <= 420 * gold",
        "oak <= gold + 420",
        "oak <= 420; ",
        "oak 420",
        "<= 420",
        "none; none",
        "oak <= 420 420",
        "__import__('os') <= 420",
    ],
}
GARBAGE = ["I do not know.", "\x00\ufffd", "null", "[]", "7", '{"a":' * 500, "  \n "]
CASES = [(name, answer) for name, answers in ILLEGAL.items() for answer in [*answers, *GARBAGE]]


def failing(name: str, answer: str | Reply) -> Stepwise:
    """Answer one step wrongly; the table lacks a row so that each step comes up."""
    return joiner(rows=joiner().rows[:2], more_rows=joiner().rows[2:], instead={name: answer})


@pytest.mark.parametrize(("name", "answer"), CASES)
def test_an_illegal_answer_is_a_draft_with_a_fault(name: str, answer: str) -> None:
    draft, requests = play(failing(name, answer), OPEN)
    assert step(requests[-1]) == name
    assert draft.formulation is None
    assert draft.fault
    assert draft.usage.prompt_tokens > 0


@pytest.mark.parametrize("finish", [Finish.length, Finish.refused])
@pytest.mark.parametrize("name", ["variables", "rows", "row", "goal", "limit"])
def test_an_answer_that_was_cut_or_refused_is_a_draft_with_a_fault(
    name: str, finish: Finish
) -> None:
    reply = Reply(text="maximize earnings", finish=finish, model="m")
    draft, _ = play(failing(name, reply), OPEN)
    assert draft.formulation is None
    assert finish.value in draft.fault


def test_a_table_with_strange_columns_makes_no_exception() -> None:
    rows = json.dumps({"rows": [{"name": "oak", "values": {"chairs": 3, "gold": 7}}]})
    draft, _ = play(joiner(instead={"rows": rows}, goal="maximize total", limits=["oak <= 420"]))
    assert (draft.formulation is None) == bool(draft.fault)


def test_a_row_without_a_number_is_left_out() -> None:
    player = joiner(rows=[*joiner().rows, ("nothing", (0, 0)), ("oak", (5, 5)), ("wood", (3, 7))])
    draft, _ = play(player)
    assert draft.formulation is not None
    indexed = [p.name for p in draft.formulation.parameters if p.index]
    assert indexed == ["oak", "hours", "earnings"]
    assert draft.formulation.parameters[0].values == {"chairs": 3, "desks": 7}


def test_a_row_that_is_called_like_something_else_is_called_by_what_it_counts() -> None:
    rows = [("total", (3, 7)), ("chairs", (2, 5)), ("earnings", (30, 80))]
    limits = ["kg_of <= 420", "hours <= 290", "chairs >= 15"]
    draft, _ = play(joiner(rows=rows, limits=limits))
    assert draft.formulation is not None
    assert solve(draft.formulation).objective == 4610


def test_a_row_that_the_words_spell_out_needs_no_asking() -> None:
    draft, requests = play(joiner(rows=[joiner().rows[0], joiner().rows[2]]))
    assert "row" not in map(step, requests)
    assert draft.formulation is not None
    assert solve(draft.formulation).objective == 4610


def test_a_decision_named_twice_is_one() -> None:
    player = joiner(instead={"variables": json.dumps({"variables": [
        {"name": name, "doc": "", "domain": "integer"} for name in ("chairs", "desks", "chairs")
    ]})})  # fmt: skip
    draft, _ = play(player)
    assert draft.formulation is not None
    assert draft.formulation.sets[0].elements == ("chairs", "desks")


@pytest.mark.parametrize(
    "names", [("min", "sum"), ("for", "in"), ("items", "amount"), ("i", "total_"), ("len", "x")]
)
@pytest.mark.parametrize("domains", [("integer", "integer"), ("integer", "continuous")])
def test_names_that_mean_something_else_elsewhere_are_only_names(
    names: tuple[str, str], domains: tuple[str, str]
) -> None:
    player = joiner(
        variables=list(zip(names, domains, strict=True)),
        rows=[("max", (3, 7)), ("and", (2, 5)), ("class", (30, 80))],
        goal="maximize class",
        limits=["max <= 420", "and <= 290", f"{names[0]} >= 15"],
    )
    draft, _ = play(player)
    assert draft.formulation is not None
    assert solve(draft.formulation).objective == pytest.approx(4610)


def test_a_model_that_is_down_and_a_spent_budget_are_for_the_caller() -> None:
    for error in (ModelUnavailable("gone"), BudgetExceeded("spent")):

        def broken(request: Request, error: Exception = error) -> str:
            raise error

        with pytest.raises(type(error)):
            play(broken)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(STEPS), st.text(max_size=30), min_size=1),
    st.sampled_from([CHAIRS, "Pack 7 boxes.", "7 7 7 7 7", "twice 20% half"]),
)
def test_any_answers_make_a_formulation_or_a_fault(answers: dict[str, str], text: str) -> None:
    draft, _ = play(joiner(instead=answers), text)
    assert (draft.formulation is None) == bool(draft.fault)
    if draft.formulation is not None:
        Instance(draft.formulation)
