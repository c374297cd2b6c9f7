"""A formulation while it is being read from free text: what is declared, under which name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation, describe
from solvitur.formulation.free_text.beginnings import with_beginnings
from solvitur.formulation.free_text.names import Names
from solvitur.formulation.free_text.signs import tokens

_MEMBER = re.compile(r"(?:\b(\w{1,3}) ?, ?)?\b(\w{1,3}) in (\w+)")
_SUBSCRIPT = re.compile(r"_ ?\{ ?(\w+) ?\}")

MAX_ELEMENTS = 5_000
"""Most elements that one section of free text may declare."""

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
        self.elements: dict[str, dict[str, Element]] = {
            section: {} for section in ("Sets", "Parameters", "Variables", "Constraints")
        }
        self.objective: Element | None = None
        self._loose: set[str] = set()
        self._rows: set[str] = set()
        self._entries: dict[str, dict[tuple[str, ...], float]] = {}
        self._docs: dict[str, list[str]] = {}
        self._letters: dict[str, list[str]] = {}
        self._vocabulary: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        """Learn from free text which words occur and which letters run over which sets."""
        for text in texts:
            self._vocabulary.update(re.findall(r"\w+", _SUBSCRIPT.sub(r"_\1", text)))
            for found in _MEMBER.finditer(text):
                letters = self._letters.setdefault(found[3], [])
                letters += [letter for letter in (found[1], found[2]) if letter]

    def add(self, section: str, element: Element, *, loose: bool = True) -> None:
        """Add an element.

        Args:
            section: The section it is from.
            element: Its fields.
            loose: Whether it was read from free text, so that `end` may put it together with
                others.
        """
        if section == "Objective":
            if self.objective is not None:
                raise FormulationError("there is an objective already; write one")
            self.objective = element
            return
        name = element["name"]
        if loose and len(self.elements[section]) >= MAX_ELEMENTS:
            raise FormulationError(f"more than {MAX_ELEMENTS:,} of these; write JSON instead")
        if name in self.elements[section]:
            raise FormulationError(f"'{name}' is there already; rename one of them")
        self.elements[section][name] = element
        if section == "Sets":
            self._add_set(name, element)
        elif section != "Constraints":
            index = element.get("index", ())
            sets = self.names.sets
            width = sum(self.names.width(each) if each in sets else 1 for each in index)
            self.names.dimensions[name] = width
            self._loose |= {name} if loose else set()

    def _add_set(self, name: str, element: Element) -> None:
        """Declare a set, and the letters that run over it."""
        elements: Sequence[Any] = element.get("elements", ())
        if "range" in element:
            first, last = element["range"]
            elements = range(first, min(last, first + 100_000) + 1)
        self.names.add_set(name, elements)
        for letter in (*self._letters.get(name, ()), name.lower()):
            if len(letter) <= 3 and letter not in self.names.sets:
                self.names.letters.setdefault(letter, name)

    def add_row(self, element: Element, label: str) -> None:
        """Add a constraint under a name made of its label, that no other has."""
        rows = self.elements["Constraints"]
        slug = re.sub(r"\W+", "_", label[:60]).strip("_") or f"c{len(rows) + 1}"
        stem = slug if slug.isidentifier() else f"c_{slug}"
        name, number = stem, 2
        while name in rows:
            name, number = f"{stem}_{number}", number + 1
        self.add("Constraints", {"name": name, **element})
        self._rows.add(name)

    def add_entry(self, name: str, key: tuple[str, ...], value: float, doc: str) -> None:
        """Add one entry of a parameter that is given entry by entry; see `end`."""
        entries = self._entries.setdefault(name, {})
        if key in entries:
            raise FormulationError(f"{name}[{', '.join(key)}] is given twice")
        entries[key] = value
        self._docs.setdefault(name, []).append(doc)

    def end(self, section: str) -> None:
        """Put together what was given one by one, when a section is read.

        Raises:
            FormulationError: No set holds the keys of a parameter.
        """
        for name, entries in self._entries.items():
            values = [[list(key), value] for key, value in entries.items()]
            doc = "; ".join(dict.fromkeys(filter(None, self._docs[name])))
            index = self.names.index_of(list(entries))
            self.add("Parameters", {"name": name, "index": index, "values": values, "doc": doc})
        self._entries = {}
        if section in ("Parameters", "Variables"):
            self._gather(self.elements[section])
        if section == "Constraints":
            self._begin()

    def _begin(self) -> None:
        """Say what is before the first element, in the rows that were read from free text."""
        sets, parameters, variables, rows = self.elements.values()
        if self._rows == rows.keys():
            split = with_beginnings(rows, sets, parameters, variables)
            self.elements["Constraints"] = {
                name: {**row, "name": name} for name, row in split.items()
            }

    def variables_in(self, text: str) -> list[Element]:
        """Find the variables that a text speaks of."""
        spoken: dict[str, None] = {}
        for token in tokens(text):
            split = self.names.split(token.text)
            known = token.text in self.names.dimensions
            spoken[split[0] if split and not known else token.text] = None
        variables = self.elements["Variables"]
        return [variables[name] for name in spoken if name in variables]

    def indexed(self, name: str, keys: Sequence[str]) -> tuple[str, list[str]]:
        """Find the sets that a name is indexed by: ``c[i, j]``, ``c[I]`` or ``c_i``."""
        index = [self.names.letters.get(key, key) for key in keys]
        base, _, letter = name.rpartition("_")
        if not keys and base and letter in self.names.letters:
            return base, [self.names.letters[letter]]
        if all(key in self.names.sets for key in index):
            return name, index
        return self.names.identifier("_".join((name, *keys))), []

    def _gather(self, elements: dict[str, Element]) -> None:
        """Make one indexed element of ``b_1, b_2, b_3`` where the text also says ``b_t``."""
        families: dict[str, dict[str, Element]] = {}
        for name, element in elements.items():
            base, _, suffix = name.rpartition("_")
            if base and name in self._loose and not element.get("index"):
                families.setdefault(base, {})[suffix] = element
        for base, members in families.items():
            if base in self.names.dimensions:
                continue
            keys = {(word,) for word in members}
            for letter, index in self.names.letters.items():
                said = f"{base}_{letter}" in self._vocabulary
                if said and self.names.keys[index] == keys:
                    self._merge(elements, base, index, members)
                    break

    def _merge(
        self, elements: dict[str, Element], base: str, index: str, members: dict[str, Element]
    ) -> None:
        first = next(iter(members.values()))
        same = [key for key in ("domain", "lower", "upper", "unit") if key in first]
        if any(member.get(key) != first[key] for member in members.values() for key in same):
            return
        merged: Element = {"name": base, "index": [index], **{key: first[key] for key in same}}
        if "value" in first:
            merged["values"] = {word: member["value"] for word, member in members.items()}
        docs: list[str] = [member["doc"] for member in members.values() if member["doc"]]
        elements[base] = {**merged, "doc": "; ".join(dict.fromkeys(docs))}
        for member in members.values():
            del elements[member["name"]]
            del self.names.dimensions[member["name"]]
        self.names.dimensions[base] = 1

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
                    "objective": self.objective,
                    **{name.lower(): list(held.values()) for name, held in self.elements.items()},
                }
            )
        except ValidationError as error:
            raise FormulationError(describe(error)) from None
