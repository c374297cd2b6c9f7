"""How soon an embedded model begins to answer, and how much of its prompts it reads only once.

    python benchmarks/embedded_speed.py --threads 1 --docs docs/speed.md

Every figure comes from fresh processes, in turns, with the model's file in the file cache. "Before"
is a model that reads the instructions and examples anew in each process; "after" finds what an
earlier process read of them. Seconds of processor time are beside those on the clock, for they do
not depend on what else the machine does. The problems are the first of our own with odd numbers.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from measuring import Clock, Configuration, ask, cases, percent, table

from solvitur.agents import Effort
from solvitur.agents.techniques import introduction
from solvitur.llm import Local, Reply, Request, connect
from solvitur.llm.engine import worker
from solvitur.llm.store import models_directory

STARTED = "EMBEDDED_SPEED_STARTED"
"""When the process was started, on the clock of all processes."""
HEADING = "## The embedded model"


class Watched:
    """A model of which it is written down when it began to answer, and what it read."""

    def __init__(self, model: Local, *, shares: bool) -> None:
        self.model = model
        self.name = model.name
        self.features = model.features
        self.shares = shares
        self.calls: list[dict[str, Any]] = []

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        begun = time.monotonic()
        first: list[float] = []

        def hear(piece: str) -> None:
            first.append(time.monotonic() - begun)
            if on_text is not None:
                on_text(piece)

        if not self.shares:
            request = request.model_copy(update={"shared": 0})
        reply = await self.model.reply(request, hear)
        usage = reply.usage
        self.calls.append(
            {
                "first": first[0] if first else reply.seconds,
                "seconds": reply.seconds,
                "prompt": usage.prompt_tokens,
                "cached": usage.cached_tokens,
                "written": usage.completion_tokens,
            }
        )
        return reply


# --- in a process of its own ---------------------------------------------------------------------


def child(way: str, name: str, threads: int | None, problems: int) -> None:
    """Answer problems and print what was measured as JSON."""
    started = float(os.environ[STARTED])
    model = connect(name, threads=threads)
    assert isinstance(model, Local)
    waited = 0.0
    if way != "before":
        model.begin()
        model.begin(introduction(model))
    if way == "typing":
        import langgraph.graph  # noqa: F401  # a chat has it from its start on

        worker().submit(lambda: None).result()
        waited = time.time() - started
    watched = Watched(model, shares=way != "before")
    found = []
    for case in cases("train", None, (0, 0))[: max(1, problems)]:
        cpu, calls = time.process_time(), len(watched.calls)
        begun = time.time()
        if problems == 0:
            asyncio.run(first_call(watched, case.question, started + waited))
        clock = Clock(watched)
        asyncio.run(ask(clock, Configuration("default", Effort()), case, None))
        found.append(
            {
                "seconds": time.time() - begun,
                "cpu": time.process_time() - cpu,
                "calls": watched.calls[calls:],
            }
        )
    print(json.dumps(found))


async def first_call(model: Watched, question: str, since: float) -> NoReturn:
    """Leave the process at the first piece of text, with the seconds since then."""
    from solvitur.agents import solve_problem

    class Leaving:
        name = model.name
        features = model.features

        async def reply(self, request: Request, on_text: Any = None) -> Reply:
            if not model.shares:
                request = request.model_copy(update={"shared": 0})

            def leave(_: str) -> None:
                figures = {"first": time.time() - since, "cpu": time.process_time()}
                print(json.dumps(figures), flush=True)
                os._exit(0)

            return await model.model.reply(request, leave)

    await solve_problem(question, Leaving())
    raise SystemExit("no piece of text came")


def measured(way: str, given: argparse.Namespace, cache: Path, problems: int) -> Any:
    """Run a process of its own; its beginnings are in this cache."""
    command = [sys.executable, __file__, "--way", way, "--problems", str(problems)]
    command += ["--model", given.model]
    if given.threads:
        command += ["--threads", str(given.threads)]
    environment = os.environ | {"SOLVITUR_CACHE": str(cache), STARTED: str(time.time())}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# --- side by side --------------------------------------------------------------------------------

WAYS = {
    "before": "before: everything is read again",
    "after": "after: what an earlier process read is there",
    "typing": "after, from the end of typing: loaded while the problem was written",
}


def cache_of(folder: Path) -> Path:
    """Make a cache that has the models and no beginnings."""
    cache = Path(tempfile.mkdtemp(dir=folder))
    (cache / "models").symlink_to(models_directory())
    return cache


def firsts(given: argparse.Namespace, folder: Path) -> list[str]:
    """Time the first piece of text of fresh processes."""
    cache = cache_of(folder)
    ever = measured("after", given, cache, 0)  # it also warms the file cache, and fills this one
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(given.turns):
        for way, figures in found.items():
            figures.append(measured(way, given, cache, 0))
            print(way, figures[-1], file=sys.stderr)
    rows = [
        [
            WAYS[way],
            f"{statistics.median(each['first'] for each in figures):.1f}",
            f"{min(each['first'] for each in figures):.1f}",
            f"{statistics.median(each['cpu'] for each in figures):.1f}",
        ]
        for way, figures in found.items()
    ]
    figures = [f"{ever['first']:.1f}", "", f"{ever['cpu']:.1f}"]
    rows.insert(1, ["after, in the first process of all", *figures])
    head = ["first piece of text, since the start of the process", "median, s", "lowest, s"]
    return table([*head, "processor, s"], iter(rows))


def problems(given: argparse.Namespace, folder: Path) -> list[str]:
    """Answer the same problems in one process before and one after."""
    cache = cache_of(folder)
    measured("after", given, cache, 1)  # fills it with what every way of asking begins with
    rows = []
    for way in ("before", "after"):
        found = measured(way, given, cache, given.problems)
        calls = [call for each in found for call in each["calls"]]
        shares = [call["cached"] / call["prompt"] for call in calls[1:]]
        unread = sum(call["prompt"] - call["cached"] for call in calls)
        rows.append(
            [
                way,
                f"{statistics.mean(each['seconds'] for each in found):.1f}",
                f"{statistics.mean(each['cpu'] for each in found):.1f}",
                f"{found[0]['seconds']:.1f}",
                f"{sum(share > 0.5 for share in shares)} of {len(shares)}",
                percent(statistics.mean(shares)),
                percent(min(shares)),
                f"{unread / len(found):,.0f}",
            ]
        )
        print(rows[-1], file=sys.stderr)
    head = [
        *("", "s per problem", "processor, s", "s for the first"),
        *("calls after the first that hit the cache", "tokens from it", "at the least"),
        "tokens read per problem",
    ]
    return table(head, iter(rows))


SECTION = """{heading}

