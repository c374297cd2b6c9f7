"""Tables read from files: CSV, JSON, Parquet, XLSX. They are read as data, and nothing is run.

Each row keeps the place it came from, so that whatever is wrong with it can be found in the file:
the line of a text, the row of a sheet.
"""

import csv
import io
import json
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from solvitur.errors import DataError, MissingExtra

MAX_BYTES = 2**30
"""Largest file, in bytes; a workbook is measured unpacked."""

MAX_CELLS = 50_000_000
"""Most cells of one table."""

WIDE = "*"
"""What a `Source` writes as its column when the numbers stand in a column for each element."""

_DELIMITERS = ",;\t"
_SHOWN = 80


@dataclass(frozen=True)
class Table:
    """Columns of one length, by the words of their header, and where each row stands."""

    name: str
    """What it is called in a message: ``dist.csv``."""
    columns: Mapping[str, Sequence[Any]]
    places: Sequence[int]
    """Of each row, counted from 1."""
    counted: str = "row"
    """What the places count: lines of a text, rows of a sheet."""
    shape: tuple[int, ...] | None = None
    """Of an array, whose one column `WIDE` has its numbers, the last axis the quickest."""

    def __len__(self) -> int:
        return len(self.places)

    def place(self, row: int) -> str:
        """Say where a row is: ``dist.csv, line 17``."""
        return f"{self.name}, {self.counted} {self.places[row]}"


