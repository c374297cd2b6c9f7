"""The stepwise way, for small models that can be held to a grammar.

Asked for everything at once, a small model invents names and numbers. Asked for the decisions, then
for a table of what one unit of each brings or uses, then for the goal, then for the limit that each
number left over states, and held at every step to the names and numbers that there are, it cannot.
Everything stays in one conversation, so that a server reads the instructions, the examples and the
problem once. Where a text decides an amount for each pair of two kinds of names, its table and its
words give all but a few choices; see `pairs`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from solvitur.agents.draft import Asking, Draft
from solvitur.agents.examples import similar
from solvitur.agents.stepwise import aims, grammars
from solvitur.agents.stepwise.domains import domain
from solvitur.agents.stepwise.entries import Entries
from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.limits import Limits
from solvitur.agents.stepwise.mentions import is_empty_word, stems
from solvitur.agents.stepwise.paired import paired
from solvitur.agents.stepwise.pairs import pairs
from solvitur.agents.stepwise.rows import called, fresh, spelled_out
from solvitur.agents.stepwise.sketch import TOTAL, Decision, Goal, Limit, Row, Sketch, Term
from solvitur.agents.stepwise.talk import Talk, focus
from solvitur.errors import BadReply
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity
from solvitur.llm import Feature, Message, Model, supports
from solvitur.prompts.library import examples, render

_RELATION = re.compile(r"(?P<left>.+?) (?P<relation><=|>=|==) (?P<right>.+)", re.ASCII)

MOST_NUMBERS = 150
"""How many numbers of a text are asked about one by one."""
_PART = re.compile(r"(?P<row>\w+)\((?P<name>\w+)\)", re.ASCII)
_ABSOLUTE = re.compile(r"abs\((?P<inside>[^()]+)\)")


class Staged:
    """Ask step by step under grammars made of what is known; see the module."""

    name = "staged"

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft."""
        beginning = introduction(asking.model)
        messages = [*beginning, *_similar(asking)]
        talk = Talk(asking.model, messages, temperature, seed, len(beginning))
        try:
            found = pairs(asking.reading)
            if found is not None:
                made = await paired(talk, found)
            else:
                made = (await _sketch(talk, _answerable(asking.reading))).formulation()
            return Draft(self.name, made, usage=talk.usage)
        except (BadReply, ValueError) as error:
            return Draft(self.name, None, fault=str(error), usage=talk.usage)


def _answerable(reading: Reading) -> Reading:
    """Refuse a text that would be asked about for hours."""
    if len(reading.all_numbers) > MOST_NUMBERS:
        raise ValueError(
            f"the text states {len(reading.all_numbers)} numbers, and only up to {MOST_NUMBERS} "
            "are asked about one by one; give larger data as a table"
        )
    return reading


async def _sketch(talk: Talk, reading: Reading) -> Sketch:
    question = _variables_question(reading)
    named = await talk.ask_for("variables", list[Decision], question, grammars.variables())
    decisions = _distinct_decisions(named, reading)
    names = tuple(decision.name for decision in decisions)
    bare = Known(reading, names, (), docs=tuple(decision.doc for decision in decisions))
    known = await _table(talk, bare)
    names = aims.goals(known)
    sense = aims.sense(reading, names)
    grammar = grammars.goal(known.names, sense, names)
    said = f"{sense} {names[0]}" if sense and len(names) == 1 else None
    goal = _goal(await talk.settle(render("staged_goal"), said, grammar), known.names)
    limits: list[Limit] = []
    limited = Limits(known)
    for number in limited.numbers:
        question = render("staged_limit", focus=focus(reading, number))
        choices = limited.choices(number, goal)
        text = await talk.settle(question, grammars.only(choices), grammars.limit(choices))
        limits.extend(_limits(text, known, number, known.around.part(number, limited.numbers)))
    for clause in reading.comparisons():
        question = render("staged_comparison", focus=clause)
        grammar = grammars.comparison(known.names)
        text = await talk.settle(question, limited.comparison(clause), grammar)
        limits.extend(_limits(text, known, None, clause))
    return Sketch(tuple(decisions), known.rows, goal, tuple(limits))


async def _table(talk: Talk, bare: Known) -> Known:
    """Ask for the table, then for more rows while numbers are left that no word makes a limit."""
    entries = Entries(bare)
    numbers = [number for number in bare.reading.all_numbers if entries.may_be(number)]
    schema = grammars.table(entries.by_decision(numbers))
    rows = await talk.ask_for("rows", list[Row], render("staged_table"), schema)
    known = _with_rows(bare, rows)
    while len(known.rows) < grammars.MOST_ROWS:
        row, missing = spelled_out(known), Entries(known).unplaced
        question = render("staged_row", numbers=[number.text for number in missing])
        if row is not None:
            values = {name: _plain(value) for name, value in row.values.items()}
            talk.put(question, json.dumps({"row": {"name": row.name, "values": values}}))
        elif missing:
            must = len(missing) >= len(bare.decisions)
            schema = grammars.row(Entries(known).by_decision(missing), must)
            row = await talk.ask_for("row", Row | None, question, schema)
        fuller = _with_rows(bare, [*known.rows, *([row] if row else [])])
        if len(fuller.rows) == len(known.rows):
            break
        known = fuller
    return known


def _with_rows(bare: Known, rows: Sequence[Row]) -> Known:
    """Give the rows that say something, with the numbers that the words give to them."""
    known = bare.with_rows(_distinct_rows(rows, bare))
    return bare.with_rows(_distinct_rows(map(Entries(known).corrected, known.rows), bare))


def _plain(value: float) -> float:
    """Give a whole number as one, as it is written in a text."""
    return int(value) if value.is_integer() else value


# --- what is asked -------------------------------------------------------------------------------


