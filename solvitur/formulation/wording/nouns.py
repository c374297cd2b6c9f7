"""What sets, parameters and variables are called in the words of a problem."""

import re
from collections.abc import Iterable, Mapping

from solvitur.formulation.elements import Domain, Parameter, Set, Variable
from solvitur.formulation.printing import one_line
from solvitur.formulation.words.numerals import words

_LONGEST = 70
"""Longest doc, in characters, that is a name; a longer one is an account."""
_SINGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "loaves": "loaf",
    "shelves": "shelf",
    "knives": "knife",
    "halves": "half",
    "calves": "calf",
    "leaves": "leaf",
    "buses": "bus",
    "gases": "gas",
    "lenses": "lens",
    "media": "medium",
    **{f"{word}s": word for word in ("cookie", "movie", "pie", "tie", "calorie", "brownie")},
    **{f"{word}s": word for word in ("smoothie", "shoe", "toe", "hoe", "axe")},
}
_NO_PLURALS = words(
    "always atlas bias canvas does earnings goes goods gross its lens means news plus series "
    "species this various"
)
_COUNTED = re.compile(
    r"(?:the )?(?:(?:total )?(?:number|amount|quantity|count)s? of |how many |how much )?(?:the )?",
    re.IGNORECASE,
)
_GENERIC = words("item piece unit product one")
"""What says nothing of an entry that its own name does not say better."""
_WHEN = re.compile(r"(?:is )?(?:(?:1|one|yes|true),? (?:when|if|where)|whether|if) ", re.IGNORECASE)


def singular(word: str) -> str | None:
    """Give the singular of a plural; ``None`` of what is none.

    Example:
        >>> [singular(word) for word in ("chairs", "boxes", "batteries", "loaves", "glass", "bus")]
        ['chair', 'box', 'battery', 'loaf', None, None]
    """
    low = word.lower()
    if low in _SINGULAR:
        return _SINGULAR[low]
    if low in _NO_PLURALS or not low.isalpha() or len(low) < 4:
        return None
    if low.endswith("ies"):
        return f"{word[:-3]}y"
    if low.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1] if low.endswith("s") and not low.endswith(("ss", "us", "is")) else None


def one_of(noun: str) -> str | None:
    """Say one of what is many; ``None`` where the words do not tell.

    Example:
        >>> one_of("number of large ships"), one_of("pieces built"), one_of("metal cast")
        ('large ship', 'piece built', None)
    """
    counted = _COUNTED.match(noun)
    parts = noun[counted.end() if counted else 0 :].split()
    for place, word in enumerate(parts[:4]):
        if word.lower() in _BEFORE_ANOTHER or _WHO.intersection(parts):
            return None
        single = singular(word)
        if single is not None:
            return " ".join([*parts[:place], single, *parts[place + 1 :]])
    return None


_WHO = words("that which who whose")
_BEFORE_ANOTHER = words("of in for at by from to per on with when")


def words_of(name: str) -> str:
    """Say a name as words: ``bench_share`` is "bench share"."""
    return " ".join(name.replace("_", " ").split()) or name


def is_name(doc: str) -> bool:
    """Whether a doc names a thing, so that it can stand within a sentence."""
    return bool(doc) and len(doc) <= _LONGEST and not re.search(r"[.:;?!]( |$)", doc)


_SET_END = re.compile(r"[,;:(]| in (?:their )?order\b")
_CLAUSES = (" that ", " which ", " who ", " but ", " with ", " without ")


class SetNoun:
    """What the elements of a set are called, one and many.

    Example:
        >>> noun = SetNoun(Set(name="T", range=(1, 12), doc="months, January to December"))
        >>> noun.one, noun.many, noun.element(3)
        ('month', 'months', 'month 3')
    """

    def __init__(self, declared: Set) -> None:
        head = _SET_END.split(one_line(declared.doc))[0].strip().removeprefix("all ")
        name = words_of(declared.name)
        for many in (head, name.lower()):
            thing, clause, _ = many.partition(next(filter(many.count, _CLAUSES), "\0"))
            is_many = len(thing.split()) <= 5 and not thing.startswith(("a ", "an "))
            one = one_of(thing) if is_many else None
            if one is not None:
                self.one, self.many, self.is_known = one, many, True
                self.each = f"each of the {many}" if clause else f"each {one}"
                return
        self.one, self.many = f"element of {name}", f"elements of {name}"
        self.each, self.is_known = f"each {self.one}", False

    def element(self, value: int | str) -> str:
        """Say one element; a number says what it counts."""
        return one_line(
            f"{self.one} {value}" if self.is_known and isinstance(value, int) else str(value)
        )