def read_table(path: Path, name: str) -> Mapping[str, Table]:
    """Read a file: the sheets of a workbook by name, any other table under the name ``""``.

    Args:
        path: The file.
        name: What it is called in messages.

    Raises:
        DataError: It cannot be read as a table; says where, and the mend.
        MissingExtra: The format needs a package that is not installed.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DataError(f"{name}: the file has {size:,} bytes; at most {MAX_BYTES:,} are read")
        return READERS[path.suffix.lower()](path, name)
    except OSError as error:
        raise DataError(f"{name}: it cannot be read: {error.strerror or error}") from error


def table_of_columns(
    name: str, columns: Mapping[Any, Sequence[Any]], counted: str = "row"
) -> Table:
    """Make a table of columns.

    Raises:
        DataError: They differ in length.
    """
    lengths = {_word(header): len(cells) for header, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{header!r} {length}" for header, length in islice(lengths.items(), 5))
        raise DataError(f"{name}: its columns differ in length ({shown})")
    count = next(iter(lengths.values()), 0)
    named = {_word(header): cells for header, cells in columns.items()}
    return Table(name, named, range(1, count + 1), counted)


def table_of_array(name: str, array: Any) -> Table:
    """Make a table of an array of numpy, whose numbers are found by their position."""
    numbers = array.ravel().tolist()
    places = range(1, len(numbers) + 1)
    return Table(name, {WIDE: numbers}, places, "position", shape=tuple(array.shape))


def table_of_records(
    name: str, records: Sequence[Mapping[Any, Any]], places: Sequence[int], counted: str
) -> Table:
    """Make a table of rows that name their cells; one that lacks a name has an empty cell there.

    Raises:
        DataError: The table would be too large: few names each, but others in every row.
    """
    header = dict.fromkeys(key for record in records for key in record)
    _refuse_size(name, len(header) * len(records))
    columns = {_word(key): [record.get(key) for record in records] for key in header}
    return Table(name, columns, places, counted)


def _table_of_rows(
    name: str, rows: Sequence[Sequence[Any]], places: Sequence[int], counted: str
) -> Table:
    """Make a table of rows of which the first that is not empty is the header."""
    if not all(map(any, rows)):
        kept = [place for place, row in enumerate(rows) if not _is_blank(row)]
        rows, places = [rows[place] for place in kept], [places[place] for place in kept]
    if not rows:
        raise DataError(f"{name}: it is empty; its first line names the columns")
    header = [_word(cell) or f"column {n}" for n, cell in enumerate(_cut(rows[0], 0), 1)]
    twice = [word for word, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"{name}: two columns are called {twice[0][:_SHOWN]!r}; rename one of them")
    rows, places, width = rows[1:], places[1:], len(header)
    if not set(map(len, rows)) <= {width}:
        rows = [_cut(row, width) for row in rows]
        _check_lengths(name, rows, places, counted, width)
    columns = {word: list(map(itemgetter(place), rows)) for place, word in enumerate(header)}
    return Table(name, columns, places, counted)


def _check_lengths(
    name: str, rows: Sequence[Sequence[Any]], places: Sequence[int], counted: str, width: int
) -> None:
    for place, row in zip(places, rows, strict=True):
        if len(row) != width:
            raise DataError(
                f"{name}, {counted} {place}: here are {len(row)} cells, and the header has {width};"
                " put a text that contains the delimiter into double quotes, and write a point "
                "for decimals"
            )


def _is_blank(row: Sequence[Any]) -> bool:
    return not any(row) and all(cell is None or cell == "" for cell in row)


def _cut(row: Sequence[Any], width: int) -> Sequence[Any]:
    """Leave out what is empty at the end beyond a width."""
    end = len(row)
    while end > width and (row[end - 1] is None or row[end - 1] == ""):
        end -= 1
    return row[:end]


def _word(header: object) -> str:
    return "" if header is None else " ".join(str(header).split())


def _text(path: Path, name: str) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name}, line {line}: this is not UTF-8 (byte {content[error.start]:#04x}); "
            "save the file as UTF-8"
        ) from None


def _read_csv(path: Path, name: str) -> Mapping[str, Table]:
    text = _text(path, name)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    reader = _csv_reader(text, delimiter)
    try:
        rows = list(_counted(name, reader))
        if reader.line_num == len(rows):
            places: Sequence[int] = range(1, len(rows) + 1)
        else:
            places = _first_lines(_csv_reader(text, delimiter))[: len(rows)]
    except csv.Error as error:
        line = _first_lines(_csv_reader(text, delimiter))[-1]
        raise DataError(
            f"{name}, line {line}: {error}; is a double quote not closed, or not doubled within "
            "quotes?"
        ) from None
    return {"": _table_of_rows(name, rows, places, "line")}


def _csv_reader(text: str, delimiter: str) -> Any:
    lines = io.StringIO(text, newline="")
    # Strict, because otherwise a quote that is never closed silently takes all that follows.
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)


def _first_lines(reader: Any) -> Sequence[int]:
    """Find the line that each record begins on, where some take several."""
    places = [1]
    with suppress(csv.Error):  # of that record too, at which it cannot go on
        places.extend(reader.line_num + 1 for _ in reader)
    return places


def _delimiter(text: str) -> str:
    """Find what separates the cells: of the delimiters, the one that makes most of the header."""
    header = text.lstrip().split("\n", 1)[0]
    unquoted = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)


def _read_json(path: Path, name: str) -> Mapping[str, Table]:
    text = _text(path, name)
    if path.suffix.lower() != ".json":
        return {"": _json_lines(text, name)}
    try:
        content = _loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return {"": _json_lines(text, name)}
        raise DataError(f"{name}, line {error.lineno}: this is not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: it cannot be read as JSON: {error}") from None
    if isinstance(content, list) and all(isinstance(record, dict) for record in content):
        return {"": table_of_records(name, content, range(1, len(content) + 1), "entry")}
    if isinstance(content, dict) and all(isinstance(cells, list) for cells in content.values()):
        _refuse_size(name, sum(map(len, content.values())))
        return {"": table_of_columns(name, content, "entry")}
    raise DataError(
        f"{name}: a table in JSON is a list of objects, such as "
        '[{"from": "a", "km": 4}, ...], or an object of columns, {"from": ["a"], "km": [4]}'
    )


def _json_lines(text: str, name: str) -> Table:
    records, places, cells = [], [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = _loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{name}, line {number}: this is not JSON: {error}") from None
        if not isinstance(record, dict):
            raise DataError(f"{name}, line {number}: each line is an object, such as {{'km': 4}}")
        cells += len(record)
        _refuse_size(name, cells)
        records.append(record)
        places.append(number)
    return table_of_records(name, records, places, "line")


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_twins)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"{twice[:_SHOWN]!r} is given twice in one object")
    return named


def _read_parquet(path: Path, name: str) -> Mapping[str, Table]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise MissingExtra("pyarrow", "tables") from None
    try:
        with ParquetFile(path) as file:
            _refuse_size(name, file.metadata.num_rows * file.metadata.num_columns)
            content = file.read()
    except ArrowException as error:
        raise DataError(f"{name}: it cannot be read as Parquet: {_line(error)}") from None
    names = content.schema.names
    cells = (column.to_pylist() for column in content.columns)
    columns = dict(zip(names, cells, strict=True))
    if len(columns) < len(names):
        raise DataError(f"{name}: two of its columns have one name; rename one of them")
    return {"": table_of_columns(name, columns)}


def _read_xlsx(path: Path, name: str) -> Mapping[str, Table]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtra("openpyxl", "tables") from None
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MAX_BYTES:
            raise DataError(
                f"{name}: unpacked it has {unpacked:,} bytes; at most {MAX_BYTES:,} are read"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what is no data: styles, validation
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            with closing(book):
                sheets = {sheet.title: _sheet_rows(sheet, name) for sheet in book.worksheets}
    except (OSError, DataError):
        raise
    except Exception as error:  # the package raises what it stumbles over
        raise DataError(f"{name}: it cannot be read as a workbook: {_line(error)}") from None
    return {
        title: _table_of_rows(f"{name}, sheet {title!r}", rows, range(1, len(rows) + 1), "row")
        for title, rows in sheets.items()
        if not all(map(_is_blank, rows))
    }


def _sheet_rows(sheet: Any, name: str) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says of its size need not be so
    with closing(sheet.iter_rows(values_only=True)) as rows:  # it holds the file open
        return list(_counted(name, rows))


def _counted(name: str, rows: Iterable[Any]) -> Iterator[Any]:
    """Give the rows one by one, as long as they are not too many for memory."""
    cells = 0
    for row in rows:
        cells += len(row)
        _refuse_size(name, cells)
        yield row


def _refuse_size(name: str, cells: int) -> None:
    if cells > MAX_CELLS:
        raise DataError(f"{name}: it has more than {MAX_CELLS:,} cells; leave out what is not used")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


READERS = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".json": _read_json,
    ".jsonl": _read_json,
    ".ndjson": _read_json,
    ".parquet": _read_parquet,
    ".xlsx": _read_xlsx,
    ".xlsm": _read_xlsx,
}
"""Who reads a file, by the ending of its name."""
