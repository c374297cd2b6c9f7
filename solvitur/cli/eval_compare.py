"""``solvitur eval compare``: what two runs answered to the same problems."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvitur.cli import console
from solvitur.cli.eval_run import found_run
from solvitur.cli.flags import Json

if TYPE_CHECKING:
    from rich.table import Table

    from solvitur.eval import Answered, Comparison, Flips, Pair, Report

_WIDEST = 110
"""Columns of two formulations side by side; a file has 80."""
_LONGEST_QUESTION = 1_500
_LONGEST_SETTING = 300
_MOST_LINES = 60
"""Of each formulation."""
_Sections = dict[str, list[str]]

_HELP = "A run's folder, or its name among your runs."


def compare(
    one: Annotated[str, typer.Argument(metavar="A", help=_HELP)],
    other: Annotated[str, typer.Argument(metavar="B", help=_HELP)],
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many flips are shown with both answers.")
    ] = 3,
    as_json: Json = False,
) -> None:
    """Say whether one run is better than another.

    It goes by the problems that both have answered.

    Differences are those of A less B, with their intervals at 95 %. A flip is a problem on which
    one run is right and the other is not.

    \b
    solvitur eval compare word-problems-0123456789ab word-problems-ba9876543210
    """  # noqa: D301
    from solvitur.eval import Report
    from solvitur.eval import compare as compared

    found = compared(Report.load(found_run(one)), Report.load(found_run(other)))
    if as_json:
        console.write_json(_as_json(found))
        return
    _show_runs(found)
    _show_contrasts(found)
    _show_flips(found, limit)
    for remark in _remarks(found):
        console.show(console.talk(), remark)


# --- what is compared ----------------------------------------------------------------------------


def _show_runs(found: "Comparison") -> None:
    data = console.data()
    for letter, report in (("A", found.one), ("B", found.other)):
        console.show(data, f"{letter}: {report.name}; {report.folder}")
    if settings := found.settings:
        table = _table("they differ in", "A", "B")
        for name, both in settings.items():
            table.add_row(*map(console.safe, (name, *map(_setting, both))))
        data.print()
        data.print(table, soft_wrap=False, width=_width())


def _setting(value: object) -> str:
    from solvitur.eval.comparison import setting_in_words

    said = setting_in_words(value)
    return said if isinstance(value, list | tuple) else console.cut(said, _LONGEST_SETTING)


def _remarks(found: "Comparison") -> Iterator[str]:
    """Say what the figures do not."""
    from solvitur.agents.steps import counted

    for letter, report in (("A", found.one), ("B", found.other)):
        if count := len(report.missing):
            yield (
                f"{letter} is not at its end: {counted(count, 'final answer')} missing. What "
                "failed up to now counts as an error, and what was not asked is left out."
            )
    if found.one.scorer != found.other.scorer:
        yield "They were judged by different scorers; solvitur eval score judges a run anew."


# --- the figures ---------------------------------------------------------------------------------


def _show_contrasts(found: "Comparison") -> None:
    from solvitur.agents.steps import counted

    data = console.data()
    data.print()
    console.show(data, f"{counted(len(found.pairs), 'problem')} answered by both{_left_out(found)}")
    data.print()
    table = _table("", "A", "B", "A - B", "problems")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in found.contrasts:
        if each.is_telling:
            name, one, other, gain, low, high = each.in_words
            count = str(each.gain.problems)
            table.add_row(
                *map(console.safe, (name, one, other, f"{gain} ({low} to {high})", count))
            )
    data.print(table)
    if found.flips is not None:
        data.print()
        console.show(data, in_words(found.flips))


def _left_out(found: "Comparison") -> str:
    """Say of which problems accuracy is not."""
    reasons = {
        "with another label in B": len(found.differing_labels),
        "without a verdict in both": len(found.unscored),
    }
    said = [f"{count} {why}" for why, count in reasons.items() if count]
    return f"; not in accuracy: {', '.join(said)}" if said else ""


def in_words(flips: "Flips") -> str:
    """Say how often either run is the better one, and what that proves.

    Example:
        >>> from solvitur.eval import Flips
        >>> print(in_words(Flips(8, 1, 20, 0.0390625)))
        A is right more often on 8 problems, B on 1, and on 20 they are alike.
        If neither were better, 3.9 % of such comparisons would be at least as uneven
        (McNemar's exact test, p = 0.0391).
    """
    from solvitur.agents.steps import counted

    chance = f"{100 * flips.p_value:.2g} %"
    return (
        f"A is right more often on {counted(flips.better, 'problem')}, B on {flips.worse}, and on "
        f"{flips.same} they are alike.\n"
        f"If neither were better, {chance} of such comparisons would be at least "
        f"as uneven\n(McNemar's exact test, p = {flips.p_value:.3g})."
    )


# --- the flips -----------------------------------------------------------------------------------


def _show_flips(found: "Comparison", limit: int) -> None:
    from solvitur.agents.steps import counted

    data = console.data()
    flipped = found.flipped
    for letter, is_first in (("A", True), ("B", False)):
        ids = [pair.problem.id for pair in flipped if ((pair.gain or 0.0) > 0) is is_first]
        if ids:
            data.print()
            console.show(data, f"{letter} is better on: {', '.join(ids)}")
    for pair in flipped[:limit]:
        _show_flip(pair)
    if (more := len(flipped) - limit) > 0:
        data.print()
        console.show(
            data, f"{counted(more, 'more flip')} (--limit shows more of them, --json has all)"
        )


def _show_flip(pair: "Pair") -> None:
    from rich.text import Text

    data = console.data()
    problem = pair.problem
    data.print()
    console.show(data, problem.id, "bold")
    console.show(data, console.cut(problem.question.strip(), _LONGEST_QUESTION))
    console.show(data, f"label: {problem.label}")
    data.print()
    data.print(_side_by_side(pair), soft_wrap=False, width=_width())
    if (equivalence := pair.equivalence()) is not None:
        data.print()
        told = console.safe(f"The two formulations: {equivalence}")
        data.print(Text(told), soft_wrap=False, width=_width())


def _side_by_side(pair: "Pair") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from solvitur.eval.comparison import sections_of

    one, other = pair.telling
    titles = (_judged("A", one, pair.answers), _judged("B", other, pair.other_answers))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    for _ in titles:
        table.add_column(ratio=1, overflow="fold")
    table.add_row(*(Text(console.safe(title), "bold") for title in titles))
    for lines in _blocks(sections_of(one.answer), sections_of(other.answer)):
        table.add_row()
        for both in itertools.zip_longest(*map(_kept, lines), fillvalue=""):
            style = "dim" if both[0] == both[1] else ""
            table.add_row(*(Text(console.safe(line), style) for line in both))
    return table


def _blocks(mine: _Sections, theirs: _Sections) -> Iterator[tuple[list[str], list[str]]]:
    """Give what stands side by side: sections with one heading, or else all that there is."""
    if not mine.keys() & theirs.keys():
        yield _lines(mine), _lines(theirs)
        return
    for heading in dict.fromkeys([*mine, *theirs]):
        both = mine.get(heading, []), theirs.get(heading, [])
        if both != (["none"], ["none"]):
            one, other = ([f"{heading}:", *lines] if lines else [] for lines in both)
            yield one, other


def _lines(sections: _Sections) -> list[str]:
    return [line for heading, lines in sections.items() for line in (f"{heading}:", *lines)]


def _kept(lines: list[str]) -> list[str]:
    from solvitur.formulation.printing import first

    return first(lines, _MOST_LINES, "... and {:,} more lines")


def _judged(letter: str, shown: "Answered", answers: tuple["Answered", ...]) -> str:
    """Say what an answer is worth, and how many of them are right where there are several."""
    from solvitur.formulation.printing import show_number

    score = shown.score
    objective = shown.answer.objective
    reason = score.reason or ("" if objective is None else show_number(objective))
    said = f"{letter}: {score.verdict.value}{', ' if reason else ''}{reason}"
    if len(answers) == 1:
        return said
    right = sum(each.score.verdict == "right" for each in answers)
    return f"{said} ({right} of {len(answers)} right)"


def _table(*titles: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table


def _width() -> int:
    data = console.data()
    return min(data.width, _WIDEST) if data.file.isatty() else 80


# --- for programs --------------------------------------------------------------------------------


def _as_json(found: "Comparison") -> str:
    written = {
        "a": _run(found.one),
        "b": _run(found.other),
        "settings": {name: {"a": a, "b": b} for name, (a, b) in found.settings.items()},
        "problems": [[pair.problem.id, pair.other_problem.id] for pair in found.pairs],
        "differing_labels": [pair.problem.id for pair in found.differing_labels],
        "unscored": [pair.problem.id for pair in found.unscored],
        "figures": [
            {
                "name": each.name,
                "a": asdict(each.one),
                "b": asdict(each.other),
                "difference": asdict(each.gain),
            }
            for each in found.contrasts
        ],
        "flips": None if found.flips is None else asdict(found.flips),
        "flipped": [_flip(pair) for pair in found.flipped],
    }
    return json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False)


def _run(report: "Report") -> dict[str, Any]:
    return {"run": str(report.folder), "name": report.name, "missing": len(report.missing)}


def _flip(pair: "Pair") -> dict[str, Any]:
    label, equivalence = pair.problem.label, pair.equivalence()
    return {
        "problem": pair.problem.id,
        "question": pair.problem.question,
        "label": None if label is None else label.model_dump(mode="json", exclude_none=True),
        "difference": pair.gain,
        "equivalence": equivalence
        and {"conclusion": equivalence.conclusion.value, "reason": equivalence.reason},
        "a": [_answer(each) for each in pair.answers],
        "b": [_answer(each) for each in pair.other_answers],
    }


def _answer(sample: "Answered") -> dict[str, Any]:
    answer = sample.answer
    made = answer.formulation
    return {
        "epoch": sample.epoch,
        "verdict": sample.score.verdict.value,
        "reason": sample.score.reason,
        "outcome": answer.outcome.value,
        "objective": answer.objective,
        "formulation": None
        if made is None
        else made.model_dump(mode="json", exclude_defaults=True),
        "script": answer.script,
    }