class Nouns:
    """What each declared name is called; of two that are called the same, also its name."""

    def __init__(self, elements: Iterable[Parameter | Variable]) -> None:
        listed = list(elements)
        self._full = {element.name: _noun(element) for element in listed}
        short = {name: noun.partition(",")[0] for name, noun in self._full.items()}
        self._said = {}
        for name, full in self._full.items():
            single = short[name] if _is_only(short[name], short) else full
            self._said[name] = single if _is_only(full, self._full) else f"{single} [{name}]"
        self._own = {each.name: _by_element(one_line(each.doc)) for each in listed}
        self._variables = {each.name: each for each in listed if isinstance(each, Variable)}

    def __getitem__(self, name: str) -> str:
        """Say what a parameter or a variable is."""
        return self._said[name]

    def full(self, name: str) -> str:
        """Say all of what it is, also what follows a comma."""
        return (
            self._full[name] if self._full[name].startswith(self._said[name]) else self._said[name]
        )

    def own(self, name: str, key: Iterable[int | str]) -> str | None:
        """Say one entry, where the doc has words of its own for it (``a: pens; b: pencils``)."""
        parts = list(key)
        return self._own[name].get(str(parts[0])) if len(parts) == 1 else None

    def has_own(self, name: str) -> bool:
        """Whether entries have words of their own."""
        return bool(self._own[name])

    def each(self, name: str, key: tuple[int | str, ...], place: str) -> str | None:
        """Say one unit of an entry of a variable, as in "for each chair".

        ``None`` where the words do not tell.
        """
        variable = self._variables[name]
        own = self.own(name, key)
        if own is not None:
            return one_of(own) or _unit_of(variable, own)
        noun = self._said[name]
        single = noun if noun.split()[0] == variable.unit else one_of(noun)
        says_nothing = single is None or single.split()[0].lower() in _GENERIC
        if says_nothing and (own_name := self._own_name(variable, key)) is not None:
            return own_name
        single = single or _unit_of(variable, noun)
        return f"{single} ({place})" if single and place else single

    def _own_name(self, variable: Variable, key: tuple[int | str, ...]) -> str | None:
        """Say one of what is counted by the name of the entry, where that can mean nothing else."""
        if variable.domain is not Domain.integer or len(variable.index) != 1 or len(key) != 1:
            return None
        (name,) = key
        alike = sum(each.index == variable.index for each in self._variables.values())
        if alike > 1 or not isinstance(name, str) or len(name) < 3:
            return None
        return one_of(words_of(name)) or words_of(name)


def _is_only(noun: str, nouns: Mapping[str, str]) -> bool:
    return sum(noun.lower() == other.lower() for other in nouns.values()) == 1


def _unit_of(variable: Variable, noun: str) -> str | None:
    unit = one_line(variable.unit)
    if unit in _GENERIC and " " not in noun:
        return noun
    return f"{unit} of {noun}" if unit and unit not in noun else None


def _noun(element: Parameter | Variable) -> str:
    doc = one_line(element.doc)
    if isinstance(element, Variable) and element.domain is Domain.binary:
        doc = doc[found.end() :] if (found := _WHEN.match(doc)) else doc
    return doc if is_name(doc) else words_of(element.name)


def _by_element(doc: str) -> Mapping[str, str]:
    """Read a doc that says each element: ``desks: desks made; lamps: lamps made``."""
    parts = [part.partition(":") for part in doc.split(";")]
    found = {name.strip(): words.strip() for name, colon, words in parts if colon and words.strip()}
    return found if len(found) == len(parts) else {}
