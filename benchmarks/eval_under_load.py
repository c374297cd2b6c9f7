"""Whole runs against a server on loopback that is slow, fails and hangs, written as a page.

    python benchmarks/eval_under_load.py --docs docs/under_load.md

The server speaks the OpenAI protocol in a process of its own. By the text of a request it replies
with garbage; by the text and how often it came it fails or never answers. The ideal is what the
server and the waits alone would take with nothing else to do, in the same order and with as many
in flight. Two agents are measured: one that asks and reads a number, and solvitur's own, which
formulates, checks, solves, verifies and explains on this machine's processors.
"""

import argparse
import asyncio
import hashlib
import heapq
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import table

import solvitur
from solvitur.eval import (
    Dataset,
    Facts,
    InRun,
    Problem,
    Question,
    Report,
    RunLimits,
    agent_of,
    evaluate,
    read_label,
)
from solvitur.llm import Message, OpenAI, Patience, Request
from solvitur.runs import read_journal

LATENCY = 0.2
ERRORS, HANGS, GARBAGE = 0.05, 0.02, 0.02
TIMEOUT = 2.0
"""Seconds after which a call is given up."""
FIRST_WAIT = 0.05
PATIENCE = Patience(attempts=8, timeout=TIMEOUT, first_wait=FIRST_WAIT, longest_wait=1.0)
KILLS = 5
NONSENSE = "Let me think about chairs and the price of wood for a while."

# --- problems ------------------------------------------------------------------------------------


def question(number: int) -> str:
    return (
        f"A chair earns 30 and takes 7 m2 of wood; there are {42 + number} m2. "
        "How many chairs earn the most?"
    )


