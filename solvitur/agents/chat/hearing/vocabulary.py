"""What a formulation has that words can speak of: its numbers, its decisions, its limits.

Every name, element, doc and unit is a word by which something can be meant. The rarer a word is
among the candidates, the more it says.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from solvitur.agents.chat.edits.applying import written_limit
from solvitur.agents.chat.edits.edits import (
    Amount,
    Edit,
    Key,
    SetBound,
    SetLimit,
    SetParameter,
    SetWritten,
    Side,
)
from solvitur.formulation.amounts import structure
from solvitur.formulation.changing import entry_text
from solvitur.formulation.elements import Atom, Constraint, Parameter, Variable
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.expression import (
    TURNED,
    Arithmetic,
    Comparison,
    Item,
    Name,
    Node,
    Number,
    Text,
    constant_side,
    parse,
)
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.linearise.trees import value_of
from solvitur.formulation.printing import cut, one_line, show_number
from solvitur.formulation.words.measures import name_of, unit_words
from solvitur.formulation.words.numerals import words as listed_words
from solvitur.formulation.words.quantities import quantities
from solvitur.solvers.words import unit_of

MOST_PLACES = 400
"""Entries that can be spoken of; the rest of a large model is data, and is changed as a whole."""

_SMALL = listed_words(
    "a an the of for in on at to is are be there it its and or that this with by as from per "
    "each one than not no will would may must can we i you he she they our my his her their "
    "was were now just only more most least less up down so much many what have has had them "
    "these those come came little few us how"
)
_NO_NOUN = (
    r"(?= +(?:costs?|is|are|was|were|at|must|may|can|could|should|would|will|and|or|than|as|by|"
    r"from|to|no|has|needs?|takes?|sells?|brings?|earns?|rises?|falls?|goes|becomes?)\b|"
    r" *(?:[,.;:?!)\]]|$))"
)
_LETTER = re.compile(
    r"_[^\W\d_](?![^\W_])|(?:(?<=[^\W\d])[ -]|^)"
    rf"(?:[B-HJ-Zb-hj-z](?![\w'])|(?:(?<!^)A|[Aa]{_NO_NOUN})(?![\w']))"
)
"""A letter by which things are told apart, and no article, pronoun or unit behind a number."""
_PLURALS = {f"{one}ves": f"{one}f" for one in ("loa", "shel", "hal", "lea", "wol", "cal")}
_PLURALS |= {"people": "person", "persons": "person", "children": "child", "men": "man"}


def stems(text: str) -> tuple[str, ...]:
    """Give the words of a text without their endings, the small ones left out.

    A letter that tells things apart, as in "crude B", is a word with a ``_`` before it.

    Example:
        >>> stems("The batches of orange_juice needed pressing")
        ('batch', 'orang', 'juic', 'need', 'press')
        >>> stems("Crude a costs more than a ton of crude_b")
        ('crud', '_a', 'cost', 'ton', 'crud', '_b')
    """
    lettered = _LETTER.sub(lambda match: f" _{match[0].strip('_ -')} ", text)
    words = re.findall(
        r"(?<= )_[^\W\d](?= )|[^\W_]+", re.sub(r"['\u2019]s\b", "", lettered.lower())
    )
    told = (word for word in words if word not in _SMALL and len(word) > 1)
    return tuple(stem(word) for word in told if not word.isdecimal())


def stem(word: str) -> str:
    """Take the ending off a word."""
    if word in _PLURALS:
        return _PLURALS[word]
    if len(word) > 4 and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif re.search(r"(?:ss|sh|ch|x|z)es$", word):
        word = word[:-2]
    elif len(word) > 3 and re.search(r"[^su]s$", word):
        word = word[:-1]
    for ending, least in (("ing", 6), ("ed", 5)):
        if len(word) >= least and word.endswith(ending):
            word = word.removesuffix(ending)
            word = word[:-1] if word[-1:] == word[-2:-1] and word[-1] not in "sl" else word
    if len(word) > 5 and word.endswith("our"):
        word = f"{word[:-3]}or"
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


class Role(StrEnum):
    """What a number is for."""

    goal = "goal"
    """What one unit brings or costs in the objective."""
    use = "use"
    """What one unit adds in a constraint."""
    most = "most"
    """What a constraint allows at most."""
    least = "least"
    """What a constraint asks for at least."""
    other = "other"


@dataclass(frozen=True)
class VariableEntry:
    """One decision: a variable, or an entry of one."""

    variable: str
    key: Key
    parts: tuple[frozenset[str], ...]
    """The words that tell it from the others, for each of its indices."""
    unit: str

    @property
    def words(self) -> frozenset[str]:
        """All the words that tell it from the others."""
        return frozenset[str]().union(*self.parts)

    @property
    def label(self) -> str:
        """Name it as in ``x[chair]``."""
        return show_entry(self.variable, self.key)

    @property
    def text(self) -> str:
        """Write it as an expression does."""
        return entry_text(self.variable, self.key)

    @property
    def name(self) -> str:
        """Name it for a person."""
        return ", ".join(map(str, self.key)) if self.key else self.variable

    def bounded(self, side: Side, number: float, doc: str) -> Edit:
        """Give the edit that bounds it by a number."""
        amount, key = Amount(number=number), self.key or None
        return SetBound(variable=self.variable, key=key, side=side, amount=amount, doc=doc)


@dataclass(frozen=True)
class Place:
    """A number of the formulation that can be changed."""

    label: str
    """As in ``profit[chair]``, or as in ``wood: 3 of 3 * x + 7 * y <= 60``."""
    value: float
    unit: str
    doc: str
    roles: frozenset[Role]
    about: frozenset[str]
    """The labels of the decisions that it is said of; empty where it is said of all."""
    words: Mapping[str, float]
    """By stem: how strongly it speaks of this place."""
    parameter: str | None = None
    key: Key | None = None
    constraint: str | None = None
    """Of a number that is written in it; ``None`` with no parameter is the objective."""
    place: int = 0
    is_limit: bool = False
    limits: str | None = None
    """The constraint whose constant side it is."""
    relation: str = ""
    """Of a limit: as seen from the variables."""

    def change(self, amount: Amount) -> Edit:
        """Give the edit that changes it."""
        if self.parameter is not None:
            return SetParameter(name=self.parameter, key=self.key, amount=amount)
        if self.is_limit and self.constraint is not None:
            return SetLimit(constraint=self.constraint, amount=amount)
        return SetWritten(constraint=self.constraint, place=self.place, amount=amount)

    @property
    def said(self) -> str:
        """Say it for a person: what it is and what it is now."""
        return f"{self.label}{f' ({self.now})' if self.doc else f', {self.now}'}"

    @property
    def now(self) -> str:
        """Say what it is in the words of the problem, and its number."""
        unit = f" {one_line(self.unit)}" if self.unit else ""
        doc = f"{cut(one_line(self.doc).rstrip('.'), 60)}, " if self.doc else ""
        return f"{doc}now {show_number(self.value)}{unit}"


@dataclass
class _Part:
    """What is found out about a parameter, or an entry of it, from where it is used."""

    roles: set[Role] = field(default_factory=set)
    about: set[str] = field(default_factory=set)
    constraints: list[Constraint] = field(default_factory=list)
    limits: str | None = None
    relation: str = ""


class Vocabulary:
    """All that can be spoken of in a formulation.

    Attributes:
        instance: The formulation with its data.
        entries: The decisions.
        places: The numbers.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.entries = tuple(_entries(instance))
        self._parts: dict[tuple[str, Key | None], _Part] = {}
        self._literals: list[Place] = []
        self._read()
        self.places = (*self._parameter_places(), *self._literals)

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """How much each stem says: 1 where one parameter or constraint has it, less with more."""
        homes: dict[str, set[str]] = {}
        for place in self.places:
            for word in place.words:
                homes.setdefault(word, set()).add(place.parameter or place.label)
        return {word: 1 / len(found) ** 0.5 for word, found in homes.items()}

    @cached_property
    def known(self) -> frozenset[str]:
        """Every stem that the formulation has anywhere."""
        formulation = self.instance.formulation
        words = {word for place in self.places for word in place.words}
        for entry in self.entries:
            words |= entry.words
        for group in (formulation.sets, formulation.variables, formulation.constraints):
            for element in group:
                words |= {*stems(element.name), *stems(element.doc)}
        words |= {*stems(formulation.objective.doc), *stems(formulation.title)}
        for variable in formulation.variables:
            words |= {*unit_stems(variable.unit)}
        return frozenset(words)

    def mentioned(self, words: Iterable[str]) -> tuple[VariableEntry, ...]:
        """Give the decisions that are named by the words that tell them apart.

        Of those over several sets, as from where to where, the ones that most of is said.
        """
        said = set(words)
        found = [(sum(bool(part & said) for part in entry.parts), entry) for entry in self.entries]
        most = max((count for count, _ in found), default=0)
        return tuple(entry for count, entry in found if count and count == most)

    # --- reading ---------------------------------------------------------------------------------

    def _read(self) -> None:
        instance = self.instance
        self._walk(instance.objective, None, frozenset(), is_goal=True)
        self._number(parse(instance.formulation.objective.expression), None)
        for rule in instance.rules:
            relation = rule.relation
            constant = [side.names.isdisjoint(instance.bounds) for side in relation.operands]
            for place, side in enumerate(relation.operands):
                if constant[place]:
                    self._limit(rule, place)
                else:
                    self._walk(side, rule, frozenset(), is_goal=False)
            self._number(parse(rule.constraint.expression), rule)

    def _limit(self, rule: Rule, place: int) -> None:
        relation = rule.relation
        operator = relation.operators[max(0, place - 1)]
        operator = TURNED.get(operator, operator) if place == 0 else operator
        role = {"<=": Role.most, ">=": Role.least}.get(operator, Role.other)
        side = relation.operands[place]
        single = _single(relation, place, self.instance)
        for node in side.below():
            if isinstance(node, Name | Item) and node.name in self.instance.parameters:
                part = self._part(node)
                part.roles.add(role)
                part.constraints.append(rule.constraint)
                if node == side and rule.condition is None:
                    part.limits, part.relation = rule.constraint.name, operator
                    part.about |= single

    def _part(self, node: Name | Item) -> _Part:
        return self._parts.setdefault((node.name, _fixed(node)), _Part())

    def _walk(
        self, node: Node, rule: Rule | None, factors: frozenset[str], *, is_goal: bool
    ) -> None:
        """Find what each parameter multiplies."""
        match node:
            case Arithmetic("*", left, right):
                inside = factors | node.names
                self._walk(left, rule, inside, is_goal=is_goal)
                self._walk(right, rule, inside, is_goal=is_goal)
            case Name(name) | Item(name, _) if name in self.instance.parameters:
                assert isinstance(node, Name | Item)
                part = self._part(node)
                multiplies = not factors.isdisjoint(self.instance.bounds)
                role = Role.goal if is_goal else Role.use
                part.roles.add(role if multiplies else Role.other)
                if rule is not None:
                    part.constraints.append(rule.constraint)
                if isinstance(node, Name) and multiplies:
                    part.about |= {n for n in factors if n in self.instance.bounds}
            case _:
                for child in node.children():
                    self._walk(child, rule, factors, is_goal=is_goal)

    def _number(self, node: Node, rule: Rule | None) -> None:
        """List the numbers that are written in an expression."""
        limit = None if rule is None else written_limit(rule.constraint, self.instance)
        for place, (value, about) in enumerate(_written(node, frozenset(), self.instance)):
            is_limit = place == limit
            if value == 0 and not is_limit:
                continue
            constraint = None if rule is None else rule.constraint
            literal = self._literal(node, constraint, place, value, about, is_limit)
            self._literals.append(replace(literal, unit=self._unit(rule)))

    def _unit(self, rule: Rule | None) -> str:
        """Find the unit of a constraint's constant side, declared or in its words; or empty."""
        for side in () if rule is None else rule.relation.operands:
            if side.names.isdisjoint(self.instance.bounds):
                words = re.findall(r"[^\W\d_]{2,}", rule.constraint.doc) if rule else []
                spoken = next((word for word in words if name_of(word)), "")
                return unit_of(side, self.instance.formulation) or spoken
        return ""

    def _literal(
        self,
        node: Node,
        constraint: Constraint | None,
        place: int,
        value: float,
        about: frozenset[str],
        is_limit: bool,
    ) -> Place:
        name = constraint.name if constraint else "objective"
        relation, role = "", Role.use if constraint else Role.goal
        if is_limit:
            assert isinstance(node, Comparison)
            found = constant_side(node, self.instance.bounds)
            assert found is not None
            side, relation = found
            role = {"<=": Role.most, ">=": Role.least}.get(relation, Role.other)
            about = _single(node, side, self.instance)
        of = f" of {', '.join(sorted(about))}" if about else ""
        label = f"the limit of {name}" if is_limit else f"the {show_number(value)}{of} in {name}"
        return Place(
            label=label,
            value=value,
            unit="",
            doc=(constraint or self.instance.formulation.objective).doc,
            roles=frozenset({role}),
            about=about,
            words=self._literal_words(constraint, about),
            constraint=constraint.name if constraint else None,
            place=place,
            is_limit=is_limit,
            limits=name if is_limit else None,
            relation=relation,
        )

    def _literal_words(self, constraint: Constraint | None, about: frozenset[str]) -> Counter[str]:
        """Give the words that a written number is spoken of by."""
        words: Counter[str] = Counter()
        if constraint:
            _add(words, stems(constraint.name), 2.0)
        _add(words, stems((constraint or self.instance.formulation.objective).doc), 1.0)
        for entry in self.entries:
            if entry.label in about:
                _add(words, entry.words, 2.0)
        return words

    def _parameter_places(self) -> Iterator[Place]:
        for parameter in self.instance.formulation.parameters:
            entries = self.instance.parameters[parameter.name]
            whole = self._parts.get((parameter.name, None), _Part())
            words = _parameter_words(parameter, whole, entries.values())
            for key, value in list(entries.items())[:MOST_PLACES]:
                part = self._parts.get((parameter.name, key), _Part()) if key else _Part()
                about = {*whole.about, *part.about}
                about |= {e.label for e in self.entries if key and e.key and _covers(key, e.key)}
                yield Place(
                    label=show_entry(parameter.name, key),
                    value=value,
                    unit=parameter.unit,
                    doc=parameter.doc,
                    roles=frozenset(whole.roles | part.roles) or frozenset({Role.other}),
                    about=frozenset(about),
                    words=self._entry_words(words, key, about),
                    parameter=parameter.name,
                    key=key,
                    limits=whole.limits,
                    relation=whole.relation,
                )

    def _entry_words(self, words: Counter[str], key: Key, about: set[str]) -> Counter[str]:
        """Give the words of one entry: those of its parameter, and what tells it from others."""
        own = Counter(words)
        for atom in key:
            _add(own, atom_words(atom), 2.0)
        for entry in self.entries:
            if entry.label in about and not key:
                _add(own, entry.words, 0.7)
        return own


