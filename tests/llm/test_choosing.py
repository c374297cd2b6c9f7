import asyncio
import math
from collections.abc import Mapping

import pytest

from solvitur.errors import BadReply
from solvitur.llm import Feature, Message, Reply, Scripted, Token, Usage
from solvitur.llm.choosing import Choice, choose

BEGINNING = [Message.system("Judge."), Message.user("Is 1 odd?"), Message.assistant("yes")]


class Plain(Scripted):
    """Takes text and gives text, and can do nothing else."""

    features = frozenset[Feature]()


def asked(model: Scripted, *words: str) -> Choice:
    return asyncio.run(choose(model, BEGINNING, "Is it?", words or ("yes", "no")))


def told(text: str, top: Mapping[str, float]) -> Reply:
    """A reply whose first token had these alternatives, with their probabilities."""
    listed = tuple((word, math.log(share)) for word, share in top.items())
    token = Token(text=text, logprob=listed[0][1], top=listed)
    return Reply(text=text, model="told", logprobs=(token,), usage=Usage(prompt_tokens=9))


def test_the_reply_is_held_to_the_words() -> None:
    model = Scripted(["the_wood"])
    assert asked(model, "the_wood", 'a "b"').word == "the_wood"
    assert model.requests[0].grammar == r'root ::= "the_wood" | "a \"b\""'


def test_what_does_not_depend_on_the_question_is_told_to_be_shared() -> None:
    model = Scripted(["yes"])
    asked(model)
    (request,) = model.requests
    assert request.messages == (*BEGINNING, Message.user("Is it?"))
    assert request.shared == len(BEGINNING)


def test_shares_are_read_from_the_likeliest_first_tokens() -> None:
    choice = asked(Scripted([told("no", {"no": 0.5, "yes": 0.1, " Yes": 0.1, "maybe": 0.3})]))
    assert choice.word == "no"
    assert choice.shares == pytest.approx({"yes": 2 / 7, "no": 5 / 7})
    assert choice.usage == Usage(prompt_tokens=9)


def test_a_token_that_begins_two_words_tells_nothing_of_either() -> None:
    choice = asked(
        Scripted([told("wood_b", {"wood": 0.8, "none": 0.2})]), "wood_a", "wood_b", "none"
    )
    assert choice.shares == {"wood_a": 0, "wood_b": 0, "none": 1}


def test_without_probabilities_the_word_counts() -> None:
    assert asked(Scripted(["yes"])).shares == {"yes": 1, "no": 0}


def test_a_model_that_takes_no_grammar_is_read_leniently() -> None:
    model = Plain([" No. The problem says at least."])
    assert asked(model).word == "no"
    assert (model.requests[0].grammar, model.requests[0].logprobs) == (None, None)


def test_a_word_that_only_begins_like_one_of_them_is_none() -> None:
    assert asked(Plain(["order_2"]), "order", "order_2").word == "order_2"
    for words in ("nothing of the kind", "yesterday"):
        with pytest.raises(BadReply):
            asked(Plain([words]))


def test_a_reply_with_none_of_the_words_is_no_choice() -> None:
    with pytest.raises(BadReply, match="none of yes, no: 'Perhaps'"):
        asked(Plain(["Perhaps"]))
