"""From the columns of a table to the elements of a set and the entries of a parameter.

Whole columns are converted at once. Only where that fails are the cells looked at one by one, to
say of each what is wrong with it.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NoReturn

from solvitur.errors import DataError, InvalidFormulation
from solvitur.formulation.evaluate import Key, keys_over
from solvitur.formulation.tables.cells import INTEGER, no_word, number_of, numbers_of, words_of
from solvitur.formulation.tables.files import WIDE, Table

if TYPE_CHECKING:
    from solvitur.formulation.elements import Source

MOST_FAULTS = 10
"""Most faults of one table that are said; the rest are counted."""

_MOST_COMPARED = 5_000
"""Most words among which a near one is looked for."""
_MOST_LISTED = 20
_UNIT = re.compile(r"(?P<words>.*?) ?\[(?P<unit>[^\[\]]*)\]")

Named = tuple[str, Sequence[Key]]
"""A set's name and its elements."""
Fault = Callable[[], str]
"""What is wrong with a cell; put into words only if it is said."""


def near(word: str, known: Iterable[str]) -> str:
    """Say which known word is the nearest, if any is near.

    Example:
        >>> near("chiar", ["chair", "desk"])
        " (did you mean 'chair'?)"
    """
    among = list(islice(known, _MOST_COMPARED))
    found = difflib.get_close_matches(word[:200], among, n=1, cutoff=0.6)
    return f" (did you mean {found[0][:80]!r}?)" if found else ""


def without_unit(header: str) -> tuple[str, str]:
    """Take a header apart into its words and the unit that it says in square brackets.

    Example:
        >>> without_unit("distance [km]"), without_unit("from")
        (('distance', 'km'), ('from', ''))
    """
    found = _UNIT.fullmatch(header)
    return (found["words"], found["unit"].strip()) if found else (header, "")


def elements_of(table: Table, keys: Sequence[str]) -> tuple[Key, ...]:
    """Give what the key columns hold, each once; see `Data.elements`."""
    headers = [_header(table, key) for key in keys]
    columns = [words_of(table.columns[header]) for header in headers]
    if not all(map(all, columns)):
        _refuse(
            table,
            [
                partial(_no_key, table, row, header)
                for row, found in enumerate(zip(*columns, strict=True))
                for header, word in zip(headers, found, strict=True)
                if not word
            ],
        )
    atoms = [
        list(map(int, column)) if all(map(INTEGER.fullmatch, column)) else column
        for column in columns
    ]
    return tuple(dict.fromkeys(zip(*atoms, strict=True)))


def values_of(
    table: Table, source: "Source", index: Sequence[Named], default: float | None
) -> Mapping[Key, float]:
    """Give the entries of a parameter in the order of its sets; see `Data.values`."""
    if table.shape is not None:
        return _by_position(table, source, index)
    for name, elements in index:
        if not elements and len(table):
            raise DataError(f"{table.name}: it has rows, but the set {name} is empty")
        if not elements:
            return {}
    cells = _cells(table, source, index)
    found = _at_once(cells, index)
    entries = None if found is None else _in_order(found, index, default)
    return _one_by_one(cells, index, default) if entries is None else entries