def _parameter_words(parameter: Parameter, whole: _Part, values: Collection[float]) -> Counter[str]:
    """Give the words that all entries of a parameter are spoken of by."""
    words: Counter[str] = Counter()
    _add(words, stems(parameter.name), 2.0)
    for doc in dict.fromkeys(_clauses(parameter.doc, values)):
        _add(words, stems(doc), 1.0)
    _add(words, unit_stems(parameter.unit.partition("/")[0]), 0.7)
    for constraint in whole.constraints:
        if constraint.name == whole.limits:
            _add(words, stems(constraint.name), 0.7)
            doc = next(iter(_clauses(constraint.doc, values)), "")
            _add(words, stems(doc), 0.5)
    return words


def _covers(key: Key, entry: Key) -> bool:
    said, own = set(map(str, key)), set(map(str, entry))
    return said <= own or own <= said


def _clauses(doc: str, values: Iterable[float]) -> Iterator[str]:
    """Give the part of a sentence that states one of the numbers, or else all of it."""
    found = False
    wanted = {float(value) for value in list(values)[:50]}
    for part in re.split(r"[,;]\s|\.\s|\band\b|\bbut\b", doc):
        if any(not wanted.isdisjoint(number.readings) for number in quantities(part)):
            found = True
            yield part
    if not found:
        yield doc