def problems(count: int) -> Dataset:
    made = (
        Problem(id=str(n), question=question(n), label=read_label(30 * ((42 + n) // 7)))
        for n in range(count)
    )
    return Dataset(Facts(name="chairs", title="Chairs"), tuple(made))


def formulation(number: int) -> str:
    """The right reply."""
    five = {
        "title": "Chairs",
        "parameters": [
            {"name": "wood", "value": 42 + number},
            {"name": "earned", "value": 30},
            {"name": "each", "value": 7},
        ],
        "variables": [{"name": "x", "domain": "integer", "doc": "chairs"}],
        "objective": {"sense": "maximize", "expression": "earned * x"},
        "constraints": [{"name": "stock", "expression": "each * x <= wood"}],
    }
    return json.dumps(five)


# --- the server ----------------------------------------------------------------------------------


def of_text(messages: list[dict[str, str]]) -> tuple[str, int]:
    """Name a request by its text, and give the number of the problem that it is about."""
    text = json.dumps([[m["role"], m["content"]] for m in messages])
    number = int(re.findall(r"there are (\d+) m2", text)[-1]) - 42
    return hashlib.sha256(text.encode()).hexdigest()[:16], number


def fate(name: str, turn: int) -> str:
    """What becomes of a request, the how manieth time it comes."""
    chance = random.Random(f"{name} {turn}").random()
    if chance < ERRORS:
        return "error"
    if chance < ERRORS + HANGS:
        return "hang"
    return "garbage" if random.Random(name).random() < GARBAGE else "reply"


class Server:
    """Answers as `fate` has it, and writes down what it is asked."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a", buffering=1, encoding="utf-8")
        self._turns: Counter[str] = Counter()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        name, number = of_text(json.loads(await reader.readexactly(length))["messages"])
        end = fate(name, self._turns[name])
        self._turns[name] += 1
        self._log.write(f"{name} {end} {time.time():.3f}\n")
        if end == "hang":
            await reader.read()  # until the client goes away
            return False
        await asyncio.sleep(LATENCY)
        status, body = reply(end, number)
        lines = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        writer.write(f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return True


def reply(end: str, number: int) -> tuple[str, bytes]:
    if end == "error":
        return "500 Internal Server Error", b'{"error": {"message": "out of order"}}'
    text = NONSENSE if end == "garbage" else formulation(number)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}
    body = {"id": "1", "created": 1, "model": "m", "object": "chat.completion"}
    return "200 OK", json.dumps({**body, "choices": [choice], "usage": usage}).encode()


@contextmanager
def serving(log: Path) -> Iterator[str]:
    command = [sys.executable, __file__, "--serve", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.kill()


# --- agents and runs -----------------------------------------------------------------------------


def light(url: str) -> Any:
    """Ask, once more where nothing can be read, and take the number of the reply."""
    model = InRun(OpenAI("m", base_url=url), PATIENCE)

    async def asking(question: Question) -> float | None:
        messages = [Message.user(str(question))]
        for _ in range(2):
            text = (await model.reply(Request(messages=tuple(messages)))).text
            if text != NONSENSE:
                return 30.0 * (json.loads(text)["parameters"][0]["value"] // 7)
            messages += [Message.assistant(text), Message.user(f"In numbers, please. {question}")]
        return None

    return asking


def full(url: str) -> Any:
    return agent_of(OpenAI("m", base_url=url), patience=PATIENCE)


AGENTS = {"light": light, "full": full}


def child(given: argparse.Namespace) -> None:
    """Run, in a process of its own; tell how long it took and what memory."""
    agent = AGENTS[given.agent](given.url)
    dataset = problems(given.problems)
    limits = RunLimits(concurrency=given.concurrency)
    started, cpu, queued = time.monotonic(), time.process_time(), waited()
    asyncio.run(evaluate(agent, dataset, limits=limits, run=given.folder))
    own, workers = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    told = {
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - cpu,
        "waited": waited() - queued,
        "memory": own.ru_maxrss * 1024,
        "worker": workers.ru_maxrss * 1024,
    }
    print(json.dumps(told))


def waited() -> float:
    """Seconds that this thread could have gone on, had there been a processor free for it."""
    return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def begun(agent: str, url: str, folder: Path, count: int, concurrency: int) -> Any:
    flags = ["--agent", agent, "--url", url, "--folder", folder, "--concurrency", concurrency]
    command = [sys.executable, __file__, *flags, "--problems", count]
    environment = {**os.environ, "OPENAI_API_KEY": "none"}
    return subprocess.Popen(
        [*map(str, command)], stdout=subprocess.PIPE, text=True, env=environment
    )


def whole(agent: str, count: int, concurrency: int, folder: Path) -> dict[str, Any]:
    """Measure one run from its beginning to its end."""
    with (
        serving(folder / "log") as url,
        begun(agent, url, folder, count, concurrency) as process,
    ):
        told: dict[str, Any] = json.loads(process.communicate()[0])
    report = Report.load(folder)
    best = ideal(asked(folder / "log"), concurrency)
    first, last = answered(folder)
    return {
        **told,
        "agent": agent,
        "concurrency": concurrency,
        "seconds": last - first,
        "lost": count - len(report.samples),
        "ideal": best,
        "report": report,
    }


def answered(folder: Path) -> tuple[float, float]:
    """When the first request came, and when the last answer was there."""
    first = min(float(line.split()[2]) for line in (folder / "log").open(encoding="utf-8"))
    return first, max(event.time for event in read_journal(folder / "run.journal", "sample"))


def asked(log: Path) -> dict[str, list[str]]:
    """Give what became of the requests of each name, in the order in which they came first."""
    found: dict[str, list[str]] = {}
    if not log.exists():
        return found
    for line in log.open(encoding="utf-8"):
        name, end, _ = line.split()
        found.setdefault(name, []).append(end)
    return found


def ideal(ends: dict[str, list[str]], concurrency: int) -> float:
    """Seconds that the server and the waits take, where nothing else does."""
    slots = [0.0] * concurrency
    for fates in ends.values():
        waits = (0.75 * min(1.0, FIRST_WAIT * 2**n) for n, end in enumerate(fates[:-1]))
        calls = (TIMEOUT if end == "hang" else LATENCY for end in fates)
        heapq.heapreplace(slots, slots[0] + sum(waits) + sum(calls))
    return max(slots)


def killed(agent: str, count: int, concurrency: int, folder: Path) -> dict[str, Any]:
    """Kill a run again and again; count what was asked although its reply was recorded."""
    again = 0
    with serving(folder / "log") as url:
        for turn in range(1, KILLS + 2):
            known = recorded(folder)
            before = requests(folder, known)
            with begun(agent, url, folder, count, concurrency) as process:
                wanted = count * turn // (KILLS + 1)
                while turn <= KILLS and process.poll() is None and replied(folder) < wanted:
                    time.sleep(0.05)
                if turn <= KILLS:
                    process.send_signal(signal.SIGKILL)
                process.communicate()
            again += requests(folder, known) - before
    return {"again": again, "report": Report.load(folder)}


def recorded(folder: Path) -> set[str]:
    """Name the requests whose replies are in the journal."""
    path = folder / "run.journal"
    if not path.exists():
        return set()
    return {of_text(e.value["request"]["messages"])[0] for e in read_journal(path, "reply")}


def requests(folder: Path, names: set[str]) -> int:
    """Count how often these were asked."""
    return sum(len(ends) for name, ends in asked(folder / "log").items() if name in names)


def replied(folder: Path) -> int:
    log = folder / "log"
    return sum(" reply" in line for line in log.open(encoding="utf-8")) if log.exists() else 0


# --- the page ------------------------------------------------------------------------------------

PAGE = """# Evaluating under load

Written by `python benchmarks/eval_under_load.py --problems {count} --docs docs/under_load.md`
(solvitur {version}, {cores} cores; {load:.1f} processes wanted them on average meanwhile).

{count} problems against a server on loopback that takes {latency:g} s for a reply, fails
{errors:.0%}, never answers {hangs:.0%} (given up after {timeout:g} s) and talks nonsense
{garbage:.0%} of the time.
The ideal is what these delays and the waits between tries take alone, in the same order, with as
many in flight. *Light* is an agent that asks and reads a number; *full* is solvitur's own, which
formulates, checks, solves, verifies and explains each problem, and whose answers are solved twice
more for their other readings. Seconds are from the first request to the last answer; CPU is that
of the process itself, the client of the server included; "in the queue" are the seconds in which
its event loop could have gone on, had a processor been free; memory is its largest, and that of the
largest process that it began.

One process answers no more problems a second than its processor allows: of an agent that takes 20
ms, 50. With a model that takes 10 s for a reply, 32 in flight are 3 a second.

{rows}

## Killed and gone on with

Each run is killed with SIGKILL {kills} times, at equal parts of its replies, and begun again by the
same call. "Asked again" counts the requests whose reply had been recorded when the process was
killed; the report is compared with that of the run above, but for its seconds.

{killed}
"""


def row(found: dict[str, Any], count: int) -> list[str]:
    return [
        found["agent"],
        str(found["concurrency"]),
        f"{found['seconds']:.1f}",
        f"{count / found['seconds']:.0f}",
        f"{found['ideal'] / found['seconds']:.0%}",
        f"{1000 * found['cpu'] / count:.1f}",
        f"{found['waited']:.1f}",
        f"{found['memory'] / 1e6:.0f}",
        f"{found['worker'] / 1e6:.0f}",
        str(found["lost"]),
    ]


def timeless(report: Report) -> Any:
    """All of a report but how long it took."""
    assert report.metrics is not None
    verdicts = [(each.problem, each.score, each.answer.objective) for each in report.samples]
    tokens = [(each.prompt_tokens, each.attempts) for each in report.samples]
    return verdicts, tokens, report.metrics.model_dump(exclude={"seconds", "solver_seconds"})


def main(given: argparse.Namespace) -> None:
    rows, stopped, reference, loads = [], [], {}, []
    for agent, concurrency in (
        ("light", 8),
        ("light", 32),
        ("light", 64),
        ("full", 4),
        ("full", 32),
    ):
        folder = Path(tempfile.mkdtemp())
        found = whole(agent, given.problems, concurrency, folder)
        loads.append(os.getloadavg()[0])
        rows.append(row(found, given.problems))
        print(*rows[-1], flush=True)
        if concurrency == 32:
            reference[agent] = found["report"]
        shutil.rmtree(folder)
    for agent, report in reference.items():
        folder = Path(tempfile.mkdtemp())
        found = killed(agent, given.problems, 32, folder)
        same = "yes" if timeless(found["report"]) == timeless(report) else "NO"
        calls = found["report"].used.calls
        stopped.append([agent, str(KILLS), str(calls), str(found["again"]), same])
        print(*stopped[-1], flush=True)
        shutil.rmtree(folder)
    head = ["agent", "in flight", "seconds", "problems/s", "of the ideal"]
    costs = ["CPU ms each", "s in the queue", "MB", "MB of others", "lost"]
    page = PAGE.format(
        count=given.problems,
        version=solvitur.__version__,
        cores=os.cpu_count(),
        load=sum(loads) / len(loads),
        latency=LATENCY,
        errors=ERRORS,
        hangs=HANGS,
        garbage=GARBAGE,
        timeout=TIMEOUT,
        kills=KILLS,
        rows="\n".join(table([*head, *costs], iter(rows))),
        killed="\n".join(
            table(["agent", "kills", "replies", "asked again", "same report"], iter(stopped))
        ),
    )
    if given.docs is not None:
        given.docs.write_text(page, encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--docs", type=Path, help="Markdown file to write")
    inner = parser.add_argument_group("for its own processes")
    inner.add_argument("--serve", type=Path)
    inner.add_argument("--agent", choices=AGENTS)
    inner.add_argument("--url")
    inner.add_argument("--folder", type=Path)
    inner.add_argument("--concurrency", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.serve is not None:
        asyncio.run(Server(given.serve).serve())
    elif given.agent is not None:
        child(given)
    else:
        main(given)
