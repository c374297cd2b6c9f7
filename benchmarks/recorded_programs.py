"""What recorded replies of language models come to: Pyomo programs, and five elements as text.

    python benchmarks/recorded_programs.py --data DIR --docs docs/recorded.md

`--data` is a folder that holds rivuss_two_step.jsonl (380 Pyomo programs of four models, with what
a plain replay on HiGHS gave), llmopt_sft_kto_examples.jsonl and eco_o4mini_five_element.jsonl
(programs and five elements), one JSON object a line. Every program runs in the strongest sandbox
that works here, as the code route runs it; every text of five elements goes through the Markdown
reader and the checks. Without `--docs` the page goes to stdout.
"""

import argparse
import json
import math
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solvitur.agents.script import Ending, ScriptRun, run_script
from solvitur.errors import FormulationError
from solvitur.formulation.checks import Severity, check
from solvitur.formulation.markdown import from_markdown
from solvitur.sandbox import connect
from solvitur.solvers import solve

SECONDS = 10.0
"""For all solves of one program together."""
SAME = 1e-4


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# --- programs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """A recorded program, and what is known of it."""

    model: str
    text: str
    known: float | None
    """Its objective in a plain replay, where that solved it."""
    is_random: bool
    """Whether it makes up its data anew in every run."""


def recorded(folder: Path) -> Iterator[Program]:
    for row in rows(folder, "rivuss_two_step"):
        text = row["executed_code"] or ""
        is_known = row["highs_replay"] == "solved:optimal"
        known = float(row["highs_replay_value"]) if is_known else None
        yield Program(row["model"], text, known, "random" in text)


def llmopt_programs(folder: Path) -> list[Program]:
    replies = [r["messages"][-1]["content"] for r in rows(folder, "llmopt_sft_kto_examples")]
    texts = dict.fromkeys(match[1] for r in replies for match in [FENCED.search(r)] if match)
    return [Program("LLMOPT", text, None, False) for text in texts]


FENCED = re.compile(r"```python\n(.*?)```", re.DOTALL)

REASONS = {
    Ending.solved: "solved",
    Ending.infeasible: "infeasible",
    Ending.unbounded: "unbounded",
    Ending.limit: "time for solving is over",
    Ending.nonlinear: "nonlinear, and no nonlinear solver is here",
    Ending.failed: "the solver failed",
    Ending.python_error: "Python exception, with its line",
    Ending.no_model: "builds no model",
    Ending.no_objective: "has no objective",
    Ending.timed_out: "ended at the wall limit",
    Ending.out_of_memory: "out of memory",
    Ending.crashed: "crashed",
    Ending.forbidden: "refused by the sandbox",
}


def agrees(program: Program, run: ScriptRun) -> bool:
    if program.known is None or run.objective is None:
        return False
    return math.isclose(run.objective, program.known, rel_tol=SAME, abs_tol=SAME)


def programs_section(folder: Path, workers: int) -> Iterator[str]:
    programs = list(recorded(folder))
    started = time.monotonic()
    runs = run_all(programs, workers)
    seconds = time.monotonic() - started
    pairs = list(zip(programs, runs, strict=True))
    known = [(p, r) for p, r in pairs if p.known is not None]
    yield from (
        "## Programs",
        "",
        f"{len(programs)} Pyomo programs that GPT-4, Claude 3 Opus, Gemini 1.5 Pro and Mixtral "
        "8x22B wrote for 16 textbook problems (RiVuss, two-step pipelines), run as the code route "
        f"runs them: rung `{connect().name}`, {SECONDS:g} s for solving; the longest took "
        f"{runs_longest(runs):.0f} s, all of them {seconds:.0f} s on {workers} threads. "
        f"{len(known)} are known to solve from a plain replay with appsi_highs.",
        "",
    )
    yield from ending_table(pairs)
    yield from known_lines(known)
    yield from conflicts([run for run in runs if run.ending is Ending.infeasible])
    yield from by_model(pairs)
    yield from exceptions([run for run in runs if run.ending is Ending.python_error])
    yield from scripts_of_llmopt(folder, workers)


def run_all(programs: Iterable[Program], workers: int) -> list[ScriptRun]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda program: run_script(program.text, SECONDS), programs))


def runs_longest(runs: Iterable[ScriptRun]) -> float:
    return max(run.seconds for run in runs)


def ending_table(pairs: list[tuple[Program, ScriptRun]]) -> Iterator[str]:
    yield from ("| ending | all | known to solve | others |", "| --- | ---: | ---: | ---: |")
    for ending, words in REASONS.items():
        ended = [p for p, r in pairs if r.ending is ending]
        if ended:
            known = sum(p.known is not None for p in ended)
            yield f"| {words} | {len(ended)} | {known} | {len(ended) - known} |"
    known = sum(p.known is not None for p, _ in pairs)
    yield f"| **all** | {len(pairs)} | {known} | {len(pairs) - known} |"
    yield ""


def known_lines(known: list[tuple[Program, ScriptRun]]) -> Iterator[str]:
    same = sum(agrees(p, r) for p, r in known)
    others = [(p, r) for p, r in known if not agrees(p, r)]
    random = sum(p.is_random for p, _ in others)
    solvers = Counter((r.solver or "").split(" ")[0] for _, r in known)
    yield (
        f"Of the {len(known)} known to solve, {same} have the objective of the replay (within "
        f"{SAME:g}, relative); of the other {len(others)}, {random} make up their data at random "
        f"in every run. Solvers: {', '.join(f'{n} {c}' for n, c in solvers.most_common())}."
    )
    yield ""


