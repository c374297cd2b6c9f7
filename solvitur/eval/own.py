"""Our own word problems, each with a verified answer and a reference formulation.

The data is `word_problems.jsonl` beside this file, one problem a line. The texts and numbers are
our own. Every answer was found twice: by solving the reference formulation, and by a route that
never reads it (``tests/eval/oracles``).
"""

from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass


class Reading(BaseModel):
    """One way to read an ambiguous problem, and the objective it leads to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    """What the reading supposes: "if machines are hired for whole days"."""
    objective: float


class KnownAnswer(BaseModel):
    """What is true of a problem."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["solved", "infeasible", "unbounded"]
    objective: float | None
    """The optimum, in the units of the text; ``None`` where there is none."""
    readings: tuple[Reading, ...] = ()
    """Empty unless the text is ambiguous on purpose; then every defensible reading.

    The first is the one that `objective` and the reference formulation take.
    """


class WordProblem(BaseModel):
    """A question in words, its answer, and a formulation that says the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """The level and a number: "easy-01". Never given to another problem."""
    level: Literal["easy", "indexed", "hard"]
    """Few quantities; tables and sets; or logic, sequence, steps and squares."""
    problem_class: ProblemClass = Field(alias="class")
    question: str
    """All that a solver of the problem may read; tables are in Markdown or aligned text."""
    answer: KnownAnswer
    formulation: Formulation
    """Our reference. Other formulations can be as right; compare answers, not text."""
    tags: tuple[str, ...]
    """What the problem is about ("diet") and what makes it hard to read ("distractor")."""
    license: Literal["MIT"]
    version: int
    """Raised whenever the question or the answer changes, so that old scores can be told apart."""


def word_problems() -> tuple[WordProblem, ...]:
    """Read all problems, in the order of the file: easy, indexed, hard.

    Example:
        >>> problems = word_problems()
        >>> len(problems), problems[0].id, problems[0].answer.objective
        (66, 'easy-01', 398.0)
    """
    lines = files("solvitur.eval").joinpath("word_problems.jsonl").read_text("utf-8").splitlines()
    return tuple(WordProblem.model_validate_json(line) for line in lines)
