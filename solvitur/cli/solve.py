"""``solvitur solve``: from words, or from the five elements, to an answer."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, failures, files
from solvitur.cli.flags import Asking, Solving, grouped
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from solvitur.agents import Answer

EPILOG = """\b
Exit codes: 0 solved, 1 error, 2 wrong call, 3 infeasible, 4 unbounded,
5 limit reached with an answer, 6 limit reached without, 7 budget spent,
8 could not formulate, 130 interrupted."""


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
        metavar="FILE", help="Solve the five elements in FILE (JSON or .md): no language model."
    ),
]
_Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data", metavar="FOLDER|FILE|NAME=FILE", help="Tables that go with it; may be repeated."
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
    data: _Data = None,
    *,
    asking: Asking,
    solving: Solving,
    as_json: _Json = False,
    save: _Save = None,
) -> None:
    """Solve a problem and say how the answer is certified.

    \b
    solvitur solve "A carpenter has 40 hours; a chair takes 3, ..."
    solvitur solve problem.txt --model openai:qwen3@http://localhost:8000/v1
    cat problem.txt | solvitur solve --json
    solvitur solve --formulation plan.json --time-limit 60
    solvitur solve problem.txt --data tables/ --data fares=2026.xlsx
    """  # noqa: D301
    flags = {**asdict(asking), **asdict(solving)}
    try:
        if save is not None:
            files.check_writable(save)
        talk = console.talk()
        with console.lent():
            answer = _answer(text, formulation, data or [], flags, talk)
    except Exception as error:
        failure = failures.describe(error)
        if as_json:
            _write_failure(failure.message)
        failure.leave()
    try:
        if save is not None:
            files.write_whole(save, answer.to_json() + "\n")
    finally:  # what was found out is shown in any case
        _show(answer, as_json=as_json)
    raise typer.Exit(failures.EXIT_CODES[answer.outcome.value])


def _answer(
    text: str | None,
    formulation: str | None,
    data: list[str],
    flags: dict[str, object],
    talk: "Console",
) -> "Answer":
    """Find the answer; nothing is asked of a model before everything given was read."""
    from solvitur.agents import solve_formulation, solve_problem
    from solvitur.agents.problem import read_problem
    from solvitur.cli.steps import Steps
    from solvitur.cli.wiring import connected, effort
    from solvitur.config import load

    settings = load(flags)
    tables = files.read_data(data)
    if formulation is not None:
        if text is not None:
            raise ConfigError("give a problem in words or --formulation, not both")
        five = files.read_formulation(formulation)
        with console.working(talk, "solving ..."):
            return solve_formulation(five, effort(settings), tables)
    words = files.read_problem_text(text)
    read_problem(words)
    model = connected(settings)
    with Steps(talk) as steps:
        return asyncio.run(
            solve_problem(words, model, effort(settings), on_step=steps, data=tables)
        )


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
