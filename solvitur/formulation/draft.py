"""A formulation while it is being read from free text: what is declared, under which name."""

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation, describe
from solvitur.formulation.expression import RESERVED
from solvitur.formulation.notation import Names
from solvitur.formulation.signs import tokens

_MEMBER = re.compile(r"(?:\b(\w{1,3}) {0,2}, {0,2})?\b(\w{1,3}) {1,3}in {1,3}(\w+)")
_SUBSCRIPT = re.compile(r"_ ?\{ ?(\w+) ?\}")

Element = dict[str, Any]
"""The fields of a set, parameter, variable or constraint, as in the JSON shape."""


class Draft:
    """The five elements read so far.

    Attributes:
        names: The same, for reading formulas.
        remarks: What the headings say in brackets, by section: ``Variables (all continuous)``.
    """

    def __init__(self, remarks: Mapping[str, str]) -> None:
        self.names = Names()
        self.remarks = remarks
        self.sets: list[Element] = []
        self.parameters: list[Element] = []
        self.variables: list[Element] = []
        self.objective: Element | None = None
        self.constraints: list[Element] = []
        self._entries: dict[str, dict[tuple[str, ...], float]] = {}
        self._docs: dict[str, list[str]] = {}
        self._letters: dict[str, list[str]] = {}
        self._vocabulary: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        """Learn from the whole text which words occur and which letters run over which sets."""
        for text in texts:
            self._vocabulary.update(re.findall(r"\w+", _SUBSCRIPT.sub(r"_\1", text)))
            for found in _MEMBER.finditer(text):
                letters = self._letters.setdefault(found[3], [])
                letters += [letter for letter in (found[1], found[2]) if letter]

    def identifier(self, written: str) -> str:
        """Make a name of what is written, the same each time; formulas know it as written too.

        Example:
            >>> Draft({}).identifier("Labor cost per person-day")
            'Labor_cost_per_person_day'
        """
        name = re.sub(r"\W+", "_", written[:200]).strip("_")
        if name[:1].isdigit():
            name = f"n_{name}"
        if not name.isidentifier():
            raise FormulationError(f"a name is missing in {written[:40]!r}; write name = value")
        if keyword.iskeyword(name) or name in RESERVED:
            name += "_"
        words = tuple(token.text.casefold() for token in tokens(written))
        if words != (name.casefold(),):
            self.names.phrases[words] = name
        return name

    def add(self, section: str, element: Element) -> None:
        """Add an element that is read completely."""
        if section == "Objective":
            if self.objective is not None:
                raise FormulationError("there is an objective already; write one")
            self.objective = element
            return
        add = {
            "Sets": self.add_set,
            "Parameters": self.add_parameter,
            "Variables": self.add_variable,
            "Constraints": self.add_constraint,
        }[section]
        add(element)

    def add_set(self, element: Element) -> None:
        """Declare a set, and the letters that run over it."""
        name = element["name"]
        if "range" in element:
            first, last = element["range"]
            elements: Sequence[Any] = range(first, min(last, first + 100_000) + 1)
        else:
            elements = element.get("elements", ())
        self.sets.append(element)
        self.names.add_set(name, elements)
        for letter in (*self._letters.get(name, ()), name.lower()):
            if len(letter) <= 3 and letter not in self.names.sets:
                self.names.letters.setdefault(letter, name)

    def add_parameter(self, element: Element) -> None:
        """Declare a parameter."""
        self.parameters.append(element)
        self.names.dimensions[element["name"]] = self._width(element)

    def add_variable(self, element: Element) -> None:
        """Declare a variable."""
        self.variables.append(element)
        self.names.dimensions[element["name"]] = self._width(element)

    def add_constraint(self, element: Element, label: str = "") -> None:
        """Add a constraint; without a 'name', one is made of the label that no other has."""
        if "name" not in element:
            slug = re.sub(r"\W+", "_", label[:60]).strip("_") or f"c{len(self.constraints) + 1}"
            name = slug if slug.isidentifier() else f"c_{slug}"
            taken = {constraint["name"] for constraint in self.constraints}
            while name in taken:
                stem, _, number = name.rpartition("_")
                name = f"{stem}_{int(number) + 1}" if stem and number.isdecimal() else f"{name}_2"
            element = {"name": name, **element}
        self.constraints.append(element)

    def add_entry(self, name: str, key: tuple[str, ...], value: float, doc: str) -> None:
        """Add one entry of a parameter that is given entry by entry; see `end`."""
        entries = self._entries.setdefault(name, {})
        if key in entries:
            raise FormulationError(f"{name}[{', '.join(key)}] is given twice")
        entries[key] = value
        self._docs.setdefault(name, []).append(doc)

    def end(self, section: str) -> None:
        """Put entries that were given one by one together, when a section is read.

        Raises:
            FormulationError: No set holds their keys.
        """
        for name, entries in self._entries.items():
            values = [[list(key), value] for key, value in entries.items()]
            doc = "; ".join(dict.fromkeys(filter(None, self._docs[name])))
            index = self.index_of(list(entries))
            self.add_parameter({"name": name, "index": index, "values": values, "doc": doc})
        self._entries = {}
        if section in ("Parameters", "Variables"):
            self._gather(self.parameters if section == "Parameters" else self.variables)

    def variables_in(self, text: str) -> list[Element]:
        """Find the variables that a text speaks of."""
        spoken = set()
        for token in tokens(text):
            split = self.names.split(token.text)
            spoken.add(
                split[0] if split and token.text not in self.names.dimensions else token.text
            )
        return [variable for variable in self.variables if variable["name"] in spoken]

    def note(self, name: str, remark: str) -> None:
        """Add a remark to what is said of a variable."""
        for variable in self.variables:
            if variable["name"] == name:
                variable["doc"] = "; ".join(filter(None, (variable["doc"], remark)))

    def is_index(self, word: str) -> bool:
        """Whether a word is an element, an index letter or a set."""
        names = self.names
        return word in names.words or word in names.letters or word in names.sets

    def indexed(self, name: str, keys: Sequence[str]) -> tuple[str, list[str]]:
        """Find the sets that a name is indexed by: ``c[i, j]``, ``c[I]`` or ``c_i``."""
        index = [self.names.letters.get(key, key) for key in keys]
        base, _, letter = name.rpartition("_")
        if not keys and base and letter in self.names.letters:
            return base, [self.names.letters[letter]]
        if all(key in self.names.sets for key in index):
            return name, index
        return self.identifier("_".join((name, *keys))), []

    def index_of(self, keys: Sequence[tuple[str, ...]]) -> list[str]:
        """Find the sets that the keys of a parameter are from, the closest fit first.

        Raises:
            FormulationError: No set holds them.
        """
        wanted = {tuple(key) for key in keys}
        found = self._fitting(wanted)
        if found:
            return [found]
        width = len(next(iter(wanted), ()))
        index = [self._fitting({(key[place],) for key in wanted}) for place in range(width)]
        if width > 1 and all(index):
            return index
        example = ", ".join(next(iter(wanted), ("nothing",)))
        raise FormulationError(f"no set holds [{example}] and its like; declare the set it is from")

    def index_of_size(self, size: Sequence[int]) -> list[str]:
        """Find the one set of each size, for a table without keys.

        Raises:
            FormulationError: There is none, or more than one.
        """
        index = []
        for count in size:
            fitting = [name for name, held in self.names.sets.items() if len(held) == count]
            if len(fitting) != 1:
                raise FormulationError(
                    f"{count} numbers without keys fit {len(fitting)} sets; "
                    "write {key: number, ...}, or the set: name[SET] = ..."
                )
            index += fitting
        return index

    def _fitting(self, keys: set[tuple[str, ...]]) -> str:
        best = ""
        for name, elements in self.names.sets.items():
            words = {
                tuple(map(str, element)) if isinstance(element, tuple) else (str(element),)
                for element in elements
            }
            if words == keys:
                return name
            if keys <= words and not best:
                best = name
        return best

    def _gather(self, elements: list[Element]) -> None:
        """Make one indexed element of ``b_1, b_2, b_3`` where the text also says ``b_t``."""
        families: dict[str, dict[str, Element]] = {}
        for element in elements:
            base, _, suffix = element["name"].rpartition("_")
            if base and not element.get("index"):
                families.setdefault(base, {})[suffix] = element
        for base, members in families.items():
            letters = [k for k in self.names.letters if f"{base}_{k}" in self._vocabulary]
            for name in {self.names.letters[letter] for letter in letters}:
                words = {str(element) for element in self.names.sets[name]}
                if words == set(members) and base not in self.names.dimensions:
                    self._merge(elements, base, name, members)

    def _merge(
        self, elements: list[Element], base: str, index: str, members: dict[str, Element]
    ) -> None:
        first = next(iter(members.values()))
        same = ("domain", "lower", "upper", "unit")
        if any(member.get(key) != first.get(key) for member in members.values() for key in same):
            return
        merged = {key: first[key] for key in same if key in first} | {
            "name": base,
            "index": [index],
        }
        if "value" in first:
            merged["values"] = {word: member["value"] for word, member in members.items()}
        docs = [member["doc"] for member in members.values() if member.get("doc")]
        merged["doc"] = "; ".join(dict.fromkeys(docs))
        elements[:] = [element for element in elements if element not in members.values()] + [
            merged
        ]
        for member in members.values():
            del self.names.dimensions[member["name"]]
        self.names.dimensions[base] = 1

    def _width(self, element: Element) -> int:
        index = element.get("index", ())
        return sum(self.names.width(name) if name in self.names.sets else 1 for name in index)

    def formulation(self, title: str) -> Formulation:
        """Put the five elements together.

        Raises:
            FormulationError: Together they do not say five elements.
        """
        if self.objective is None:
            raise FormulationError(
                "the section 'Objective' is empty; write 'Maximize ...' or 'Minimize ...'"
            )
        try:
            return Formulation.model_validate(
                {
                    "title": title,
                    "sets": self.sets,
                    "parameters": self.parameters,
                    "variables": self.variables,
                    "objective": self.objective,
                    "constraints": self.constraints,
                }
            )
        except ValidationError as error:
            raise FormulationError(describe(error)) from None
