"""``solvitur runs``: the runs that are kept, of every kind."""

import asyncio
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvitur.cli import console, files
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.runs import Command, Kept, Kind, Verification

app = typer.Typer(
    help="List, show, resume, verify and export the runs of every kind.", no_args_is_help=True
)

_MOST_DIFFERENCES = 20


def begun(incomplete: str) -> list[tuple[str, str]]:
    """Give the runs whose names begin so, each with what it is about, for a shell."""
    from solvitur.runs import kept_runs

    found = (each for each in kept_runs(_kinds()) if each.name.startswith(incomplete))
    return [(each.name, console.safe(each.about)) for each in found]


_Name = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Its name, a beginning that no other has, or its folder.",
        autocompletion=begun,
    ),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to stdout, and nothing else.")
]
_Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="OUT", help="The file; else it goes to stdout."),
]


@app.command("list")
def list_runs(as_json: _Json = False) -> None:
    """List the runs, the one that was used last first."""
    from solvitur.runs import kept_runs

    found = kept_runs(_kinds())
    if as_json:
        import json

        console.write_json(json.dumps({"runs": [_told(each) for each in found]}, indent=2))
        return
    if not found:
        console.talk().print("There is no run yet; begin one: solvitur eval run, solvitur evolve")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("run", "last used", "how far", "about"):
        table.add_column(title, no_wrap=title != "about")
    for each in found:
        row = (each.name, _time(each.last_used), _reached(each), _about(each))
        table.add_row(*map(console.safe, row))
    console.data().print(table)


@app.command()
def show(name: _Name, as_json: _Json = False) -> None:
    """Show what a run is about and how far it has come.

    It also says what goes on with it.

    \b
    solvitur runs show word-problems-0123456789ab
    """  # noqa: D301
    kept = _found(name)
    if as_json:
        import json

        console.write_json(json.dumps(_told(kept, whole=True), indent=2))
        return
    command = kept.command
    lines = {
        "run": kept.name,
        "kind": "(not known)" if kept.kind is None else kept.kind.name,
        "about": _about(kept),
        "how far": _reached(kept),
        "last used": _time(kept.last_used),
        "goes on with": "(no command is kept)" if command is None else _typed(command),
        "events": ", ".join(f"{count:,} {kind}" for kind, count in kept.counts.items()),
        "folder": str(kept.folder),
    }
    data = console.data()
    for title, value in lines.items():
        data.print(console.safe(f"{title:<14}{value}"), soft_wrap=True)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def resume(
    context: typer.Context,
    name: _Name,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask, though the run lies elsewhere.")
    ] = False,
) -> None:
    """Go on with a run, by the command that it was begun with.

    What is added to it counts.

    \b
    solvitur runs resume word-problems-0123456789ab
    solvitur runs resume word-problems-0123456789ab --max-cost 5
    """  # noqa: D301
    kept = _found(name)
    command = kept.command
    if command is None:
        raise ConfigError(
            f"the run {kept.name} keeps no command that goes on with it; it was begun from Python, "
            "where the same call goes on"
        )
    arguments = [*command.arguments, *context.args]
    console.talk().print(console.safe(f"solvitur {shlex.join(arguments)}"), soft_wrap=True)
    _agree(kept, yes)
    _enter(command)
    from solvitur.cli.app import app as commands

    commands(arguments, prog_name="solvitur")


