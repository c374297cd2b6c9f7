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
from typing import Any

from measuring import Case, Clock, Configuration, ask, cases, percent, table

from solvitur.agents import Effort
from solvitur.agents.techniques import introduction
from solvitur.llm import Local, Reply, Request, connect
from solvitur.llm.store import models_directory

EXAMPLE = Path(__file__).parents[1] / "examples" / "bakery.txt"
TYPING = 5.0
"""Seconds to type a problem."""
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
    model = connect(name, threads=threads)
    assert isinstance(model, Local)
    if way != "before":
        model.begin(introduction(model))
    watched = Watched(model, shares=way != "before")
    found = []
    for case in chosen(problems):
        cpu, calls = time.process_time(), len(watched.calls)
        begun = time.time()
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


def chosen(problems: int) -> list[Case]:
    """Give the first of our own problems."""
    return cases("train", None, (0, 0))[:problems]


def first_text(way: str, problem: str, given: argparse.Namespace, cache: Path) -> dict[str, float]:
    """Run the command until the first piece of text, with the seconds since it could begin.

    That is the start of the process, or the end of typing in a conversation that has been open for
    as long as it takes to type.
    """
    command = [sys.executable, str(Path(__file__).with_name("first_text.py"))]
    command += ["no" if way == "before" else "yes"]
    command += ["chat"] if way == "typing" else ["solve", problem]
    command += ["--model", given.model]
    environment = os.environ | {"SOLVITUR_CACHE": str(cache), "SOLVITUR_SESSIONS": str(cache)}
    if given.threads:
        environment["SOLVITUR_THREADS"] = str(given.threads)
    since = time.time()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    if way == "typing":
        time.sleep(TYPING)
        since = time.time()
    _, said = process.communicate(problem if way == "typing" else None)
    if process.returncode:
        raise SystemExit(f"no piece of text came:\n{said}")
    found = json.loads(said.splitlines()[-1])
    return {"first": found["at"] - since, "cpu": found["cpu"]}


def measured(way: str, given: argparse.Namespace, cache: Path, problems: int) -> Any:
    """Run a process of its own; its beginnings are in this cache."""
    command = [sys.executable, __file__, "--way", way, "--problems", str(problems)]
    command += ["--model", given.model]
    if given.threads:
        command += ["--threads", str(given.threads)]
    environment = os.environ | {"SOLVITUR_CACHE": str(cache)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# --- side by side --------------------------------------------------------------------------------

WAYS = {
    "first": "after, in the first process of all",
    "before": "before: everything is read again",
    "after": "after: what an earlier process read is there",
    "typing": "after, in a chat, from the end of typing: loaded while the problem was written",
}


def cache_of(folder: Path) -> Path:
    """Make a cache that has the models and no beginnings."""
    cache = Path(tempfile.mkdtemp(dir=folder))
    (cache / "models").symlink_to(models_directory())
    return cache


def firsts(given: argparse.Namespace, folder: Path) -> list[str]:
    """Time the first piece of text of fresh processes."""
    cache = cache_of(folder)
    (longer,) = chosen(1)
    example = EXAMPLE.read_text(encoding="utf-8")
    ever = first_text("after", example, given, cache)  # fills this cache, and that of files
    rows = [[WAYS["first"], "", f"{ever['first']:.1f}", "", f"{ever['cpu']:.1f}"]]
    for problem in (example, longer.question):
        found: dict[str, list[dict[str, float]]] = {
            way: [] for way in ("before", "after", "typing")
        }
        for _ in range(given.turns):
            for way, figures in found.items():
                figures.append(first_text(way, problem, given, cache))
                print(way, figures[-1], file=sys.stderr)
        for way, figures in found.items():
            seconds = [each["first"] for each in figures]
            processor = statistics.median(each["cpu"] for each in figures)
            times = [statistics.median(seconds), min(seconds), processor]
            words = f"{len(problem.split())}"
            rows.append([WAYS[way], words, *(f"{each:.1f}" for each in times)])
    head = ["first piece of text, since the start of the command", "words of the problem"]
    return table([*head, "median, s", "lowest, s", "processor, s"], iter(rows))


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

{threads}, {cores} cores, {model}, {count} problems, {turns} turns. A call hits the cache when
more than half of its prompt need not be read again; what is always new is the problem or the step.
Written by `{command}`.
"""


def section(given: argparse.Namespace, tables: Sequence[list[str]]) -> str:
    first, each = tables
    threads = f"{given.threads} thread(s)" if given.threads else "As many threads as by default"
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
    parser.add_argument("--threads", type=int, help="by default those in use")
    parser.add_argument("--turns", type=int, default=3, help="fresh processes of each kind")
    parser.add_argument("--problems", type=int, default=4, help="answered one after the other")
    parser.add_argument("--docs", type=Path, help="Markdown file in which to write the section")
    parser.add_argument("--way", choices=("before", "after"), help=argparse.SUPPRESS)
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
