"""Tables read from files: every kind and shape, and what is said of one that is none."""

import csv
import datetime
import io
import json
import random
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import MissingExtra
from solvitur.formulation import Data, Source
from solvitur.formulation.tables import files as table_files
from tests.formulation.distances import (
    BY_ARC,
    COLUMNS,
    DISTANCES,
    LENGTHS,
    RECORDS,
    ROWS,
    as_parquet,
    as_xlsx,
    csv_data,
    faults,
    lengths,
)

FORMS: dict[str, Any] = {
    "dist.csv": lambda path: path.write_text(DISTANCES),
    "dist.tsv": lambda path: path.write_text(DISTANCES.replace(",", "\t")),
    "dist.json": lambda path: path.write_text(json.dumps(RECORDS)),
    "dist.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, RECORDS))),
    "dist.parquet": lambda path: as_parquet(path, COLUMNS),
    "dist.xlsx": lambda path: as_xlsx(path, {"km": ROWS}),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_kind_of_file_gives_the_same_numbers(tmp_path: Path, name: str) -> None:
    FORMS[name](tmp_path / name)
    assert lengths(Data(tmp_path)) == LENGTHS
    assert lengths(Data({"dist": tmp_path / name})) == LENGTHS
    assert lengths(Data(str(tmp_path)), file=name) == LENGTHS


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(COLUMNS),
        "\n\n".join(map(json.dumps, RECORDS)),
        "\ufeff" + json.dumps(RECORDS, indent=2),
    ],
    ids=["an object of columns", "JSON lines", "with a byte order mark"],
)
def test_json_has_several_shapes(tmp_path: Path, text: str) -> None:
    assert lengths(csv_data(tmp_path, text, "dist.json")) == LENGTHS


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + DISTANCES,
        DISTANCES.replace(",", ";"),
        DISTANCES.replace(",", "\t"),
        DISTANCES.replace("\n", "\r\n"),
        DISTANCES.replace(",", ", ").replace("\n", " \n"),
        DISTANCES.replace("\n", "\n\n"),
        DISTANCES.replace("\n", ",\n"),
        DISTANCES + ",,\n,,\n",
        '"from","to","km"\n"a","b","4"\n"a","c","7.5"\n"b","c","10"',
        'km;from;"a, b, c; d"\n4;a;b\n7.5;a;c\n10;b;c\n'.replace('"a, b, c; d"', "to"),
    ],
)
def test_csv_is_read_as_it_comes(tmp_path: Path, text: str) -> None:
    assert lengths(csv_data(tmp_path, text)) == LENGTHS


def test_the_line_is_the_line_of_the_file_whatever_is_before_it(tmp_path: Path) -> None:
    text = '\n"from",to,km\r\n"a\nb",b,4\r\n\n,,\n"c","d",x\n'
    (fault, *_) = faults(csv_data(tmp_path, text), ("A", (("a\nb", "b"), ("c", "d"))))
    assert fault == "dist.csv, line 7, column 'km': 'x' is not a number"
    assert text.replace("\r\n", "\n").split("\n")[6].endswith("x")


def test_the_row_is_the_row_of_the_sheet(tmp_path: Path) -> None:
    rows = [[], ["from", "to", "km"], ["a", "b", 4], [None, None, None], ["a", "c", "x"]]
    as_xlsx(tmp_path / "dist.xlsx", {"km": rows})
    (fault, *_) = faults(Data(tmp_path))
    assert fault == "dist.xlsx, sheet 'km', row 5, column 'km': 'x' is not a number"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "dist.csv: it is empty"),
        ("\n,,\n", "dist.csv: it is empty"),
        ("from,to,from\na,b,c\n", "two columns are called 'from'"),
        ("from,to,km\na,b,4\na,c,7,5\n", "dist.csv, line 3: here are 4 cells, and the header"),
        ("from,to,km\na,b\n", "dist.csv, line 2: here are 2 cells, and the header has 3"),
        ('from,to,km\na,"b,4\na,c,7\n', "dist.csv, line 2: unexpected end"),
        ('from,to,km\na,"b"x,4\n', "dist.csv, line 2"),
        (b"from,to,km\na,b\xe4,4\n", "dist.csv, line 2: this is not UTF-8 (byte 0xe4)"),
        ("from,to\n".encode("utf-16"), "this is not UTF-8"),
    ],
)
def test_a_csv_that_is_none_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    (fault,) = faults(csv_data(tmp_path, text))
    assert words in fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"from": ', "dist.json, line 1: this is not JSON"),
        ("7", "a table in JSON is a list of objects"),
        ('{"a": {"b": 4}}', "a table in JSON is a list of objects"),
        ('{"from": ["a"], "km": []}', "its columns differ in length ('from' 1, 'km' 0)"),
        ('[{"km": 1, "km": 2}]', "'km' is given twice in one object"),
        ('{"km": 1}\n{"km": }\n', "dist.json, line 2: this is not JSON"),
        ('{"km": 1}\n7\n', "dist.json, line 2: each line is an object"),
        ("[" * 100_000, "dist.json: it cannot be read as JSON"),
        ("[" + "9" * 5000 + "]", "dist.json: it cannot be read as JSON"),
    ],
)
def test_a_json_that_is_no_table_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (fault,) = faults(csv_data(tmp_path, text, "dist.json"))
    assert words in fault