@app.command()
def verify(
    name: _Name,
    problem: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="For an evolution of a problem of your own: its file."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Derive a run again from what it was told, and compare.

    No model is asked.

    \b
    solvitur runs verify word-problems-0123456789ab
    solvitur runs verify knapsack-ael-0123456789ab --problem knapsack.toml
    """  # noqa: D301
    kept, talk = _found(name, problem), console.talk()
    with console.lent(), console.working(talk, "deriving ..."):
        found = asyncio.run(kept.verify())
    if as_json:
        import json
        from dataclasses import asdict

        console.write_json(json.dumps(asdict(found), indent=2))
    else:
        _show(found)
    raise typer.Exit(1 if found.differences else 0)


@app.command()
def export(name: _Name, out: _Out = None) -> None:
    """Write all that a run has recorded as JSON, an event a line.

    \b
    solvitur runs export word-problems-0123456789ab -o events.jsonl
    """  # noqa: D301
    kept = _found(name)
    if out is not None:
        files.check_writable(out)
    files.write_out(out, "".join(f"{line}\n" for line in kept.lines()))


# --- the parts -----------------------------------------------------------------------------------


def _kinds(problem: Path | None = None) -> "tuple[Kind, ...]":
    from solvitur.eval import Evaluation
    from solvitur.evolution.heuristics import Evolution, load_problem

    return Evaluation(), Evolution(None if problem is None else load_problem(str(problem)))


def _found(name: str, problem: Path | None = None) -> "Kept":
    from solvitur.runs import find_run

    return find_run(name, _kinds(problem))


def _about(kept: "Kept") -> str:
    return kept.about or "(not a run of a kind that is known)"


def _reached(kept: "Kept") -> str:
    reached = kept.reached
    if reached is None:
        return ""
    of = "" if reached.wanted is None else f" of {reached.wanted:,}"
    going_on = ", going on" if kept.is_going_on else ""
    return f"{reached.done:,}{of} {reached.unit}{going_on}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def _typed(command: "Command") -> str:
    return f"cd {shlex.quote(command.folder)} && solvitur {shlex.join(command.arguments)}"


def _told(kept: "Kept", *, whole: bool = False) -> dict[str, Any]:
    reached, command = kept.reached, kept.command
    told: dict[str, Any] = {
        "name": kept.name,
        "kind": None if kept.kind is None else kept.kind.name,
        "about": kept.about,
        "done": None if reached is None else reached.done,
        "wanted": None if reached is None else reached.wanted,
        "unit": None if reached is None else reached.unit,
        "is_going_on": kept.is_going_on,
        "last_used": datetime.fromtimestamp(kept.last_used).astimezone().isoformat(),
        "folder": str(kept.folder),
        "command": None if command is None else list(command.arguments),
        "command_folder": None if command is None else command.folder,
    }
    if whole:
        told |= {"facts": dict(kept.facts) if kept.kind else None, "events": dict(kept.counts)}
    return told


def _agree(kept: "Kept", yes: bool) -> None:
    """Ask where the command was not kept by this user's own runs: a journal may be anybody's."""
    from solvitur.runs import runs_folder

    if yes or kept.folder.resolve().parent == runs_folder().resolve():
        return
    if not sys.stdin or not sys.stdin.isatty():
        raise ConfigError(
            f"{kept.folder} is not among your own runs, and its command may be anybody's; if it is "
            "right, give --yes"
        )
    if not typer.confirm("This run is not among your own. Is that the command you want?", err=True):
        raise typer.Exit(1)


def _enter(command: "Command") -> None:
    """Go where the command was typed: the files it names are seen from there."""
    import os

    try:
        os.chdir(command.folder)
    except OSError as error:
        raise ConfigError(
            f"the run was begun in {command.folder}, which cannot be entered: {error.strerror}"
        ) from error


def _show(found: "Verification") -> None:
    data = console.data()
    for each in found.differences[:_MOST_DIFFERENCES]:
        line = f"{each.where}: recorded {each.recorded}, derived {each.derived}"
        data.print(console.safe(line), soft_wrap=True)
    left = len(found.differences) - _MOST_DIFFERENCES
    if left > 0:
        data.print(f"... and {left:,} more differences")
    for remark in found.remarks:
        data.print(console.safe(f"not compared: {remark}"), soft_wrap=True)
    count = len(found.differences)
    said = "no difference" if not count else f"{count:,} difference{'' if count == 1 else 's'}"
    data.print(console.safe(f"{found.checked} derived again: {said}"))
