"""What a language model gets to see of the tables: their columns and the first rows, never more."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from solvitur.formulation.tables.cells import INTEGER, is_empty, numbers_of, words_of
from solvitur.formulation.tables.columns import without_unit
from solvitur.formulation.tables.data import Data
from solvitur.formulation.tables.files import Table

ROWS = 3
"""How many rows are shown."""

_MOST_TABLES = 20
_MOST_COLUMNS = 40
_LONGEST = 60


def describe(data: Data) -> str:
    """Describe the tables: of each its columns, what is in them, and the first three rows.

    Raises:
        DataError: One of them cannot be read.
        MissingExtra: The format of one needs a package that is not installed.

    Example:
        >>> print(describe(Data({"wares.csv": [
        ...     {"ware": "chair", "price [USD]": 30.5}, {"ware": "desk", "price [USD]": 80}]})))
        Table "wares.csv", 2 rows:
        - "ware": text, 2 different
        - "price [USD]": numbers, unit USD
        first rows: ["chair", 30.5], ["desk", 80]
    """
    sheets = [
        (f'Table "{name}"' + (f', sheet "{sheet}"' if sheet else ""), table)
        for name in islice(data.names, _MOST_TABLES)
        for sheet, table in data.sheets(name).items()
    ]
    blocks = ["\n".join(_table(title, table)) for title, table in sheets]
    left = len(data.names) - _MOST_TABLES
    return "\n\n".join([*blocks, *([f"... and {left} more tables"] if left > 0 else [])])


def _table(title: str, table: Table) -> Iterator[str]:
    if table.shape is not None:
        yield f'{title}, an array of shape {list(table.shape)}: "column": "*" and no "keys"'
        yield f"first numbers: {', '.join(map(_cell, table.columns['*'][:ROWS]))}"
        return
    yield f"{title}, {len(table)} {'row' if len(table) == 1 else 'rows'}:"
    headers = list(table.columns)[:_MOST_COLUMNS]
    kinds = {header: _Kind(table.columns[header]) for header in headers}
    for header in headers:
        unit = without_unit(header)[1]
        yield f"- {_text(header)}: {kinds[header]}{f', unit {unit[:_LONGEST]}' if unit else ''}"
    left = len(table.columns) - len(headers)
    if left > 0:
        yield f"- ... and {left} more columns"
    shown = (
        ", ".join(kinds[header].show(table.columns[header][row]) for header in headers)
        for row in range(min(ROWS, len(table)))
    )
    yield f"first rows: {', '.join(f'[{row}]' for row in shown)}"


class _Kind:
    """What a column holds."""

    def __init__(self, cells: Sequence[Any]) -> None:
        held = [cell for cell in cells if not is_empty(cell) and cell == cell]
        words = words_of(held)
        self.empty = len(cells) - len(held)
        self.different = 0
        is_code = any(word[:1] == "0" and word[1:].isdigit() for word in words)
        self.is_number = bool(held) and not is_code and numbers_of(held) is not None
        self.is_whole = self.is_number and all(map(INTEGER.fullmatch, words))
        if self.is_whole or not self.is_number:
            self.different = len(set(words))

    def __str__(self) -> str:
        kind = "numbers" if self.is_number else "text"
        kind = "whole numbers" if self.is_whole else kind
        different = f", {self.different} different" if self.different else ""
        return kind + different + (f", {self.empty} empty" if self.empty else "")

    def show(self, cell: Any) -> str:
        """Show a cell; the text of a number without quotes."""
        return (
            str(cell).strip()[:_LONGEST] if self.is_number and not is_empty(cell) else _cell(cell)
        )


def _cell(cell: Any) -> str:
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number or is_empty(cell):
        return "null" if is_empty(cell) else repr(cell)[:_LONGEST]
    return _text(str(cell))


def _text(text: str) -> str:
    return json.dumps(
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...", ensure_ascii=False
    )
