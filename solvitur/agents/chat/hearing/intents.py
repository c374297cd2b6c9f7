"""What a message of a conversation can want, as data."""

from typing import Annotated, Literal

from pydantic import Field

from solvitur.agents.chat.edits.edits import Edit, Frozen
from solvitur.formulation.elements import Formulation


class Revise(Frozen):
    """Change the formulation, and solve it."""

    kind: Literal["change"] = "change"
    edits: tuple[Edit, ...]
    assumptions: tuple[str, ...] = ()
    """What was taken for granted where the words leave it open."""
    formulation: Formulation | None = Field(default=None, repr=False)
    """What comes of the edits, where they were tried already."""


class WhatIf(Frozen):
    """Solve a changed formulation, and keep the one there is."""

    kind: Literal["what_if"] = "what_if"
    edits: tuple[Edit, ...]
    assumptions: tuple[str, ...] = ()
    formulation: Formulation | None = Field(default=None, repr=False)


class Why(Frozen):
    """Explain the answer: what limits it, what contradicts itself, what has no end."""

    kind: Literal["why"] = "why"
    about: str | None = None
    """What is asked about, in the words of the message; ``None`` where it is the whole answer."""


class Ask(Frozen):
    """A question in words, to be answered from what is known."""

    kind: Literal["ask"] = "ask"
    words: str


class NewProblem(Frozen):
    """Another problem, to be formulated from its words."""

    kind: Literal["new_problem"] = "new_problem"
    words: str


class Yes(Frozen):
    """Go ahead."""

    kind: Literal["yes"] = "yes"


class No(Frozen):
    """Not so, and nothing else is said."""

    kind: Literal["no"] = "no"


class Undo(Frozen):
    """Take back what was changed last."""

    kind: Literal["undo"] = "undo"


class Courtesy(Frozen):
    """A greeting or thanks: nothing is wanted."""

    kind: Literal["courtesy"] = "courtesy"


class Option(Frozen):
    """One thing that an unclear message may have meant."""

    words: str
    """It in words, as the question names it."""
    edits: tuple[Edit, ...]
    is_kept: bool = True
    """Whether it changes the formulation, or only asks what if."""


class Unclear(Frozen):
    """What was said can mean several things, or nothing that is known: one question."""

    kind: Literal["unclear"] = "unclear"
    question: str
    options: tuple[Option, ...] = ()
    """What it can have meant; an answer may name one, or its number from 1."""
    sentence: str = ""
    """What an answer that names none adds to the problem, with a ``{}`` where it stands."""


Intent = Annotated[
    Revise | WhatIf | Why | Ask | NewProblem | Yes | No | Undo | Courtesy | Unclear,
    Field(discriminator="kind"),
]
"""What a message wants."""
