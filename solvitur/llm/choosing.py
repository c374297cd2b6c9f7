"""One of a few words from a model, and how sure it is of it."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solvitur.errors import BadReply
from solvitur.llm.model import Feature, Message, Model, Reply, Request, Sampling, Usage, supports

_ALTERNATIVES = 20
"""Likeliest first tokens that are looked at: those of all the words should be among them."""


@dataclass(frozen=True)
class Choice:
    """The word, and what each of the words is worth."""

    word: str
    shares: Mapping[str, float]
    """By word, its probability among the words; 1 and 0 where the model does not tell."""
    usage: Usage


async def choose(
    model: Model,
    beginning: Sequence[Message],
    question: str,
    words: Sequence[str],
    *,
    seed: int = 0,
) -> Choice:
    """Ask for one of some words, none of which is the beginning of another.

    A model that takes grammars is held to the words. What it holds of each is read from the
    likeliest first tokens, so the words should differ from their first token on.

    Args:
        model: Who is asked.
        beginning: The messages that this kind of question begins with, whatever the problem.
        question: What is asked.
        words: What may be answered.
        seed: For what the model draws.

    Raises:
        BadReply: The reply has none of the words.

    Example:
        >>> import asyncio
        >>> from solvitur.llm import Scripted
        >>> asyncio.run(choose(Scripted(["no"]), [], "Is it?", ["yes", "no"])).word
        'no'
    """
    grammar = f"root ::= {' | '.join(map(json.dumps, words))}"
    request = Request(
        messages=(*beginning, Message.user(question)),
        shared=len(beginning),
        grammar=grammar if supports(model, Feature.grammar) else None,
        logprobs=_ALTERNATIVES if supports(model, Feature.logprobs) else None,
        sampling=Sampling(max_tokens=24, seed=seed),
    )
    reply = await model.reply(request)
    word = _word(reply.text, words)
    return Choice(
        word, _shares(reply, words) or {each: each == word for each in words}, reply.usage
    )


def _word(text: str, words: Sequence[str]) -> str:
    said = text.strip().strip(".!\"'`")
    for word in words:
        if re.match(rf"{re.escape(word)}(?!\w)", said, re.IGNORECASE):
            return word
    raise BadReply(f"this is none of {', '.join(words)}: {text[:40]!r}")


def _shares(reply: Reply, words: Sequence[str]) -> dict[str, float]:
    """Read what each word is worth from the first token; empty where that tells nothing."""
    weights = dict.fromkeys(words, 0.0)
    first = reply.logprobs[0] if reply.logprobs else None
    for text, logprob in first.top if first else ():
        token = text.strip().lower()
        fitting = [word for word in words if token and word.lower().startswith(token)]
        if len(fitting) == 1:
            weights[fitting[0]] += math.exp(logprob)
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()} if total else {}
