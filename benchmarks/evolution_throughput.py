"""Candidates per second of whole runs with the same recorded candidates, beside EoH and OpenEvolve.

    python benchmarks/evolution_throughput.py --data FOLDER --peers FOLDER --docs docs/evolution.md

A server on loopback answers every request after a second with the next recorded candidate for
online bin packing, in a process of its own. Every system evolves 40 candidates on two instances of
1,000 items, in a process of its own, with 2, 8 and 16 requests at once; the systems take turns.
Counted are the candidates that the server was asked for, over the wall time to the end of the last
evaluation: of the whole process, and from the first request on. With a latency of one second, no
system can come above as many candidates per second as there are requests at once.

In the folder of peers there are EoH/ (a clone of FeiLiu36/EoH) and venv/ (a virtual environment
with openevolve, requests, joblib and numpy); what is missing there is fetched, and left out where
that cannot be. `--data` is what the other measuring scripts of evolution read.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evolution_data import RECORDED
from measuring import table, write_section

from solvitur.evolution.heuristics.shipped.online_bin_packing.scoring import weibull

CANDIDATES, ITEMS, INSTANCES = 40, 1_000, 2
LATENCY = 1.0
AT_ONCE = (2, 8, 16)
LONGEST = 400.0
RUN = "Prob1_OnlineBinPacking_run1"

SERVER = """
import asyncio, json, sys, time
replies, latency = json.load(open(sys.argv[1])), float(sys.argv[2])
heard = []

async def serve(reader, writer):
    while line := await reader.readline():
        length = 0
        while (header := await reader.readline()).strip():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        body = json.loads(await reader.readexactly(length) or b"{}") if length else {}
        if b"/heard" in line:
            answer = {"first": heard[0] if heard else None, "count": len(heard)}
            heard.clear()
        elif "1+1" in json.dumps(body):
            answer = {"content": ["2"]}
        else:
            text = replies[len(heard) % len(replies)]
            heard.append(time.time())
            await asyncio.sleep(latency)
            message = {"role": "assistant", "content": text}
            answer = {
                "id": "x", "object": "chat.completion", "created": 0, "model": "recorded",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                "content": [text],
            }
        sent = json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: "
                     + str(len(sent)).encode() + b"\\r\\n\\r\\n" + sent)
        await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
EVALUATING = """
import json, numpy as np
INSTANCES = json.load(open(PLACE))

def bins_used(score, data):
    items, capacity = data["items"], data["capacity"]
    bins = np.array([capacity] * len(items))
    for item in items:
        valid = np.nonzero((bins - item) >= 0)[0]
        bins[valid[np.argmax(score(item, bins[valid]))]] -= item
    return int((bins != capacity).sum())

def mean_bins(score):
    return float(np.mean([bins_used(score, data) for data in INSTANCES]))
"""
"""What the peers evaluate with; the same as our driver does."""
OURS = """
import asyncio, time
from dataclasses import replace
from solvitur.evolution.heuristics import Method, evolve, load_problem
from solvitur.evolution.heuristics.shipped.online_bin_packing.scoring import weibull
from solvitur.llm import OpenAI

training = weibull(INSTANCES, ITEMS, seed=1)
problem = replace(load_problem("online-bin-packing"), instances=training, held_out={}, seeds={})
method = Method(name="eoh", population=8, generations=3, steady=True, repair=False,
                in_flight=AT_ONCE)
model = OpenAI("recorded", base_url=URL + "/v1")
result = asyncio.run(evolve(problem, model, method, run=FOLDER + "/run"))
assert len(result.candidates) == CANDIDATES
print("ended", time.time())
"""
PACKING = """
import sys
sys.path[:0] = [CLONE + "/eoh/src", FOLDER]
from eoh import BaseProblem
from evaluating import mean_bins

class Packing(BaseProblem):
    template_program = "import numpy as np\\ndef score(item: int, bins: np.ndarray) -> np.ndarray:"
    template_program += "\\n    return bins\\n"
    task_description = "Score bins for an item."

    def evaluate_program(self, program_str, callable_func):
        return mean_bins(callable_func)
"""
EOH = """
import sys, time
sys.path[:0] = [CLONE + "/eoh/src", FOLDER]
from eoh import EoH, LLMConfig
from packing import Packing

if __name__ == "__main__":
    task = Packing(timeout=40, n_processes=AT_ONCE)
    llm = LLMConfig(use_local=True, local_url=URL + "/eoh", timeout=60)
    EoH(llm=llm, problem=task, pop_size=8, n_pop=3, operators=["e1", "e2", "m1", "m2"],
        output_dir=FOLDER).run()
    print("ended", time.time())
"""
OPENEVOLVE = """
import sys, time
sys.path.insert(0, FOLDER)
from openevolve import run_evolution
from openevolve.config import Config, LLMModelConfig

if __name__ == "__main__":
    config = Config(max_iterations=CANDIDATES, diff_based_evolution=False, log_level="WARNING")
    model = LLMModelConfig(name="recorded", api_base=URL + "/v1", api_key="none", timeout=60,
                           retries=1, retry_delay=1, temperature=1.0, top_p=1.0, max_tokens=2048)
    config.llm.models = [model]
    config.llm.evaluator_models = [model]
    config.evaluator.cascade_evaluation = False
    config.evaluator.parallel_evaluations = AT_ONCE
    config.evaluator.timeout = 40
    config.checkpoint_interval = 1000
    run_evolution(FOLDER + "/initial.py", FOLDER + "/evaluator.py", config,
                  iterations=CANDIDATES, output_dir=FOLDER + "/out")
    print("ended", time.time())
"""
EVALUATOR = """
import importlib.util, sys
sys.path.insert(0, FOLDER)
from evaluating import mean_bins

def evaluate(path):
    spec = importlib.util.spec_from_file_location("candidate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"combined_score": -mean_bins(module.score)}
"""


