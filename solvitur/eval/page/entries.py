"""The problems on the page, each with what every run answered to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solvitur.agents import Answer
from solvitur.agents.answer import Round, certified
from solvitur.eval.comparison import Comparison, Pair, shared_problems
from solvitur.eval.page.runs import ShownRun
from solvitur.eval.problem import Problem
from solvitur.eval.report import Answered
from solvitur.eval.scoring import OtherReading
from solvitur.formulation import Formulation
from solvitur.formulation.markdown import sections
from solvitur.formulation.printing import first

_LONGEST_TEXT = 6_000
_LONGEST_LINE = 600
_MOST_LINES = 60
"""Of each section of a formulation."""
_LONGEST_SCRIPT = 20_000
_MOST_FINDINGS = 12
_SECONDS = 2.0
"""For the comparison of two formulations."""


@dataclass(frozen=True)
class Words:
    """A line of text; every second part is code."""

    parts: tuple[str, ...]
    is_new: bool = False
    """Whether only this one of two formulations has it."""


@dataclass(frozen=True)
class Section:
    """A part of a formulation."""

    heading: str
    lines: tuple[Words, ...]


@dataclass(frozen=True)
class Try:
    """One answer of a run to a problem."""

    letter: str
    colour: int
    sample: Answered
    label: str
    """The label of this run's data set."""
    sections: tuple[Section, ...]
    """The formulation."""

    @property
    def answer(self) -> Answer:
        """What was answered."""
        return self.sample.answer

    @property
    def verdict(self) -> str:
        """What it is worth."""
        return self.sample.score.verdict.value

    @property
    def objective(self) -> str:
        """The optimum that it gives, or how it ended."""
        return _value(self.answer.objective, self.answer.outcome.value)

    @property
    def script(self) -> str:
        """The program of the code route."""
        return _cut(self.answer.script or "", _LONGEST_SCRIPT)

    @property
    def words(self) -> str:
        """The answer in words."""
        return _cut(self.answer.answer)

    @property
    def judged(self) -> tuple[tuple[str, str], ...]:
        """What else is known of how good it is, by name."""
        return tuple(_judged(self.sample))

    @property
    def solver(self) -> tuple[str, ...]:
        """What the solver did, line by line."""
        return tuple(map(_cut, _solver(self.answer)))

    @property
    def log(self) -> str:
        """What the solver itself wrote down."""
        return self.sample.log.strip("\n")

    @property
    def checks(self) -> list[str]:
        """What speaks against the formulation."""
        found = [_cut(check.message) for check in self.answer.checks]
        return first(found, _MOST_FINDINGS, "and {:,} more")

    @property
    def rounds(self) -> tuple[tuple[str, str, str, list[str]], ...]:
        """The attempts: route, outcome, objective, and what was found out about each."""
        return tuple(
            (
                each.route,
                each.outcome.replace("_", " "),
                "" if each.objective is None else f"{each.objective + 0.0:.10g}",
                first([_cut(words) for words in _said(each)], _MOST_FINDINGS, "and {:,} more"),
            )
            for each in self.answer.rounds
        )

    @property
    def agreement(self) -> str:
        """What the samples say of the one that was chosen."""
        return "" if self.answer.agreement is None else str(self.answer.agreement)

    @property
    def effort(self) -> str:
        """What it took."""
        sample = self.sample
        parts = [f"{sample.seconds:.1f} s"]
        if sample.tokens:
            parts.append(f"{sample.tokens:,} tokens")
            parts.append("cost not known" if sample.cost is None else f"{sample.cost:.4g} USD")
        if sample.tried:
            parts.append(f"tried {sample.tried + 1} times")
        return ", ".join(parts)


@dataclass(frozen=True)
class Chip:
    """What one run comes to on a problem, in a word."""

    letter: str
    colour: int
    verdict: str
    words: str