def conflicts(runs: list[ScriptRun]) -> Iterator[str]:
    named = [run for run in runs if run.conflict]
    sizes = sorted(len(run.conflict) for run in named)
    yield (
        f"Of the {len(runs)} infeasible ones, {len(named)} come with constraints of theirs that "
        f"cannot hold together: {sizes[len(sizes) // 2]} of them in the middle, of up to "
        f"{max(run.rows or 0 for run in named)} in the model."
    )
    yield ""


def by_model(pairs: list[tuple[Program, ScriptRun]]) -> Iterator[str]:
    yield from (
        "| model | programs | solved | another verdict of a solver | exception | rest |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    )
    verdicts = (Ending.infeasible, Ending.unbounded)
    for model in sorted({program.model for program, _ in pairs}):
        endings = [run.ending for program, run in pairs if program.model == model]
        solved = endings.count(Ending.solved)
        other = sum(ending in verdicts for ending in endings)
        raised = endings.count(Ending.python_error)
        rest = len(endings) - solved - other - raised
        yield f"| {model} | {len(endings)} | {solved} | {other} | {raised} | {rest} |"
    yield ""


def exceptions(runs: list[ScriptRun]) -> Iterator[str]:
    kinds = Counter(run.trouble.split(":")[0] for run in runs)
    lined = sum(run.line is not None for run in runs)
    yield (
        f"The {len(runs)} exceptions, of which {lined} are told with the line of the script: "
        f"{', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}. A "
        "FileNotFoundError is a table that the recorded session had and the sandbox has not."
    )
    yield ""


def scripts_of_llmopt(folder: Path, workers: int) -> Iterator[str]:
    programs = llmopt_programs(folder)
    runs = run_all(programs, workers)
    told = [
        f"{run.ending.value} {run.objective:.6g}"
        if run.objective is not None
        else f"{run.ending.value} ({run.evidence[0] if run.evidence else ''})"
        for run in runs
    ]
    yield f"LLMOPT's own {len(programs)} different example programs: {'; '.join(told)}."
    yield ""


# --- five elements -------------------------------------------------------------------------------


def five_elements(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    """Give the source, the text, and the answer where it is recorded."""
    for row in rows(folder, "llmopt_sft_kto_examples"):
        text = row["messages"][-1]["content"]
        if "## Variables" in text:
            yield "LLMOPT, examples of its training data", text, None
    for row in rows(folder, "eco_o4mini_five_element"):
        if row.get("five_element"):
            yield "ECO, o4-mini", row["five_element"], row["answer"]


def reading(text: str) -> tuple[str, list[str]]:
    """Give how far a text is understood, and what is against it."""
    try:
        formulation = from_markdown(text)
    except FormulationError as error:
        return "refused by the reader", str(error).splitlines()
    findings = check(formulation)
    wrong = [str(finding) for finding in findings if finding.severity is Severity.error]
    if wrong:
        return "read, refused by the checks", wrong
    return ("read, nothing wrong" if not findings else "read, with warnings"), []


def verdict(text: str, answer: str) -> str:
    """Say whether what was read solves to the answer that is recorded."""
    solution = solve(from_markdown(text))
    if solution.objective is None:
        return f"are {solution.outcome.value} as they are written"
    is_same = math.isclose(solution.objective, float(answer), rel_tol=SAME)
    return "solve to it" if is_same else "solve to another value"


def reader_section(folder: Path) -> Iterator[str]:
    texts = dict.fromkeys(five_elements(folder))  # a reply is there twice
    results = [(source, *reading(text)) for source, text, _ in texts]
    kinds = (
        "read, nothing wrong",
        "read, with warnings",
        "read, refused by the checks",
        "refused by the reader",
    )
    yield from (
        "## Five elements as text",
        "",
        "Replies in LLMOPT's five sections, through the reader of Markdown and the checks. A "
        "warning is, for example, a parameter that no expression uses: replies list numbers and "
        "then write them out again.",
        "",
        f"| source | replies | {' | '.join(kinds)} |",
        f"| --- | ---: |{' ---: |' * len(kinds)}",
    )
    for source in dict.fromkeys(source for source, *_ in results):
        found = Counter(kind for where, kind, _ in results if where == source)
        counts = " | ".join(str(found[kind]) for kind in kinds)
        yield f"| {source} | {found.total()} | {counts} |"
    read = sum(kind in kinds[:2] for _, kind, _ in results)
    verdicts = [
        verdict(text, answer)
        for (_, text, answer), (_, kind, _) in zip(texts, results, strict=True)
        if kind in kinds[:2] and answer is not None
    ]
    yield from (
        "",
        f"Understood: {read} of {len(results)}. Of the {len(verdicts)} of these whose answer is "
        f"recorded, {', '.join(f'{n} {words}' for words, n in Counter(verdicts).most_common())}. "
        "What the others hold that is not read:",
        "",
    )
    for source, _, reasons in results:
        if reasons:
            yield f"- {source}: {'; '.join(f'`{shortened(reason)}`' for reason in reasons[:3])}"
    yield ""


def shortened(reason: str) -> str:
    plain = reason.replace("`", "'")
    return plain if len(plain) <= 160 else f"{plain[:157]}..."


def page(folder: Path, workers: int) -> str:
    lines = [
        "# Recorded replies, run and read",
        "",
        "Made by `python benchmarks/recorded_programs.py --data DIR --docs docs/recorded.md`, "
        "which writes this whole page anew; nothing in it is written by hand.",
        "",
        *programs_section(folder, workers),
        *reader_section(folder),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of recorded replies")
    parser.add_argument("--docs", type=Path, help="the page to write")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    text = page(told.data, told.workers)
    if told.docs is None:
        print(text)
    else:
        told.docs.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
