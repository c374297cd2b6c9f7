"""Sets and tables of numbers in plain words; large ones are summarised."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from solvitur.formulation.evaluate import Key
from solvitur.formulation.printing import one_line, show_number
from solvitur.formulation.wording.nouns import SetNoun

MOST_ELEMENTS = 12
"""Most elements of a set that are named."""
MOST_NUMBERS = 60
"""Most numbers of one table that are said; of more, how many and how large they are."""


def elements(noun: SetNoun, keys: Sequence[Key]) -> str:
    """Name the elements of a set.

    Example:
        >>> from solvitur.formulation.elements import Set
        >>> weeks = SetNoun(Set(name="T", range=(1, 52), doc="weeks"))
        >>> elements(weeks, [(n,) for n in range(1, 53)])
        '52 weeks: 1 to 52'
    """
    if not keys:
        return f"no {noun.many}"
    head = f"{len(keys):,} {noun.one if len(keys) == 1 else noun.many}"
    numbers = [key[0] for key in keys if len(key) == 1 and isinstance(key[0], int)]
    if len(numbers) == len(keys) > 3 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{head}: {numbers[0]} to {numbers[-1]}"
    named = [_element(key) for key in keys[:MOST_ELEMENTS]]
    rest = len(keys) - len(named)
    return f"{head}: {', '.join(named)}" + (f" and {rest:,} more" if rest > 0 else "")


def numbers(entries: Mapping[Key, float], unit: str, show: Callable[[float], str]) -> str:
    """Say a table, row by row.

    Example:
        >>> numbers({("pen",): 2.0, ("ink",): 3.5}, "EUR", show_number)
        'pen: 2, ink: 3.5 (in EUR)'
        >>> numbers({("pen", 1): 2.0, ("pen", 2): 3.5, ("ink", 1): 5.0}, "", show_number)
        'pen (1: 2, 2: 3.5), ink (1: 5)'
    """
    note = f" (in {unit})" if unit else ""
    if list(entries) == [()]:
        return f"{show(entries[()])} {unit}".rstrip()
    if not entries:
        return "no numbers"
    if len(entries) > MOST_NUMBERS:
        values = [float(value) for value in entries.values()]
        low, high = _rounded(min(values)), _rounded(max(values))
        return f"{len(values):,} numbers from {low} to {high}{note}"
    rows: dict[Key, list[str]] = {}
    for key, value in entries.items():
        rows.setdefault(key[:-1], []).append(f"{_element(key[-1:])}: {show(value)}")
    if list(rows) == [()]:
        return f"{', '.join(rows[()])}{note}"
    said = (f"{_element(key)} ({', '.join(row)})" for key, row in rows.items())
    return f"{', '.join(said)}{note}"


def _element(key: Iterable[int | str]) -> str:
    """Name one element; a tuple's parts are joined."""
    return one_line("-".join(map(str, key)))


def _rounded(value: float) -> str:
    return show_number(float(f"{value:.6g}"))
