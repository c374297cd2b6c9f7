"""``solvitur models``: the embedded models and the backends."""

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli.serve import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from solvitur.llm import Model, Reply
    from solvitur.llm.catalog import CatalogEntry
    from solvitur.llm.download import Progress

app = typer.Typer(help="List, fetch, try and serve language models.", no_args_is_help=True)
app.command()(serve)

_BACKENDS = (
    ("local:NAME", "a model above, or any .gguf file; in this process", "xllamacpp", "local"),
    (
        "openai:MODEL[@URL]",
        "OpenAI (OPENAI_API_KEY) or any server that speaks its protocol",
        "",
        "",
    ),
    ("vllm:MODEL[@URL]", "a vLLM server, or: solvitur models serve", "", ""),
    ("litellm:PROVIDER/MODEL", "every provider that litellm knows", "litellm", "litellm"),
    ("scripted:FILE", "replies from a JSON file, for tests", "", ""),
    ("replay:FILE", "replies from a recording", "", ""),
)
"""Name, what it is, the package it needs, and the extra that brings the package."""


@app.command("list")
def list_models() -> None:
    """List embedded models, backends, and what is served on this machine."""
    from solvitur.cli.console import data, safe
    from solvitur.cli.wiring import use_cache
    from solvitur.config import load
    from solvitur.llm.catalog import CATALOG
    from solvitur.llm.served import served

    use_cache(load())
    embedded = _table("embedded model", "size", "licence", "here", "what it is")
    for entry in CATALOG.values():
        size = f"{entry.size / 1e6:,.0f} MB"
        embedded.add_row(entry.name, size, entry.licence, _presence(entry), entry.about)
    backends = _table("backend", "ready", "what it is")
    for name, about, package, extra in _BACKENDS:
        backends.add_row(name, _readiness(package, extra), about)
    console = data()
    console.print(embedded)
    console.print()
    console.print(backends)
    if now := served():
        running = _table("served now", "by")
        for each in now:
            running.add_row(safe(each.model), safe(each.title))
        console.print()
        console.print(running)


@app.command()
def pull(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from: solvitur models list")],
) -> None:
    """Fetch an embedded model and its base, and show where it is."""
    from solvitur.cli.console import data, safe, talk
    from solvitur.cli.wiring import use_cache
    from solvitur.config import load
    from solvitur.llm.catalog import find_entry
    from solvitur.llm.download import download

    use_cache(load())
    entry = find_entry(name.removeprefix("local:"))
    for each in [*([find_entry(entry.base)] if entry.base else []), entry]:
        with _progress(each, talk()) as report:
            path = download(each, on_progress=report)
        data().print(safe(str(path)))


@app.command("test")
def try_model(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="By default the one that is set.")
    ] = None,
) -> None:
    """Ask a model one tiny question and time it."""
    from solvitur.cli.console import data, lent, safe
    from solvitur.cli.wiring import connected
    from solvitur.config import load
    from solvitur.llm import Message, Request, Sampling

    settings = load({"model": model}).model_copy(update={"record": None})
    chosen = connected(settings)
    request = Request(
        messages=(Message.user("Reply with the one word: ready"),),
        sampling=Sampling(max_tokens=16),
    )
    console = data()
    with lent():
        reply = asyncio.run(chosen.reply(request))
    table = _table("model", chosen.name)
    for what, found in _facts(chosen, reply):
        table.add_row(what, safe(found))
    console.print(table)


def _facts(model: "Model", reply: "Reply") -> "Iterator[tuple[str, str]]":
    usage = reply.usage
    yield "reply", reply.text.strip() or "(nothing)"
    yield "latency", f"{reply.seconds:.2f} s"
    yield "features", ", ".join(sorted(model.features)) or "none"
    yield "tokens", f"{usage.prompt_tokens} prompt, {usage.completion_tokens} completion"
    yield "cost", "unknown" if usage.cost is None else f"{usage.cost:.4g} USD"


def _presence(entry: "CatalogEntry") -> str:
    from solvitur.errors import ModelUnavailable
    from solvitur.llm.store import installed

    try:
        return "yes" if installed(entry) else "no"
    except ModelUnavailable:
        return "damaged"


def _readiness(package: str, extra: str) -> str:
    from importlib.util import find_spec

    if not package or find_spec(package) is not None:
        return "yes"
    return f"no: pip install 'solvitur[{extra}]'"


def _table(*titles: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="right" if title == "size" else "left")
    return table


@contextmanager
def _progress(entry: "CatalogEntry", console: "Console") -> "Iterator[Progress]":
    """A bar on a terminal; elsewhere a line for every tenth."""
    if not console.is_terminal:
        yield _tenths(entry, console)
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(entry.name, total=entry.size)

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{entry.name}: {what}")

        yield report


def _tenths(entry: "CatalogEntry", console: "Console") -> "Progress":
    told: set[tuple[str, int]] = set()

    def report(done: int, total: int, what: str) -> None:
        stage = what.split()[0]
        tenth = 10 * done // total
        if (stage, tenth) not in told:
            told.add((stage, tenth))
            console.print(f"{entry.name}: {stage}, {10 * tenth} % of {total / 1e6:,.0f} MB")

    return report
