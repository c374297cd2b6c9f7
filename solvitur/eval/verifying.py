"""A run of `solvitur eval run` as one of the runs that are kept."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solvitur.agents import Answer, Effort
from solvitur.errors import ConfigError
from solvitur.eval.asking import Agent, Question, agent_of
from solvitur.eval.datasets import Dataset
from solvitur.eval.registry import Facts
from solvitur.eval.report import SAMPLE, Answered, Report, RunFacts
from solvitur.eval.running import RunLimits, evaluate
from solvitur.eval.scoring import Scorer, score
from solvitur.llm.recording import REPLY, UNREADABLE
from solvitur.llm.replay import Silent
from solvitur.runs import Difference, Reached, Verification
from solvitur.runs.kept import JOURNAL
from solvitur.solvers import Options
from solvitur.syntax import parse_module

_OURS = re.compile(r"solvitur \S+: score\((.*)\)")


class Evaluation:
    """The kind of run that `evaluate` makes."""

    name = "evaluation"
    command = ("eval", "run")
    given = frozenset((REPLY, UNREADABLE))

    def reads(self, facts: Mapping[str, Any]) -> bool:
        """Whether these are `RunFacts`."""
        try:
            RunFacts.model_validate(facts)
        except ValidationError:
            return False
        return True

    def about(self, facts: Mapping[str, Any]) -> str:
        """Say which data set, and who answers."""
        agent = facts["agent"]
        return f"{facts['dataset']}, {agent.get('model') or agent['name']}"

    def reached(self, facts: Mapping[str, Any], counts: Mapping[str, int]) -> Reached:
        """Count the answers."""
        return Reached(counts.get(SAMPLE, 0), len(facts["ids"]) * facts["epochs"], "answers")

    async def derive(self, folder: Path, again: Path) -> Verification:
        """Answer and judge again from the replies that were recorded.

        Where somebody else's agent answered, or somebody else's scorer judged, that is not done
        again: only solvitur's own can be made of what a journal says.
        """
        report = Report.load(folder)
        recorded = [each for each in report.samples if each.is_final]
        again_by, judge = _agent(report, folder), _scorer(report.scorer)
        answered = {sample.problem for sample in recorded}
        problems = tuple(each for each in report.problems if each.id in answered)
        found = await evaluate(
            again_by or _Answers(recorded),
            Dataset(Facts(name=report.facts.dataset, title=report.facts.title), problems),
            scorer=judge or score,
            epochs=report.facts.epochs,
            limits=RunLimits(sample_seconds=None),
            run=again,
        )
        derived = {(each.problem, each.epoch): each for each in found.samples}
        differences = (
            each
            for sample in recorded
            for each in _differences(
                sample, derived.get((sample.problem, sample.epoch)), judge is not None
            )
        )
        remarks = _remarks(report, len(recorded), again_by is not None, judge is not None)
        return Verification(f"{len(recorded):,} answers", tuple(differences), tuple(remarks))


class _Answers:
    """Gives the answers that were recorded."""

    def __init__(self, samples: Iterable[Answered]) -> None:
        self._answers = {(each.problem, each.epoch): each.answer for each in samples}

    async def __call__(self, question: Question) -> Answer | None:
        return self._answers.get((question.id, question.epoch))


def _agent(report: Report, folder: Path) -> Agent | None:
    """Make solvitur's agent of what a run says of it, with a model that is asked nothing."""
    told = report.facts.agent
    if told.get("name") != "solvitur":
        return None
    try:
        effort = Effort(
            rounds=told["rounds"],
            samples=told["samples"],
            route=told["route"],
            techniques=tuple(told["techniques"]),
            seed=told["seed"],
            solver=told["solver"],
            options=Options(gap=told["gap"], seed=told["seed"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{folder} does not say how its agent was set: {error}") from error
    return agent_of(Silent(str(told["model"]), folder / JOURNAL), effort)


def _scorer(name: str) -> Scorer | None:
    """Make our scorer of its name in a journal; None where it is another."""
    matched = _OURS.fullmatch(name)
    if matched is None:
        return None
    try:
        match parse_module(f"score({matched[1]})").body:
            case [ast.Expr(value=ast.Call(keywords=told))]:
                given = {str(each.arg): ast.literal_eval(each.value) for each in told}
            case _:
                return None
    except (SyntaxError, ValueError):
        return None
    return partial(score, **given) if given.keys() <= {"tolerance", "readings", "seconds"} else None


def _differences(
    sample: Answered, derived: Answered | None, are_scores_compared: bool
) -> Iterator[Difference]:
    where = f"problem {sample.problem}, epoch {sample.epoch}"
    if derived is None or not derived.is_final:
        trouble = "nothing" if derived is None else derived.trouble
        yield Difference(where, sample.answer.outcome.value, trouble)
        return
    old, new = _said(sample.answer), _said(derived.answer)
    if old != new:
        yield Difference(f"{where}: the answer", old, new)
    if are_scores_compared and sample.score != derived.score:
        old, new = (str(each.score.model_dump(mode="json")) for each in (sample, derived))
        yield Difference(f"{where}: its score", old, new)


def _said(answer: Answer) -> str:
    """What an answer comes to; how long it took, and which of several optima, may be otherwise."""
    objective = "" if answer.objective is None else f" {answer.objective:.9g}"
    return f"{answer.outcome.value}{objective}"


def _remarks(report: Report, final: int, is_our_agent: bool, is_our_scorer: bool) -> Iterator[str]:
    if not is_our_agent:
        agent = report.facts.agent["name"]
        yield f"the answers are taken as they are: {agent} gave them, and not solvitur's agent"
    if not is_our_scorer:
        yield f"the scores are taken as they are: {report.scorer} gave them"
    if len(report.samples) > final:
        yield f"{len(report.samples) - final:,} answers that failed and are to be tried again"
