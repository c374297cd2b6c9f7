"""The stepwise way, for small models that can be held to a grammar.

Asked for everything at once, a small model invents names and numbers. Asked for the decisions, then
for a table of what one unit of each brings or uses, then for the goal, then for the limit that each
number left over states, and held at every step to the names and numbers that there are, it cannot.
Everything stays in one conversation, so that a server reads the instructions, the examples and the
problem once.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from solvitur.agents.draft import Asking, Draft
from solvitur.agents.sketch import TOTAL, Decision, Goal, Limit, Row, Sketch
from solvitur.errors import BadReply
from solvitur.formulation.cues import Reading
from solvitur.formulation.elements import Sense
from solvitur.formulation.quantities import Kind, Quantity
from solvitur.llm import Finish, Message, Model, Parsed, Request, Sampling, Usage, parse
from solvitur.prompts.library import examples, render

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,30}$"}
_MOST_DECISIONS = 12
_MOST_ROWS = 8
_RELATION = re.compile(r"(?P<left>\w+) (?P<relation><=|>=|==) (?P<right>.+)", re.ASCII)
_DIFFERENCE = re.compile(r"(more|fewer|less|greater|larger|smaller|higher|lower)\b", re.IGNORECASE)
_EXACT = re.compile(r"\b(exactly|equal|equals|precisely)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(each|both)\b", re.IGNORECASE)
_WORD_FACTORS = (Kind.PERCENT, Kind.FRACTION, Kind.MULTIPLE)


class Staged:
    """Ask step by step under grammars made of what is known; see the module."""

    name = "staged"

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft."""
        talk = _Talk(asking.model, _introduction(), temperature, seed)
        try:
            sketch = await _sketch(talk, asking.reading)
            return Draft(self.name, sketch.formulation(), usage=talk.usage)
        except (BadReply, ValueError) as error:
            return Draft(self.name, None, fault=str(error), usage=talk.usage)


@dataclass
class _Talk:
    """A conversation that grows by question and answer."""

    model: Model
    messages: list[Message]
    temperature: float
    seed: int
    usage: Usage = field(default_factory=Usage)

    async def ask(self, question: str, **constraint: Any) -> str:
        """Ask under a JSON schema or a grammar; give the text."""
        self.messages.append(Message.user(question))
        sampling = Sampling(temperature=self.temperature, seed=self.seed, max_tokens=600)
        request = Request(messages=tuple(self.messages), sampling=sampling, **constraint)
        reply = await self.model.reply(request)
        self.usage += reply.usage
        if reply.finish is not Finish.stop:
            raise BadReply(f"the model's reply ended early ({reply.finish.value})")
        self.messages.append(Message.assistant(reply.text))
        return reply.text

    async def ask_for(self, shape: type[Any], question: str, schema: dict[str, Any]) -> Any:
        """Ask for an object."""
        text = await self.ask(question, json_schema=schema)
        parsed = parse(text, shape)
        if not isinstance(parsed, Parsed):
            raise BadReply(parsed.reason)
        return parsed.value


async def _sketch(talk: _Talk, reading: Reading) -> Sketch:
    answer = await talk.ask_for(
        dict[str, list[Decision]], _variables_question(reading), _variables_schema()
    )
    decisions = _distinct_decisions(answer["variables"])
    names = [decision.name for decision in decisions]
    rows = await _table(talk, reading, names)
    known = [*names, *(row.name for row in rows), TOTAL]
    goal_text = await talk.ask(render("staged_goal"), grammar=_goal_grammar(known, reading.sense()))
    limits: list[Limit] = []
    goal = _goal(goal_text, known)
    money = _money_rows(reading, rows)
    for number in _limit_numbers(reading, rows, len(names)):
        focus = _focus(reading, number)
        question = render("staged_limit", focus=focus)
        fitting = _fitting(known, names, money, goal, reading, number)
        text = await talk.ask(question, grammar=_limit_grammar(fitting, known, number, reading))
        limits.extend(_limits(text, known, number, focus.replace("[", "").replace("]", "")))
    for clause in reading.comparisons():
        question = render("staged_comparison", focus=clause)
        text = await talk.ask(question, grammar=_comparison_grammar(known))
        limits.extend(_limits(text, known, None, clause))
    return Sketch(tuple(decisions), tuple(rows), goal, tuple(limits))


