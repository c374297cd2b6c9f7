"""``solvitur sessions``: the conversations that are kept."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvitur.cli import console, files
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.agents.chat.sessions import Kept, Sessions
    from solvitur.agents.chat.transcript import Transcript

app = typer.Typer(help="List, show, export and delete conversations.", no_args_is_help=True)


class Form(StrEnum):
    """What a conversation is written as."""

    md = "md"
    json = "json"


def begun(incomplete: str) -> list[tuple[str, str]]:
    """Give the ids that begin so, each with what the conversation is about, for a shell."""
    kept = (each for each in _sessions() if each.id.startswith(incomplete))
    return [(each.id, console.safe(_about(each))) for each in kept]


_Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Its id, or a beginning that no other id has.", autocompletion=begun
    ),
]
_Ids = Annotated[
    list[str],
    typer.Argument(metavar="ID...", help="Ids, or beginnings of them.", autocompletion=begun),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to stdout, and nothing else.")
]
_To = Annotated[
    Form | None, typer.Option("--to", help="The form; left out, it is what OUT ends in, or md.")
]
_Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="OUT", help="The file; else it goes to stdout."),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_sessions(as_json: _Json = False) -> None:
    """List the conversations, the one that was used last first."""
    sessions = list(_sessions())
    if as_json:
        import json

        listed = json.dumps({"sessions": [_described(each) for each in sessions]}, indent=2)
        console.write_json(listed)
        return
    if not sessions:
        console.talk().print("There is no conversation yet; begin one: solvitur chat")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("id", "last used", "model", "about"):
        table.add_column(title, no_wrap=title != "about")
    for session in sessions:
        table.add_row(*map(console.safe, _row(session)))
    console.data().print(table)


@app.command()
def show(ids: _Ids, as_json: _Json = False) -> None:
    """Show what was said in conversations, and what came of it.

    \b
    solvitur sessions show 20261128-2301-k3f9
    """  # noqa: D301
    transcripts = [_read(session) for session in _found(ids)]
    if as_json and len(transcripts) > 1:
        raise ConfigError("--json shows one conversation; name one")
    if as_json:
        console.write_json(transcripts[0].to_json())
        return
    data = console.data()
    for transcript in transcripts:
        if len(transcripts) > 1:
            data.print(console.safe(f"# {transcript.id}\n"))
        data.print(console.safe(transcript.to_text() or "Nothing was said."))


@app.command()
def export(session: _Id, to: _To = None, out: _Out = None) -> None:
    """Write a conversation as Markdown, or as JSON with everything.

    \b
    solvitur sessions export 20261128-2301-k3f9 -o talk.md
    solvitur sessions export 20261128 --to json
    """  # noqa: D301
    form = to or _ending(out)
    if out is not None:
        files.check_writable(out)
    transcript = _read(_sessions().find(session))
    text = transcript.to_markdown() if form is Form.md else transcript.to_json() + "\n"
    files.write_out(out, text)


@app.command()
def delete(ids: _Ids, yes: _Yes = False) -> None:
    """Delete conversations, with everything that was said in them.

    \b
    solvitur sessions delete 20261128-2301-k3f9 20261127
    """  # noqa: D301
    found, talk = _found(ids), console.talk()
    for session in found:
        if session.is_open:
            raise ConfigError(f"the conversation {session.id} is open in another window")
    for session in found:
        talk.print(console.safe(f"{session.id}  {_about(session)}"))
    if not yes and not _agrees(len(found)):
        talk.print("Nothing is deleted.")
        raise typer.Exit(1)
    sessions = _sessions()
    for session in found:
        sessions.delete(session)
    talk.print(f"{_count(len(found))} deleted.")


def _sessions() -> "Sessions":
    from solvitur.cli.wiring import kept
    from solvitur.config import load

    return kept(load())


def _found(ids: list[str]) -> "list[Kept]":
    """Find all, each once, before anything is done with one of them."""
    sessions = _sessions()
    found = {session.id: session for session in map(sessions.find, ids)}
    return list(found.values())


def _read(session: "Kept") -> "Transcript":
    from solvitur.agents.chat.transcript import read_transcript

    return asyncio.run(read_transcript(session))


def _ending(out: Path | None) -> Form:
    ending = "md" if out is None else out.suffix.lower().removeprefix(".")
    if ending not in list(Form):
        raise ConfigError(
            f"{out} ends in no form there is ({', '.join(Form)}); say which with --to"
        )
    return Form(ending)


def _agrees(count: int) -> bool:
    if not sys.stdin or not sys.stdin.isatty():
        raise ConfigError("nobody can be asked; --yes deletes without asking")
    return typer.confirm(f"Delete {_count(count)}?", err=True)


def _count(number: int) -> str:
    return f"{number} conversation{'' if number == 1 else 's'}"


def _row(session: "Kept") -> tuple[str, str, str, str]:
    used = session.used.astimezone().strftime("%Y-%m-%d %H:%M")
    model = "" if session.record is None else session.record.model
    return session.id, used, model, _about(session)


def _about(session: "Kept") -> str:
    if session.is_damaged or session.record is None:
        return "(damaged)"
    return session.record.title or "(nothing was said)"


def _described(session: "Kept") -> dict[str, Any]:
    record = session.record
    return {
        "id": session.id,
        "created": None if record is None else record.created.isoformat(),
        "used": session.used.isoformat(),
        "title": "" if record is None else record.title,
        "model": "" if record is None else record.model,
        "data": [] if record is None else list(record.data),
        "is_damaged": session.is_damaged,
        "is_open": session.is_open,
        "folder": str(session.folder),
    }
