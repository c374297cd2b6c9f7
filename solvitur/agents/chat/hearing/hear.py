"""What a message of a conversation wants.

Words that leave no doubt are understood by rule, in milliseconds; only what they leave open goes to
the model, as one request that is closed over the names of the formulation and the numbers of the
message. What comes out is applied and checked before it is believed, and where it stays open the
person is asked one question, which names what may have been meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from solvitur.agents.chat.edits.edits import Edit, edited
from solvitur.agents.chat.hearing import asking
from solvitur.agents.chat.hearing.arrivals import arrival
from solvitur.agents.chat.hearing.intents import (
    Ask,
    Courtesy,
    Intent,
    NewProblem,
    No,
    Option,
    Revise,
    Unclear,
    Undo,
    WhatIf,
    Why,
    Yes,
)
from solvitur.agents.chat.hearing.prices import unpriced
from solvitur.agents.chat.hearing.readings import Heard, close, is_sure, unexplained, unused
from solvitur.agents.chat.hearing.rules import understand
from solvitur.agents.chat.hearing.saying import (
    ASKS,
    COURTESY,
    NEW,
    NEW_PROBLEM,
    NO,
    UNDO,
    WHY,
    YES,
    Saying,
)
from solvitur.agents.chat.hearing.spelling import mended
from solvitur.agents.chat.hearing.vocabulary import Vocabulary, stems
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import first, one_line
from solvitur.formulation.tables.data import Given
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.measures import name_of
from solvitur.llm import Model

_LEAST = 0.8
"""What a reading must score to be taken, as an assumption, where nobody can be asked."""
_SURE = 0.8
"""How much of the probability the model's choice must have to be taken without asking."""
_CLAUSE_END = re.compile(r"\s*[;.]\s+|,?\s+(?:and|but|while|whereas)\s+|,\s+", re.IGNORECASE)
_FEW = 3
"""Words of which a model could make nothing, where the problem has none of them."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Context:
    """What a message is said in."""

    formulation: Formulation | None
    """What is talked about; ``None`` where nothing is yet."""
    asks: bool = True
    """Whether the person can be asked; where not, the likeliest is taken and listed."""
    data: Given = None
    asked: Unclear | None = None
    """The question that the message may answer."""


async def hear(words: str, context: Context, model: Model | None, *, seed: int = 0) -> Intent:
    """Find out what a message wants.

    Args:
        words: The message.
        context: What it is said in.
        model: Who is asked where the words leave something open; without one they stay unclear.
        seed: For what the model draws.

    Raises:
        ModelError: The model gave no reply.

    Example:
        >>> import asyncio
        >>> from solvitur.formulation import Formulation
        >>> shop = Formulation.model_validate({
        ...     "parameters": [{"name": "labour", "value": 40, "unit": "h"}],
        ...     "variables": [{"name": "chairs", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * chairs"},
        ...     "constraints": [{"name": "work", "expression": "2 * chairs <= labour"}]})
        >>> intent = asyncio.run(hear("labour is only 30 hours", Context(shop), None))
        >>> intent.kind, intent.edits[0].name, intent.edits[0].amount.number
        ('change', 'labour', 30.0)
    """
    plain = _plain(words, context.asked)
    if plain is not None:
        return plain
    formulation = context.formulation
    if formulation is None:
        return NewProblem(words=words)
    known = Vocabulary(Instance(formulation, context.data))
    said = Saying.of(words)
    if match := NEW_PROBLEM.match(words):
        return NewProblem(words=words[match.end() :].strip() or words)
    if _is_problem(words, known):
        return NewProblem(words=words)
    notes: tuple[str, ...] = ()
    if not said.has(NEW):
        said, notes = mended(said, known)
    hearing = _Hearing(words, said, known, context, notes)
    if said.is_question and (question := _question(hearing)) is not None:
        return question
    return await _change(hearing, model, seed)


def is_undo(words: str) -> bool:
    """Whether a message takes back what was changed last.

    Example:
        >>> is_undo("undo that"), is_undo("undo the tables")
        (True, False)
    """
    return UNDO.fullmatch(words) is not None


def answers_nothing(words: str) -> bool:
    """Whether a message is no answer to what a problem lacks: a yes, a courtesy, a why.

    Example:
        >>> answers_nothing("why?"), answers_nothing("50 kg"), answers_nothing("I don't know why")
        (True, False, False)
    """
    is_why = WHY.match(words.lstrip()) is not None and not Reading(words).numbers
    return is_why or any(pattern.fullmatch(words) for pattern in (YES, COURTESY))


# --- what needs no formulation -------------------------------------------------------------------


def _plain(words: str, asked: Unclear | None) -> Intent | None:
    """Read yes, no, undo, and the answer to a question."""
    if asked is not None and (option := _chosen(words, asked.options)) is not None:
        kind = Revise if option.is_kept else WhatIf
        return kind(edits=option.edits)
    plain = ((YES, Yes()), (NO, No()), (UNDO, Undo()), (COURTESY, Courtesy()))
    for pattern, intent in plain:
        if pattern.fullmatch(words):
            return intent
    return None


def _chosen(words: str, options: Sequence[Option]) -> Option | None:
    """Find the option that an answer names: by its number, by yes, or by its words."""
    if len(options) == 1 and YES.fullmatch(words):
        return options[0]
    for pattern, word in ((YES, "yes"), (NO, "no")):
        fitting = [option for option in options if option.words.startswith(f"{word},")]
        if pattern.fullmatch(words) and len(fitting) == 1:
            return fitting[0]
    text = words.strip().lower().strip(" .!)(#")
    text = re.sub(r"^(?:the |number |option |no\. ?)+|\s+(?:one|please)$", "", text)
    for number, option in enumerate(options, start=1):
        if text in (str(number), *_ORDINALS[number - 1 : number]):
            return option
    if len(options) < 2 or Reading(words).numbers:
        return None
    shared = [len({*stems(words)} & {*stems(option.words)}) for option in options]
    best = max(shared)
    return options[shared.index(best)] if best and shared.count(best) == 1 else None


# --- questions and new problems ------------------------------------------------------------------


def _is_problem(words: str, known: Vocabulary) -> bool:
    """Whether it is long, full of numbers, and about something else or all of it anew."""
    reading = Reading(words)
    said = Saying.of(words)
    if len(reading.spans) < 2 or len(reading.numbers) < 4:
        return False
    strange = len(unexplained(said, known)) / max(1, len(said.content))
    return strange > 0.5 or (len(reading.spans) > 2 and len(reading.numbers) > 7)


def _question(hearing: "_Hearing") -> Intent | None:
    """Read a question; one for what follows from a change that is sure is a what-if."""
    words, said, known = hearing.words, hearing.said, hearing.known
    if WHY.search(words):
        return Why(about=words if _is_about_something(said, known) else None)
    if said.is_what_if and said.numbers:
        if hearing.unpriced is not None:
            return hearing.unpriced
        parts = list(_parts(said, known))
        if parts:
            return hearing.intent(tuple(edit for heard in parts for edit in heard.edits))
    return Ask(words=words)


def _is_about_something(said: Saying, known: Vocabulary) -> bool:
    """Whether it names a decision, or a limit; which one, who answers it finds out."""
    if len(known.mentioned(said.content)) == 1:
        return True
    names = (stems(constraint.name) for constraint in known.instance.formulation.constraints)
    return any(name and {*name} <= {*said.content} for name in names)


# --- changes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Hearing:
    """A message that changes something."""

    words: str
    said: Saying
    known: Vocabulary
    context: Context
    notes: tuple[str, ...] = ()
    """What was taken for what in its words."""

    def intent(self, edits: tuple[Edit, ...], assumptions: tuple[str, ...] = ()) -> Intent:
        """Give the change, if it can be made; what is in the way is asked about."""
        try:
            after = edited(self.known.instance, edits)
        except FormulationError as error:
            return Unclear(question=f"That cannot be done: {one_line(str(error))}. What is meant?")
        kind = WhatIf if self.said.is_what_if else Revise
        left = unused(self.said, edits, self.known)
        ignored = (f"not used: {left}, as nothing was understood of it",) if left else ()
        assumptions = (*self.notes, *assumptions, *ignored)
        return kind(edits=edits, assumptions=assumptions, formulation=after)

    def assumed(self, heard: Heard) -> Intent:
        """Take a reading that nobody could be asked about."""
        return self.intent(heard.edits, (f'"{one_line(self.words)}" is read as {heard.words}',))

    def question(self, found: Sequence[Heard]) -> Unclear:
        """Ask which of some readings is meant."""
        is_kept = not self.said.is_what_if
        options = tuple(
            Option(words=heard.words, edits=heard.edits, is_kept=is_kept) for heard in found
        )
        if len(found) == 1:
            left = unused(self.said, found[0].edits, self.known)
            rest = f" (It does not use {left}.)" if left else ""
            return Unclear(question=f"Do you mean this: {found[0].words}?{rest}", options=options)
        listed = "".join(f"\n{n}. {heard.words}" for n, heard in enumerate(found, start=1))
        return Unclear(question=f"Which of these do you mean?{listed}", options=options)

    @property
    def is_strange(self) -> bool:
        """Whether it is a few words, none of them a number or a word of the problem; or no word."""
        content = self.said.content
        if not any(map(str.isalpha, self.said.text)):
            return True
        is_bare = not self.said.numbers and self.said.factor is None
        return is_bare and len(unexplained(self.said, self.known)) == len(content) <= _FEW

    @cached_property
    def unpriced(self) -> Unclear | None:
        """What to say where nothing in the formulation is what is said to cost something."""
        name = unpriced(self.said, self.known)
        if name is None:
            return None
        return self._which(f'Nothing here is the cost of "{name}". Which of its numbers is meant')

    def lost(self) -> Unclear:
        """Say what was not understood."""
        known = self.known.known
        strange = {w for w in self.said.content if w not in known and not name_of(w)}
        if wanted := self.said.spelt(strange):
            names = ", ".join(f'"{word}"' for word in dict.fromkeys(wanted))
            question = f"I do not find {names} in this problem. Which of its numbers is meant"
        else:
            question = "I do not see what is to be changed. Which number is meant"
        return self._which(question)

    def _which(self, question: str) -> Unclear:
        """Ask which number is to be changed, and to what."""
        labels = dict.fromkeys(place.parameter or place.label for place in self.known.places)
        there = ", ".join(first([*labels], 8))
        return Unclear(
            question=f"{question}{f' ({there})' if there else ''}, and what is it to be?"
        )


async def _change(hearing: _Hearing, model: Model | None, seed: int) -> Intent:
    came = arrival(hearing.said, hearing.known)
    if came is not None:
        if came.missing:
            missing = ", ".join(came.missing)
            return Unclear(question=f"What is this for {came.name}: {missing}?")
        return hearing.intent((came.edit,))
    if hearing.unpriced is not None:
        return hearing.unpriced
    parts = list(_parts(hearing.said, hearing.known))
    if parts:
        return hearing.intent(tuple(edit for heard in parts for edit in heard.edits))
    found = close(understand(hearing.said, hearing.known))
    if model is None:
        return _without_model(hearing, found)
    if not found and hearing.is_strange:
        return hearing.lost()
    if several := await _several(hearing, model, seed):
        return _borne_out(hearing, several)
    if found:
        chosen, share = await asking.choose(hearing.said, model, found, seed=seed)
        return _chosen_by(hearing, found, chosen, share)
    answer = await asking.ask(
        hearing.said, hearing.known, model, seed=seed, is_borne_out=not hearing.context.asks
    )
    if answer.is_question and ASKS.search(hearing.words):
        return Ask(words=hearing.words)
    return _borne_out(hearing, answer.heard)


def _parts(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Give what is surely understood: of the whole, or of each of its clauses; nothing if not."""
    whole = understand(said, known)
    if whole and is_sure(whole, said):
        yield whole[0]
        return
    clauses = [said.part(part) for part in _CLAUSE_END.split(said.text) if part.strip()]
    found = [(clause, understand(clause, known)) for clause in clauses]
    if len(clauses) > 1 and all(each and is_sure(each, clause) for clause, each in found):
        yield from (each[0] for _, each in found)


async def _several(hearing: _Hearing, model: Model, seed: int) -> Heard | None:
    """Read several changes, each with its number, one after the other.

    ``None`` where it is not made of such clauses, or one of them is not understood.
    """
    said, known = hearing.said, hearing.known
    clauses = [said.part(part) for part in _CLAUSE_END.split(said.text) if part.strip()]
    counts = [len(clause.numbers) for clause in clauses]
    if len(clauses) < 2 or not all(counts) or sum(counts) != len(said.numbers):
        return None
    heard: list[Heard] = []
    for clause in clauses:
        found = understand(clause, known)
        if not found or not is_sure(found, clause):
            answer = await asking.ask(
                clause, known, model, seed=seed, is_borne_out=not hearing.context.asks
            )
            found = [] if answer.heard is None else [answer.heard]
        if not found:
            return None
        heard.append(found[0])
    edits = tuple(edit for each in heard for edit in each.edits)
    return Heard(edits, "; ".join(each.words for each in heard), 0.0)


def _without_model(hearing: _Hearing, found: Sequence[Heard]) -> Intent:
    if not found:
        return hearing.lost()
    if not hearing.context.asks and found[0].score >= _LEAST:
        return hearing.assumed(found[0])
    return hearing.question(found)


def _chosen_by(
    hearing: _Hearing, found: Sequence[Heard], chosen: Heard | None, share: float
) -> Intent:
    """Take the reading that the model chose where it is sure; ask where it is not."""
    if chosen is None:
        return _without_model(hearing, found)
    if not hearing.context.asks:
        return hearing.assumed(chosen)
    if share >= _SURE and not chosen.unexplained:
        return hearing.intent(chosen.edits)
    return hearing.question([chosen, *(each for each in found if each is not chosen)])


def _borne_out(hearing: _Hearing, heard: Heard | None) -> Intent:
    """Ask whether what only the model understood is meant; nobody to ask, it is an assumption."""
    if heard is None:
        return hearing.lost()
    return hearing.question([heard]) if hearing.context.asks else hearing.assumed(heard)
