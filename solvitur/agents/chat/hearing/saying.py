"""A message, read: what kind of message it is, its numbers, and what is done with them."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cached_property

from solvitur.agents.chat.edits.edits import Amount, How
from solvitur.agents.chat.hearing.vocabulary import stems
from solvitur.formulation.words.cues import Cue, Reading
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity, unit_after

ASKS = re.compile(
    r"\b(?:what|which|who|where|when|how|wonder\w*|explain|curious|meaning|tell|know|understand)\b",
    re.IGNORECASE,
)
"""Words without one of which a message is no question, whatever a model makes of it."""


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


YES = re.compile(
    r"\s*(?:y|yes|yep|yeah|ja|jo|oui|s[ií]|sim|tak|ok|okay|sure|correct|right|exactly|genau|stimmt|"
    r"passt|perfect|fine|go(?: ahead| on)?|"
    r"solve(?: it| this)?|do (?:it|so|that)|looks? (?:good|right|fine)|"
    r"that(?:'s| is) (?:right|correct|it|fine|what i mean))"
    r"(?:,? (?:please|thanks|thank you|solve it|go ahead|do it|that is right))*[\s.!]*",
    re.IGNORECASE,
)
NO = re.compile(
    r"\s*(?:n|no|nope|nein|non|nie|wrong|not (?:quite|really|so)|cancel)[\s.!]*", re.IGNORECASE
)
UNDO = re.compile(
    r"\s*(?:please )?(?:undo|revert|take (?:that|this|it) back|"
    r"go back(?: to (?:the )?(?:\w+ )?(?:version|one|state))?|never ?mind|"
    r"(?:forget|scratch|cancel|reverse) (?:that|this|it)|(?:back )?to (?:the )?(?:one )?before|"
    r"as it was|put it back)"
    r"(?: (?:that|this|it|again|please|last|the|change|one|before|previous))*[\s.!]*",
    re.IGNORECASE,
)
COURTESY = re.compile(
    r"(?:[\s,.!]*(?:hello|hi|hey|good (?:morning|afternoon|evening|day|job|work)|thanks?|thank you|"
    r"thx|cheers|many thanks|very much|a lot|so much|great|nice|cool|wow|super|bye|goodbye|hallo|"
    r"guten tag|danke|merci|bonjour|gracias|hola|there|hm+|bla))+[\s,.!]*",
    re.IGNORECASE,
)
WHY = re.compile(
    r"\b(?:why|how come|what(?:'s| is| are)? ?(?:the )?(?:reasons?|bottlenecks?)|"
    r"what(?: does| do| is| are|'s)? ?(?:limit|restrict|constrain|bind|hold|stop|prevent|keep)\w*|"
    r"(?:which|what) (?:limits?|constraints?|resources?) (?:is|are|do|does)?.*"
    r"(?:bind|bound|tight|scarce|matter|limit)\w*|for what reason)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\s*(?:what|which|who|whose|when|where|how|is|are|was|were|do|does|did|can you|could you|"
    r"would you|will|has|have we|explain|tell|show|describe|list|give me|compare)\b",
    re.IGNORECASE,
)
_WHAT_IF = re.compile(
    r"\s*(?:and |so |but |ok(?:ay)?,? )?(?:"
    r"what (?:happens|would happen|changes|would change|is it|becomes|comes out|do we get|"
    r"would we get|about it)? ?(?:if|when)|"
    r"(?:what|how) about|how (?:would|does|do|will|much)\b(?P<how>.{0,60}?)\bif|"
    r"what (?:would|will|does|do)\b(?P<what>.{0,60}?)\bif|(?:let'?s )?"
    r"(?:suppose|assume|imagine|say)(?: that)?|"
    r"(?:(?:could|can|may) (?:we|you|i) )?(?:just |please )?try(?: (?:it|this|that))?"
    r"(?: (?:with|if))?)\s+",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"\b(?:impact|effect|affect|influence|consequence|happen|chang|outcome|result|implication|impli|"
    r"repercussion|ramification|differ)\w*\b",
    re.IGNORECASE,
)
"""Of questions: what follows from something else."""
_NO_BUT = re.compile(
    r"\s*(?:no|nope|yes|ok|okay|sure|wrong|well|sorry|actually|right|not quite)\s*[,;:.!-]+\s+"
    r"(?:but |and )?|\s*(?:actually|but|and|also|then|now|please|ok|okay)\s+(?!and\b)",
    re.IGNORECASE,
)
NEW_PROBLEM = re.compile(
    r"\s*(?:here(?:'s| is) |i have |now )?(?:a |an )?(?:new|different|another|next|other) "
    r"(?:problem|question|task|case)\b[\s:.,-]*",
    re.IGNORECASE,
)

UP = _words(
    r"rises?", "rose", r"increas\w+", r"rais\w+", r"gr[oe]w(?:s|n|ing)?", "up by", "goes up",
    "go(?:es)? up", "went up", "higher", "dearer", r"climb\w*", "gains?", "plus", "extra",
    r"growth", r"boost\w*", r"(?:up)?surg\w+", r"elevat\w+", r"augment\w+", r"jump\w*", r"spik\w+",
    r"hik\w+", r"expan\w+", "uptick", "upswing", r"escalat\w+", r"soar\w*", r"addition\w*",
    "more", "another", "longer", "larger", "bigger", "expensive", "further",
)  # fmt: skip
DOWN = _words(
    "falls?", "fell", r"decreas\w+", r"reduc\w+", r"cuts?", r"lower\w*", r"drop\w*", "down by",
    "go(?:es)? down", "went down", "cheaper", r"shr[aiu]nk\w*", r"declin\w+", "minus", "less",
    "fewer", r"los[et]\w*", r"slump\w*", r"dip\w*", r"diminish\w*", r"discount\w*", r"slash\w*",
    "shorter", "smaller",
)  # fmt: skip
_TO = re.compile(r"\b(?:to|at|is|are|be|becomes?|of|only|just|now)\s*[$€£¥]?\s*\Z", re.IGNORECASE)
_BY = re.compile(r"\bby(?: (?:about|another|a))?\s*[$€£¥]?\s*\Z", re.IGNORECASE)
_OLD = re.compile(r"\b(?:instead of|rather than|from|not|was|were|and not)\s*[$€£¥]?\s*\Z", re.I)
_BEFORE_ONE = re.compile(
    r"\b(?:at (?:the )?(?:least|most)|only|just|exactly|more than|than|to)\s*\Z", re.IGNORECASE
)
_RISEN = re.compile(
    r"\b(?:w[ae]nt|go(?:es|ing|ne)?|r[io]se[sn]?|shot|climb\w*) up to\s*[$€£¥]?\s*\Z", re.IGNORECASE
)
"""Where "up to" is no limit."""
_QUALIFIER = re.compile(r"\s+(?:more|extra|additional|fewer|less|of)\b", re.IGNORECASE)
_HALF = re.compile(
    r"\bhalf an? ((?:hour|minute|day|week|kilo|kg|ton|tonne|litre|liter|metre|meter)\b)", re.I
)
_A_DOZEN = re.compile(r"(?<=\d) (?:a|per) (?:dozen|hundred|thousand)\b", re.IGNORECASE)
_ONE_MORE = re.compile(r"\ban? (?=\w+ (?:more|less|extra|longer)\b)", re.IGNORECASE)
_TIMES = _words(
    r"doubl(?:es?|ed|ing)", r"trebl\w+", r"tripl(?:es?|ed|ing)", r"quadrupl\w+", r"halv\w+",
    "in half",
)  # fmt: skip
_FACTOR = {"d": 2.0, "t": 3.0, "q": 4.0, "h": 0.5, "i": 0.5}
REMOVE = _words(
    "forget", r"drop\w*", r"remov\w+", r"ignor\w+", r"delet\w+", r"lift\w*", r"cancel\w*",
    "get rid of", r"disregard\w*", "without", "no longer", r"relax\w*", "leave out", r"waiv\w+",
    r"scrap\w*", "take away", "skip", "not any ?more", "unlimited", r"abolish\w*", r"eliminat\w+",
    "there is no", "does not matter", "doesn't matter", "don't care", "take out", "any ?more",
)  # fmt: skip
LIMITS = _words(
    "limits?", "rules?", "constraints?", r"restrictions?", r"requirements?", r"conditions?",
    "caps?", "bounds?", "contracts?", "orders?", "minimum", "maximum", r"obligations?",
    r"promises?", "quota", "unlimited",
)  # fmt: skip
EXCLUDE = _words(
    "no", "without", r"(?:do|does|will|can|could|should|must|shall|may)(?:n't| not)(?: \w+){0,2}",
    "cannot", "stop", r"exclud\w+", r"skip\w*", "never", "drop", "leave out", "none of the",
    "avoid", "allergic", "not allowed", r"omit\w*", r"clos(?:es?|ed|ing)(?! to\b|.* (?:late|earl))",
    r"shut(?:s|ting)?(?: down)?", "blocked", "unavailable", "out of (?:service|order|use)",
)  # fmt: skip
FRACTION = _words(
    r"fraction\w*", "continuous", r"divi[ds]\w+", r"split\w*", r"partial\w*", r"decimals?",
    "part-time", "part time", "parts? of", "halves",
)  # fmt: skip
WHOLE = _words("whole", r"integers?", "integral", "entire", "indivisible")
_NOT = _words(r"\w*n't", "not", "cannot", "never", "no", "needn't", "without")
SENSE = re.compile(
    r"\b(?P<up>maximi[sz]\w*|as (?:much|many|high|large)(?: \w+){0,3} as possible|the most|"
    r"highest|largest)\b|"
    r"\b(?P<down>minimi[sz]\w*|as (?:little|few|low|small|cheap\w*)(?: \w+){0,3} as possible|the "
    r"(?:least|fewest)|cheapest|fewest|lowest|smallest)\b",
    re.IGNORECASE,
)
NEW = re.compile(
    r"\b(?:(?:new|third|fourth|fifth|sixth|another|additional|extra|further|second)\s+(?!\d)\w+|"
    r"there(?:'s| is| are) (?:also|now)|add(?:ing)?|introduce|also (?:(?:want|like|plan|could|can|"
    r"will|would|going|to)\s+)*(?:make|sell|offer|grow|produce|buy|use|bake|have|get|consider|try)|"
    r"include|consider)\b",
    re.IGNORECASE,
)
TOTAL = _words(
    "total", "altogether", "in all", "overall", "together", "combined", "in sum", "all in all",
    "sum of all",
)  # fmt: skip
GAIN = _words(
    r"earn\w*", r"brings?", r"profits?", r"s(?:ells?|old|elling) (?:for|at)", "income",
    r"revenues?", "clears?", r"makes?", r"yields?", r"returns?", "worth", r"margins?",
)  # fmt: skip
COST = _words(
    r"costs?", "expensive", r"cheap\w*", r"wages?", r"prices?", "pays?", "paid", r"rents?", "fees?",
    "dearer",
)  # fmt: skip
COSTS = _words(r"costs?")
"""Of them the one that is never said of what is earned."""
EACH = re.compile(r"^\s*(?:an?|each|every|one)\s|\b(?:per|each|apiece|for (?:an?|one))\b", re.I)
CAP = re.compile(r"\b(?:limit|cap|restrict|keep|hold)\w*\b.{0,40}\bto\b", re.IGNORECASE)
USE = _words(r"needs?", r"tak(?:es?|ing)", r"us(?:es?|ing)", r"requir\w+", r"consum\w+", "draws?")
TAKES = _words(r"tak(?:es?|ing)", r"requires?", r"consum\w+", "uses?")
STOCK = _words(
    r"availab\w+", r"there(?:'s| is| are| were| was)", "have", "has", "had", "only", "just",
    "stock", "left", "budget", "free", r"capacit\w+", r"suppl\w+", "ran", "runs?", "get",
    "(?:can|could) (?:use|draw|work|spend)", r"deliver\w*", r"provi\w+", r"offer\w*",
    "down to", r"works?",
)  # fmt: skip
DEMAND = _words(
    r"order\w*", r"demand\w*", r"wants?", r"promis\w*", r"needs?", "must", r"requir\w+", "contract",
    "have to", "has to", "minimum", "at least",
)  # fmt: skip
ACTION = frozenset(
    stems(
        "add include introduce rise increase raise grow goes go went higher climb gain plus extra "
        "additional addition "
        "another fall fell decrease reduce cut lower drop decline minus less fewer lose need make "
        "made use get want give let set change become try suppose assume imagine say happen "
        "possible instead please also please exactly total altogether together least most maximum "
        "minimum must should could can may might no don't like limit limited twice double triple "
        "half third percent dozen number many amount forget remove ignore delete lift cancel rule "
        "constraint restriction requirement equal same as much than either both all every any "
        "anymore longer unlimited allow allowed able do does did think keep take happens new fine "
        "ok okay well so then but if when would per cent up down due today tomorrow year this "
        "week more produce maximize minimize maximise minimise really actually still rather even "
        "impact effect affect influence consequence outcome result implication potential total "
        "situation overall scenario reduction growth boost surge elevate augment jump spike hike "
        "expand expansion elevation augmentation soar about whole fraction fractional integer most "
        "exceed surpass sum least fewest cheapest highest lowest largest smallest cancelled "
        "canceled split everything below above close closed shut blocked unavailable"
    )
)
"""Stems that say what to do, not with what."""
_CUT = re.compile(r"[,;:]\s|\.\s|\band\b")
"""What parts clauses that each have a number of their own."""


def is_of(stem: str, words: re.Pattern[str]) -> bool:
    """Whether a stem is that of one of some words.

    >>> is_of("wag", COST), is_of("wagon", COST)
    (True, False)
    """
    return words.fullmatch(stem) is not None or words.fullmatch(f"{stem}e") is not None


@dataclass(frozen=True)
class Saying:
    """A message with its numbers and words found once.

    Example:
        >>> said = Saying.of("What if labour were only 30 hours?")
        >>> said.is_what_if, said.text, said.content, said.numbers[0].value
        (True, 'labour were only 30 hours', ('labor', 'hour'), 30.0)
    """

    text: str
    is_what_if: bool = False
    is_question: bool = False

    @classmethod
    def of(cls, words: str) -> "Saying":
        """Read a message: what it opens with says how the rest is meant."""
        text = " ".join(words.replace("\u2019", "'").split())
        text = _A_DOZEN.sub(" each", text)
        text = _ONE_MORE.sub("1 ", _HALF.sub(r"0.5 \1", text))
        for _ in range(3):
            if match := _NO_BUT.match(text):
                text = text[match.end() :]
        if match := _WHAT_IF.match(text):
            about = match["how"] or match["what"] or ""
            return cls(f"{text[match.end() :].strip(' ?.!')} {about.strip()}".strip(), True)
        is_question = bool(_QUESTION.match(text)) or text.endswith("?")
        is_effect = is_question and _EFFECT.search(text) is not None
        return cls(text.strip(" ?.!"), is_what_if=is_effect, is_question=is_question)

    def part(self, text: str) -> "Saying":
        """Give a clause of it, meant as the whole is."""
        return replace(self, text=text)

    def around(self, number: Quantity) -> "Saying":
        """Give the clause that a number stands in."""
        cuts = [0, *(match.end() for match in _CUT.finditer(self.text)), len(self.text)]
        start = max(cut for cut in cuts if cut <= number.start)
        return self.part(self.text[start : min(cut for cut in cuts if cut >= number.end)])

    @cached_property
    def reading(self) -> Reading:
        """The numbers and the words around them."""
        return Reading(self.text)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """The numbers that are said, without those that are said to be the old ones."""
        found = [n for n in self.reading.all_numbers if self._is_data(n)]
        new = [n for n in found if not _OLD.search(self.text[: n.start])]
        return tuple(new or found)

    def _is_data(self, number: Quantity) -> bool:
        if number.kind is Kind.WEAK:
            return bool(_BEFORE_ONE.search(self.text[: number.start]))
        if number.kind is Kind.LABEL:
            return number.text[:1].isdigit() and not re.search(r"\w\Z", self.text[: number.start])
        return True

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The stems that say what it is about."""
        chars, names = list(self.text), []
        for number in self.reading.all_numbers:
            if number.start and self.text[number.start - 1].isalpha():
                continue  # the 2 of cafe2
            if number.kind is Kind.LABEL:
                names.append(f"{number.value:g}")
            chars[number.start : number.end] = " " * (number.end - number.start)
        words = [word for word in stems("".join(chars)) if word not in ACTION]
        return tuple(dict.fromkeys([*words, *names]))

    def spelt(self, wanted: Set[str]) -> list[str]:
        """Give the words that have one of some stems, as they were typed."""
        words: list[str] = re.findall(r"[^\W\d_]+", self.text)
        return [word for word in words if not wanted.isdisjoint(stems(word))]

    def has(self, words: re.Pattern[str]) -> bool:
        """Whether one of some words is in it."""
        return words.search(self.text) is not None

    def has_not(self, words: re.Pattern[str]) -> bool:
        """Whether such a word is in it, and is denied."""
        match = words.search(self.text)
        return match is not None and _NOT.search(self.text[: match.start()]) is not None

    def cue(self, number: Quantity) -> Cue | None:
        """Which way a number limits, as far as words say."""
        if _RISEN.search(self.text[: number.start]):
            return None
        return self.reading.cue(number)

    def unit(self, number: Quantity) -> str:
        """The word that follows a number, as a unit is called."""
        passed = _QUALIFIER.match(self.text, number.end)
        if passed is None:
            return unit_after(self.text, number)
        return unit_after(self.text, replace(number, end=passed.end()))

    @cached_property
    def factor(self) -> float | None:
        """What "doubles" and its like multiply by."""
        match = _TIMES.search(self.text)
        return _FACTOR[match[0][0].lower()] if match else None

    def amount(self, number: Quantity) -> Amount:
        """Say what is done with the number that stands there."""
        before = self.text[: number.start]
        sign = self._direction(number)
        after = self.text[number.end : number.end + 15]
        is_more = not _TO.search(before) or UP.search(after) or DOWN.search(after)
        if number.kind in (Kind.PERCENT, Kind.FRACTION) and sign and is_more:
            return Amount(how=How.times, number=float(f"{1 + sign * number.value:.12g}"))
        if number.kind is Kind.MULTIPLE:
            return Amount(how=How.times, number=number.value)
        if sign and (_BY.search(before) or not _TO.search(before)):
            return Amount(how=How.by, number=sign * number.value)
        if sign and self._is_beside(number):
            return Amount(how=How.by, number=sign * number.value)
        return Amount(number=number.value)

    def is_part(self, number: Quantity) -> bool:
        """Whether it is a part of what there is: "only half", "50 % of what was agreed"."""
        if number.kind is Kind.FRACTION:
            return True
        after = self.text[number.end : number.end + 4]
        return number.kind is Kind.PERCENT and bool(re.match(r"\s+of\b", after))

    def _is_beside(self, number: Quantity) -> bool:
        near = self.text[max(0, number.start - 12) : number.end + 24]
        return bool(re.search(r"\b(?:more|less|fewer|extra|additional|another)\b", near, re.I))

    def _direction(self, number: Quantity) -> int:
        """1 where it becomes more, -1 where less, 0 where that is not said."""
        after = self.text[number.end : number.end + 40]
        before = self.text[: number.start]
        if re.search(
            r"\b(?:no|not|n't|never)\b[^,;]*\b(?:more|less|fewer)(?: than)?\s*[$€£]?\Z",
            before,
            re.I,
        ):
            return 0
        if re.search(r"\b(?:more|less|fewer)\s+than\s*[$€£]?\Z", before, re.I):
            return 0
        found = [(m.start(), 1) for m in UP.finditer(before)]
        found += [(m.start(), -1) for m in DOWN.finditer(before)]
        if near := [(m.start(), s) for s, p in ((1, UP), (-1, DOWN)) for m in p.finditer(after)]:
            return min(near)[1]
        return max(found)[1] if found else 0