@dataclass(frozen=True)
class Peer:
    """A system that is measured."""

    name: str
    python: Path
    program: str


@dataclass(frozen=True)
class Wall:
    """How long a run took."""

    candidates: int
    whole: float
    """Seconds of its process, up to the last evaluation."""
    asking: float
    """The same, from its first request on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--at-once", type=int, nargs="+", default=AT_ONCE)
    parser.add_argument("--docs", type=Path, help="the page that has a place for the table")
    given = parser.parse_args()
    systems = [Peer("solvitur", Path(sys.executable), OURS)]
    if given.peers is not None:
        given.peers.mkdir(parents=True, exist_ok=True)
        systems += peers(given.peers.resolve())
    walls: dict[tuple[str, int], list[Wall]] = {}
    clone = (given.peers or Path()).resolve() / "EoH"
    with server(replies(given.data)) as url:
        for _ in range(given.rounds):
            for at_once in given.at_once:
                for peer in systems:
                    wall = run(peer, url, at_once, clone)
                    print(f"{peer.name}, {at_once} at once: {wall}", file=sys.stderr, flush=True)
                    if wall is not None:
                        walls.setdefault((peer.name, at_once), []).append(wall)
    titles = ["candidates per second", *(f"{each} at once" for each in given.at_once)]
    rows = [
        [peer.name, *(figure(walls.get((peer.name, each), [])) for each in given.at_once)]
        for peer in systems
    ]
    load = f"{os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    note = f"From the first request on; in brackets, of the whole process. Load average {load}."
    write_section(given.docs, "throughput", [*table(titles, iter(rows)), "", note])


def figure(walls: list[Wall]) -> str:
    """Give the best of all rounds, which other work on the machine held up least."""
    if not walls:
        return "not measured"
    asking = max(wall.candidates / wall.asking for wall in walls)
    whole = max(wall.candidates / wall.whole for wall in walls)
    return f"{asking:.2f} ({whole:.2f})"


def replies(data: Path) -> list[str]:
    """Give recorded candidates as a model would say them."""
    path = data / RECORDED / "eoh_paper_runs" / f"{RUN}.individuals.jsonl"
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [f"{{{each['algorithm'].strip()}}}\n```python\n{each['code']}\n```" for each in told]


@contextmanager
def server(said: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "replies.json"
        place.write_text(json.dumps(said), encoding="utf-8")
        command = [sys.executable, "-c", SERVER, str(place), str(LATENCY)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield f"http://127.0.0.1:{int(process.stdout.readline())}"
            finally:
                process.kill()


def heard(url: str) -> tuple[float, int]:
    """Ask when the first request was heard and how many there were, and begin anew."""
    import httpx

    told = httpx.post(f"{url}/heard", json={}).json()
    return told["first"] or time.time(), told["count"]


# --- the peers -----------------------------------------------------------------------------------


def peers(folder: Path) -> list[Peer]:
    """Find the peers in a folder, or fetch them there."""
    python, clone = folder / "venv/bin/python", folder / "EoH"
    packages = ["openevolve", "requests", "joblib", "numpy"]
    if not python.exists() and not (
        tried([sys.executable, "-m", "venv", str(folder / "venv")])
        and tried([str(python), "-m", "pip", "install", "-q", *packages])
    ):
        return []
    found = [Peer("OpenEvolve", python, OPENEVOLVE)]
    if clone.exists() or tried(["git", "clone", "-q", EOH_AT, str(clone)]):
        found.insert(0, Peer("EoH", python, EOH))
    return found


EOH_AT = "https://github.com/FeiLiu36/EoH"


def tried(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, timeout=LONGEST).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def run(peer: Peer, url: str, at_once: int, clone: Path) -> Wall | None:
    """Run a system; None where it does not come to its end."""
    with tempfile.TemporaryDirectory() as folder:
        write_programs(peer, url, at_once, clone, Path(folder))
        heard(url)
        began = time.time()
        try:
            done = subprocess.run(
                [str(peer.python), "program.py"],
                cwd=folder,
                env=os.environ | {"OPENAI_API_KEY": "none"},
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    ended = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("ended")]
    if not ended:
        print(done.stderr[-2000:], file=sys.stderr)
        return None
    first, count = heard(url)
    return Wall(count, round(float(ended[0]) - began, 2), round(float(ended[0]) - first, 2))


def write_programs(peer: Peer, url: str, at_once: int, clone: Path, folder: Path) -> None:
    told = {
        "FOLDER": str(folder),
        "URL": url,
        "CLONE": str(clone),
        "PLACE": f"{folder}/data.json",
        "AT_ONCE": at_once,
        "CANDIDATES": CANDIDATES,
        "INSTANCES": INSTANCES,
        "ITEMS": ITEMS,
    }
    before = "\n".join(f"{name} = {value!r}" for name, value in told.items())
    texts = {
        "data.json": json.dumps([each.data for each in weibull(INSTANCES, ITEMS, seed=1)]),
        "evaluating.py": before + EVALUATING,
        "packing.py": before + PACKING,
        "evaluator.py": before + EVALUATOR,
        "initial.py": "import numpy as np\n\ndef score(item, bins):\n    return -bins\n",
        "program.py": before + peer.program,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
