"""An answer for a person: the five elements, what to do, and how sure it is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from solvitur.cli.console import cut, safe, show

if TYPE_CHECKING:
    from rich.console import Console

    from solvitur.agents.answer import Answer, Listing

_LONGEST_LINE = 400
_MOST_LINES = 120
_MOST_ITEMS = 20
"""Assumptions, and findings, that are listed."""
_FOUND = ("solved", "infeasible", "unbounded", "limit")
"""The outcomes that say something about the problem; the others say that something went wrong."""


def report(answer: "Answer", data: "Console", talk: "Console") -> None:
    """Show an answer.

    Args:
        answer: What to show.
        data: Where the answer goes.
        talk: Where it goes what there is to say beside it.
    """
    if answer.formulation is not None:
        _show_formulation(answer, data)
    if _shows_script(answer):
        _head(data, "Script")
        _lines(data, _first_lines((answer.script or "").splitlines()))
        data.print()
    if answer.answer:
        _head(data, "Answer")
        _lines(data, answer.answer.splitlines())
        data.print()
    if answer.optima is not None:
        _lines(data, _optima(answer.optima))
        data.print()
    if answer.sensitivity is not None:
        _head(data, "Sensitivity")
        _lines(data, str(answer.sensitivity).splitlines())
        data.print()
    judgement(answer, data)
    if answer.formulation is not None or answer.rounds:
        where = data if answer.answer or answer.formulation is not None else talk
        _lines(where, [", ".join(_effort(answer))], "dim")
    if answer.message:
        is_found = answer.outcome.value in _FOUND
        _lines(talk, [answer.message if is_found else f"Error: {_trouble(answer)}"])


def judgement(answer: "Answer", data: "Console") -> None:
    """Show what is to be thought of an answer: its certificate, what was assumed, what to check."""
    from solvitur.agents.answer import certified

    if answer.verification is not None:
        _certificate(answer, certified(answer.verification, answer.outcome), data)
    reservations(answer, data)


def short_certificate(answer: "Answer", data: "Console") -> None:
    """Show what is proved, and whether it was confirmed, in as few words as that takes."""
    from solvitur.agents.answer import certified, ended

    verification = answer.verification
    if verification is None:
        return
    words = ended(verification, answer.outcome)
    if verification.stopped != "proved" or verification.confirmed is False:
        words = certified(verification, answer.outcome)  # what is in doubt is said in full
    elif verification.confirmed:
        words += ", and checked again on the formulation"
    _certificate(answer, words, data)


def reservations(answer: "Answer", data: "Console") -> None:
    """Show what the samples say, how sure an answer is, what was assumed, and what to check."""
    from solvitur.formulation.printing import first

    if answer.agreement is not None:
        _lines(data, [f"Samples: {answer.agreement}"])
    if answer.confidence is not None:
        style = {"confident": "green", "likely": "", "unsure": "yellow"}[answer.confidence.level]
        _lines(data, [f"Confidence: {answer.confidence}"], style)
    for title, items in (
        ("Assumed", answer.assumptions),
        ("To check", [check.message for check in answer.checks]),
    ):
        if items:
            shown = first([f"- {item}" for item in items], _MOST_ITEMS, "- and {:,} more")
            _lines(data, [f"{title}:", *shown])


def _certificate(answer: "Answer", words: str, data: "Console") -> None:
    assert answer.verification is not None
    style = {True: "green", False: "bold red", None: ""}[answer.verification.confirmed]
    _lines(data, [f"Certificate: {words}"], style)


def _shows_script(answer: "Answer") -> bool:
    """Whether the script is for a person to see: the answer is its own, or it contradicts."""
    contradicts = answer.comparison is not None and answer.comparison.agree is False
    return answer.script is not None and (answer.route == "code" or contradicts)


def _first_lines(lines: list[str]) -> list[str]:
    from solvitur.formulation.printing import first

    return first(lines, _MOST_LINES, "... and {:,} more lines; --json shows all")


def _show_formulation(answer: "Answer", data: "Console") -> None:
    from solvitur.formulation.markdown import to_markdown

    assert answer.formulation is not None
    lines = to_markdown(answer.formulation).splitlines()
    for line in _first_lines(lines):
        _lines(data, [line], "bold" if line.startswith("#") else "")
    data.print()


def _optima(listing: "Listing") -> Iterable[str]:
    count = len(listing.points)
    known = "all there are" if listing.is_complete else "there may be more"
    yield f"{count} optimal point{'' if count == 1 else 's'}, {known}: {listing.message}"
    for number, point in enumerate(listing.points, start=1):
        named = (entry for name in point for entry in entries(name, point[name]))
        shown = [f"{name} = {value:.10g}" for name, value in named if value]
        yield f"{number}. {', '.join(shown) or 'all are 0'}"


def entries(name: str, values: Any, key: tuple[str, ...] = ()) -> Iterable[tuple[str, float]]:
    """Give each entry of a variable, whose values are nested, by its name.

    >>> list(entries("x", {"chair": {"1": 3, "2": 4}}))
    [('x[chair, 1]', 3), ('x[chair, 2]', 4)]
    """
    from solvitur.formulation.evaluate import show_entry

    if not isinstance(values, dict):
        yield show_entry(name, key), values
        return
    for word, inner in values.items():
        yield from entries(name, inner, (*key, word))


def _effort(answer: "Answer") -> Iterable[str]:
    if answer.model is not None:
        yield answer.model
        yield f"{len(answer.rounds)} round{'' if len(answer.rounds) == 1 else 's'}"
        yield f"{answer.usage.tokens:,} tokens"
        yield "cost unknown" if answer.cost is None else f"{answer.cost:.4g} USD"
    yield f"{answer.seconds:.1f} s"


def _trouble(answer: "Answer") -> str:
    words = {
        "budget": "the budget is spent: ",
        "not_formulated": "the problem could not be formulated: ",
    }
    return words.get(answer.outcome.value, "") + answer.message


def _head(console: "Console", words: str) -> None:
    _lines(console, [words], "bold")


def _lines(console: "Console", lines: Iterable[str], style: str = "") -> None:
    for line in lines:
        show(console, cut(safe(line), _LONGEST_LINE), style)
