"""Each constraint back in words: is that what the problem says?

What a small model says of one statement alone leans to yes, whatever the statement. So each is also
asked with its relation turned round, and only one that is believed less than its opposite speaks
against the constraint.
"""

from dataclasses import replace

from solvitur.agents.draft import Asking, Attempt
from solvitur.agents.reviewing import Review
from solvitur.formulation.elements import Constraint, Formulation
from solvitur.formulation.expression import Comparison, parse
from solvitur.formulation.in_words import constraint_in_words
from solvitur.formulation.printing import show
from solvitur.llm import Message, Usage
from solvitur.llm.choosing import choose
from solvitur.prompts.library import examples, render

_TURNED = {"<=": ">=", ">=": "<="}
_MOST = 20
"""Constraints of one formulation that are asked about."""
_DOUBT = 0.35
"""How likely a statement has to be at least, beside its opposite."""


class BackTranslation:
    """Asks of each constraint in words whether the problem says so, or says the opposite."""

    name = "back-translation"

    async def review(self, attempt: Attempt, asking: Asking) -> Review:
        """Go through the constraints."""
        formulation = attempt.draft.formulation
        if formulation is None:
            return Review(self.name)
        shares: list[tuple[str, float]] = []
        gaps, usage = [], Usage()
        for constraint in formulation.constraints[:_MOST]:
            name = constraint.name
            said = constraint_in_words(formulation, name, asking.data)
            share, used = await _believed(asking, said)
            usage += used
            if opposite := _opposite(constraint):
                turned = _with(formulation, opposite)
                other, used = await _believed(
                    asking, constraint_in_words(turned, name, asking.data)
                )
                usage += used
                share = share / (share + other) if share + other else 0.5
            shares.append((name, share))
            if share < _DOUBT:
                gaps.append(f"constraint '{name}' says \"{said}\", and the problem does not")
        return Review(self.name, tuple(gaps), probabilities=tuple(shares), usage=usage)


def _opposite(constraint: Constraint) -> Constraint | None:
    """Give a constraint with its relation turned round, where it is one that has an opposite.

    Example:
        >>> _opposite(Constraint(name="r", expression="2 * x <= 5")).expression
        '2 * x >= 5'
    """
    relation = parse(constraint.expression)
    if not isinstance(relation, Comparison) or len(relation.operators) != 1:
        return None
    turned = _TURNED.get(relation.operators[0])
    if turned is None:
        return None
    expression = show(replace(relation, operators=(turned,)))
    return constraint.model_copy(update={"expression": expression})


def _with(formulation: Formulation, changed: Constraint) -> Formulation:
    kept = [changed if each.name == changed.name else each for each in formulation.constraints]
    return formulation.model_copy(update={"constraints": tuple(kept)})


async def _believed(asking: Asking, said: str) -> tuple[float, Usage]:
    head = render("back_translation_problem", problem=asking.reading.text.strip())
    asked = f"{head}\n\n{render('back_translation_statement', statement=said)}"
    choice = await choose(asking.model, _introduction(), asked, ("yes", "no"))
    return choice.shares["yes"], choice.usage


def _introduction() -> list[Message]:
    messages = [Message.system(render("back_translation_system"))]
    for example in examples("back_translation_examples"):
        head = render("back_translation_problem", problem=example["problem"])
        for said, answer in example["answers"]:
            asked = render("back_translation_statement", statement=said)
            messages.append(Message.user("\n\n".join(filter(None, (head, asked)))))
            messages.append(Message.assistant(answer))
            head = ""
    return messages
