"""Two runs, compared on the problems that both have answered.

Questions are the same whose letters and digits are, so that runs on other parts of a data set can
be compared, and runs on other versions of one. Where two versions say that a question has another
answer, verdicts tell as much of the labels as of who answered: such problems are in no figure of
accuracy but those that judge both runs by the labels of one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from solvitur.agents import Answer
from solvitur.errors import ConfigError
from solvitur.eval import statistics
from solvitur.eval.datasets import normalised
from solvitur.eval.labels import Label
from solvitur.eval.metrics import Sample, is_right, is_strictly_right
from solvitur.eval.problem import Problem
from solvitur.eval.report import Answered, Report
from solvitur.eval.scoring import Verdict, equivalence, judge
from solvitur.eval.statistics import Estimate, Flips, Values
from solvitur.formulation.markdown import sections

if TYPE_CHECKING:
    from solvitur.equivalence import Verdict as Equivalence

ACCURACY = "SA, solving accuracy"
"""The name of the first contrast."""

_FORMS = {"AST, average solving times": ".2f", "tokens": ",.0f", "US dollars": ".3g"}
"""How means are written; else with two decimals."""

_Kind = Literal["share", "mean"]
_Figure = Callable[[Sample], float | bool | None]


@dataclass(frozen=True)
class Pair:
    """One question, and what two runs answered to it: once for each epoch."""

    problem: Problem
    """As the first run has it."""
    other_problem: Problem
    """As the other has it: its id and its label may be others."""
    answers: tuple[Answered, ...]
    other_answers: tuple[Answered, ...]

    @property
    def has_one_label(self) -> bool:
        """Whether no label of one run contradicts that of the other."""
        label, other = self.problem.label, self.other_problem.label
        return label is None or other is None or not label.differs(other)

    @property
    def gain(self) -> float | None:
        """How much more often the first is right; ``None`` where that cannot be said."""
        mine, theirs = _known(is_right, self.answers), _known(is_right, self.other_answers)
        if not (self.has_one_label and mine and theirs):
            return None
        return fmean(mine) - fmean(theirs)

    @property
    def telling(self) -> tuple[Answered, Answered]:
        """Give an answer of each that shows how they differ: right in one run, not in the other."""
        is_first = (self.gain or 0.0) > 0
        return _first(self.answers, is_first), _first(self.other_answers, not is_first)

    def equivalence(self, seconds: float = 10.0) -> "Equivalence | None":
        """Decide whether the formulations of the two `telling` answers are equivalent.

        ``None`` where one of them has no formulation.
        """
        one, other = (each.answer.formulation for each in self.telling)
        if one is None or other is None:
            return None
        return equivalence(one, other, self.problem, seconds)


@dataclass(frozen=True)
class Contrast:
    """A figure of two runs, on the same problems."""

    name: str
    kind: _Kind
    one: Estimate
    other: Estimate
    gain: Estimate
    """How much larger it is in the first, with the interval of paired values."""

    @property
    def is_telling(self) -> bool:
        """Whether there is anything to compare: nobody spends dollars on a model of one's own."""
        return self.kind == "share" or bool(self.one.value or self.other.value)

    @property
    def in_words(self) -> tuple[str, ...]:
        """Its name, both figures, the difference, and the ends of its interval."""
        gain = (self.gain.value, self.gain.low, self.gain.high)
        if self.kind == "share":
            shares = (f"{100 * each.value:.1f} %" for each in (self.one, self.other))
            return (self.name, *shares, *map(_points, gain))
        form = _FORMS.get(self.name, ",.2f")
        means = (format(each.value, form) for each in (self.one, self.other))
        return (f"{self.name}, mean", *means, *(format(each, f"+{form}") for each in gain))