@dataclass(frozen=True)
class _Cells:
    """The cells that a source takes: of each entry the words of its key, and its number."""

    table: Table
    headers: tuple[str, ...]
    """Of the columns that hold the words."""
    words: Sequence[Sequence[str]]
    """Column by column; of a wide table, the headers of its columns of numbers come last."""
    numbers: Sequence[Any]
    columns: tuple[str, ...]
    """The columns that the numbers are from, in turn."""

    def place(self, entry: int) -> str:
        """Say where an entry is."""
        return self.table.place(entry // len(self.columns))

    def column(self, entry: int) -> str:
        """Give the column of an entry's number."""
        return self.columns[entry % len(self.columns)]


def _cells(table: Table, source: "Source", index: Sequence[Named]) -> _Cells:
    is_wide = source.column == WIDE
    _check_width(table, source, index, is_wide)
    headers = tuple(_header(table, key) for key in source.keys)
    words = [words_of(table.columns[header]) for header in headers]
    if not is_wide:
        column = _header(table, source.column)
        return _Cells(table, headers, words, table.columns[column], (column,))
    columns = _element_columns(table, *index[-1])
    rows = zip(*(table.columns[column] for column in columns), strict=True)
    repeated = [[word for word in held for _ in columns] for held in words]
    numbers = list(chain.from_iterable(rows))
    return _Cells(table, headers, [*repeated, columns * len(table)], numbers, columns)


def _check_width(table: Table, source: "Source", index: Sequence[Named], is_wide: bool) -> None:
    """Refuse keys that cannot be the keys of the parameter, whatever stands in the cells."""
    sets = ", ".join(name for name, _ in index)
    width = sum(map(_width, index)) - is_wide
    if is_wide and (not index or _width(index[-1]) > 1):
        raise DataError(
            f"the column {WIDE!r} stands for a column for each element of the last set of 'index', "
            "and there is none with single elements; name the one column of numbers"
        )
    if width != len(source.keys):
        indexed = f"it is indexed by {sets}" if index else "it has no index"
        raise DataError(
            f"{indexed}, so 'keys' of its source names {width} column{'' if width == 1 else 's'}"
            f"{' beside those of the numbers' if is_wide else ''}, and here are {len(source.keys)}"
        )
    if not index and len(table) != 1:
        raise DataError(
            f"{table.name}: it has {len(table)} rows, and a parameter without 'index' is one number"
        )


def _width(named: Named) -> int:
    return len(named[1][0]) if named[1] else 1


def unit_of(table: Table, column: str) -> str:
    """Give the unit that the header of a column says, ``""`` for none."""
    return "" if column == WIDE else without_unit(_header(table, column))[1]


def _header(table: Table, column: str) -> str:
    """Find a column by its header, or by its header without the unit."""
    wanted = " ".join(column.split())
    if wanted in table.columns:
        return wanted
    alike = [header for header in table.columns if without_unit(header)[0] == wanted]
    if len(alike) == 1:
        return alike[0]
    raise _no_column(table, wanted)


def listed(names: Sequence[str]) -> str:
    """List the first names and say how many are left out.

    Example:
        >>> listed(["a.csv", "b.csv"]), listed([])
        ('a.csv, b.csv', 'none')
    """
    left = len(names) - _MOST_LISTED
    more = f" and {left} more" if left > 0 else ""
    return f"{', '.join(names[:_MOST_LISTED]) or 'none'}{more}"


def _no_column(table: Table, wanted: str, meaning: str = "") -> DataError:
    names = list(map(repr, table.columns))
    return DataError(
        f"{table.name}: there is no column {wanted[:80]!r}{meaning}{near(wanted, table.columns)}; "
        f"its columns are {listed(names)}"
    )


def _no_element_column(table: Table, element: str, name: str) -> str:
    return str(_no_column(table, element, f" for this element of the set {name}"))


def _element_columns(table: Table, name: str, elements: Sequence[Key]) -> tuple[str, ...]:
    """Find the column of each element of a set."""
    columns = tuple(str(element[0]) for element in elements)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        _refuse(
            table,
            [partial(_no_element_column, table, each, name) for each in missing],
        )
    return columns


def _at_once(cells: _Cells, index: Sequence[Named]) -> dict[Key, float] | None:
    """Give the entries; ``None`` when something is wrong with any of them."""
    numbers = numbers_of(cells.numbers)
    if numbers is None:
        return None
    atoms: list[Sequence[Any]] = []
    words = iter(cells.words)
    try:
        for name, elements in index:
            width = _width((name, elements))
            if width == 1:
                single = {str(element[0]): element[0] for element in elements}
                atoms.append([single[word] for word in next(words)])
            else:
                lookup = {tuple(map(str, element)): element for element in elements}
                found = [lookup[key] for key in zip(*islice(words, width), strict=True)]
                atoms += zip(*found, strict=True)
    except KeyError:
        return None
    keys = zip(*atoms, strict=True) if index else [()]
    entries = dict(zip(keys, numbers, strict=True))
    return entries if len(entries) == len(numbers) else None


def _in_order(
    found: Mapping[Key, float], index: Sequence[Named], default: float | None
) -> dict[Key, float] | None:
    """Give all entries in the order of the sets; ``None`` when one is missing."""
    keys = list(_keys(index))
    if list(found) == keys:
        return dict(found)
    if default is not None:
        return {key: found.get(key, default) for key in keys}
    try:
        return {key: found[key] for key in keys}
    except KeyError:
        return None


def _keys(index: Sequence[Named]) -> Iterator[Key]:
    return keys_over([elements for _, elements in index])


def _one_by_one(cells: _Cells, index: Sequence[Named], default: float | None) -> dict[Key, float]:
    """Give the entries, or raise with all that is wrong with them."""
    lookups = [
        (name, _width((name, held)), {tuple(map(str, element)): element for element in held})
        for name, held in index
    ]
    faults: list[Fault] = []
    found: dict[Key, float] = {}
    rows: dict[Key, int] = {}
    for entry, cell in enumerate(cells.numbers):
        value = number_of(cell)
        if isinstance(value, str):
            where = f"{cells.place(entry)}, column {cells.column(entry)!r}"
            faults.append(partial("{}: {}".format, where, value))
        words = tuple(column[entry] for column in cells.words)
        key = _key(cells, entry, words, lookups, faults)
        if key is None:
            continue
        if key in rows and entry % len(cells.columns) == 0:
            faults.append(partial(_twice, cells, key, rows[key], entry))
        rows.setdefault(key, entry)
        found[key] = 0.0 if isinstance(value, str) else value
    if default is None:
        faults += [partial(_missing, cells, key) for key in _keys(index) if key not in rows]
    entries = None if faults else _in_order(found, index, default)
    if entries is None:
        _refuse(cells.table, faults)
    return entries


def _key(
    cells: _Cells,
    entry: int,
    words: tuple[str, ...],
    lookups: Sequence[tuple[str, int, Mapping[tuple[str, ...], Key]]],
    faults: list[Fault],
) -> Key | None:
    """Find the key of an entry, or put down what is wrong with it."""
    row = entry // len(cells.columns)
    empty = [header for header, word in zip(cells.headers, words, strict=False) if not word]
    if empty:
        if entry % len(cells.columns) == 0:
            faults += [partial(_no_key, cells.table, row, header) for header in empty]
        return None
    key: Key = ()
    place = 0
    for name, width, lookup in lookups:
        part = words[place : place + width]
        element = lookup.get(part)
        if element is None:
            headers = cells.headers[place : place + width]
            if entry % len(cells.columns) == 0:
                faults.append(partial(_strange, cells.place(entry), headers, part, name, lookup))
            return None
        key, place = key + element, place + width
    return key


def _no_key(table: Table, row: int, header: str) -> str:
    return f"{table.place(row)}, column {header!r}: {no_word(table.columns[header][row])}"


def _strange(
    place: str,
    headers: Sequence[str],
    words: tuple[str, ...],
    name: str,
    lookup: Mapping[tuple[str, ...], Key],
) -> str:
    column = f"column{'s' if len(headers) > 1 else ''} {', '.join(map(repr, headers))}"
    what = repr(words[0][:80]) if len(words) == 1 else f"({', '.join(words)[:80]})"
    mend = near(words[0], (key[0] for key in lookup)) if len(words) == 1 else ""
    return f"{place}, {column}: {what} is not in the set {name}{mend}; correct it or extend the set"


def _twice(cells: _Cells, key: Key, before: int, entry: int) -> str:
    counted = cells.table.counted
    first, second = (cells.table.places[each // len(cells.columns)] for each in (before, entry))
    return (
        f"{cells.table.name}, {counted} {first} and {counted} {second}: the key "
        f"{_bracketed(key)} is given twice; leave one of them out"
    )


def _missing(cells: _Cells, key: Key) -> str:
    named = f" in the columns {', '.join(map(repr, cells.headers))}" if cells.headers else ""
    return (
        f"{cells.table.name}: no row has the key {_bracketed(key)}{named}; add it, or give a "
        "'default'"
    )


def _bracketed(key: Key) -> str:
    return f"[{', '.join(map(str, key))[:80]}]"


def _refuse(table: Table, faults: Sequence[Fault]) -> NoReturn:
    """Raise with the first faults and the number of the others."""
    said = [DataError(fault()) for fault in faults[:MOST_FAULTS]]
    left = len(faults) - len(said)
    if left:
        said.append(DataError(f"... and {left:,} more faults in {table.name}"))
    raise InvalidFormulation(said)


def _by_position(table: Table, source: "Source", index: Sequence[Named]) -> Mapping[Key, float]:
    """Give the entries of an array whose axes are the sets, in their order."""
    import numpy as np

    from solvitur.formulation.arrays.entries import Entries
    from solvitur.formulation.arrays.members import Members

    if source.column != WIDE or source.keys:
        raise DataError(
            f"{table.name}: it is an array, so write {WIDE!r} as the 'column' of its source and no "
            "'keys': its axes are the sets of 'index'"
        )
    sizes = tuple(len(elements) for _, elements in index)
    if table.shape != sizes:
        sets = ", ".join(name for name, _ in index)
        raise DataError(
            f"{table.name}: it is an array of shape {table.shape}, and the sets of the parameter "
            f"({sets}) have {sizes} elements"
        )
    axes = tuple(Members(elements) for _, elements in index)
    cells = table.columns[WIDE]
    entries = numbers_of(cells)
    if entries is None:
        found = list(map(number_of, cells))
        faults: list[Fault] = [
            partial("{}, at {}: {}".format, table.name, _bracketed(key), each)
            for key, each in zip(keys_over(axes), found, strict=True)
            if isinstance(each, str)
        ]
        if faults:
            _refuse(table, faults)
        entries = [each for each in found if not isinstance(each, str)]
    return Entries(axes, np.array(entries, dtype=np.float64))
