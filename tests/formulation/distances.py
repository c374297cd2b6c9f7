"""A small table of distances in every form, and what is said against its like."""

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from solvitur.errors import DataError, InvalidFormulation
from solvitur.formulation import Data, Source

DISTANCES = "from,to,km\na,b,4\na,c,7.5\nb,c,1e1\n"
ARCS = (("a", "b"), ("a", "c"), ("b", "c"))
LENGTHS = {("a", "b"): 4.0, ("a", "c"): 7.5, ("b", "c"): 10.0}
BY_ARC = Source(file="dist", keys=("from", "to"), column="km")


def csv_data(tmp_path: Path, text: str | bytes, name: str = "dist.csv") -> Data:
    content = text.encode() if isinstance(text, str) else text
    (tmp_path / name).write_bytes(content)
    return Data(tmp_path)


def lengths(data: Data, **change: Any) -> dict[Any, float]:
    source = BY_ARC.model_copy(update=change)
    return data.values(source, [("A", data.elements(Source(file=source.file, keys=source.keys)))])


def faults(data: Data, *index: tuple[str, tuple[Any, ...]], **change: Any) -> list[str]:
    """What is said against the values of ``dist`` over the sets."""
    source = BY_ARC.model_copy(update=change)
    with pytest.raises((DataError, InvalidFormulation)) as caught:
        data.values(source, index or [("A", ARCS)])
    error = caught.value
    return [str(f) for f in error.faults] if isinstance(error, InvalidFormulation) else [str(error)]


RECORDS = [{"from": i, "to": j, "km": km} for (i, j), km in LENGTHS.items()]
COLUMNS = {key: [record[key] for record in RECORDS] for key in ("from", "to", "km")}


def as_xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def as_parquet(path: Path, columns: dict[str, Any]) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


ROWS = [["from", "to", "km"], *([r["from"], r["to"], r["km"]] for r in RECORDS)]
