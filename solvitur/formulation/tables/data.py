"""Data apart from the model: the tables that a user gives, and what a `Source` takes from them.

A formulation only names a table. The name is looked up among those that were given, so no text can
make a file be opened. Whatever is wrong is said with its file, its row and its column.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from solvitur.errors import DataError, MissingExtra
from solvitur.formulation.evaluate import Key
from solvitur.formulation.tables.columns import Named, elements_of, listed, near, unit_of, values_of
from solvitur.formulation.tables.files import (
    READERS,
    Table,
    read_table,
    table_of_array,
    table_of_columns,
    table_of_records,
)

if TYPE_CHECKING:
    from solvitur.formulation.elements import Source

Given = Union["Data", Path, str, Mapping[str, object], None]
"""What a caller may give as data; see `Data`."""


class Data:
    """Tables by name.

    Args:
        given: A folder, whose tables are called like its files; one such file; or tables by name. A
            table is the path of a file (CSV, JSON, Parquet, XLSX), a list of dictionaries, a
            dictionary of columns, an array of numpy, or a data frame.

    Raises:
        DataError: A folder or a file is not there, or of no known kind. What is in a file is read
            when it is first asked for.

    Example:
        >>> from solvitur.formulation.elements import Source
        >>> data = Data({"wares": [{"ware": "chair", "price": 30}, {"ware": "desk", "price": 50}]})
        >>> wares = data.elements(Source(file="wares", keys=("ware",)))
        >>> wares
        (('chair',), ('desk',))
        >>> data.values(Source(file="wares", keys=("ware",), column="price"), [("P", wares)])
        {('chair',): 30.0, ('desk',): 50.0}
    """

    def __init__(self, given: Path | str | Mapping[str, object]) -> None:
        self._read: dict[str, Mapping[str, Table]] = {}
        if not isinstance(given, Mapping) and Path(given).is_file():
            given = {Path(given).name: given}
        if isinstance(given, Mapping):
            self._given = {str(name): _checked(str(name), table) for name, table in given.items()}
        else:
            self._given = dict(_folder(Path(given)))

    @classmethod
    def of(cls, given: Given) -> "Data":
        """Take what a caller may give as data; ``None`` is no table at all."""
        return given if isinstance(given, Data) else cls({} if given is None else given)

    def __bool__(self) -> bool:
        return bool(self._given)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, in order."""
        return tuple(self._given)

    @property
    def tables(self) -> Mapping[str, object]:
        """The tables as they were given, by name."""
        return dict(self._given)

    def sheets(self, name: str) -> Mapping[str, Table]:
        """Read a table: a workbook has several, by the names of its sheets; others one, ``""``.

        Raises:
            DataError: It cannot be read.
        """
        if name not in self._read:
            given = self._given[name]
            if isinstance(given, _Outside):
                raise DataError(
                    f"{name}: this is a link that leaves the folder {str(given.folder)!r}; put the "
                    "file itself there, or give it by name: --data NAME=FILE"
                )
            if isinstance(given, Path):
                self._read[name] = read_table(given, name)
            else:
                self._read[name] = {"": _table_of(name, given)}
        return self._read[name]

    def table(self, source: "Source") -> Table:
        """Find the table of a source.

        Raises:
            DataError: There is none of that name among those that were given, or it cannot be read.
        """
        name = self._find(source.file)
        sheets = self.sheets(name)
        if source.sheet in sheets:
            return sheets[source.sheet]
        if "" in sheets:
            raise DataError(f"{name}: it has no sheets; leave 'sheet' out")
        if source.sheet:
            raise DataError(
                f"{name}: it has no sheet {source.sheet[:80]!r}{near(source.sheet, sheets)}"
            )
        if not sheets:
            raise DataError(f"{name}: all its sheets are empty")
        return next(iter(sheets.values()))

    def elements(self, source: "Source") -> tuple[Key, ...]:
        """Give the elements of a set: what its key columns hold, each once, in the table's order.

        A column of whole numbers gives integers, any other gives names.

        Raises:
            DataError: The table or a column is not there.
            InvalidFormulation: With the first ten cells at fault, and how many more there are.
        """
        return elements_of(self.table(source), source.keys)

    def values(
        self, source: "Source", index: Sequence[Named], default: float | None = None
    ) -> Mapping[Key, float]:
        """Give the entries of a parameter, in the order of its sets.

        Args:
            source: The table and its columns.
            index: The sets that the parameter is indexed by, each with its elements.
            default: What a key has that has no row; without it a missing row is a fault.

        Raises:
            DataError: The table or a column is not there.
            InvalidFormulation: With the first ten faults, and how many more there are.
        """
        return values_of(self.table(source), source, index, default)

    def unit(self, source: "Source") -> str:
        """Give the unit that the header of a parameter's column says: km for ``distance [km]``.

        Raises:
            DataError: The table or the column is not there.
        """
        return unit_of(self.table(source), source.column)

    def _find(self, file: str) -> str:
        if file in self._given:
            return file
        stem = _stem(file)
        alike = [n for n in self._given if _stem(n) == stem and stem in (n, file)]
        if len(alike) == 1:
            return alike[0]
        if len(alike) > 1:
            raise DataError(
                f"there are several tables {file[:80]!r}: {listed(alike)}; give the one that is "
                "meant by its whole name"
            )
        if not self._given:
            raise DataError(
                f"there is no table {file[:80]!r}, because no data is given; "
                "give it with --data, or as solve(..., data=...)"
            )
        path = ""
        if any(sign in file for sign in ("/", "\\", "..", ":")):
            path = "; a table is called by its name, and no path is followed"
        raise DataError(
            f"there is no table {file[:80]!r}{near(file, self._given)}; these are given: "
            f"{listed(self.names)}{path}"
        )


