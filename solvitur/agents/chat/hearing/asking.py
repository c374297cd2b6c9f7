"""What a message changes, where its words leave it open: one request to the model.

The reply is held to the names of the formulation and to the numbers of the message, so that nothing
can be made up; "unclear" is always among the answers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from solvitur.agents.chat.edits.edits import (
    Amount,
    Edit,
    How,
    RemoveConstraint,
    SetDomain,
    Side,
)
from solvitur.agents.chat.hearing.numbers import unit_fit
from solvitur.agents.chat.hearing.readings import Heard, constrained
from solvitur.agents.chat.hearing.relations import totals
from solvitur.agents.chat.hearing.saying import ASKS, Saying
from solvitur.agents.chat.hearing.vocabulary import Place, VariableEntry, Vocabulary, stems
from solvitur.errors import BadReply, FormulationError
from solvitur.formulation.elements import Domain
from solvitur.formulation.printing import one_line, show_number
from solvitur.formulation.words.numerals import Kind
from solvitur.llm import Message, Model, Parsed, Request, Sampling, choosing, parse
from solvitur.prompts.library import examples, render

MOST = 40
"""Numbers and decisions that are offered, those nearest to the words first."""
_NO_CHANGE = ("question", "unclear")
"""Kinds of reply that change nothing."""


@dataclass(frozen=True)
class Asked:
    """What the model made of a message."""

    heard: Heard | None
    """``None`` where it understood nothing."""
    is_question: bool = False


@dataclass(frozen=True)
class _Offer:
    """What may be named in the reply."""

    places: dict[str, Place]
    things: dict[str, VariableEntry | str]
    constraints: dict[str, str]
    amounts: tuple[float, ...]

    def borne_out(self, said: Saying) -> "_Offer":
        """Leave what the message has a word of, or a unit that a number of it is measured in."""
        content, number = {*said.content}, next(iter(said.numbers), None)
        cue = said.cue(number) if number is not None else None
        relation = cue.relation if cue is not None and cue.is_plain else None
        return replace(
            self,
            places={
                label: place
                for label, place in self.places.items()
                if relation in (None, place.relation)
                if not content.isdisjoint(place.words) or unit_fit(said, place, number) > 0
            },
            things={
                label: thing
                for label, thing in self.things.items()
                if not content.isdisjoint(
                    thing.words if isinstance(thing, VariableEntry) else stems(label)
                )
            },
            constraints={
                name: doc
                for name, doc in self.constraints.items()
                if not content.isdisjoint((*stems(name), *stems(doc)))
            },
        )

    @property
    def is_empty(self) -> bool:
        """Whether no change can be named."""
        return len(self.schema()["anyOf"]) == len(_NO_CHANGE)

    def schema(self) -> dict[str, Any]:
        """Hold the reply to one change of what is offered."""
        kinds: list[dict[str, Any]] = []
        amount = {"enum": [int(a) if a.is_integer() else a for a in self.amounts]}
        if self.amounts and self.places:
            how = {"enum": [each.value for each in How]}
            kinds.append(_object("number", of={"enum": [*self.places]}, how=how, amount=amount))
        if self.amounts and self.things:
            relation = {"enum": ["<=", ">=", "=="]}
            of = {"enum": [*self.things]}
            kinds.append(_object("limit", of=of, relation=relation, amount=amount))
        if not self.amounts:
            if self.constraints:
                kinds.append(_object("remove", of={"enum": [*self.constraints]}))
            single = [
                label for label, thing in self.things.items() if isinstance(thing, VariableEntry)
            ]
            if single:
                kinds.append(
                    _object(
                        "domain", of={"enum": single}, domain={"enum": ["integer", "continuous"]}
                    )
                )
                kinds.append(_object("none_of", of={"enum": single}))
        return {"anyOf": [*kinds, *map(_object, _NO_CHANGE)]}


async def ask(
    said: Saying, known: Vocabulary, model: Model, *, seed: int = 0, is_borne_out: bool = False
) -> Asked:
    """Ask the model what a message changes that no rule reads.

    Where nothing of what may be offered is left and it is no question either, none is asked.

    Args:
        said: The message.
        known: What it can speak of.
        model: Who is asked.
        seed: For what is drawn.
        is_borne_out: Whether only what the message has a word of is offered, as nobody confirms
            what comes of it.

    Raises:
        ModelError: The model gave no reply.
    """
    offer = _offered(said, known)
    if is_borne_out:
        offer = offer.borne_out(said)
        if offer.is_empty and not said.has(ASKS):
            return Asked(None)
    reply = await model.reply(_request(said, offer, seed))
    parsed = parse(reply.text, dict[str, Any])
    answer = parsed.value if isinstance(parsed, Parsed) else {}
    try:
        heard = _heard(answer, offer, said, known)
    except (ValueError, TypeError, KeyError):
        heard = None
    return Asked(heard, answer.get("kind") == "question")


async def choose(
    said: Saying, model: Model, found: Sequence[Heard], *, seed: int = 0
) -> tuple[Heard | None, float]:
    """Ask the model which of some readings is meant; give it with how sure that is, 0 to 1.

    Raises:
        ModelError: The model gave no reply.
    """
    numbers = [str(n) for n in range(len(found) + 1)]
    question = render("hearing_choice", words=said.text, options=[h.words for h in found])
    try:
        choice = await choosing.choose(model, [], question, numbers, seed=seed)
    except BadReply:
        return None, 0.0
    if choice.word == "0":
        return None, 0.0
    return found[int(choice.word) - 1], choice.shares[choice.word]


def _object(kind: str, **properties: Any) -> dict[str, Any]:
    every = {"kind": {"const": kind}, **properties}
    return {
        "type": "object",
        "properties": every,
        "required": list(every),
        "additionalProperties": False,
    }


def _request(said: Saying, offer: _Offer, seed: int) -> Request:
    messages = [Message.system(render("hearing_system"))]
    for example in examples("hearing_examples"):
        values = {k: v for k, v in example.items() if k != "reply"}
        messages.append(Message.user(render("hearing_message", **values)))
        messages.append(Message.assistant(json.dumps(example["reply"])))
    question = render(
        "hearing_message",
        numbers=[f"{label}: {place.now}" for label, place in offer.places.items()],
        things=list(offer.things),
        constraints=[f"{name}: {doc}" for name, doc in offer.constraints.items()],
        words=said.text,
    )
    asked = (*messages, Message.user(question))
    sampling = Sampling(seed=seed, max_tokens=300)
    return Request(
        messages=asked, shared=len(messages), sampling=sampling, json_schema=offer.schema()
    )


def _offered(said: Saying, known: Vocabulary) -> _Offer:
    content = set(said.content)
    near = sorted(known.places, key=lambda p: -len(content & set(p.words)))[:MOST]
    places: dict[str, Place] = {}
    for place in near:
        places.setdefault(place.label, place)
    mentioned = known.mentioned(said.content)
    entries = [*mentioned, *(e for e in known.entries if e not in mentioned)][:MOST]
    things: dict[str, VariableEntry | str] = {e.label: e for e in known.entries if e in entries}
    things |= {f"the total of {name}": text for name, text in totals(known).items()}
    constraints = {
        c.name: one_line(c.doc)[:120] for c in known.instance.formulation.constraints[:MOST]
    }
    return _Offer(places, things, constraints, tuple(dict.fromkeys(_amounts(said))))


def _amounts(said: Saying) -> list[float]:
    found = []
    for number in said.numbers:
        found += [said.amount(number).number, number.value]
        if number.kind in (Kind.PERCENT, Kind.FRACTION):
            found += [1 + number.value, 1 - number.value]
    if said.factor:
        found.append(said.factor)
    return [float(f"{value:.12g}") for value in found]


def _heard(answer: dict[str, Any], offer: _Offer, said: Saying, known: Vocabulary) -> Heard | None:
    """Make a change of a reply; what it names is looked up, never taken as it stands.

    Raises:
        ValueError, TypeError, KeyError: It is not what was asked for.
    """
    edits: tuple[Edit, ...]
    match answer.get("kind"):
        case "number":
            place = offer.places[answer["of"]]
            amount = Amount(how=How(answer["how"]), number=float(answer["amount"]))
            edits, words = (place.change(amount),), f"{place.said} -> {_new(place, amount)}"
        case "limit":
            thing, value = offer.things[answer["of"]], float(answer["amount"])
            edits = (_limit(thing, str(answer["relation"]), value, said, known),)
            words = f"{answer['of']} {answer['relation']} {show_number(value)}"
        case "remove":
            name = str(answer["of"])
            edits, words = (RemoveConstraint(name=name),), f"without the constraint {name}"
        case "domain" | "none_of" as kind:
            entry = offer.things[answer["of"]]
            if not isinstance(entry, VariableEntry):
                return None
            edits, words = (_of_entry(kind, entry, answer, said),), f"{entry.label}: {kind}"
        case _:
            return None
    return Heard(edits, words, 0.0)


def _new(place: Place, amount: Amount) -> str:
    try:
        return show_number(amount.after(place.value))
    except FormulationError:
        return "?"


def _of_entry(kind: str, entry: VariableEntry, answer: dict[str, Any], said: Saying) -> Edit:
    if kind == "domain":
        domain = Domain(answer["domain"])
        return SetDomain(variable=entry.variable, key=entry.key or None, domain=domain)
    return entry.bounded("upper", 0, said.text)


def _limit(
    thing: VariableEntry | str, relation: str, value: float, said: Saying, known: Vocabulary
) -> Edit:
    if isinstance(thing, VariableEntry) and relation in ("<=", ">="):
        side: Side = "upper" if relation == "<=" else "lower"
        return thing.bounded(side, value, said.text)
    if relation not in ("<=", ">=", "=="):
        raise ValueError(relation)
    text = thing.text if isinstance(thing, VariableEntry) else thing
    return constrained(said, known, f"{text} {relation} {show_number(value)}")
