"""Two answers of a conversation side by side."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.agents import Answer
    from solvitur.agents.chat.state import Turn
    from solvitur.formulation.tables.data import Given

_MOST_ROWS = 60
_MOST_LINES = 20
_NOTHING = "-"


def answers_in(turns: "Sequence[Turn]") -> "dict[int, Answer]":
    """Give the answers by the number of their turn, counted from 1."""
    found = ((number, turn.response.answer) for number, turn in enumerate(turns, 1))
    return {number: answer for number, answer in found if answer is not None}


def chosen(turns: "Sequence[Turn]", rest: str) -> tuple[int, int]:
    """Say which two answers are compared: the one that was asked for, and the last.

    Raises:
        ConfigError: There are not two answers, or none in the turn that is named.
    """
    answers = list(answers_in(turns))
    if len(answers) < 2:
        raise ConfigError("there are not two answers yet to compare; change something first")
    *earlier, last = answers
    if not rest:
        return earlier[-1], last
    if not rest.isdecimal() or int(rest) not in earlier:
        shown = ", ".join(map(str, earlier))
        raise ConfigError(f"there is no other answer in turn {rest!r}; there is one in {shown}")
    return int(rest), last


def rows(before: "Answer", after: "Answer") -> Iterator[tuple[str, str, str]]:
    """Give the outcome, the objective, and every decision that is not 0 in both, side by side."""
    from solvitur.formulation.printing import one_line

    yield "outcome", _outcome(before), _outcome(after)
    yield "objective", _amount(before.objective), _amount(after.objective)
    old, new = dict(_decisions(before)), dict(_decisions(after))
    labels = [label for label in {**old, **new} if old.get(label) or new.get(label)]
    for label in labels[:_MOST_ROWS]:
        one, other = _amount(old.get(label)), _amount(new.get(label))
        yield one_line(label), one, other if one == other else f"{other}  *"
    if len(labels) > _MOST_ROWS:
        yield f"and {len(labels) - _MOST_ROWS:,} more", "", ""


def summary(before: "Answer", after: "Answer", data: "Given") -> list[str]:
    """Say what the formulations have different, and what the answers; not each decision again."""
    from solvitur.agents.telling.change import told_comparison

    told = told_comparison(before, after, data).splitlines()
    return [*_difference(before, after), *(line for line in told if not line.startswith("- "))]


def _difference(before: "Answer", after: "Answer") -> list[str]:
    """Say what the formulations have different, a line for each element."""
    from solvitur.agents.chat.edits.docs import differences
    from solvitur.formulation.printing import first

    if before.formulation is None or after.formulation is None:
        return []
    lines = [f"- {line}" for line in differences(before.formulation, after.formulation).lines]
    if not lines:
        return ["The formulations are the same."]
    return ["Between them:", *first(lines, _MOST_LINES, "- and {:,} more")]


def _decisions(answer: "Answer") -> Iterator[tuple[str, float]]:
    """Give each entry of the variables by its name, in the order of the answer."""
    from solvitur.cli.report import entries

    for name, values in answer.variables.items():
        yield from entries(name, values)


def _outcome(answer: "Answer") -> str:
    return answer.outcome.value.replace("_", " ")


def _amount(value: float | None) -> str:
    from solvitur.solvers.words import amount

    return _NOTHING if value is None else amount(value)