@dataclass(frozen=True)
class Comparison:
    """What two runs answered to the same problems, and how sure it is that one is better.

    Example:
        >>> import asyncio, tempfile
        >>> from solvitur.eval import compare, evaluate, load_dataset
        >>> async def lucky(question):
        ...     return 398.0
        >>> async def unlucky(question):
        ...     return 13.0
        >>> def report(agent):
        ...     with tempfile.TemporaryDirectory() as folder:
        ...         ours = load_dataset("word-problems").limit(4)
        ...         return asyncio.run(evaluate(agent, ours, run=folder))
        >>> found = compare(report(lucky), report(unlucky))
        >>> print(found.accuracy.gain, found.flips)
        0.25 (-0.2808 to 0.6994) Flips(better=1, worse=0, same=3, p_value=1.0)
        >>> [pair.problem.id for pair in found.flipped]
        ['easy-01']
    """

    one: Report
    other: Report
    pairs: tuple[Pair, ...]
    """The problems that both have answered, in the order of the first."""

    @property
    def differing_labels(self) -> tuple[Pair, ...]:
        """The problems that are said to have another answer in the other run."""
        return tuple(pair for pair in self.pairs if not pair.has_one_label)

    @property
    def unscored(self) -> tuple[Pair, ...]:
        """The problems that have one label, and no verdict in both runs all the same."""
        return tuple(pair for pair in self.pairs if pair.has_one_label and pair.gain is None)

    @property
    def flipped(self) -> tuple[Pair, ...]:
        """The problems on which one run is right more often: those of the first, then the other."""
        found = [pair for pair in self.pairs if pair.gain]
        return tuple(sorted(found, key=lambda pair: (pair.gain or 0.0) < 0))

    @property
    def flips(self) -> Flips | None:
        """On how many problems they differ, with McNemar's test; ``None`` like `accuracy`."""
        scored = [pair for pair in self.pairs if pair.gain is not None]
        return statistics.flips(*_values(is_right, scored)) if scored else None

    @property
    def accuracy(self) -> Contrast | None:
        """Solving accuracy; ``None`` where no problem has a verdict in both runs."""
        return next((each for each in self.contrasts if each.name == ACCURACY), None)

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """The figures of both; those are left out of which nothing is known in one."""
        return tuple(each for each in _contrasts(self.pairs) if each is not None)

    @property
    def settings(self) -> dict[str, tuple[object, object]]:
        """What is known of how each run was made, by its name, where that is not the same."""
        one, other = differing((self.one, self.other))
        return {name: (said, other[name]) for name, said in one.items()}


def differing(reports: Sequence[Report]) -> tuple[dict[str, object], ...]:
    """Give for each run how it was made, by the name of what differs between them."""
    made = [_settings(report) for report in reports]
    names = dict.fromkeys(name for each in made for name in each)
    apart = [name for name in names if any(each.get(name) != made[0].get(name) for each in made)]
    return tuple({name: each.get(name) for name in apart} for each in made)


