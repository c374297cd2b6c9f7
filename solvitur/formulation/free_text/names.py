"""The names that are declared where a formula stands, and the sets that indices are from."""

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from solvitur.errors import FormulationError
from solvitur.formulation.expression import RESERVED
from solvitur.formulation.free_text.signs import tokens

_MAX_NAME = 200


@dataclass
class Names:
    """What is declared where a formula stands."""

    dimensions: dict[str, int] = field(default_factory=dict)
    """How many indices each parameter and variable has."""
    sets: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """The elements of each set."""
    letters: dict[str, str] = field(default_factory=dict)
    """The set each index letter runs over, where the text says so: ``t in T``."""
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Names as they were written, word by word, and the identifiers they became."""
    words: set[str] = field(default_factory=set)
    """Every element of a set, or part of one, as text."""
    keys: dict[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    """The elements of each set as keys of text."""

    def add_set(self, name: str, elements: Sequence[object]) -> None:
        """Declare a set."""
        self.sets[name] = tuple(elements)
        self.keys[name] = frozenset(
            tuple(map(str, element)) if isinstance(element, tuple) else (str(element),)
            for element in elements
        )
        self.words.update(part for key in self.keys[name] for part in key)

    def width(self, name: str) -> int:
        """Say how long the tuples of a set are."""
        first = next(iter(self.sets[name]), None)
        return len(first) if isinstance(first, tuple) else 1

    def split(self, word: str) -> tuple[str, str] | None:
        """Take ``x_i`` apart where ``x`` is declared with indices.

        Example:
            >>> Names({"unit_cost": 1}).split("unit_cost_i")
            ('unit_cost', 'i')
        """
        cut = min(len(word), _MAX_NAME)
        while (cut := word.rfind("_", 0, cut)) > 0:
            if self.dimensions.get(word[:cut]):
                return word[:cut], word[cut + 1 :]
        return None

    def identifier(self, written: str) -> str:
        """Make a name of what is written, the same each time; formulas know it as written too.

        Example:
            >>> Names().identifier("Labor cost per person-day")
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
            self.phrases[words] = name
        return name

    def is_index(self, word: str) -> bool:
        """Whether a word is an element, an index letter or a set."""
        return word in self.words or word in self.letters or word in self.sets

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
            fitting = [name for name, held in self.sets.items() if len(held) == count]
            if len(fitting) != 1:
                raise FormulationError(
                    f"{count} numbers without keys fit {len(fitting)} sets; "
                    "write {key: number, ...}, or the set: name[SET] = ..."
                )
            index += fitting
        return index

    def _fitting(self, keys: set[tuple[str, ...]]) -> str:
        best = ""
        for name, held in self.keys.items():
            if held == keys:
                return name
            if not best and keys <= held:
                best = name
        return best
