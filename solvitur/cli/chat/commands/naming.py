"""What a person means by a name that was typed: an element of a formulation, or an entry of one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from solvitur.config import nearest
from solvitur.errors import ConfigError
from solvitur.formulation.evaluate import Key, show_entry

if TYPE_CHECKING:
    from solvitur.formulation import Formulation
    from solvitur.formulation.instance import Instance
    from solvitur.formulation.tables.data import Given

_SHOWN = 5
_WORDS = re.compile(r"[^\W\d]\w*(?:[ -]+[^\W\d]\w*)*")
"""Words in a row, which may be a name together."""


def spelt(text: str, names: Iterable[str]) -> str:
    """Put names where they are spelt with blanks, hyphens or capitals that they do not have.

    >>> spelt("Protein min 5 x[brown rice] <= 2", ["protein", "protein_min", "x", "brown_rice"])
    'protein_min 5 x[brown_rice] <= 2'
    """
    known = set(names)
    meant = {_folded(name): name for name in sorted(known)}
    for name in known:
        if meant[_folded(name)] != name:
            meant[_folded(name)] = ""  # either may be meant

    def named(match: re.Match[str]) -> str:
        ends = [word.end() for word in re.finditer(r"[^ -]+", match[0])]
        for end in reversed(ends):
            typed, rest = match[0][:end], match[0][end:]
            if typed in known:
                return typed + _WORDS.sub(named, rest)
            if name := meant.get(_folded(typed)):
                return name + _WORDS.sub(named, rest)
        return match[0][: ends[0]] + _WORDS.sub(named, match[0][ends[0] :])

    return _WORDS.sub(named, text)


def names_in(formulation: "Formulation", data: "Given" = None) -> tuple[str, ...]:
    """Give the names of what has a number: constraints, parameters and variables.

    Raises:
        InvalidFormulation: The formulation does not say a model.
    """
    from solvitur.formulation.instance import Instance

    return tuple(_kinds(Instance(formulation, data)))


def words_in(instance: "Instance | None") -> Iterator[str]:
    """Give the names of what has a number, and the elements that entries are of."""
    if instance is None:
        return
    yield from _words_of(_kinds(instance))


def _words_of(known: Mapping[str, tuple[Key, ...]]) -> Iterator[str]:
    for name, keys in known.items():
        yield name
        yield from {atom for key in keys for atom in key if isinstance(atom, str)}


def find(label: str, instance: "Instance", *, is_bound: bool) -> tuple[str, Key | None]:
    """Find an entry by what was typed; without brackets it is all there are.

    A key alone is the entry that has it, where there is only one: of a variable where a bound is
    meant; else of a parameter, or of a constraint where no parameter has it.

    Raises:
        ConfigError: There is none, or there are several.
    """
    known = _kinds(instance)
    name = label.partition("[")[0]
    if name not in known:
        return _entry_of(name, known, instance, is_bound=is_bound)
    if "[" not in label:
        return name, None
    shown = {show_entry(name, key): key for key in known[name]}
    labels = {_folded(entry): key for entry, key in shown.items()}
    labels |= {_squeezed(entry): key for entry, key in shown.items()}
    for typed in (_squeezed(label), _folded(label)):
        if typed in labels:
            return name, labels[typed]
    # What stands around the keys is the same in all, and would make any of them near.
    typed = label.partition("[")[2].removesuffix("]")
    by_key = {", ".join(map(str, key)): entry for entry, key in shown.items()}
    raise ConfigError(f"there is no {label}; {_hint(typed, by_key)}")


def _entry_of(
    key: str, known: Mapping[str, tuple[Key, ...]], instance: "Instance", *, is_bound: bool
) -> tuple[str, Key]:
    """Find the only entry that a key alone is said of."""
    for kind in _in_order(known, instance, is_bound=is_bound):
        entries = [(name, own) for name in kind for own in known[name] if len(own) == 1]
        found = [each for each in entries if _folded(str(each[1][0])) == _folded(key)]
        if len(found) == 1:
            return found[0]
        if found:
            several = _some([show_entry(*each) for each in found])
            raise ConfigError(f"which {key} is meant? There are: {several}")
    near = {word: word for word in _words_of(known)}
    raise ConfigError(f"there is no {key}; {_hint(key, near, [*known])}")


def _in_order(
    known: Mapping[str, tuple[Key, ...]], instance: "Instance", *, is_bound: bool
) -> Iterator[list[str]]:
    """Give the names of parameters, constraints and variables; first what is likelier meant."""
    parameters, variables = [*instance.parameters], [*instance.bounds]
    constraints = [name for name in known if name not in {*parameters, *variables}]
    kinds = [parameters, constraints]
    yield from [variables, *kinds] if is_bound else [*kinds, variables]


def _kinds(instance: "Instance") -> dict[str, tuple[Key, ...]]:
    """Give the entries of everything that has a number; names of constraints come last."""
    known = {name: tuple(keys) for name, keys in instance.parameters.items()}
    known |= {name: tuple(keys) for name, keys in instance.bounds.items()}
    rows: dict[str, list[Key]] = {}
    for row in instance.rows():
        rows.setdefault(row.rule.constraint.name, []).append(row.key)
    return {name: tuple(keys) for name, keys in rows.items()} | known


def _hint(typed: str, known: Mapping[str, str], listed: Iterable[str] = ()) -> str:
    """Say what was probably meant, or what there is; of each the words to be near and to show."""
    near = nearest(typed, known)
    meant = [known[near]] if near is not None else [*listed] or [*known.values()]
    return f"did you mean {meant[0]}?" if len(meant) == 1 else f"there are: {_some(meant)}"


def _squeezed(label: str) -> str:
    return "".join(label.split())


def _folded(label: str) -> str:
    """Leave out what is easily typed otherwise."""
    return re.sub(r"[\s_-]", "", label).casefold()


def _some(names: list[str]) -> str:
    from solvitur.formulation.printing import first

    return ", ".join(first(names, _SHOWN, "and {:,} more"))