@dataclass(frozen=True)
class Entry:
    """A problem, and all that was answered to it."""

    number: int
    problem: Problem
    tries: tuple[Try, ...]
    flip: Pair | None
    """What two runs answered, where one of them is better on it."""

    @property
    def question(self) -> str:
        """Its text."""
        return _cut(self.problem.question.strip())

    @property
    def beginning(self) -> str:
        """The beginning of its text, on one line."""
        return " ".join(self.problem.question.split())[:140]

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Its own label, and those of others, by name."""
        problem = self.problem
        own = problem.label_fault or "none" if problem.label is None else str(problem.label)
        others = ((name, str(label)) for name, label in problem.labels.items())
        return (("label", own), *others)

    @property
    def reference(self) -> tuple[Section, ...]:
        """The reference formulation."""
        formulation = self.problem.formulation
        return () if formulation is None else _shown(sections(formulation), None)

    @property
    def equivalence(self) -> str:
        """Whether the formulations of two runs are equivalent, where one is better."""
        found = self.flip and self.flip.equivalence(_SECONDS)
        return "" if found is None else _cut(str(found))

    @property
    def verdicts(self) -> tuple[Chip, ...]:
        """What each run comes to."""
        found: dict[str, list[Try]] = {}
        for each in self.tries:
            found.setdefault(each.letter, []).append(each)
        return tuple(_chip(tries) for tries in found.values())

    @property
    def filters(self) -> str:
        """What it can be found by: ``A-right``, for every run and verdict."""
        return " ".join(dict.fromkeys(f"{each.letter}-{each.verdict}" for each in self.tries))

    @property
    def tags(self) -> str:
        """Its tags, one a line."""
        return "\n".join(" ".join(tag.split()) for tag in self.problem.tags)


def entries(runs: Sequence[ShownRun], comparison: Comparison | None) -> tuple[Entry, ...]:
    """Give every problem that some run has, in the order of the first run that has it."""
    flipped = () if comparison is None else comparison.flipped
    flips = {pair.problem.id: pair for pair in flipped}
    found: list[tuple[Problem, list[tuple[ShownRun, Problem]]]] = []
    for run in runs:
        there = {id(mine): has for mine, has in found}
        pairs = shared_problems([mine for mine, _ in found], run.report.problems)
        known = {id(same): there[id(mine)] for mine, same in pairs}
        for problem in run.report.problems:
            if id(problem) not in known:
                known[id(problem)] = []
                found.append((problem, known[id(problem)]))
            known[id(problem)].append((run, problem))
    answers = {run.letter: run.report.by_problem for run in runs}
    return tuple(
        Entry(number, problem, tuple(_tries(has, answers)), flips.get(problem.id))
        for number, (problem, has) in enumerate(found, start=1)
    )


# --- the parts -----------------------------------------------------------------------------------


def _tries(
    has: Sequence[tuple[ShownRun, Problem]], answers: dict[str, dict[str, tuple[Answered, ...]]]
) -> Iterator[Try]:
    given = [(run, problem, answers[run.letter].get(problem.id, ())) for run, problem in has]
    of_two = [samples[0].answer for _, _, samples in given if samples] if len(given) == 2 else []
    both = [_lines_of(answer.formulation) for answer in of_two if answer.formulation is not None]
    common = both[0] & both[1] if len(both) == 2 else None
    for run, problem, samples in given:
        label = "none" if problem.label is None else str(problem.label)
        for sample in samples:
            formulation = sample.answer.formulation
            shown = () if formulation is None else _shown(sections(formulation), common)
            yield Try(run.letter, run.colour, sample, label, shown)


def _chip(tries: Sequence[Try]) -> Chip:
    """Say the verdict; of several answers, how many are right."""
    shown = tries[0]
    right = sum(each.verdict == "right" for each in tries)
    if len(tries) == 1:
        return Chip(shown.letter, shown.colour, shown.verdict, shown.verdict)
    mixed = next((each.verdict for each in tries if each.verdict != "right"), "right")
    return Chip(shown.letter, shown.colour, mixed, f"{right} of {len(tries)} right")


def _lines_of(formulation: Formulation) -> frozenset[str]:
    """Give the lines of a formulation."""
    return frozenset(line for lines in sections(formulation).values() for line in lines)


def _shown(found: dict[str, list[str]], common: frozenset[str] | None) -> tuple[Section, ...]:
    """Give sections as they are shown, and mark what is not common to two formulations."""
    return tuple(
        Section(heading, tuple(_lines(lines, common)))
        for heading, lines in found.items()
        if lines != ["none"]
    )


def _lines(lines: list[str], common: frozenset[str] | None) -> Iterator[Words]:
    for line in first(lines, _MOST_LINES, "- and {:,} more"):
        shown = _cut(line.removeprefix("- "), _LONGEST_LINE)
        yield Words(tuple(shown.split("`")), common is not None and line not in common)


def _said(tried: Round) -> Iterator[str]:
    if tried.same_as:
        yield f"proved equivalent to round {', '.join(map(str, tried.same_as))}"
    yield from tried.evidence


def _judged(sample: Answered) -> Iterator[tuple[str, str]]:
    score = sample.score
    if score.reason:
        yield "why", _cut(score.reason)
    if score.strict is not None and score.verdict == "right":
        yield "within 1e-6", "yes" if score.strict else "no"
    for name, reading in (
        ("with continuous numbers", score.as_continuous),
        ("with whole numbers", score.as_integer),
    ):
        if reading is not None:
            yield name, _read(reading)
    if score.feasible is not None:
        holds = "yes" if score.feasible else f"no, {_cut(score.feasible_note)}"
        yield "feasible in the reference", holds
    if score.equivalent is not None:
        yield "equivalent to the reference", "yes" if score.equivalent else "no"
    if score.equivalent_note:
        yield "compared with the reference", _cut(score.equivalent_note)
    for name, verdict in score.by_label.items():
        yield f"by the label: {name}", verdict.value


def _read(reading: OtherReading) -> str:
    worth = {True: ", which is the label", False: ", which is not the label", None: ""}
    return f"{_value(reading.objective, reading.outcome)}{worth[reading.is_right]}"


def _value(objective: float | None, outcome: str) -> str:
    """Write an optimum; where there is none, how it ended."""
    return outcome.replace("_", " ") if objective is None else f"{objective + 0.0:.10g}"


def _solver(answer: Answer) -> Iterator[str]:
    if answer.verification is not None:
        yield certified(answer.verification, answer.outcome)
    if answer.solver_seconds is not None:
        yield f"{answer.solver_seconds:.3f} s in the solver"
    if answer.message:
        yield answer.message


def _cut(text: str, longest: int = _LONGEST_TEXT) -> str:
    rest = len(text) - longest
    return text if rest <= 0 else f"{text[:longest]} ... ({rest:,} characters more)"
