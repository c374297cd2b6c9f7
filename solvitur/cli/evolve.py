"""``solvitur evolve``: let a language model write heuristics, and keep the best."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, failures, files, process
from solvitur.cli.flags import Json, as_typed, models_begun
from solvitur.cli.watching import Watching

if TYPE_CHECKING:
    from solvitur.evolution.heuristics import Candidate, Problem, Result
    from solvitur.evolution.heuristics.spec import Spec
    from solvitur.llm import Model
    from solvitur.runs import Interruption, Used

EPILOG = """\b
Exit codes: 0 all that was asked for is done, 1 it could not go on, 2 wrong call,
6 no candidate has a score, 7 budget spent, 130 interrupted."""

_FATES = ("kept", "worse", "failed")
_PYTHON, _JSON, _PAGE = "best.py", "result.json", "report.html"


def evolve(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC.toml", help="The problem, the model, how and how far.")
    ],
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Another language model, such as openai:NAME@URL.",
            autocompletion=models_begun,
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="Another folder for the run.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a model write heuristics for a problem, and keep the best.

    The same command goes on where the last one ended, however that was: nothing that was paid for
    is asked again. The first Ctrl-C finishes what is in flight, the second stops at once. The best
    heuristic, a report and everything as JSON are in the run's folder.

    \b
    problem = "tsp-constructive"        # or the .toml file of a problem of your own
    model = "openai:qwen3@http://localhost:8000/v1"
    method = { name = "ael", population = 10, generations = 10 }
    limits = { calls = 300, cost = 2.0 }
    """  # noqa: D301
    from solvitur.evolution.heuristics.spec import read_spec
    from solvitur.runs import Interruption

    found, problem = read_spec(spec)
    if folder is not None:
        found = found.model_copy(update={"run": str(folder)})
    asked = _model(found, model)
    interruption, watching = Interruption(), _Watching(console.talk(), _FATES, is_quiet=as_json)
    hearing = process.heeding(lambda: watching.hear(interruption))
    with as_typed(), console.lent(), hearing, watching:
        result = _evolved(found, problem, asked, interruption, watching)
    written = _write(result)
    if as_json:
        from solvitur.evolution.heuristics import to_json

        console.write_json(to_json(result))
    else:
        _show(result, written)
    raise typer.Exit(_code(result))


def _model(spec: "Spec", name: str | None) -> "Model":
    from solvitur.cli.wiring import use_cache
    from solvitur.config import load
    from solvitur.llm import Patience, Patient, connect
    from solvitur.runs import Throttle

    settings = load({"model": name or spec.model})
    use_cache(settings)
    patience = Patience(attempts=settings.attempts, timeout=settings.timeout)
    model = connect(settings.model, threads=settings.threads)
    return Patient(model, patience, throttle=Throttle(spec.method.in_flight))


def _evolved(
    spec: "Spec",
    problem: "Problem",
    model: "Model",
    interruption: "Interruption",
    watching: "_Watching",
) -> "Result":
    from solvitur.evolution.heuristics import evolve as evolving

    return asyncio.run(
        evolving(
            problem,
            model,
            spec.method,
            seed=spec.seed,
            limits=spec.limits,
            run=spec.run,
            listener=watching,
            interruption=interruption,
        )
    )


class _Watching(Watching):
    """Shows how an evolution goes on, and how good its best is."""

    _best: float | None = None

    def began(self, kept: "Sequence[Candidate]", total: int) -> None:
        """Begin to show."""
        self.begin((each.fate.value for each in kept), total)
        for each in kept:
            self._heed(each)

    def ended(self, candidate: "Candidate", used: "Used") -> None:
        """Count a candidate."""
        self._heed(candidate)
        self.add(candidate.fate.value, used.cost)

    def _heed(self, candidate: "Candidate") -> None:
        score = candidate.score
        if score is not None and (self._best is None or score < self._best):
            self._best = score
            self.note(f"best {score:.6g}")


def _code(result: "Result") -> int:
    if result.stopped == "interrupted":
        return process.INTERRUPTED
    if result.stopped:
        return failures.EXIT_CODES["budget"]
    return 0 if result.best is not None else failures.EXIT_CODES["no_answer"]


def _write(result: "Result") -> list[Path]:
    """Write what others may want into the run's folder."""
    from solvitur.evolution.heuristics import to_html, to_json, to_python

    texts = {_PYTHON: to_python(result), _JSON: to_json(result), _PAGE: to_html(result)}
    paths = []
    for name, text in texts.items():
        if text:
            files.write_whole(result.folder / name, text)
            paths.append(result.folder / name)
    return paths


def _show(result: "Result", written: list[Path]) -> None:
    from solvitur.agents.steps import counted

    data, talk = console.data(), console.talk()
    best = result.best
    if result.stopped:
        console.show(talk, f"It ended early: {result.stopped}.")
    if best is None:
        console.show(data, "No candidate has a score.")
    else:
        console.show(data, f"Candidate {best.number}: {best.idea or 'it comes without an idea'}")
        _show_standings(result)
    for fault, failed in _faults(result):
        first = failed[0]
        said = next(iter(first.failure.message.splitlines()), "") if first.failure else ""
        head = f"{counted(len(failed), 'candidate')} failed: {fault.replace('_', ' ')}"
        console.show(talk, f"{head}; candidate {first.number}: {said}")
    for path in written:
        console.show(data, str(path))


def _show_standings(result: "Result") -> None:
    from rich.table import Table

    from solvitur.evolution.heuristics import Comparison

    if not result.standings:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(console.safe(result.facts.measure))
    for each in result.standings:
        table.add_column(console.safe(each.name), justify="right")
    for name in result.standings[0].scores:
        scores = (each.scores[name] for each in result.standings)
        cells = ("failed" if score is None else f"{score:.6g}" for score in scores)
        table.add_row(console.safe(name), *cells)
    console.data().print(table)
    known = sum(each.number is None for each in result.standings)
    for line in Comparison(result.facts.measure, result.standings, known).worse:
        console.show(console.data(), line)


def _faults(result: "Result") -> "list[tuple[str, list[Candidate]]]":
    found: dict[str, list[Candidate]] = {}
    for each in result.candidates:
        if each.failure:
            found.setdefault(each.failure.fault.value, []).append(each)
    return sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