async def _table(talk: _Talk, reading: Reading, names: list[str]) -> list[Row]:
    numbers = [number for number in reading.all_numbers if not _is_limit(reading, number)]
    answer = await talk.ask_for(
        dict[str, list[Row]], render("staged_table"), _table_schema(names, numbers)
    )
    rows = _distinct_rows(answer["rows"], names)
    while len(rows) < _MOST_ROWS:
        missing = _unplaced(reading, rows, len(names))
        if not missing:
            break
        question = render("staged_row", numbers=[number.text for number in missing])
        schema = _row_schema(names, missing, must=len(missing) >= len(names))
        found = await talk.ask_for(dict[str, Row | None], question, schema)
        if found["row"] is None:
            break
        more = _distinct_rows([*rows, found["row"]], names)
        if len(more) == len(rows):
            break
        rows = more
    return rows


# --- what is asked -------------------------------------------------------------------------------


def _introduction() -> list[Message]:
    """Give the instructions and the examples, each played through as it would be asked."""
    messages = [Message.system(render("staged_system"))]
    for example in examples("staged_examples"):
        for question, answer in _played(example):
            messages += [Message.user(question), Message.assistant(answer)]
    return messages


def _played(example: dict[str, Any]) -> Iterator[tuple[str, str]]:
    reading = Reading(example["problem"])
    names = [variable["name"] for variable in example["variables"]]
    yield _variables_question(reading), json.dumps({"variables": example["variables"]})
    yield render("staged_table"), json.dumps({"rows": example["table"]})
    rows = [Row.model_validate(row) for row in example["table"]]
    for row in example["rows"]:
        missing = [number.text for number in _unplaced(reading, rows, len(names))]
        yield render("staged_row", numbers=missing), json.dumps({"row": row})
        if row is not None:
            rows.append(Row.model_validate(row))
    yield render("staged_goal"), example["goal"]
    limits = iter(example["limits"])
    for number in _limit_numbers(reading, rows, len(names)):
        yield render("staged_limit", focus=_focus(reading, number)), next(limits)
    for clause in reading.comparisons():
        yield render("staged_comparison", focus=clause), next(limits)


def _variables_question(reading: Reading) -> str:
    return render("staged_variables", problem=reading.text.strip())


def _focus(reading: Reading, number: Quantity) -> str:
    """Give the sentence of a number, with the number in brackets."""
    start, end = reading.sentence(number.start)
    text = reading.text
    return f"{text[start : number.start]}[{number.text}]{text[number.end : end]}".strip(" .;")


# --- which numbers go where ----------------------------------------------------------------------


def _is_limit(reading: Reading, number: Quantity) -> bool:
    cue = reading.cue(number)
    return cue is not None and cue.is_plain


def _counts_decisions(number: Quantity, count: int) -> bool:
    """Whether it is the "two" of "two kinds of printers"."""
    return number.text.isalpha() and number.kind is Kind.PLAIN and number.value == count


def _left_over(reading: Reading, rows: Sequence[Row], count: int) -> list[Quantity]:
    """Give the numbers that the table does not hold; each entry of it takes one number away."""
    free = [number for number in reading.numbers if not _counts_decisions(number, count)]
    for row in rows:
        for value in row.values.values():
            fitting = [n for n in free if value in n.readings]
            if fitting:
                free.remove(min(fitting, key=lambda n: (_is_limit(reading, n), n.start)))
    return free


