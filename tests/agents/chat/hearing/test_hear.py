"""What is said is understood, or asked about; it is never guessed at silently."""

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents.chat.edits.edits import (
    AddConstraint,
    AddElement,
    Amount,
    RemoveConstraint,
    SetBound,
    SetParameter,
    edited,
)
from solvitur.agents.chat.hearing.hear import Context, hear
from solvitur.agents.chat.hearing.intents import (
    Ask,
    Courtesy,
    Intent,
    NewProblem,
    No,
    Revise,
    Unclear,
    Undo,
    WhatIf,
    Why,
    Yes,
)
from solvitur.errors import BadReply
from solvitur.formulation import Formulation, diff
from solvitur.llm import Reply, Request, Scripted, connect, layered
from solvitur.llm.catalog import find_entry
from solvitur.llm.model import Token
from solvitur.llm.store import installed
from solvitur.solvers import solve

BANK = json.loads(
    (Path(__file__).parents[4] / "benchmarks" / "data" / "follow_ups.json").read_text()
)
CHAIRS = Formulation.model_validate(BANK["formulations"]["chairs"])


def joinery() -> Formulation:
    file = Path(__file__).parents[3] / "formulations" / "lp_product_mix.json"
    return Formulation.from_json(file.read_text(encoding="utf-8"))


def heard(words: str, model: Scripted | None = None, **context: Any) -> Intent:
    where = Context(**{"formulation": CHAIRS, **context})
    return asyncio.run(hear(words, where, model))


def change_of(words: str, model: Scripted | None = None, **context: Any) -> str:
    intent = heard(words, model, **context)
    assert isinstance(intent, Revise | WhatIf), intent
    formulation = context.get("formulation", CHAIRS)
    return str(diff(formulation, edited(formulation, intent.edits)))


# --- by rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("labour is only 30 hours", "parameter 'labour': 40 -> 30 [h]"),
        ("we have half an hour more of labour", "parameter 'labour': 40 -> 40.5 [h]"),
        ("profit of chairs rises by 10 %", "parameter 'profit': [chair] 30 -> 33 [USD/item]"),
        ("all profits fall by a third", "parameter 'profit': [chair] 30 -> 20, [table] 50 -> 33"),
        ("a chair takes 90 minutes of labour", "parameter 'labour_needed': [chair] 2 -> 1.5"),
        ("at most two tables", 'is new: `x["table"] <= 2`'),
        ("we need at least a dozen chairs", 'is new: `x["chair"] >= 12`'),
        ("more chairs than tables", 'is new: `x["chair"] >= x["table"]`'),
        ("as many chairs as tables", 'is new: `x["chair"] == x["table"]`'),
        (
            "no more than twice as many tables as chairs",
            'is new: `x["table"] <= 2 * x["chair"]`',
        ),
        ("forget the wood limit", "constraint 'wood_limit' is gone"),
        ("no tables please", 'is new: `x["table"] <= 0`'),
        ("the line for tables is closed", 'is new: `x["table"] <= 0`'),
        ("what if a chair sold for 35?", "parameter 'profit': [chair] 30 -> 35 [USD/item]"),
        ("minimise instead", "objective: maximize -> minimize"),
        ("labour is 50 hours and wood is 80", "parameter 'wood': 60 -> 80 [plank]"),
    ],
)
def test_plain_words_are_understood_without_a_model(words: str, line: str) -> None:
    assert line in change_of(words)


def test_what_closes_later_is_not_closed() -> None:
    assert isinstance(heard("the chair department closes an hour later"), Unclear)


def test_chairs_alone_can_be_fractional() -> None:
    intent = heard("chairs can be fractional")
    assert isinstance(intent, Revise)
    values = solve(edited(CHAIRS, intent.edits)).values["x"]
    assert not values["table",] % 1


def test_what_if_keeps_the_formulation() -> None:
    intent = heard("what if we had 20 more planks of wood?")
    assert isinstance(intent, WhatIf)
    assert intent.edits == (SetParameter(name="wood", key=(), amount=Amount(how="by", number=20)),)
    assert intent.formulation == edited(CHAIRS, intent.edits)


def test_a_new_product_comes_with_its_numbers() -> None:
    intent = heard("there is a third product, shelf: profit 20, 2 hours of labour, 4 of wood")
    assert isinstance(intent, Revise)
    (edit,) = intent.edits
    assert isinstance(edit, AddElement)
    assert {(e.name, e.number) for e in edit.entries} == {
        ("profit", 20),
        ("labour_needed", 2),
        ("wood_needed", 4),
    }