{about}

{firsts}

{problems}

{threads} of the {cores} cores, {model}, {count} problems, {turns} turns. A call hits the cache when
more than half of its prompt need not be read again; what is always new is the problem or the step.
Written by `{command}`.
"""


def section(given: argparse.Namespace, tables: Sequence[list[str]]) -> str:
    first, each = tables
    threads = f"{given.threads} thread(s) on" if given.threads else "All but one"
    command = f"python benchmarks/embedded_speed.py --turns {given.turns}"
    command += f" --problems {given.problems}"
    command += f" --threads {given.threads}" if given.threads else ""
    return SECTION.format(
        heading=HEADING,
        about=(__doc__ or "").partition("docs/speed.md\n")[2].strip(),
        firsts="\n".join(first),
        problems="\n".join(each),
        threads=threads,
        cores=os.cpu_count(),
        model=given.model,
        count=given.problems,
        turns=given.turns,
        command=f"{command} --docs {given.docs or 'docs/speed.md'}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--threads", type=int, help="by default all cores but one")
    parser.add_argument("--turns", type=int, default=3, help="fresh processes of each kind")
    parser.add_argument("--problems", type=int, default=4, help="answered one after the other")
    parser.add_argument("--docs", type=Path, help="Markdown file in which to write the section")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        return child(given.way, given.model, given.threads, given.problems)
    with tempfile.TemporaryDirectory() as folder:
        written = section(given, [make(given, Path(folder)) for make in (firsts, problems)])
    print(written)
    if given.docs is not None:
        page = given.docs.read_text(encoding="utf-8").partition(HEADING)[0]
        given.docs.write_text(f"{page.rstrip()}\n\n{written}", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
