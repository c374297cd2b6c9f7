"""What a model is asked for: each operator is a prompt, and how many parents it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.candidate import Failure, Fault, Heuristic
from solvitur.evolution.heuristics.problem import Problem
from solvitur.llm import Message
from solvitur.prompts.library import render
from solvitur.search import Member

if TYPE_CHECKING:
    from solvitur.evolution.heuristics.method import Method

Parents = Sequence[Member[Heuristic]]


@dataclass(frozen=True)
class Operator:
    """A way of making a heuristic of others.

    Its prompt is a template that is given the parents, best first, and a hint. A new one of ours is
    a file in the library and a line in `OPERATORS`. One of your own is an object of a class that
    says in `ask` what is asked, and is put into `OPERATORS`.

    Example:
        >>> OPERATORS["crossover"].parents
        2
    """

    name: str
    parents: int
    """How many it shows."""
    about: str
    """What it is for, in a few words."""
    asks: bool = True
    """Whether a model is asked; one that does not has no prompt."""

    def ask(self, parents: Parents, hint: str = "") -> Message:
        """Write what is asked.

        Args:
            parents: Best first; as many as it shows, or fewer where there are no others.
            hint: What reflection came to.
        """
        return Message.user(render(f"heuristic_{self.name}", parents=parents, hint=hint))


OPERATORS = {
    each.name: each
    for each in (
        Operator("initial", 0, "from nothing"),
        Operator("crossover", 2, "AEL: another form, moved by two parents"),
        Operator("mutation", 1, "AEL: one parent, changed"),
        Operator("e1", 2, "EoH: as different as can be from its parents"),
        Operator("e2", 2, "EoH: what its parents have in common, taken further"),
        Operator("m1", 1, "EoH: one parent, modified"),
        Operator("m2", 1, "EoH: one parent with other constants"),
        Operator("m3", 1, "EoH: one parent, simplified against overfitting"),
        Operator("tune", 1, "one parent, its constants fitted: no model is asked", asks=False),
    )
}
"""By name."""
INITIAL = OPERATORS["initial"]


def operator(name: str) -> Operator:
    """Give an operator by its name.

    Raises:
        ConfigError: There is none.
    """
    if name not in OPERATORS:
        raise ConfigError(f"there is no operator '{name}'; there are: {', '.join(OPERATORS)}")
    return OPERATORS[name]


def introduction(problem: Problem, *, tunes: bool = False) -> Message:
    """Say what holds for everything that is asked about a problem.

    Args:
        problem: What a heuristic is for.
        tunes: Whether constants are fitted that are marked for it.
    """
    return Message.system(render("heuristic_system", problem=problem, tunes=tunes))


def complaint(failure: Failure) -> Message:
    """Ask to mend what failed."""
    return Message.user(render("heuristic_repair", failure=failure))


def short_reflection(parents: Parents) -> Message:
    """Ask what makes the better of two parents better (ReEvo)."""
    ordered = sorted(parents, key=lambda parent: (parent.score, parent.number))
    return Message.user(render("heuristic_short_reflection", parents=ordered, hint=""))


def long_reflection(hints: Sequence[str], before: str) -> Message:
    """Ask for what all hints of a generation come to (ReEvo)."""
    return Message.user(render("heuristic_long_reflection", hints=hints, before=before))


def prompts(problem: Problem, method: "Method") -> tuple[str, ...]:
    """Give all that may be asked in a run, without parents: what decides it as far as words go."""
    asking = (OPERATORS[name] for name in ("initial", *method.weights))
    messages = (
        introduction(problem, tunes=method.tunes),
        *(each.ask(()) for each in asking if each.asks),
        complaint(Failure(Fault.raised, "")),
        short_reflection(()),
        long_reflection((), ""),
    )
    return tuple(message.content for message in messages)
