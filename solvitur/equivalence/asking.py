"""A language model is asked for a mapping, and told why one that it gave is refuted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.symbolic import Definition, mapping_of
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.markdown import to_markdown
from solvitur.formulation.printing import cut
from solvitur.llm import (
    Feature,
    Message,
    Model,
    Reply,
    Request,
    Sampling,
    Unparsed,
    Usage,
    read,
    supports,
)
from solvitur.prompts.library import render

_MOST_TEXT = 24_000
"""Characters of both formulations; what is longer is not shown to a model."""
_LONGEST_LINE = 400
_LONGEST_REASON = 2_000
_MOST_TOKENS = 4_000


class Mappings(BaseModel):
    """What a model answers: how each side is made from the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    A_from_B: tuple[Definition, ...] = Field(default=(), max_length=2_000)
    B_from_A: tuple[Definition, ...] = Field(default=(), max_length=2_000)

    def __str__(self) -> str:
        """Write all its equations, one a line."""
        return "\n".join(map(str, (*self.A_from_B, *self.B_from_A)))


@dataclass(frozen=True)
class Proposal:
    """A mapping that a model wrote, on one instance; None in a direction it knows none for."""

    written: Mappings
    there: Mapping | None
    """From A to B."""
    back: Mapping | None
    """From B to A."""


@dataclass(frozen=True)
class Asked:
    """What came of asking."""

    proposal: Proposal | None
    """The one that was not refuted."""
    reasons: tuple[str, ...] = ()
    """Why each of the others was."""
    usage: Usage = field(default_factory=Usage)


Judge = Callable[[Proposal], str | None]
"""Says why a mapping is refuted, in words for the model; None accepts it."""


async def ask(a: Instance, b: Instance, model: Model, judge: Judge, *, tries: int = 3) -> Asked:
    """Ask for a mapping between two formulations, up to so many times.

    Args:
        a: An instance of one formulation.
        b: An instance of the other.
        model: Who is asked.
        judge: Verifies what it says; its words go back to the model.
        tries: How often it is asked at most.

    Raises:
        ModelError: The model cannot be asked.
    """
    question = _question(a.formulation, b.formulation)
    if question is None:
        return Asked(None, ("the formulations are too long to be shown to a model",))
    reasons: list[str] = []
    usage, conversation = Usage(), [question]
    for number in range(tries):
        reply = await model.reply(_request(model, conversation, number))
        usage += reply.usage
        proposal, reason = _proposal(reply, a, b)
        reason = reason or (judge(proposal) if proposal else None)
        if reason is None:
            return Asked(proposal, tuple(reasons), usage)
        reasons.append(reason)
        told = render("mapping_refuted", why=cut(reason, _LONGEST_REASON))
        conversation = [question, Message.assistant(reply.text), Message.user(told)]
    return Asked(None, tuple(reasons), usage)


def _question(a: Formulation, b: Formulation) -> Message | None:
    texts = [_shown(each) for each in (a, b)]
    if sum(map(len, texts)) > _MOST_TEXT:
        return None
    return Message.user(render("mapping_question", a=texts[0], b=texts[1]))


def _shown(formulation: Formulation) -> str:
    """Write a formulation, long lines of data cut."""
    return "\n".join(cut(line, _LONGEST_LINE) for line in to_markdown(formulation).splitlines())


def _request(model: Model, conversation: list[Message], number: int) -> Request:
    has_schema = supports(model, Feature.json_schema)
    return Request(
        messages=(Message.system(render("mapping_system")), *conversation),
        shared=1,
        json_schema=Mappings.model_json_schema() if has_schema else None,
        sampling=Sampling(seed=number, max_tokens=_MOST_TOKENS),
    )


def _proposal(reply: Reply, a: Instance, b: Instance) -> tuple[Proposal | None, str | None]:
    """Read a reply, or say why it is no mapping."""
    parsed = read(reply, Mappings)
    if isinstance(parsed, Unparsed):
        return None, parsed.reason
    written, found = parsed.value, []
    if not written.A_from_B and not written.B_from_A:
        return None, "both directions are empty"
    for definitions, source, target, sides in (
        (written.B_from_A, a, b, "AB"),
        (written.A_from_B, b, a, "BA"),
    ):
        try:
            found.append(
                mapping_of(definitions, source, target, sides=sides) if definitions else None
            )
        except FormulationError as error:
            return None, f"{_key(sides)}: {error}"
    return Proposal(written, *found), None


def _key(sides: str) -> str:
    """Give the key of the reply that a direction is under."""
    return f"{sides[1]}_from_{sides[0]}"