def _limit_numbers(reading: Reading, rows: Sequence[Row], count: int) -> list[Quantity]:
    """Give the numbers to ask a limit for: left over, and not said of a single unit."""
    return [
        number
        for number in _left_over(reading, rows, count)
        if reading.cue(number) or not (number.kind is Kind.PLAIN and reading.is_each(number))
    ]


def _money_rows(reading: Reading, rows: Sequence[Row]) -> list[str]:
    """Give the rows whose numbers stand in the text as money."""
    money = {n.value for n in reading.numbers if reading.is_money(n)}
    return [row.name for row in rows if {v for v in row.values.values() if v} <= money]


def _fitting(
    known: Sequence[str],
    names: Sequence[str],
    money: Sequence[str],
    goal: Goal,
    reading: Reading,
    number: Quantity,
) -> list[str]:
    """Narrow down what a number can limit, as far as its words tell.

    Money limits money, a total no single decision, and nobody caps what is to be maximized. Where
    that leaves nothing, everything stays possible.
    """
    fitting = list(known)
    if number.kind is Kind.PLAIN and reading.is_money(number) and money:
        fitting = list(money)
    elif number.kind is Kind.PLAIN and _is_joint(reading, number, names):
        fitting = [name for name in known if name not in names]
    cue = reading.cue(number)
    capped = {Sense.maximize: "<=", Sense.minimize: ">="}[goal.sense]
    if cue and cue.relation == capped and len(goal.terms) == 1:
        fitting = [name for name in fitting if name != goal.terms[0][1]] or fitting
    return fitting


def _is_joint(reading: Reading, number: Quantity, names: Sequence[str]) -> bool:
    """Whether a number is said of all decisions: by its words, or as "pills" is of all pills."""
    if reading.is_joint(number):
        return True
    _, end = reading.sentence(number.start)
    phrase = re.split(r"[,;.\d]|\band\b|\bbut\b", reading.text[number.end : end], maxsplit=1)[0]
    spoken = _stems(phrase)
    words = [_stems(name.replace("_", " ")) for name in names]
    shared = frozenset[str].intersection(*words)
    telling = frozenset[str]().union(*words) - shared
    return len(names) > 1 and bool(spoken & shared) and not spoken & telling


def _stems(text: str) -> frozenset[str]:
    """Give the words of a text without a plural's s."""
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower()))


def _unplaced(reading: Reading, rows: Sequence[Row], count: int) -> list[Quantity]:
    """Give the numbers that are in no table yet and that no word marks as a limit."""
    return [
        number
        for number in _left_over(reading, rows, count)
        if number.kind is Kind.PLAIN and reading.cue(number) is None
    ]


def _distinct_decisions(found: Sequence[Decision]) -> list[Decision]:
    distinct = {decision.name: decision for decision in found if decision.name != TOTAL}
    if not distinct:
        raise BadReply("the model named nothing to decide")
    return list(distinct.values())


def _distinct_rows(found: Sequence[Row], names: Sequence[str]) -> list[Row]:
    distinct: dict[str, Row] = {}
    for row in found:
        if row.name not in (*names, TOTAL) and any(row.values.values()):
            distinct.setdefault(row.name, row)
    return list(distinct.values())


# --- what may be answered ------------------------------------------------------------------------


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _variables_schema() -> dict[str, Any]:
    decision = _object(
        name=_NAME,
        doc={"type": "string", "maxLength": 80},
        domain={"enum": ["integer", "continuous"]},
    )
    return _object(
        variables={
            "type": "array",
            "minItems": 1,
            "maxItems": _MOST_DECISIONS,
            "items": decision,
        }
    )


def _one_row(names: Sequence[str], numbers: Sequence[Quantity]) -> dict[str, Any]:
    values = dict.fromkeys([0.0, *(number.value for number in numbers)])
    choice = {"enum": [int(v) if v.is_integer() else v for v in values]}
    return _object(name=_NAME, values=_object(**dict.fromkeys(names, choice)))


