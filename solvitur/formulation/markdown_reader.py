"""Five sections of Markdown taken apart into items, and each item handed to who can read it.

A line of the form that `solvitur.formulation.markdown` writes is taken exactly; all others go to
the lenient readers of `solvitur.formulation.free_text.draft`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.elements import Formulation
from solvitur.formulation.free_text.draft import Draft
from solvitur.formulation.free_text.items import read_parameter, read_set, read_variable
from solvitur.formulation.free_text.rows import read_constraint, read_objective
from solvitur.formulation.free_text.signs import plain
from solvitur.formulation.markdown import SECTIONS, heading, read_exactly, unquoted

MAX_LENGTH = 10_000_000
"""Longest text, in characters."""

MAX_STATEMENTS = 5_000
"""Most statements in free text; there is no limit for what `to_markdown` writes."""

_FENCE = re.compile(r"`{3,}\w*|~{3,}\w*|\+{3,}|={3,}")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")
_BULLET = re.compile(r"(?:[-*]|\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-z]\)) +")
_NOTHING = re.compile(r"\W*(?:none|n/a|not applicable|empty)\W*", re.IGNORECASE)
_OPEN_END = ("+", "-", "*", "/", "=", "<", ">", "(", "[", "{", ",", " in")
_OPEN_START = re.compile(r"[+/=<>)\]}]")


@dataclass
class Statement:
    """A statement in plain signs, perhaps put together from several lines."""

    number: int
    """Of its first line."""
    parts: list[str] = field(default_factory=list)
    brackets: int = 0
    """How many are open at its end."""

    def extend(self, text: str) -> None:
        """Add a line."""
        self.parts.append(text)
        code = text.split("//")[0]
        self.brackets += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))

    @property
    def is_open(self) -> bool:
        """Whether it goes on in the next line."""
        return self.brackets > 0 or self.parts[-1].split("//")[0].rstrip().endswith(_OPEN_END)

    @property
    def text(self) -> str:
        """All of it on one line."""
        return " ".join(self.parts).strip()


@dataclass
class Item:
    """What belongs together in a section: a bullet and the lines under it."""

    statements: list[Statement] = field(default_factory=list)
    exact: dict[str, Any] | None = None
    """The element, when the line is of the form that is written here."""


@dataclass
class _Document:
    title: str = ""
    sections: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """The lines of each section that is there, with their numbers."""
    remarks: dict[str, str] = field(default_factory=dict)
    """What a heading says in brackets: ``Variables (all continuous):``."""


def read_markdown(text: str) -> Formulation:
    """Read the five sections; see `solvitur.formulation.markdown.from_markdown`."""
    if len(text) > MAX_LENGTH:
        raise FormulationError(
            f"the text has {len(text):,} characters; at most {MAX_LENGTH:,} are read"
        )
    document = _take_apart(text)
    for needed in ("Variables", "Objective"):
        if needed not in document.sections:
            raise FormulationError(
                f"there is no section '{needed}'; write a heading '## {needed}:' and its lines"
            )
    found = {name: list(_items(name, lines)) for name, lines in document.sections.items()}
    draft = Draft(document.remarks)
    free = [
        s for items in found.values() for item in items if not item.exact for s in item.statements
    ]
    if len(free) > MAX_STATEMENTS:
        raise FormulationError(
            f"the text has more than {MAX_STATEMENTS:,} lines of its own form; write JSON instead"
        )
    draft.learn(statement.text for statement in free)
    faults: list[FormulationError] = []
    for section in SECTIONS:
        for item in found.get(section, []):
            with _collecting(faults, f"section '{section}', line {item.statements[0].number}"):
                _add(draft, section, item)
        with _collecting(faults, f"section '{section}'"):
            draft.end(section)
    if faults:
        raise InvalidFormulation(faults)
    return draft.formulation(document.title)


def _add(draft: Draft, section: str, item: Item) -> None:
    if item.exact is not None:
        draft.add(section, item.exact, loose=False)
        return
    texts = [statement.text for statement in item.statements]
    if section == "Objective":
        read_objective(draft, texts)
    elif section == "Constraints":
        read_constraint(draft, texts)
    else:
        read = {"Sets": read_set, "Parameters": read_parameter, "Variables": read_variable}[section]
        for text in texts:
            read(draft, text)


@contextmanager
def _collecting(faults: list[FormulationError], element: str) -> Iterator[None]:
    try:
        yield
    except FormulationError as error:
        faults.append(FormulationError(error.message, element=element, column=error.column))


def _take_apart(text: str) -> _Document:
    document = _Document()
    current: list[tuple[int, str]] | None = None
    fenced = False
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = raw.strip()
        if not line:
            if current and current[-1][1]:
                current.append((number, ""))
            continue
        if _FENCE.fullmatch(line):
            if fenced and current is not None:
                break  # the block that holds the sections ends here
            fenced = not fenced
            continue
        opened = heading(line)
        if opened:
            section, document.remarks[opened[0]], line = opened
            current = document.sections.setdefault(section, [])
        elif current is None and line.startswith("# ") and not document.title:
            document.title = unquoted(line[2:].strip())
        if current is not None:
            current.append((number, "" if _RULE.fullmatch(line) else line))
    return document


def _items(section: str, lines: Sequence[tuple[int, str]]) -> Iterator[Item]:
    item = Item()
    is_open = False
    for number, line in lines:
        exact = read_exactly(section, line)
        if exact is not None:
            yield from _finished(item)
            yield Item([Statement(number, [line])], exact)
            item, is_open = Item(), False
            continue
        text = plain(line).strip()
        if not text or _NOTHING.fullmatch(text):
            is_open = False
            continue
        continues = bool(item.statements) and (is_open or bool(_OPEN_START.match(text)))
        bullet = None if continues or _is_minus(section, item, text) else _BULLET.match(text)
        if not continues:
            if _starts_item(section, item, bullet):
                yield from _finished(item)
                item = Item()
            item.statements.append(Statement(number))
        item.statements[-1].extend(text[bullet.end() :] if bullet else text)
        is_open = item.statements[-1].is_open
    yield from _finished(item)


def _finished(item: Item) -> Iterator[Item]:
    if item.statements:
        yield item


def _is_minus(section: str, item: Item, text: str) -> bool:
    """Whether a dash is a minus: in an objective, from the second line on."""
    return section == "Objective" and bool(item.statements) and text.startswith("-")


def _starts_item(section: str, item: Item, bullet: re.Match[str] | None) -> bool:
    """An objective is one item; a line without a bullet belongs to the constraint above it."""
    if not item.statements:
        return True
    return section != "Objective" and (bullet is not None or section != "Constraints")
