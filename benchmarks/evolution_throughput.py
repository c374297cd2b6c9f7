"""Candidates per second of whole runs, beside EoH and OpenEvolve, with the same recorded candidates.

    python benchmarks/evolution_throughput.py --data FOLDER --peers FOLDER

A server on loopback answers every request after a second with the next recorded candidate for
online bin packing, in a process of its own. Every system evolves 40 candidates on two instances of
1,000 items, with 2, 8 and 16 requests at once; the systems take turns. Counted are the candidates
that were evaluated, over the wall time from the first request that the server hears to the end of
the last evaluation: what a system does before it asks for anything is left out.

In the folder of peers there are EoH/ (a clone of FeiLiu36/EoH) and venv/ (a virtual environment with
openevolve, requests, joblib and numpy); what is missing there is fetched, and left out where that
cannot be. `--data` is what the other measuring scripts of evolution read.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from evolution_data import RECORDED
from measuring import table

from solvitur.evolution.heuristics import Method, evolve, load_problem
from solvitur.evolution.heuristics.shipped.online_bin_packing.scoring import weibull
from solvitur.llm import OpenAI

CANDIDATES, ITEMS, INSTANCES = 40, 1_000, 2
LATENCY = 1.0
AT_ONCE = (2, 8, 16)
WORKERS = 2
"""Evaluations at once, of every system that can be told."""
LONGEST = 400.0
RUN = "Prob1_OnlineBinPacking_run1"

SERVER = '''
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
'''
EVALUATING = '''
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
'''
"""What the peers evaluate with; the same as our driver does."""
EOH = '''
import sys, time, json
sys.path[:0] = [CLONE + "/eoh/src", FOLDER]
from eoh import BaseProblem, EoH, LLMConfig
from evaluating import mean_bins

class Packing(BaseProblem):
    template_program = """
import numpy as np
def score(item: int, bins: np.ndarray) -> np.ndarray:
    \\\\"\\\\"\\\\"Score each bin.\\\\"\\\\"\\\\"
    return bins
"""
    task_description = "Score bins for an item."

    def evaluate_program(self, program_str, callable_func):
        return mean_bins(callable_func)

if __name__ == "__main__":
    task = Packing(timeout=40, n_processes=AT_ONCE)
    llm = LLMConfig(use_local=True, local_url=URL + "/eoh", timeout=60)
    EoH(llm=llm, problem=task, pop_size=8, n_pop=3, operators=["e1", "e2", "m1", "m2"],
        output_dir=FOLDER).run()
    print("ended", time.time())
'''.replace("\\\\", "\\")
OPENEVOLVE = '''
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
'''
EVALUATOR = '''
import importlib.util, sys
sys.path.insert(0, FOLDER)
from evaluating import mean_bins

def evaluate(path):
    spec = importlib.util.spec_from_file_location("candidate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"combined_score": -mean_bins(module.score)}
'''

Wall = tuple[float, int]
"""Seconds, and how many candidates the server was asked for in them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--at-once", type=int, nargs="+", default=AT_ONCE)
    given = parser.parse_args()
    os.environ["OPENAI_API_KEY"] = "none"
    systems: dict[str, Callable[[str, int], Wall | None]] = {"solvitur": ours}
    if given.peers is not None:
        given.peers.mkdir(parents=True, exist_ok=True)
        systems |= peers(given.peers.resolve())
    rates: dict[str, dict[int, list[float]]] = {name: {} for name in systems}
    with server(replies(given.data)) as url:
        for _ in range(given.rounds):
            for at_once in given.at_once:
                for name, run in systems.items():
                    wall = run(url, at_once)
                    if wall is not None:
                        seconds, count = wall
                        rates[name].setdefault(at_once, []).append(count / seconds)
                        said = f"{count} candidates in {seconds:.1f} s"
                        print(f"{name}, {at_once} at once: {said}", file=sys.stderr, flush=True)
    titles = ["candidates per second", *(f"{each} at once" for each in given.at_once)]
    rows = [
        [name, *(figure(found.get(each, [])) for each in given.at_once)]
        for name, found in rates.items()
    ]
    print("\n".join(table(titles, rows)))
    print(f"\nload of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def figure(found: list[float]) -> str:
    return f"{max(found):.2f}" if found else "–"


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


def ours(url: str, at_once: int) -> Wall:
    """Evolve steadily, as the others do."""
    training = weibull(INSTANCES, ITEMS, seed=1)
    problem = replace(load_problem("online-bin-packing"), instances=training, held_out={}, seeds={})
    method = Method(
        name="eoh", population=8, generations=3, steady=True, repair=False, in_flight=at_once
    )
    heard(url)
    with tempfile.TemporaryDirectory() as folder:
        model = OpenAI("recorded", base_url=f"{url}/v1")
        result = asyncio.run(evolve(problem, model, method, run=folder))
        ended = time.time()
        assert len(result.candidates) == CANDIDATES
    first, count = heard(url)
    return ended - first, count


# --- the peers -----------------------------------------------------------------------------------


def peers(folder: Path) -> dict[str, Callable[[str, int], Wall | None]]:
    """Find the peers in a folder, or fetch them there."""
    python, clone = folder / "venv/bin/python", folder / "EoH"
    packages = ["openevolve", "requests", "joblib", "numpy"]
    done = python.exists() or (
        tried([sys.executable, "-m", "venv", str(folder / "venv")])
        and tried([str(python), "-m", "pip", "install", "-q", *packages])
    )
    found: dict[str, Callable[[str, int], Wall | None]] = {}
    if done and (clone.exists() or tried(["git", "clone", "-q", EOH_AT, str(clone)])):
        found["EoH"] = lambda url, at_once: theirs(python, EOH, url, at_once, clone)
    if done:
        found["OpenEvolve"] = lambda url, at_once: theirs(python, OPENEVOLVE, url, at_once, clone)
    return found


EOH_AT = "https://github.com/FeiLiu36/EoH"


def tried(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, timeout=LONGEST).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def theirs(python: Path, program: str, url: str, at_once: int, clone: Path) -> Wall | None:
    """Run a peer; None where it does not come to its end."""
    with tempfile.TemporaryDirectory() as folder:
        names = {"FOLDER": folder, "URL": url, "CLONE": str(clone), "PLACE": f"{folder}/data.json"}
        told = {**names, "AT_ONCE": at_once, "CANDIDATES": CANDIDATES}
        before = "\n".join(f"{name} = {value!r}" for name, value in told.items())
        instances = [each.data for each in weibull(INSTANCES, ITEMS, seed=1)]
        first = "import numpy as np\n\ndef score(item, bins):\n    return -bins\n"
        texts = {
            "data.json": json.dumps(instances),
            "evaluating.py": before + EVALUATING,
            "evaluator.py": before + EVALUATOR,
            "initial.py": first,
            "program.py": before + program,
        }
        for name, text in texts.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        heard(url)
        try:
            done = subprocess.run(
                [str(python), "program.py"],
                cwd=folder,
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
        start, count = heard(url)
        return float(ended[0]) - start, count


if __name__ == "__main__":
    main()