def _table_schema(names: Sequence[str], numbers: Sequence[Quantity]) -> dict[str, Any]:
    rows = {"type": "array", "maxItems": _MOST_ROWS, "items": _one_row(names, numbers)}
    return _object(rows=rows)


def _row_schema(names: Sequence[str], numbers: Sequence[Quantity], must: bool) -> dict[str, Any]:
    """Give the shape of one more row; one that must be there may not be null."""
    row = _one_row(names, numbers)
    return _object(row=row if must else {"anyOf": [row, {"type": "null"}]})


def _goal_grammar(names: Sequence[str], sense: Sense | None) -> str:
    senses = [sense.value] if sense else [each.value for each in Sense]
    return _grammar(
        f'root ::= ({_choice(senses)}) " " name ((" + " | " - ") name)?', _names_rule(names)
    )


def _limit_grammar(
    fitting: Sequence[str], known: Sequence[str], number: Quantity, reading: Reading
) -> str:
    """Hold a limit to the number it is about, and to the direction that its words say."""
    cue = reading.cue(number)
    start, _ = reading.sentence(number.start)
    before = reading.text[start : number.start]
    relation = _choice(
        [cue.relation] if cue else ["<=", ">=", *(["=="] if _EXACT.search(before[-40:]) else [])]
    )
    literal = _quoted(number.text)
    if number.kind in _WORD_FACTORS:
        right = f'{literal} " * " name'
    elif _DIFFERENCE.search(before[-40:] + reading.text[number.end : number.end + 20]):
        right = f'{literal} | name " + " {literal}'
    else:
        right = literal
    root = 'limit "; " limit' if cue and _EACH.search(before[-60:]) else "limit"
    return _grammar(
        f"root ::= {root}" + ("" if cue and cue.is_plain else ' | "none"'),
        f'limit ::= ({_choice(fitting)}) " " ({relation}) " " ({right})',
        _names_rule(known),
    )


def _comparison_grammar(names: Sequence[str]) -> str:
    return _grammar('root ::= "none" | name (" <= " | " >= " | " == ") name', _names_rule(names))


def _grammar(*rules: str) -> str:
    return "\n".join(rules)


def _names_rule(names: Sequence[str]) -> str:
    return f"name ::= {_choice(names)}"


def _choice(words: Sequence[str]) -> str:
    return " | ".join(map(_quoted, words))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# --- what was answered ---------------------------------------------------------------------------


def _goal(text: str, known: Sequence[str]) -> Goal:
    sense, _, rest = text.strip().partition(" ")
    parts = re.split(r" ([+-]) ", f"+ {rest}"[2:])
    signed = [("+", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for _, name in signed:
        _refuse_unknown(name, known)
    return Goal(Sense(sense), tuple(signed))


def _limits(
    text: str, known: Sequence[str], number: Quantity | None, words: str
) -> Iterator[Limit]:
    if text.strip() == "none":
        return
    for part in text.strip().split("; "):
        match = _RELATION.fullmatch(part)
        if match is None:
            raise BadReply(f"this is no limit: {part[:80]!r}")
        _refuse_unknown(match["left"], known)
        yield _limit(match, known, number, words)


def _limit(
    match: re.Match[str], known: Sequence[str], number: Quantity | None, words: str
) -> Limit:
    right, is_factor = match["right"], False
    name: str | None = None
    if number is None:
        name = right
    elif right.startswith(f"{number.text} * "):
        name, is_factor = right.removeprefix(f"{number.text} * "), True
    elif right.endswith(f" + {number.text}"):
        name = right.removesuffix(f" + {number.text}")
    elif right != number.text:
        raise BadReply(f"this limit is not about {number.text}: {match[0][:80]!r}")
    if name is not None:
        _refuse_unknown(name, known)
    value = None if number is None else number.value
    return Limit(match["left"], match["relation"], value, name, is_factor, words)


def _refuse_unknown(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise BadReply(f"{name[:40]!r} is not one of {', '.join(known)}")
