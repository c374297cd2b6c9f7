"""The techniques that make an answer better: what there is, and what earns its cost where.

Each costs tokens and seconds, and each was measured with and without. A small model needs more of
them; a larger one is asked at once and gets what costs nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from solvitur.agents import direct
from solvitur.agents.direct import Direct
from solvitur.agents.draft import Formulator, is_small
from solvitur.agents.reviewing import Reviewer
from solvitur.agents.reviewing.back_translation import BackTranslation
from solvitur.agents.reviewing.cross_check import CrossCheck
from solvitur.agents.reviewing.second_reading import SecondReading
from solvitur.agents.script import ScriptRun
from solvitur.agents.stepwise import staged
from solvitur.agents.stepwise.staged import Staged
from solvitur.errors import ConfigError
from solvitur.formulation.checks import Code
from solvitur.llm import TUNED, Feature, Message, Model, supports

TECHNIQUES = {
    "stepwise": "ask for decisions, table, goal and limits in turn, each under a grammar",
    "similar-examples": "show the worked examples that are most like the problem",
    "coverage": "repair what leaves a number of the text out or makes one up",
    "units": "repair what adds hours to dollars",
    "code": "ask for a Pyomo script as well and compare what both come to",
    "second-reading": "go through the text by sentence and ask which element carries it",
    "back-translation": "put each constraint in words and ask whether the text says so",
}
"""By name, what each does."""

_LEAN = ("coverage",)
_SMALL = ("stepwise", "coverage")
"""Chosen on problems that no table in docs/ uses.

On 14 of them a script came to the same as the formulation five times, which was right each time,
and to something else seven times, where the formulation was right six times: good to know, and no
reason to ask again. The second reading found no mistake that the checks had not found, and the
model believed a constraint hardly more than its opposite. These three wait to be asked for,
and so do the examples by likeness, which are not measured yet.
"""


def chosen(techniques: Collection[str] | None, model: Model) -> frozenset[str]:
    """Give the techniques to use: those named, or what earns its cost for this kind of model.

    A model that was tuned, and not to be asked step by step, is asked at once.

    Raises:
        ConfigError: There is no technique of a name, or the model cannot be asked like that.

    Example:
        >>> from solvitur.llm import Scripted
        >>> sorted(chosen(None, Scripted([], name="local:small")))
        ['coverage', 'stepwise']
        >>> chosen(["coverag"], Scripted([]))
        Traceback (most recent call last):
        ...
        solvitur.errors.ConfigError: there is no technique 'coverag'; there are: stepwise, ...
    """
    if techniques is None:
        learned = model.features & TUNED
        is_for_steps = not learned or Feature.tuned_steps in learned
        return frozenset(_SMALL if is_small(model) and is_for_steps else _LEAN)
    for name in techniques:
        if name not in TECHNIQUES:
            listed = ", ".join(TECHNIQUES)
            raise ConfigError(f"there is no technique {name!r}; there are: {listed}")
    if "stepwise" in techniques and not supports(model, Feature.grammar):
        raise ConfigError(
            f"the technique 'stepwise' holds the model to grammars, and {model.name} takes none; "
            "leave it out, or use an embedded model"
        )
    return frozenset(techniques)


def formulators(techniques: frozenset[str]) -> Sequence[Formulator]:
    """Choose the ways of asking: step by step and at once in turn, or at once."""
    return (Staged(), Direct()) if "stepwise" in techniques else (Direct(),)


def introduction(model: Model) -> Sequence[Message]:
    """Give the messages that the first question about any problem begins with.

    A model that takes long to read can read them ahead; see `solvitur.llm.Local.begin`.
    """
    is_stepwise = "stepwise" in chosen(None, model)
    return staged.introduction(model) if is_stepwise else direct.introduction(model)


def reviewers(
    techniques: frozenset[str], run: Callable[[str], Awaitable[ScriptRun]]
) -> tuple[Reviewer, ...]:
    """Choose who looks at what is solved.

    Args:
        techniques: Those in use.
        run: Runs a script in the sandbox.
    """
    known: tuple[Reviewer, ...] = (CrossCheck(run), SecondReading(), BackTranslation())
    return tuple(reviewer for reviewer in known if reviewer.name in techniques)


def tolerated(techniques: frozenset[str]) -> frozenset[Code]:
    """Give the kinds of findings for which nothing is repaired.

    What is declared and not used harms nothing where no number of the text is missed for it.
    """
    numbers = {Code.forgotten_number, Code.invented_number}
    told = {Code.unused} if "coverage" in techniques else numbers
    return frozenset(told if "units" in techniques else {*told, Code.units})