def _stem(name: str) -> str:
    """Leave out the ending of a table's name."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and f".{ending.lower()}" in READERS else name


@dataclass(frozen=True)
class _Outside:
    """A link in a folder to what is not in the folder."""

    folder: Path


def _folder(folder: Path) -> Iterator[tuple[str, Path | _Outside]]:
    """Give the tables of a folder, without reading any."""
    try:
        if not folder.is_dir():
            raise DataError(f"there is no folder or file {str(folder)!r}")
        root, entries = folder.resolve(), sorted(folder.iterdir())
    except OSError as error:
        raise DataError(f"{folder}: it cannot be read: {error.strerror or error}") from error
    for entry in entries:
        if entry.suffix.lower() not in READERS or entry.name.startswith((".", "~$")):
            continue
        if not entry.resolve().is_relative_to(root):
            yield entry.name, _Outside(folder)
        elif entry.is_file():
            yield entry.name, entry


def _checked(name: str, table: object) -> object:
    """Find out at once that a file is not there or not of a known kind."""
    if not isinstance(table, Path | str):
        return table
    path = Path(table)
    if path.suffix.lower() not in READERS:
        raise DataError(
            f"{name}: {path.name[:80]!r} is no table; its name ends in one of {', '.join(READERS)}"
        )
    if not path.is_file():
        raise DataError(f"{name}: there is no file {str(path)!r}")
    return path


def _table_of(name: str, given: Any) -> Table:
    """Make a table of a Python object."""
    if isinstance(given, Mapping):
        return table_of_columns(name, {header: _listed(cells) for header, cells in given.items()})
    if isinstance(given, list | tuple) and all(isinstance(row, Mapping) for row in given):
        return table_of_records(name, given, range(1, len(given) + 1), "entry")
    fields = getattr(getattr(given, "dtype", None), "names", None)
    if fields:
        return table_of_columns(name, {field: _listed(given[field]) for field in fields})
    if hasattr(given, "ravel"):
        return table_of_array(name, given)
    return table_of_columns(name, _columns_of_frame(name, given))


def _columns_of_frame(name: str, frame: Any) -> Mapping[str, Sequence[Any]]:
    """Take a data frame apart: of pandas, polars, pyarrow, or any that can be exchanged."""
    if hasattr(frame, "to_pydict"):
        columns = frame.to_pydict()
    elif hasattr(frame, "to_dict") and hasattr(frame, "columns"):
        try:
            columns = frame.to_dict("list")
        except TypeError:  # polars
            columns = frame.to_dict(as_series=False)
    elif hasattr(frame, "__dataframe__"):
        try:
            from pyarrow.interchange import from_dataframe
        except ImportError:
            raise MissingExtra("pyarrow", "tables") from None
        columns = from_dataframe(frame).to_pydict()
    else:
        raise DataError(
            f"{name}: {type(frame).__name__} is no table; give a list of dictionaries, a dictionary"
            " of columns, an array, a data frame (of a series, its reset_index()), or the path of a"
            " file"
        )
    return {header: _listed(cells) for header, cells in columns.items()}


def _listed(cells: Any) -> Sequence[Any]:
    """Give a column as Python values; arrays and series know how."""
    for method in ("tolist", "to_list", "to_pylist"):
        if hasattr(cells, method):
            return list(getattr(cells, method)())
    return list(cells)