def test_what_a_new_product_lacks_is_asked_for() -> None:
    intent = heard("there is a third product, shelf: profit 20")
    assert isinstance(intent, Unclear)
    assert intent.question == "What is this for shelf: labour_needed[shelf], wood_needed[shelf]?"


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("why?", Why()),
        ("why not more chairs?", Why(about="why not more chairs?")),
        ("what does limit us?", Why()),
        ("what is a shadow price?", Ask(words="what is a shadow price?")),
        ("yes", Yes()),
        ("Ja", Yes()),
        ("oui", Yes()),
        ("sí", Yes()),
        ("nein", No()),
        ("Go ahead.", Yes()),
        ("no", No()),
        ("undo that", Undo()),
        ("thanks!", Courtesy()),
        ("Hello there", Courtesy()),
        ("blabla", Courtesy()),
        ("new problem: a farmer has 3 fields", NewProblem(words="a farmer has 3 fields")),
    ],
)
def test_what_changes_nothing_is_told_apart(words: str, intent: Intent) -> None:
    assert heard(words) == intent


def test_no_and_a_comma_opens_a_correction() -> None:
    assert change_of("no, labour is 45") == "parameter 'labour': 40 -> 45 [h]"


def test_without_a_formulation_every_message_is_a_problem() -> None:
    assert heard("chairs and tables", formulation=None) == NewProblem(words="chairs and tables")


@pytest.mark.parametrize(
    "row", [r for r in BANK["follow_ups"] if r["split"] == "train"], ids=lambda row: row["say"][:40]
)
def test_the_follow_ups_that_the_rules_were_made_with_are_understood(row: Any) -> None:
    formulation = Formulation.model_validate(BANK["formulations"][row["on"]])
    intent = heard(row["say"], formulation=formulation)
    assert intent.kind == row["intent"]
    if isinstance(intent, Revise | WhatIf):
        solution = solve(edited(formulation, intent.edits))
        assert solution.outcome.value == row["outcome"]
        assert solution.objective == pytest.approx(row.get("objective"))


# --- questions -----------------------------------------------------------------------------------


def test_what_is_in_no_element_is_asked_about() -> None:
    intent = heard("what if we have 5 more machines?")
    assert isinstance(intent, Unclear)
    assert intent.question.startswith('I do not find "machines"')


def test_what_a_resource_costs_is_neither_how_much_there_is_of_it_nor_what_is_used() -> None:
    intent = heard("what if labour costs 5 more?", formulation=joinery())
    assert isinstance(intent, Unclear)
    assert intent.options == ()
    assert intent.question.startswith('Nothing here is the cost of "labour". Which of its numbers')
    assert change_of("a desk costs 20 hours of labour", formulation=joinery()) == (
        "parameter 'use': [labour, desk] 22 -> 20"
    )


def test_what_costs_more_is_worth_less_unless_its_price_is_meant() -> None:
    asked = heard("what if a chair costs 5 more?", formulation=joinery())
    assert isinstance(asked, Unclear)
    assert [option.words.rpartition("-> ")[2] for option in asked.options] == ["40", "50"]
    assert isinstance(heard("a chair costs 50", formulation=joinery()), Unclear)
    assert change_of("chairs sell for 5 more", formulation=joinery()) == (
        "parameter 'profit': [chair] 45 -> 50 [USD/item]"
    )


@pytest.mark.parametrize(
    ("on", "words", "thing"),
    [
        ("chairs", "what if steel costs 5 more?", "steel"),
        ("chairs", "wood costs 5 more", "wood"),
        ("chairs", "a chair costs 50", "chair"),
        ("juice", "sugar costs 5 more per kg", "sugar"),
        ("easy-14", "petrol costs 5 more", "petrol"),  # every vehicle has a cost, petrol has none
        ("lp_diet", "what if meat costs 2 more?", "meat"),
        ("easy-02", "there are 20 places and the wages of doctors rise by 2", "doctors"),
        ("sandwiches", "petrol doubles in price", "petrol"),
    ],
)
@pytest.mark.parametrize("asks", [True, False])
def test_what_nothing_is_the_cost_of_is_said_and_no_model_guesses(
    on: str, words: str, thing: str, asks: bool
) -> None:
    model, formulation = Scripted([]), Formulation.model_validate(BANK["formulations"][on])
    intent = heard(words, model, formulation=formulation, asks=asks)
    assert isinstance(intent, Unclear)
    assert intent.question.startswith(f'Nothing here is the cost of "{thing}". Which of its')
    assert model.requests == []