def unit_stems(unit: str) -> tuple[str, ...]:
    """Give the words that a unit is spoken of by: "h" is hours."""
    return tuple(stem(word) for word in unit_words(unit))


def _add(words: Counter[str], found: Iterable[str], weight: float) -> None:
    for word in found:
        words[word] = max(words[word], weight)  # type: ignore[assignment]


def _entries(instance: Instance) -> Iterator[VariableEntry]:
    listed: list[tuple[Variable, Key, tuple[frozenset[str], ...]]] = []
    for variable in instance.formulation.variables:
        for key in list(instance.bounds[variable.name])[:MOST_PLACES]:
            own = tuple(atom_words(atom) for atom in key)
            if not key:
                own = (frozenset((*stems(variable.name), *stems(variable.doc))),)
            listed.append((variable, key, own))
    counts = Counter(word for _, _, own in listed for word in frozenset[str]().union(*own))
    for variable, key, own in listed:
        telling = tuple(
            part if len(listed) == 1 else frozenset(w for w in part if counts[w] < len(listed))
            for part in own
        )
        yield VariableEntry(variable.name, key, telling, variable.unit)


def atom_words(atom: Atom) -> frozenset[str]:
    """Give the words of an element; an integer is one, as in "plant 3"."""
    return frozenset({str(atom)} if isinstance(atom, int) else stems(str(atom)))


