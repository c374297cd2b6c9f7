"""The figures of a run, for a person and for a program."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from solvitur.cli import console

if TYPE_CHECKING:
    from solvitur.eval import Answered, Estimate, Metrics, Report

_MOST_TROUBLES = 3


def show(report: "Report") -> None:
    """Write the figures of a run to stdout, and what a person should know to stderr."""
    from rich.table import Table

    from solvitur.agents.steps import counted

    data = console.data()
    facts = report.facts
    epochs = f", each answered {facts.epochs} times" if facts.epochs > 1 else ""
    console.show(data, f"{report.name}: {counted(len(facts.ids), 'problem')}{epochs}")
    metrics = report.metrics
    if metrics is not None:
        counts = ", ".join(f"{n} {verdict.value}" for verdict, n in metrics.verdicts.items())
        console.show(data, f"{counted(metrics.samples, 'answer')}: {counts}")
        for rows in (_shares(metrics), _amounts(metrics)):
            table = Table(box=None, show_header=False, pad_edge=False)
            for row in rows:
                table.add_row(*map(console.safe, row))
            data.print()
            data.print(table)
    data.print()
    console.show(data, f"run: {report.folder}")
    talk = console.talk()
    for remark in remarks(report):
        console.show(talk, remark)


def remarks(report: "Report") -> Iterator[str]:
    """Say what the figures do not."""
    troubled: list[Answered] = [each for each in report.samples if each.trouble]
    late = sum(each.timed_out is not None for each in report.samples)
    if report.metrics is not None and report.metrics.sa is None:
        yield "No problem has a label that can be read, so no answer is right or wrong."
    if troubled:
        yield f"{len(troubled)} failed, and {_are(len(troubled))} tried again by the same command:"
        for each in troubled[:_MOST_TROUBLES]:
            yield console.cut(f"- {each.problem}: {each.trouble}", 300)
    if late:
        yield f"{late} ran out of time, and {_are(late)} tried again with a longer --time-limit."
    open_ones = len(report.missing) - len(troubled) - late
    if open_ones > 0:
        why = f": {report.stopped}" if report.stopped else ""
        yield f"{open_ones} {_are(open_ones)} not answered{why}; the same command goes on there."


def as_json(report: "Report") -> str:
    """Write the figures of a run as one JSON object."""
    used = report.used.model_dump()
    written = {
        "run": str(report.folder),
        "facts": report.facts.model_dump(mode="json"),
        "scorer": report.scorer,
        "metrics": None if report.metrics is None else _plain(report.metrics),
        "used": used,
        "failed": sum(bool(each.trouble) for each in report.samples),
        "missing": len(report.missing),
        "stopped": report.stopped,
    }
    return json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False)


def percent(estimate: "Estimate") -> str:
    """Say a share with its interval.

    Example:
        >>> from solvitur.eval import share
        >>> percent(share({"a": [1], "b": [1], "c": [0], "d": [1]}))
        '75.0 % (30.1 to 95.4)'
    """
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.1f} % ({low:.1f} to {high:.1f})"


# --- the parts -----------------------------------------------------------------------------------


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _shares(metrics: "Metrics") -> Iterator[tuple[str, str, str]]:
    """Give shares with their intervals, at 95 %, and what an answer took."""
    for words, found in metrics.shares.items():
        yield words, percent(found), f"of {found.values}"
    if (times := metrics.ast) is not None:
        shown = f"{times.value:.2f} ({times.low:.2f} to {times.high:.2f})"
        yield "AST, average solving times", shown, f"of {times.values}"


def _amounts(metrics: "Metrics") -> Iterator[tuple[str, ...]]:
    from solvitur.eval.metrics import in_words

    yield "for a problem:", "mean", "median", "all"
    for name, spread in metrics.amounts.items():
        if spread is not None:
            yield name, *in_words(name, spread)
        elif name == "US dollars":
            yield name, "not known", "", ""


def _plain(metrics: "Metrics") -> dict[str, Any]:
    """Give the figures as JSON says them."""
    from solvitur.eval import Estimate, Spread

    def plain(value: Any) -> Any:
        if isinstance(value, Estimate):
            return asdict(value)
        if isinstance(value, Spread):
            return value.model_dump()
        if isinstance(value, dict):
            return {str(key): plain(inner) for key, inner in value.items()}
        return value

    return {name: plain(getattr(metrics, name)) for name in type(metrics).model_fields}
