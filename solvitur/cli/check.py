"""``solvitur check``: whether two formulations are equivalent, and why or why not."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, files
from solvitur.cli.flags import Json, Tables, grouped, models_begun
from solvitur.errors import ConfigError, FormulationError

if TYPE_CHECKING:
    from solvitur.equivalence import Verdict
    from solvitur.formulation.instance import Instance

PROVED, DIFFERENT, OPEN = 0, 10, 11
"""Exit codes; what was only seen on some instances, or under one mapping, is open."""
EPILOG = """\b
Exit codes: 0 equivalent, proved of the two as they are, numbers included,
1 error, 2 wrong call, 10 not equivalent, 11 unknown, or equivalent on the
instances tried, which is no proof."""
_LONGEST_LINE = 2_000


class Method(StrEnum):
    """How equivalence is decided."""

    proof = "proof"
    """Proofs and counter-examples."""
    quasi_karp = "quasi-karp"
    """What EquivaMap does, to compare with: one optimum, mapped by what a model says."""


_HELP = "Five elements (JSON or .md), or an .lp or .mps file."
_First = Annotated[str, typer.Argument(metavar="A", help=f"{_HELP} With --generate, the folder.")]
_Second = Annotated[str | None, typer.Argument(metavar="B", help=_HELP)]
_Seconds = Annotated[
    float, typer.Option("--time-limit", metavar="SECONDS", min=0.1, help="Time for the proofs.")
]


@dataclass(frozen=True)
class Asking:
    """How it is decided, and who may be asked."""

    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Ask this language model for a mapping where no other is found.",
            autocompletion=models_begun,
        ),
    ] = None
    tries: Annotated[
        int, typer.Option(metavar="K", min=1, max=20, help="Ask it K times at most.")
    ] = 3
    instances: Annotated[
        int,
        typer.Option(
            metavar="K",
            min=0,
            max=100,
            help="Compare small instances too, and K of other numbers.",
        ),
    ] = 0
    method: Annotated[Method, typer.Option(help="Decide by proofs, or as EquivaMap does.")] = (
        Method.proof
    )


@dataclass(frozen=True)
class Making:
    """A benchmark that is to be made."""

    generate: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=100_000, help="Write N pairs with proved labels."),
    ] = None
    seed: Annotated[int, typer.Option(metavar="S", help="Which pairs are made.")] = 0


@grouped
def check(
    a: _First,
    asking: Asking,
    making: Making,
    b: _Second = None,
    as_json: Json = False,
    data: Tables = None,
    time_limit: _Seconds = 60.0,
) -> None:
    """Say whether two formulations are equivalent, and why.

    \b
    solvitur check plan.json plan-2.md
    solvitur check plan.json model.mps --model openai:qwen3@http://localhost:8000/v1
    solvitur check --generate 500 --seed 1 pairs/
    """  # noqa: D301
    if making.generate is not None:
        _write_pairs(a, b, making.generate, making.seed)
        return
    if b is None:
        raise ConfigError("name the two that are to be compared: solvitur check A B")
    if a == b == files.STDIN:
        raise ConfigError("stdin can be read once: name a file for one of the two")
    if asking.method is Method.quasi_karp and asking.model is None:
        raise ConfigError("--method quasi-karp asks a model for the mapping: say which, --model")
    with console.lent(), console.working(console.talk(), "comparing ..."):
        first, second = (_read(name, data or []) for name in (a, b))
        verdict = _decided(first, second, asking, time_limit)
    _show(verdict, as_json=as_json)
    raise typer.Exit(_exit_code(verdict))


def _exit_code(verdict: "Verdict") -> int:
    if verdict.is_equivalent is False:
        return DIFFERENT
    return PROVED if verdict.is_proved else OPEN


def _read(name: str, data: list[str]) -> "Instance":
    from solvitur.formulation.instance import Instance

    five = files.read_formulation(name)
    try:
        return Instance(five, files.read_data(data))
    except FormulationError as error:
        raise FormulationError(f"{name}: {error}") from error


def _decided(a: "Instance", b: "Instance", asking: Asking, seconds: float) -> "Verdict":
    from solvitur.cli.wiring import connected
    from solvitur.config import load
    from solvitur.equivalence import Ladder
    from solvitur.equivalence import check as decide

    model = None if asking.model is None else connected(load({"model": asking.model}))
    count = asking.instances
    return decide(
        a,
        b,
        model=model,
        method=asking.method.value,
        tries=asking.tries,
        ladder=Ladder(seeds=tuple(range(count))) if count else None,
        seconds=seconds,
    )


def _show(verdict: "Verdict", *, as_json: bool) -> None:
    from solvitur.equivalence.report import described, report

    if as_json:
        console.write_json(json.dumps(described(verdict), indent=2))
        return
    data = console.data()
    for line in report(verdict).splitlines():
        data.print(console.cut(console.safe(line), _LONGEST_LINE))


def _write_pairs(folder: str, other: str | None, count: int, seed: int) -> None:
    from solvitur.equivalence.transform import write_pairs

    if other is not None:
        raise ConfigError("--generate takes one folder: solvitur check --generate N DIR")
    talk, labels = console.talk(), {True: 0, False: 0}
    with console.lent(), console.working(talk, f"writing {count} pairs ..."):
        try:
            for pair in write_pairs(Path(folder), count, seed):
                labels[pair.label.is_equivalent] += 1
        except OSError as error:
            raise ConfigError(f"cannot write {folder}: {error.strerror or error}") from error
    talk.print(
        f"{count} pairs are in {console.safe(folder)}, their labels in pairs.jsonl: "
        f"{labels[True]} equivalent, {labels[False]} not"
    )