def _fixed(node: Name | Item) -> Key | None:
    """Give the key of an entry that is named outright; ``None`` where a loop goes over it."""
    if isinstance(node, Name) or not all(isinstance(k, Text | Number) for k in node.keys):
        return None
    return tuple(k.value for k in node.keys if isinstance(k, Text | Number))  # type: ignore[misc]


def _single(relation: Comparison, place: int, instance: Instance) -> frozenset[str]:
    """Give the only decision on the other sides of a relation; empty where there are several."""
    found: set[str] = set()
    for other, side in enumerate(relation.operands):
        if other == place:
            continue
        match side:
            case Name(name) if name in instance.bounds:
                found.add(name)
            case Item(name, _) if name in instance.bounds and _fixed(side) is not None:
                found.add(show_entry(name, _fixed(side) or ()))
            case _:
                return frozenset()
    return frozenset(found) if len(found) == 1 else frozenset()


def _written(
    node: Node, factors: frozenset[str], instance: Instance
) -> Iterator[tuple[float, frozenset[str]]]:
    """Give the written numbers, in the order of `amounts`, with the decisions they multiply."""
    value = value_of(node)
    if value is not None:
        yield value, factors
        return
    if isinstance(node, Arithmetic) and node.operator in "*/":
        factors |= frozenset(_decisions(node, instance))
    apart = structure(node)
    for child in node.children():
        if not any(child is each for each in apart):
            yield from _written(child, factors, instance)


def _decisions(node: Node, instance: Instance) -> Iterator[str]:
    for each in node.below():
        match each:
            case Name(name) if name in instance.bounds:
                yield name
            case Item(name, _) if name in instance.bounds and _fixed(each) is not None:
                yield show_entry(name, _fixed(each) or ())