def introduction(model: Model) -> list[Message]:
    """Give the instructions and the examples, each played through as it would be asked.

    A model that was tuned has seen enough of them.
    """
    worked = () if supports(model, Feature.tuned_steps) else examples("staged_examples")
    played = (message for each in worked for message in _messages(each))
    return [Message.system(render("staged_system")), *played]


def _similar(asking: Asking) -> list[Message]:
    """Give the example that is most like the problem, played through alike, if it is asked for."""
    if "similar-examples" not in asking.techniques:
        return []
    (found,) = similar(asking.reading.text, 1, needs="sketch")
    return list(_messages({"problem": found["problem"], **found["sketch"]}))


def _messages(example: dict[str, Any]) -> Iterator[Message]:
    for question, answer in _played(example):
        yield Message.user(question)
        yield Message.assistant(answer)


def _played(example: dict[str, Any]) -> Iterator[tuple[str, str]]:
    reading = Reading(example["problem"])
    decisions = tuple(variable["name"] for variable in example["variables"])
    yield _variables_question(reading), json.dumps({"variables": example["variables"]})
    yield render("staged_table"), json.dumps({"rows": example["table"]})
    known = Known(reading, decisions, tuple(map(Row.model_validate, example["table"])))
    for row in example["rows"]:
        missing = [number.text for number in Entries(known).unplaced]
        yield render("staged_row", numbers=missing), json.dumps({"row": row})
        if row is not None:
            known = Known(reading, decisions, (*known.rows, Row.model_validate(row)))
    yield render("staged_goal"), example["goal"]
    limits = iter(example["limits"])
    for number in Limits(known).numbers:
        yield render("staged_limit", focus=focus(reading, number)), next(limits)
    for clause in reading.comparisons():
        yield render("staged_comparison", focus=clause), next(limits)


def _variables_question(reading: Reading) -> str:
    return render("staged_variables", problem=reading.text.strip())


# --- what was answered ---------------------------------------------------------------------------


def _distinct_decisions(found: Sequence[Decision], reading: Reading) -> list[Decision]:
    distinct = {decision.name: decision for decision in found if decision.name != TOTAL}
    if not distinct:
        raise BadReply("the model named nothing to decide")
    return [
        decision.model_copy(update={"domain": domain(reading, decision)})
        for decision in distinct.values()
    ]


def _distinct_rows(found: Iterable[Row], known: Known) -> tuple[Row, ...]:
    """Give the rows that say something, each once; one that took a name that is taken gets its own.

    A model calls a row "total", "units" or like a decision: it is called by what it counts.
    """
    distinct: dict[str, Row] = {}
    named = {stems(name) for name in known.decisions}
    for row in found:
        if not any(row.values.values()) or row.values in [r.values for r in distinct.values()]:
            continue
        name = row.name
        if stems(name) in named or name == TOTAL or is_empty_word(name):
            name = fresh(called(known, row.values), (*known.names, *distinct))
        if name not in (*known.decisions, TOTAL):
            distinct.setdefault(name, Row(name=name, values=row.values))
    return tuple(distinct.values())


def _goal(text: str, known: Sequence[str]) -> Goal:
    sense, _, rest = text.strip().partition(" ")
    parts = re.split(r" ([+-]) ", f"+ {rest}"[2:])
    signed = [("+", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for _, name in signed:
        _refuse_unknown(name, known)
    return Goal(Sense(sense), tuple(signed))


def _limits(text: str, known: Known, number: Quantity | None, words: str) -> Iterator[Limit]:
    if text.strip() == "none":
        return
    numbers = [number, *known.factors(number)] if number else []
    for part in text.strip().split("; "):
        match = _RELATION.fullmatch(part)
        if match is None:
            raise BadReply(f"this is no limit: {part[:80]!r}")
        absolute = _ABSOLUTE.fullmatch(match["left"])
        written = (absolute["inside"] if absolute else match["left"], match["right"])
        sides = [_side(side, known.names, numbers) for side in written]
        if number and all(term.number is None for side in sides for term in side):
            raise BadReply(f"this limit is not about {number.text}: {match[0][:80]!r}")
        left, right = sides
        right = _converted(right, left, known, number)
        yield Limit(left, match["relation"], right, words, is_absolute=absolute is not None)


def _side(text: str, names: Sequence[str], numbers: Sequence[Quantity]) -> tuple[Term, ...]:
    """Read a sum of names, numbers of the text, and numbers times names."""
    terms = []
    written = {number.text: number.value for number in reversed(numbers)}
    for sign, part in re.findall(r"(?:^| ([+-]) )(.*?)(?= [+-] |$)", text):
        value, name = _term(part, written)
        of = _PART.fullmatch(name or "")
        row, name = (of["row"], of["name"]) if of else (None, name)
        for each in (name, row):
            if each is not None:
                _refuse_unknown(each, names)
        terms.append(Term(name, value, sign or "+", row))
    return tuple(terms)


def _term(text: str, numbers: dict[str, float]) -> tuple[float | None, str | None]:
    if text in numbers:
        return numbers[text], None
    for written, value in numbers.items():
        if text.startswith(f"{written} * "):
            return value, text.removeprefix(f"{written} * ")
    return None, text


def _converted(
    right: tuple[Term, ...], left: tuple[Term, ...], known: Known, number: Quantity | None
) -> tuple[Term, ...]:
    """Give a number that stands alone in the unit of the row that it limits."""
    name = left[0].name
    if number is None or name is None or len(left) > 1 or len(right) > 1 or right[0].name:
        return right
    factor = Limits(known).conversion(number, name)
    return (Term(None, number.value * factor),) if factor != 1 else right


def _refuse_unknown(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise BadReply(f"{name[:40]!r} is not one of {', '.join(known)}")