def setting_in_words(value: object) -> str:
    """Write how a run was made; what is not known is empty."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "" if value is None else str(value)


def compare(one: Report, other: Report) -> Comparison:
    """Compare two runs, A and B, on the problems that both have answered.

    Whatever is a difference is A less B.

    Raises:
        ConfigError: There is no such problem.
    """
    mine, theirs = one.by_problem, other.by_problem
    pairs = tuple(
        Pair(problem, same, mine[problem.id], theirs[same.id])
        for problem, same in shared_problems(one.problems, other.problems)
        if problem.id in mine and same.id in theirs
    )
    if not pairs:
        raise ConfigError(
            f"there is nothing to compare: no question is answered both in {one.folder} and in "
            f"{other.folder}"
        )
    return Comparison(one, other, pairs)


def sections_of(answer: Answer) -> dict[str, list[str]]:
    """Give what an answer came by as lines by heading: the five elements, or the script.

    Example:
        >>> sections_of(Answer(outcome="error", message="the server is down"))
        {'Message': ['the server is down']}
    """
    if answer.script is not None and (answer.route == "code" or answer.formulation is None):
        return {"Script": answer.script.splitlines()}
    if answer.formulation is not None:
        return sections(answer.formulation)
    return {"Message": answer.message.splitlines()} if answer.message else {}


# --- the problems --------------------------------------------------------------------------------


def shared_problems(
    one: Sequence[Problem], other: Sequence[Problem]
) -> Iterator[tuple[Problem, Problem]]:
    """Give the problems of the first whose question the other has too.

    Where a question is there several times, those with the same id belong together.
    """
    left: dict[str, list[Problem]] = {}
    for problem in other:
        left.setdefault(normalised(problem.question), []).append(problem)
    questions = [normalised(problem.question) for problem in one]
    found: dict[int, Problem] = {}
    for is_by_id in (True, False):
        for place, (problem, question) in enumerate(zip(one, questions, strict=True)):
            fitting = [
                each for each in left.get(question, ()) if each.id == problem.id or not is_by_id
            ]
            if place not in found and fitting:
                found[place] = fitting[0]
                left[question].remove(fitting[0])
    return ((problem, found[place]) for place, problem in enumerate(one) if place in found)


def _first(answers: Sequence[Answered], is_right_one: bool) -> Answered:
    fitting = (each for each in answers if bool(is_right(each)) is is_right_one)
    return next(fitting, answers[0])


def _settings(report: Report) -> dict[str, object]:
    facts = report.facts
    return {
        "data set": facts.dataset,
        "version": facts.version,
        "epochs": facts.epochs,
        **facts.agent,
        "solvitur": facts.solvitur,
        "scorer": report.scorer,
    }


# --- the figures ---------------------------------------------------------------------------------


def _contrasts(every: Sequence[Pair]) -> Iterator[Contrast | None]:
    judged = [pair for pair in every if pair.has_one_label]
    yield _contrast(ACCURACY, "share", _values(is_right, judged))
    yield _contrast("within 1e-6", "share", _values(is_strictly_right, judged))
    if len(judged) < len(every):
        yield _by_label("by the labels of A", every, lambda pair: pair.problem.label)
        yield _by_label("by the labels of B", every, lambda pair: pair.other_problem.label)
    yield _contrast("ER, execution rate", "share", _values(lambda each: each.executed, every))
    yield _contrast("AST, average solving times", "mean", _values(lambda e: e.attempts, every))
    yield _contrast("tokens", "mean", _values(lambda each: each.tokens, every))
    if all(
        each.cost is not None for pair in every for each in (*pair.answers, *pair.other_answers)
    ):
        yield _contrast("US dollars", "mean", _values(lambda each: each.cost, every))
    yield _contrast("seconds", "mean", _values(lambda each: each.seconds, every))


def _by_label(
    name: str, pairs: Sequence[Pair], label_of: Callable[[Pair], Label | None]
) -> Contrast | None:
    """Judge both runs by the labels of one, where the other has another label."""

    def rights(pair: Pair, answers: Iterable[Answered]) -> list[float]:
        if pair.has_one_label:
            return _known(is_right, answers)
        verdicts = (judge(label_of(pair), each.answer)[0] for each in answers)
        return [float(each is Verdict.right) for each in verdicts if each is not Verdict.unscored]

    one = {pair.problem.id: rights(pair, pair.answers) for pair in pairs}
    other = {pair.problem.id: rights(pair, pair.other_answers) for pair in pairs}
    return _contrast(name, "share", (one, other))


def _contrast(name: str, kind: _Kind, values: tuple[Values, Values]) -> Contrast | None:
    both = [problem for problem in values[0] if values[0][problem] and values[1][problem]]
    if not both:
        return None
    one, other = ({problem: run[problem] for problem in both} for run in values)
    if kind == "share":
        gain = _within(statistics.difference(one, other))
        return Contrast(name, kind, statistics.share(one), statistics.share(other), gain)
    gain = statistics.mean_difference(one, other)
    return Contrast(name, kind, statistics.mean(one), statistics.mean(other), gain)


def _points(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:+.1f}"  # there is no -0.0


def _within(gain: Estimate) -> Estimate:
    """Cut off what no difference of two shares can be, which a normal interval does not know."""
    return replace(gain, low=max(-1.0, gain.low), high=min(1.0, gain.high))


def _values(of: _Figure, pairs: Iterable[Pair]) -> tuple[Values, Values]:
    """Give a figure of both runs, by the problems' ids in the first."""
    listed = list(pairs)
    one = {pair.problem.id: _known(of, pair.answers) for pair in listed}
    return one, {pair.problem.id: _known(of, pair.other_answers) for pair in listed}


def _known(of: _Figure, answers: Iterable[Answered]) -> list[float]:
    return [float(value) for each in answers if (value := of(each)) is not None]