STAFF = Formulation.model_validate(
    {
        "variables": [
            {"name": "full_time", "domain": "integer", "doc": "full-time workers"},
            {"name": "part_time", "domain": "integer", "doc": "part-time workers"},
        ],
        "objective": {
            "sense": "minimize",
            "expression": "60 * full_time + 35 * part_time",
            "doc": "total wages",
        },
        "constraints": [{"name": "cover", "expression": "5 * full_time + 2 * part_time >= 20"}],
    }
)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (
            "part time workers cost 40",
            "objective: `60 * full_time + 35 * part_time` -> `60 * full_time + 40 * part_time`",
        ),
        ("no part-time workers", "variable 'part_time': upper bound none -> 0"),
        ("at most 2 part-time workers", "variable 'part_time': upper bound none -> 2"),
        (
            "the wages must be at most 300",
            "constraint 'wages' is new: `60 * full_time + 35 * part_time <= 300`",
        ),
    ],
)
def test_part_time_is_what_is_decided_on_where_it_is_called_so(words: str, change: str) -> None:
    assert change_of(words, formulation=STAFF) == change


@pytest.mark.parametrize("name", ["sulphur_max", "sulphur max", "Sulphur-max"])
def test_a_name_is_known_however_its_words_are_joined(name: str) -> None:
    formulation = Formulation.model_validate(
        {
            "parameters": [
                {"name": "sulphur", "value": 0.5},
                {"name": "sulphur_max", "value": 1},
            ],
            "variables": [{"name": "buy", "upper": 9}],
            "objective": {"sense": "maximize", "expression": "buy"},
            "constraints": [{"name": "clean", "expression": "sulphur * buy <= 2 * sulphur_max"}],
        }
    )
    change = change_of(f"{name} is 0.8", formulation=formulation)
    assert change == "parameter 'sulphur_max': 1 -> 0.8"


def blend(*crudes: str) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "C", "elements": list(crudes), "doc": "crudes"}],
            "parameters": [
                {"name": "price", "index": ["C"], "default": 50, "doc": "price of a tonne"}
            ],
            "variables": [{"name": "buy", "index": ["C"], "doc": "crude bought"}],
            "objective": {"sense": "minimize", "expression": "sum(price[c] * buy[c] for c in C)"},
            "constraints": [{"name": "order", "expression": "sum(buy[c] for c in C) >= 9"}],
        }
    )


@pytest.mark.parametrize("crudes", [("crude_a", "crude_b"), ("crude A", "crude B"), ("A", "B")])
@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("crude A costs 5 more", 0),
        ("what if crude a costs 5 more?", 0),
        ("the price of crude B is 52", 1),
        ("at most 20 of crude b", 1),
        ("no crude b", 1),
    ],
)
def test_what_a_letter_tells_apart_is_not_changed_together(
    crudes: tuple[str, ...], words: str, which: int
) -> None:
    intent = heard(words, formulation=blend(*crudes))
    assert isinstance(intent, Revise | WhatIf)
    (edit,) = intent.edits
    assert isinstance(edit, SetParameter | SetBound)
    assert edit.key == (crudes[which],)


DEARER = "parameter 'cost': [minibus] 65 -> 70, [taxi] 22 -> 27, [ambulance] 48 -> 53 [GBP/run]"


@pytest.mark.parametrize(
    ("on", "words", "change"),
    [
        ("easy-14", "every run costs 5 more", DEARER),
        ("easy-14", "vehicles cost 5 more", DEARER),
        (
            "easy-02",
            "wages rise by 2",
            "parameter 'wage': [nurse] 38 -> 40, [pharmacist] 26 -> 28 [USD/h]",
        ),
        ("lp_diet", "eggs cost 20 cents more", "parameter 'cost': [eggs] 0.8 -> 1 [USD/serving]"),
    ],
)
def test_what_is_the_cost_of_something_is_changed(on: str, words: str, change: str) -> None:
    formulation = Formulation.model_validate(BANK["formulations"][on])
    assert change_of(words, formulation=formulation) == change


@pytest.mark.parametrize(
    ("words", "constraint"),
    [
        ("the profit must be at least 200", ">= 200"),
        ("make at least 200 dollars of profit", ">= 200"),
        ("keep the total profit below 200", "<= 200"),
    ],
)
def test_a_limit_on_the_goal_is_one_on_all_of_it(words: str, constraint: str) -> None:
    intent = heard(words)
    assert isinstance(intent, Revise)
    (edit,) = intent.edits
    assert isinstance(edit, AddConstraint)
    assert edit.constraint.expression == f"{CHAIRS.objective.expression} {constraint}"


@pytest.mark.parametrize("words", ["what if 3?", "=", "3"])
def test_without_a_word_no_model_is_asked_what_is_meant(words: str) -> None:
    assert isinstance(heard(words, Scripted([])), Unclear)