@pytest.mark.parametrize("name", ["dist.xlsx", "dist.parquet"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing", b"PAR1PAR1", b"x" * 100])
def test_a_broken_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (fault,) = faults(csv_data(tmp_path, content, name))
    assert fault.startswith(f"{name}: it cannot be read as ")


@pytest.mark.parametrize("name", FORMS)
def test_a_table_of_too_many_cells_is_refused_in_every_kind_of_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    FORMS[name](tmp_path / name)
    monkeypatch.setattr(table_files, "MAX_CELLS", 12)
    assert lengths(Data(tmp_path)) == LENGTHS
    monkeypatch.setattr(table_files, "MAX_CELLS", 8)
    assert faults(Data(tmp_path)) == [
        f"{name}: it has more than 8 cells; leave out what is not used"
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dist.json", json.dumps(COLUMNS)),
        ("dist.json", json.dumps([{f"n{i}": 1} for i in range(8)])),
        ("dist.jsonl", "\n".join(json.dumps({f"n{i}": 1}) for i in range(8))),
    ],
    ids=["columns", "rows with names of their own", "lines with names of their own"],
)
def test_the_cells_of_every_shape_of_json_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str
) -> None:
    monkeypatch.setattr(table_files, "MAX_CELLS", 8)
    (fault,) = faults(csv_data(tmp_path, content, name))
    assert fault == f"{name}: it has more than 8 cells; leave out what is not used"


def test_a_workbook_that_unpacks_to_very_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "dist.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(2**20))
    monkeypatch.setattr(table_files, "MAX_BYTES", 2**19)
    assert faults(Data(tmp_path)) == [
        "dist.xlsx: unpacked it has 1,048,576 bytes; at most 524,288 are read"
    ]
    monkeypatch.setattr(table_files, "MAX_BYTES", 2**8)
    assert "the file has " in faults(Data(tmp_path))[0]


def test_a_sheet_is_found_by_name_and_the_first_is_taken_otherwise(tmp_path: Path) -> None:
    as_xlsx(tmp_path / "dist.xlsx", {"km": ROWS, "other": [["from", "to", "km"], ["a", "b", 1]]})
    data = Data(tmp_path)
    assert lengths(data) == lengths(data, sheet="km") == LENGTHS
    arc = [("A", (("a", "b"),))]
    assert data.values(BY_ARC.model_copy(update={"sheet": "other"}), arc) == {("a", "b"): 1}
    assert faults(data, sheet="othr") == [
        "dist.xlsx: it has no sheet 'othr' (did you mean 'other'?)"
    ]


@pytest.mark.parametrize(("name", "package"), [("t.xlsx", "openpyxl"), ("t.parquet", "pyarrow")])
def test_a_format_whose_package_is_absent_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    (tmp_path / name).write_bytes(b"")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"'{package}'.*solvitur\[tables\]"):
        Data(tmp_path).elements(Source(file="t", keys=("k",)))


def test_dates_and_faults_of_a_workbook_are_what_they_say(tmp_path: Path) -> None:
    day = datetime.datetime(2026, 1, 5)
    as_xlsx(tmp_path / "t.xlsx", {"s": [["day", "v"], [day, 1], [day.replace(day=6), "#N/A"]]})
    data = Data(tmp_path)
    days = data.elements(Source(file="t", keys=("day",)))
    assert days == (("2026-01-05",), ("2026-01-06",))
    assert faults(data, ("D", days), file="t", keys=("day",), column="v") == [
        "t.xlsx, sheet 's', row 3, column 'v': '#N/A' is not a number"
    ]


KEYS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=5
)


@given(
    st.dictionaries(KEYS.map(str.strip).filter(bool), st.floats(-1e9, 1e9), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.randoms(),
)
def test_what_is_written_as_csv_is_read_back(
    values: dict[str, float], delimiter: str, order: random.Random
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["key", "number"])
    items = list(values.items())
    order.shuffle(items)
    writer.writerows(items)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_text(written.getvalue(), encoding="utf-8", newline="")
        data = Data(folder)
        keys = data.elements(Source(file="t", keys=("key",)))
        found = data.values(Source(file="t", keys=("key",), column="number"), [("K", keys)])
    assert {str(key): value for (key,), value in found.items()} == values
