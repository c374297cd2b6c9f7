"""What has to be asked before a problem can be formulated: what its words leave out.

No model is asked. Every rule is one that problems which say everything do not meet: a question that
need not have been asked costs more than one that was not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from solvitur.formulation.printing import cut, one_line
from solvitur.formulation.tables.data import Data, Given
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.numerals import words
from solvitur.formulation.words.quantities import Kind, Quantity

MOST = 5
"""Most questions about one problem."""
_LONGEST = 60
_BEFORE = 30
"""Characters of a quote, and of these the most before what it is quoted for."""
_SHORT = 40
"""Most words of a problem in which numbers as words may only count what there is."""
_NEAR = 25
"""How many characters from a number what it is a number of may stand."""


class Question(BaseModel):
    """Something that the words of a problem leave open.

    Example:
        >>> questions("Chairs earn 30, tables 50, and at most 9 fit. How many make the most money? "
        ...           "A chair takes some hours.")[0].text
        'How many hours does it take ("A chair takes some hours")?'
    """

    model_config = ConfigDict(frozen=True)

    text: str
    """What a person is asked."""
    assumption: str
    """What is taken for granted where nobody answers."""
    choices: tuple[str, ...] = ()
    """What may be answered, where it is one of a few things."""


def questions(problem: str, data: Given = None) -> tuple[Question, ...]:
    """Find what the words of a problem leave open, the most important first.

    Args:
        problem: The word problem.
        data: The tables that are given beside it; numbers may be in there.

    Example:
        >>> [each.text for each in questions("We make 40 chairs a day out of 90 boards.")]
        ['What is to be as large or as small as possible?']
    """
    reading = Reading(problem)
    found = [
        *_numbers(reading, bool(Data.of(data))),
        *_goal(reading),
        *_unsaid(reading),
        *_limits(reading, bool(Data.of(data))),
        *_raised(reading),
    ]
    return tuple({each.text: each for each in found}.values())[:MOST]


# --- what a problem needs ------------------------------------------------------------------------

_GOAL = re.compile(
    r"maximi[sz]|minimi[sz]|optimi[sz]|optimal|optimum|as (?:\w+ ){1,3}as possible|\bhow few\b|"
    r"\b(?:best|most|least|lowest|highest|largest|smallest|fewest|cheapest|greatest|shortest|"
    r"longest|fastest|biggest|earliest|latest|soonest|quickest|maximum|minimum|max|min|closest|"
    r"nearest)\b(?! (?:of|\d))|"
    r"\bas (?:many|much|few|little|large|small|high|low|soon|early)\b[^.;]{0,60}"
    r"\bas (?:it |they |he |she |we |you |one )?(?:can|possible)|"
    r"\b(?:save|reduce|decrease|increase|lower|keep) (?:down )?(?:the |its |their |his |her |our )?"
    r"(?:total|overall|number|cost|time|waste|expense|amount|profit|money)|"
    r"\bis (?:it|there|this)\b.{0,20}\bpossible\b|\bfeasible\b",
    re.IGNORECASE,
)
_LIMIT_WORDS = re.compile(r"\bat (?:the )?(?:very )?(?:most|least)\b", re.IGNORECASE)
_GAINS = re.compile(
    r"\b(?:profit|revenue|earn|income|sell|sales|gain|return|bring|clear)", re.IGNORECASE
)
_NEEDS = re.compile(
    r"\b(?:at least|must|need|require|order|demand|has to|have to|enough)", re.IGNORECASE
)
_COSTS = re.compile(r"\b(?:cost|price|expens|pay|wage|spend|fee)", re.IGNORECASE)


def _numbers(reading: Reading, has_tables: bool) -> Iterator[Question]:
    has_digits = any(char.isdigit() for char in reading.text)
    is_short = len(reading.text.split()) <= _SHORT and len(reading.numbers) < 4
    if not has_tables and (not reading.numbers or (is_short and not has_digits)):
        yield Question(
            text="Which numbers are there: what does one of each bring or cost, what does it use, "
            "and how much of that is there?",
            assumption="no number is known",
        )


def _goal(reading: Reading) -> Iterator[Question]:
    """Ask for the goal where no word speaks of one, and money does not tell what it is."""
    text = reading.text
    if _GOAL.search(_LIMIT_WORDS.sub(" ", text)) or _GAINS.search(text):
        return
    costs = bool(_COSTS.search(text))
    if costs and _NEEDS.search(text):
        return
    assumed = "the lowest cost" if costs else "the highest profit"
    yield Question(
        text="What is to be as large or as small as possible?",
        assumption=f"the goal is {assumed}",
        choices=("the highest profit", "the lowest cost"),
    )


def _limits(reading: Reading, has_tables: bool) -> Iterator[Question]:
    """Ask for a limit where nothing keeps the goal from going on without end."""
    sense = reading.sense()
    if sense is None or has_tables or len(reading.numbers) < 2 or "|" in reading.text:
        return
    if _ENDS.search(reading.text) or any(reading.cue(number) for number in reading.numbers):
        return
    if any(number.kind is not Kind.PLAIN for number in reading.numbers):
        return
    if not all(reading.is_each(number) or reading.is_money(number) for number in reading.numbers):
        return
    if sense.value == "maximize":
        yield Question(
            text="What limits it: how much is there of what is needed?",
            assumption="nothing limits it",
        )
    else:
        yield Question(
            text="What has to be reached at least?", assumption="nothing has to be reached"
        )


_ENDS = re.compile(
    r"\b(?:total|available|budget|capacity|limit|supply|stock|have|has|only|exactly|all|must|need|"
    r"require|demand|within|together|share|each other|fixed|given)",
    re.IGNORECASE,
)

# --- what is spoken of without its number --------------------------------------------------------

_VAGUE = (
    r"(?:some|several|a few|a certain (?:amount|number|quantity) of|(?:a )?certain|a number of|"
    r"an? (?:unknown|unspecified|given) (?:amount|number|quantity) of)"
)
_TAKES = re.compile(
    r"\b(?P<verb>take|need|require|use|cost|consume|earn|bring|sell for|yield|contain|weigh)s?"
    rf" (?:about |around |up )?{_VAGUE}(?= |[.,;]) ?(?P<what>[a-z]+(?: of [a-z]+)?)?",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"(?:\b(?:have|has|there (?:are|is)|with|at most|at least|no more than|up to|only|within)"
    r" (?:only )?(?:a limited (?:amount|number|supply|quantity) of|limited|"
    rf"a fixed (?:amount|number|quantity) of|so many|so much|{_VAGUE})|"
    r"\ban? (?:certain|given|unknown|unspecified|limited) (?:amount|number|quantity|supply) of|"
    r"\bfor a limited)"
    r" (?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"(?P<what>(?:[a-z]+ ){0,2}[a-z]+) (?:is|are|being) (?:also |very |both )?"
    r"(?:limited|restricted|scarce|rationed|capped|bounded|finite|in short supply|"
    r"unknown|undecided|not (?:yet )?(?:known|decided|fixed|set)(?: yet)?)\b(?! on\b)"
    r"(?! by| at| in (?:how|what|the))(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_ENOUGH = re.compile(
    r"\b(?:need|needs|require|requires|get|gets|buy|have) (?:enough|sufficient)"
    r" (?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"(?:\?\?+|_{3,}|\[(?:number|amount|value|x|n)\]|\bTBD\b)", re.IGNORECASE)
_ARTICLES = re.compile(
    r"^(?:and|but|the|our|their|his|her|its|my|your|both|all|that|while|since|because|as|though|"
    r"although|where|also|both of|total|of) ",
    re.IGNORECASE,
)
_PRONOUNS = words("it they this that these those he she which who we i you there each")
_LAST = words(
    "a and are at available be by can due each for from has have in is must of on or per should "
    "that the to which who will with"
)
"""Words that do not end the name of a thing."""
_TOLD_BY_EACH = re.compile(r"(?:\beach\b|\bevery\b|represent|capable)[^.;]{0,25}$", re.IGNORECASE)
_OF_NO_NUMBER = re.compile(
    r"\b(?:constraint|condition|requirement|restriction|rule|limit|limitation|criteri|bound|factor|"
    r"guideline|availabilit|type|kind|option|way|minimum|maximum|reason|other|of the|customer who)",
    re.IGNORECASE,
)
"""Words for what is told in the sentences that follow."""


def _unsaid(reading: Reading) -> Iterator[Question]:
    """Ask for each quantity that is spoken of without its number."""
    for start, end in reading.spans:
        yield from _Sentence(reading, start, reading.text[start:end]).questions()


@dataclass(frozen=True)
class _Sentence:
    """A sentence of a problem, and what it speaks of without a number."""

    reading: Reading
    start: int
    """Where in the problem it begins; places of matches count from here."""
    text: str

    def questions(self) -> Iterator[Question]:
        for match in _BLANK.finditer(self.text):
            yield _asked("Which number belongs there", self.text, match.start())
        yield from self._takes()
        yield from self._has()
        yield from self._needs()
        yield from self._limits()

    def _takes(self) -> Iterator[Question]:
        """Ask how much of something one takes or brings."""
        for match in _TAKES.finditer(self.text):
            if match["what"] and _OF_NO_NUMBER.search(match["what"]):
                continue
            if not self._is_numbered(match):
                yield _per_one(match, self.text)

    def _has(self) -> Iterator[Question]:
        """Ask how much there is of something."""
        taken = [match.span() for match in _TAKES.finditer(self.text)]
        for match in _HAS.finditer(self.text):
            noun = _noun(match["what"])
            before = self.text[: match.start() + 1]
            if any(begin <= match.start() < stop for begin, stop in taken):
                continue  # of one it is asked already
            if not noun or _OF_NO_NUMBER.search(noun) or _TOLD_BY_EACH.search(before):
                continue
            if not self._is_numbered(match) and not self._is_limited(noun):
                yield _how_much(noun, self.text, match.start())

    def _needs(self) -> Iterator[Question]:
        """Ask how much of something is enough."""
        for match in _ENOUGH.finditer(self.text):
            noun = _noun(match["what"])
            if noun and not self._is_numbered(match) and not self._is_limited(noun):
                yield _asked(f"How much {noun} is needed", self.text, match.start())

    def _limits(self) -> Iterator[Question]:
        """Ask how much there is of what is only said to be limited."""
        for match in _LIMITED.finditer(self.text):
            noun = _noun(match["what"])
            is_plain = noun.split()[0].lower() not in _PRONOUNS if noun else False
            if match["rest"].startswith(" to") and self._has_number(*match.span("rest")):
                continue
            if is_plain and not self._is_limited(noun):
                yield _how_much(noun, self.text, match.start())

    def _is_numbered(self, match: re.Match[str]) -> bool:
        """Whether there is a number from a match to the end of its clause."""
        clause_end = _CLAUSE_END.search(self.text, match.end())
        return self._has_number(match.start(), clause_end.start() if clause_end else len(self.text))

    def _has_number(self, start: int, end: int) -> bool:
        return any(start <= number.start - self.start < end for number in self.reading.numbers)

    def _is_limited(self, noun: str) -> bool:
        """Whether words that limit a number, and not one of each, are of the same thing.

        In this sentence, which speaks of it without one, only close to the number.
        """
        reading = self.reading
        return any(
            _names(reading, number, noun, is_here=reading.sentence(number.start)[0] == self.start)
            and number.kind is not Kind.PERCENT
            and reading.cue(number) is not None
            and not reading.is_each(number)
            for number in reading.numbers
        )


def _per_one(match: re.Match[str], sentence: str) -> Question:
    what, verb = match["what"], match["verb"].lower()
    many = bool(what) and what.lower().endswith("s")
    head = f"How {'many' if many else 'much'}{f' {what}' if what else ''} does it {verb}"
    return _asked(head, sentence, match.start())


def _how_much(noun: str, sentence: str, place: int) -> Question:
    last = noun.partition(" for ")[0].split()[-1]
    many = last.endswith("s") and not last.endswith("ss")
    noun = noun[0].lower() + noun[1:] if noun[1:2].islower() else noun
    head = f"How many {noun} are there" if many else f"How much {noun} is there"
    return _asked(head, sentence, place)


def _asked(head: str, sentence: str, place: int) -> Question:
    start = max(0, place - _BEFORE) if len(sentence) > _LONGEST else 0
    start = sentence.find(" ", start, place) + 1 if start else 0  # no half word
    quote = cut(one_line(sentence[start:]).strip(" ."), _LONGEST)
    return Question(text=f'{head} ("{quote}")?', assumption=f'"{quote}" limits nothing')


_CLAUSE_END = re.compile(r"[;:]|,(?!\D{0,12}\d)|\b(?:and|but|while)\b", re.IGNORECASE)


def _noun(said: str) -> str:
    noun = one_line(said)
    while (shorter := _ARTICLES.sub("", noun, count=1)) != noun:
        noun = shorter
    parts = noun.split()
    while parts and parts[-1].lower() in _LAST:
        parts.pop()
    return " ".join(parts)


def _names(reading: Reading, number: Quantity, noun: str, *, is_here: bool) -> bool:
    start, end = reading.sentence(number.start)
    if is_here:
        start, end = max(start, number.start - _NEAR), min(end, number.end + _NEAR)
    around = reading.text[start:end].lower()
    stems = [word.lower().rstrip("s") for word in noun.partition(" for ")[0].split()]
    return any(len(stem) > 2 and re.search(rf"\b{re.escape(stem)}", around) for stem in stems)


# --- more by how much ----------------------------------------------------------------------------

_RAISED = re.compile(
    r"\b(?:increase|raise|rise|grow|decrease|drop|fall|reduce|lower|cut)[sd]?(?:ing)? "
    r"(?:[a-z]+ ){0,4}by (?P<number>\d+(?:\.\d+)?)"
    r"(?=\s*(?:[.,;?!]|$|and\b|but\b|if\b|in\b|then\b|next\b|this\b|from\b))",
    re.IGNORECASE,
)


def _raised(reading: Reading) -> Iterator[Question]:
    """Ask whether it is percent, or so many more, where a change has no unit."""
    for match in _RAISED.finditer(reading.text):
        number, quote = match["number"], one_line(match[0])
        yield Question(
            text=f'By how much: {number} percent, or {number} more or less ("{quote}")?',
            assumption=f'"{quote}" is an amount, not percent',
            choices=(f"{number} percent", f"by the amount {number}"),
        )