def test_one_question_names_what_may_be_meant_and_the_answer_chooses() -> None:
    asked = heard("it takes 3 hours of labour")
    assert isinstance(asked, Unclear)
    assert len(asked.options) > 1
    second = heard("the second one", asked=asked)
    assert isinstance(second, Revise)
    assert second.edits == asked.options[1].edits


def test_where_nobody_can_be_asked_the_likeliest_is_taken_and_listed() -> None:
    intent = heard("it takes 3 hours of labour", asks=False)
    assert isinstance(intent, Revise)
    (assumption,) = intent.assumptions
    assert assumption.startswith('"it takes 3 hours of labour" is read as')


def test_a_change_that_cannot_be_made_is_asked_about() -> None:
    plain = Formulation.model_validate(
        {
            "variables": [{"name": "chairs", "domain": "binary"}],
            "objective": {"sense": "maximize", "expression": "30 * chairs"},
        }
    )
    intent = heard("at most 5 chairs", formulation=plain)
    assert isinstance(intent, Unclear)
    assert "That cannot be done" in intent.question


# --- with a model --------------------------------------------------------------------------------

LABOUR = "labour"


def replying(**reply: Any) -> Scripted:
    return Scripted([json.dumps(reply)])


def test_what_no_rule_reads_is_asked_of_the_model_in_one_request() -> None:
    model = replying(kind="number", of=LABOUR, how="to", amount=25)
    words = "labour: the carpenter has a cold, 25 and not 40 nor 7 this time"
    assert change_of(words, model, asks=False) == "parameter 'labour': 40 -> 25 [h]"
    (request,) = model.requests
    assert request.json_schema is not None
    assert words.split(":")[0] in request.messages[-1].content


@pytest.mark.parametrize(
    "words", ["the helper gets only 25", "rent rises by 10", "on average no item over 25"]
)
def test_where_nobody_can_be_asked_no_guess_is_taken_that_the_words_do_not_bear_out(
    words: str,
) -> None:
    model = replying(kind="number", of="profit[chair]", how="to", amount=25)
    assert isinstance(heard(words, model, asks=False), Unclear)
    assert model.requests == []


def test_where_nobody_can_be_asked_only_what_the_message_has_a_word_of_is_offered() -> None:
    model = replying(kind="unclear")
    heard("the carpenter wants his labour cut to 25, says 40 is no fun", model, asks=False)
    (request,) = model.requests
    assert request.json_schema is not None
    of = request.json_schema["anyOf"][0]["properties"]["of"]["enum"]
    assert of == ["labour_needed[chair]", "labour_needed[table]", "labour"]


def test_the_reply_is_held_to_the_names_and_the_numbers_that_there_are() -> None:
    model = replying(kind="unclear")
    heard("the helper gets 5 more", model)
    (request,) = model.requests
    assert request.json_schema is not None
    kinds = {each["properties"]["kind"]["const"]: each for each in request.json_schema["anyOf"]}
    assert set(kinds) == {"number", "limit", "question", "unclear"}
    assert kinds["number"]["properties"]["amount"] == {"enum": [5]}
    assert LABOUR in kinds["number"]["properties"]["of"]["enum"]


def test_what_the_model_makes_of_strange_words_is_not_done_before_a_yes() -> None:
    model = replying(kind="number", of=LABOUR, how="by", amount=5)
    asked = heard("the helper gets 5 more", model)
    assert isinstance(asked, Unclear)
    assert asked.question == "Do you mean this: labour (labour available, now 40 h) -> 45?"
    assert isinstance(heard("yes", asked=asked), Revise)


@pytest.mark.parametrize(
    "reply", ["", "{", "[]", '{"kind": "number"}', '{"kind": "remove", "of": "everything"}', "null"]
)
def test_a_reply_that_says_nothing_leaves_a_question(reply: str) -> None:
    assert isinstance(heard("the helper gets 5 more", Scripted([reply])), Unclear)


def test_the_model_is_not_asked_where_the_words_leave_no_doubt() -> None:
    model = Scripted([])
    assert heard("labour is only 30 hours", model).kind == "change"
    assert model.requests == []


@pytest.mark.parametrize("words", ["the oven breaks", "asdf qwer"])
def test_words_that_the_problem_has_none_of_are_not_sent_to_the_model(words: str) -> None:
    model = Scripted([])
    asked = heard(words, model)
    assert isinstance(asked, Unclear)
    assert asked.question.startswith("I do not find ")
    assert model.requests == []


