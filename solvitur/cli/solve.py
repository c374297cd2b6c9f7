"""``solvitur solve``: from words, or from the five elements, to an answer."""

import asyncio
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, failures, files, process
from solvitur.cli.flags import Asking, Searching, Solving, Tables, grouped
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from solvitur.agents import Answer, Effort
    from solvitur.config import Settings
    from solvitur.solvers import Incumbent, Interrupt

EPILOG = """\b
Exit codes: 0 solved, 1 error, 2 wrong call, 3 infeasible, 4 unbounded,
5 limit reached with an answer, 6 limit reached without, 7 budget spent,
8 could not formulate, 130 interrupted before there was an answer."""


_Text = Annotated[
    str | None,
    typer.Argument(
        metavar="TEXT|FILE|-",
        help="The problem in words, a file with it, or - for stdin (the default of a pipe).",
    ),
]
_Formulation = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Solve the five elements in FILE (JSON, .md, .lp, .mps): no language model.",
    ),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to stdout, and nothing else.")
]
_Save = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the whole answer as JSON to FILE.")
]


@grouped
def solve(
    text: _Text = None,
    formulation: _Formulation = None,
    data: Tables = None,
    *,
    asking: Asking,
    solving: Solving,
    searching: Searching,
    as_json: _Json = False,
    save: _Save = None,
) -> None:
    """Solve a problem and say how the answer is certified.

    \b
    solvitur solve "A carpenter has 40 hours; a chair takes 3, ..."
    solvitur solve problem.txt --model openai:qwen3@http://localhost:8000/v1
    cat problem.txt | solvitur solve --json
    solvitur solve --formulation plan.json --time-limit 60 --sensitivity
    solvitur solve problem.txt --data tables/ --data fares=2026.xlsx
    """  # noqa: D301
    flags = {**asdict(asking), **asdict(solving)}
    try:
        if save is not None:
            files.check_writable(save)
        talk = console.talk()
        wanted = _Wanted(flags, data or [], searching, is_told=not as_json)
        with console.lent(), _stopping() as interrupt:
            answer = _answer(text, formulation, wanted, talk)
    except Exception as error:
        failure = failures.describe(error)
        if as_json:
            _write_failure(failure.message)
        failure.leave()
    if interrupt.was_asked and answer.outcome.value == "no_answer":
        process.say_interrupted()
        raise typer.Exit(process.INTERRUPTED)
    try:
        if save is not None:
            files.write_whole(save, answer.to_json() + "\n")
    finally:  # what was found out is shown in any case
        _show(answer, as_json=as_json)
    raise typer.Exit(failures.EXIT_CODES[answer.outcome.value])


@dataclass(frozen=True)
class _Wanted:
    """What is wanted of an answer, whatever it is an answer to."""

    flags: dict[str, object]
    data: list[str]
    searching: Searching
    is_told: bool
    """Whether better points are told of while the solver works."""

    def effort(self, settings: "Settings", hear: "Callable[[Incumbent], None]") -> "Effort":
        from solvitur.cli.wiring import effort

        told = effort(settings, self.searching.log_file, hear if self.is_told else None)
        return replace(told, sensitivity=self.searching.sensitivity)


def _answer(
    text: str | None, formulation: str | None, wanted: _Wanted, talk: "Console"
) -> "Answer":
    """Find the answer; nothing is asked of a model before everything given was read."""
    if formulation is None:
        return _from_words(text, wanted, talk)
    if text is not None:
        raise ConfigError("give a problem in words or --formulation, not both")
    for flag in ("model", "route"):
        if wanted.flags[flag] is not None:
            raise ConfigError(f"--{flag} goes with a problem in words; --formulation asks no model")
    return _from_formulation(formulation, wanted, talk)


def _from_formulation(name: str, wanted: _Wanted, talk: "Console") -> "Answer":
    from solvitur.agents import list_optima, solve_formulation
    from solvitur.cli.steps import tell_incumbent
    from solvitur.cli.wiring import beginning_at
    from solvitur.config import load

    settings = load(wanted.flags)
    tables = files.read_data(wanted.data)
    five = files.read_formulation(name)
    with console.working(talk, "solving ...") as status:
        effort = wanted.effort(settings, partial(tell_incumbent, talk, status))
        start = wanted.searching.warm_start
        begun = effort if start is None else beginning_at(start, effort, five, tables)
        answer = solve_formulation(five, begun, tables)
        return list_optima(answer, wanted.searching.all_optima, effort, tables)


def _from_words(text: str | None, wanted: _Wanted, talk: "Console") -> "Answer":
    from solvitur.agents import list_optima, solve_problem
    from solvitur.agents.problem import read_problem
    from solvitur.cli.steps import Steps
    from solvitur.cli.wiring import connected
    from solvitur.config import load

    if wanted.searching.warm_start is not None:
        raise ConfigError("--warm-start goes with --formulation, whose names it is in")
    settings = load(wanted.flags)
    tables = files.read_data(wanted.data)
    words = files.read_problem_text(text)
    read_problem(words)
    model = connected(settings, at_once=settings.record is None)
    with Steps(talk) as steps:
        effort = wanted.effort(settings, steps.hear)
        answer = asyncio.run(solve_problem(words, model, effort, on_step=steps, data=tables))
        return list_optima(answer, wanted.searching.all_optima, effort, tables)


@contextmanager
def _stopping() -> "Iterator[Interrupt]":
    """Let the first Ctrl-C end the search with what it holds, if it holds anything."""
    from solvitur.solvers import Interrupt

    interrupt = Interrupt()

    def stop() -> bool:
        return not interrupt.was_asked and interrupt.ask()

    with interrupt, process.heeding(stop):
        yield interrupt


def _show(answer: "Answer", *, as_json: bool) -> None:
    if as_json:
        console.write_json(answer.to_json())
        return
    from solvitur.cli.report import report

    report(answer, console.data(), console.talk())


def _write_failure(message: str) -> None:
    from solvitur.agents import Answer
    from solvitur.solvers import Outcome

    console.write_json(Answer(outcome=Outcome.error, message=message).to_json())