def test_words_that_ask_nothing_are_no_question_whatever_the_model_says() -> None:
    words = "the labour is quite hard these days"
    assert isinstance(heard(words, replying(kind="question")), Unclear)
    asked = "I wonder how the labour limit comes about"
    assert heard(asked, replying(kind="question")) == Ask(words=asked)


def test_several_changes_are_each_asked_of_the_model() -> None:
    replies = [{"kind": "number", "of": LABOUR, "how": "to", "amount": 35}]
    replies += [{"kind": "number", "of": "wood", "how": "to", "amount": 50}]
    model = Scripted([json.dumps(reply) for reply in replies])
    asked = heard("the carpenter has 35, and the forester 50", model)
    assert isinstance(asked, Unclear)
    (option,) = asked.options
    assert str(diff(CHAIRS, edited(CHAIRS, option.edits))) == (
        "parameter 'labour': 40 -> 35 [h]\nparameter 'wood': 60 -> 50 [plank]"
    )


def test_a_number_that_no_change_uses_is_named() -> None:
    model = replying(kind="number", of=LABOUR, how="to", amount=35)
    words = "the carpenter has labour of 35 for what the forester has 50 of"
    intent = heard(words, model, asks=False)
    assert isinstance(intent, Revise)
    assert intent.assumptions[-1] == 'not used: "50", as nothing was understood of it'
    asked = heard(words, replying(kind="number", of=LABOUR, how="to", amount=35))
    assert isinstance(asked, Unclear)
    assert asked.question.endswith('(It does not use "50".)')


@pytest.mark.parametrize(
    ("words", "line", "note"),
    [
        ("lbour is only 30 hours", "40 -> 30", '"lbour" is read as "labour"'),
        ("labuor is only 30 hours", "40 -> 30", '"labuor" is read as "labour"'),
        ("at most 2 tabels", '`x["table"] <= 2`', '"tabels" is read as "table"'),
    ],
)
def test_a_mistyped_name_is_taken_for_the_only_one_that_is_close(
    words: str, line: str, note: str
) -> None:
    assert line in change_of(words)
    intent = heard(words)
    assert isinstance(intent, Revise)
    assert intent.assumptions == (note,)


def test_another_word_is_not_taken_for_a_name_that_looks_like_it() -> None:
    asked = heard("the wool limit is 30 and chains are 20")
    assert not getattr(asked, "assumptions", ())


def choosing(choice: str, share: float) -> Scripted:
    """Choose the first or another reading, with that part of the probability."""
    top = ((choice, math.log(share)), ("2", math.log(1 - share)))
    token = Token(text=choice, logprob=math.log(share), top=top)
    return Scripted([Reply(text=choice, model="scripted", logprobs=(token,))])


def test_a_reading_that_the_model_is_sure_of_is_taken() -> None:
    words = "it takes 3 hours of labour"
    assert change_of(words, choosing("1", 0.95)) == "parameter 'labour': 40 -> 3 [h]"


def test_a_reading_that_the_model_is_not_sure_of_is_asked_about() -> None:
    asked = heard("it takes 3 hours of labour", choosing("1", 0.55))
    assert isinstance(asked, Unclear)
    assert len(asked.options) == 2


@pytest.mark.parametrize("answer", ["0", "I do not know"])
def test_a_choice_of_none_leaves_the_question(answer: str) -> None:
    model = Scripted([answer])
    assert isinstance(heard("it takes 3 hours of labour", model), Unclear)


@pytest.mark.model
def test_the_embedded_model_reads_what_no_rule_reads() -> None:
    if installed(find_entry("qwen2.5-coder-1.5b")) is None:
        pytest.skip("needs a model: solvitur models pull qwen2.5-coder-1.5b")
    model = layered(connect("local:qwen2.5-coder-1.5b", threads=1))
    intent = asyncio.run(hear("it takes 3 hours of labour", Context(CHAIRS, asks=False), model))
    assert isinstance(intent, Revise)
    assert intent.assumptions


def test_a_model_that_fails_is_not_hidden() -> None:
    def fails(_: Request) -> str:
        raise BadReply("nothing came")

    with pytest.raises(BadReply):
        heard("the helper gets 5 more", Scripted(fails))


def test_hostile_words_change_nothing_but_numbers() -> None:
    intent = heard("__import__('os').system('x') <= 3; drop table chairs")
    assert isinstance(intent, Unclear)


def test_a_removal_and_an_exclusion_are_told_apart() -> None:
    limit, product = heard("drop the wood limit"), heard("drop the tables")
    assert isinstance(limit, Revise)
    assert isinstance(product, Revise)
    assert limit.edits == (RemoveConstraint(name="wood_limit"),)
    assert isinstance(product.edits[0], SetBound)
