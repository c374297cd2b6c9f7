"""Tables bound to sets and parameters: what is taken from them, and what is wrong with them."""

import datetime
import io
import json
import random
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import openpyxl
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from solvitur.errors import DataError, InvalidFormulation
from solvitur.formulation import Data, Formulation, Source, table_files
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables import Given
from solvitur.solvers import solve

DISTANCES = "from,to,km\na,b,4\na,c,7.5\nb,c,1e1\n"
ARCS = (("a", "b"), ("a", "c"), ("b", "c"))
LENGTHS = {("a", "b"): 4.0, ("a", "c"): 7.5, ("b", "c"): 10.0}
BY_ARC = Source(file="dist", keys=("from", "to"), column="km")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dist.csv").write_text(DISTANCES)
    return tmp_path


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


# --- one table in every form --------------------------------------------------------------------

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


class Frame:
    """A data frame as pandas and polars have it: ``to_dict`` is all that is used of it."""

    def __init__(self, *, is_polars: bool) -> None:
        self.is_polars = is_polars

    def to_dict(self, *orient: str, as_series: bool = True) -> dict[str, list[Any]]:
        if self.is_polars and orient:
            raise TypeError("to_dict() takes 1 positional argument but 2 were given")
        assert orient == (() if self.is_polars else ("list",))
        return COLUMNS


STRUCTURED = numpy.array(
    [tuple(row) for row in ROWS[1:]], dtype=[("from", "U1"), ("to", "U1"), ("km", "f8")]
)


@pytest.mark.parametrize(
    "table",
    [
        RECORDS,
        tuple(RECORDS),
        COLUMNS,
        {key: numpy.array(cells) for key, cells in COLUMNS.items()},
        STRUCTURED,
        pyarrow.table(COLUMNS),
        Frame(is_polars=False),
        Frame(is_polars=True),
    ],
    ids=["rows", "tuple of rows", "columns", "arrays", "structured", "pyarrow", "pandas", "polars"],
)
def test_a_table_may_be_a_python_object(table: object) -> None:
    assert lengths(Data({"dist": table})) == LENGTHS


class Exchanged:
    def __dataframe__(self, **kwargs: Any) -> Any:
        return pyarrow.table(COLUMNS).__dataframe__(**kwargs)


def test_a_frame_that_can_be_exchanged_is_a_table() -> None:
    assert lengths(Data({"dist": Exchanged()})) == LENGTHS


def test_an_array_is_taken_by_position() -> None:
    data = Data({"dist": numpy.array([[0, 4], [7, 0]])})
    square = [("N", (("a",), ("b",)))] * 2
    expected = {("a", "a"): 0, ("a", "b"): 4, ("b", "a"): 7, ("b", "b"): 0}
    assert data.values(Source(file="dist", column="*"), square) == expected


def test_an_array_has_the_shape_of_the_sets() -> None:
    data = Data({"dist": numpy.zeros((2, 3))})
    square = [("N", (("a",), ("b",)))] * 2
    assert faults(data, *square, column="*", keys=()) == [
        "dist: it is an array of shape (2, 3), and the sets of the parameter (N, N) have (2, 2) "
        "elements"
    ]
    assert "write '*' as the 'column'" in faults(data, *square)[0]


def test_a_nan_in_an_array_is_named_by_its_key() -> None:
    data = Data({"dist": numpy.array([[0, 4], [numpy.nan, 0]])})
    square = [("N", (("a",), ("b",)))] * 2
    (fault,) = faults(data, *square, column="*", keys=())
    assert fault.startswith("dist, at [b, a]: NaN is not a number")


def test_a_wide_table_has_a_column_for_each_element() -> None:
    data = Data({"dist": [{"week": 2, "a": 1, "b": 2, "note": "x"}, {"week": 1, "a": 3, "b": 4}]})
    index = [("T", ((1,), (2,))), ("P", (("a",), ("b",)))]
    assert data.values(Source(file="dist", keys=("week",), column="*"), index) == {
        (1, "a"): 3,
        (1, "b"): 4,
        (2, "a"): 1,
        (2, "b"): 2,
    }


def test_a_wide_table_says_cell_and_column_and_missing_columns() -> None:
    data = Data({"dist": [{"week": 2, "a": "x", "b": 2}, {"week": 2, "a": 3, "b": None}]})
    index = [("T", ((1,), (2,))), ("P", (("a",), ("b",)))]
    assert faults(data, *index, keys=("week",), column="*") == [
        "dist, entry 1, column 'a': 'x' is not a number",
        "dist, entry 1 and entry 2: the key [2, a] is given twice; leave one of them out",
        "dist, entry 2, column 'b': the cell is empty; write a number, or with a 'default' leave "
        "the row out",
        "dist: no row has the key [1, a] in the columns 'week'; add it, or give a 'default'",
        "dist: no row has the key [1, b] in the columns 'week'; add it, or give a 'default'",
    ]
    index = [("T", ((2,),)), ("P", (("a",), ("c",)))]
    (fault,) = faults(data, *index, keys=("week",), column="*")
    assert "there is no column 'c' for this element of the set P" in fault


# --- keys and elements ---------------------------------------------------------------------------


def elements(cells: list[Any]) -> tuple[Any, ...]:
    return Data({"t": {"k": cells}}).elements(Source(file="t", keys=("k",)))


def test_elements_come_once_and_in_the_order_of_the_table() -> None:
    assert elements(["b", "a", " b", "c "]) == (("b",), ("a",), ("c",))


def test_a_column_of_whole_numbers_gives_integers() -> None:
    assert elements(["2", "1", "10"]) == ((2,), (1,), (10,))
    assert elements([2, 1.0, numpy.int64(10)]) == ((2,), (1,), (10,))


@pytest.mark.parametrize("cells", [["1", "2a"], ["01", "02"], ["1", "x"]])
def test_a_column_with_other_words_gives_names(cells: list[str]) -> None:
    assert elements(cells) == tuple((cell,) for cell in cells)


def test_a_date_is_a_name() -> None:
    days = [datetime.date(2026, 1, 5), datetime.datetime(2026, 1, 6)]
    assert elements([*days]) == (("2026-01-05",), ("2026-01-06",))


@pytest.mark.parametrize("cell", ["", "  ", None, 1.5, True, float("nan"), [1]])
def test_what_is_no_name_is_no_element(cell: object) -> None:
    with pytest.raises(InvalidFormulation, match="t, row 2, column 'k': "):
        elements(["a", cell])


def test_a_set_of_tuples_takes_several_columns(folder: Path) -> None:
    assert Data(folder).elements(Source(file="dist", keys=("from", "to"))) == ARCS


def test_the_entries_come_in_the_order_of_the_sets(tmp_path: Path) -> None:
    data = csv_data(tmp_path, "from,to,km\nb,b,1\nb,a,2\na,b,3\na,a,4\n")
    n = ("N", (("a",), ("b",)))
    assert list(data.values(BY_ARC, [n, n]).items()) == [
        (("a", "a"), 4.0),
        (("a", "b"), 3.0),
        (("b", "a"), 2.0),
        (("b", "b"), 1.0),
    ]


def test_keys_may_mix_tuples_and_single_elements() -> None:
    data = Data({"t": {"i": ["a", "a"], "j": ["b", "c"], "t": ["1", "1"], "v": [5, 6]}})
    source = Source(file="t", keys=("i", "j", "t"), column="v")
    index = [("A", (("a", "b"), ("a", "c"))), ("T", ((1,),))]
    assert data.values(source, index) == {("a", "b", 1): 5, ("a", "c", 1): 6}


def test_a_default_stands_for_the_rows_that_are_not_there(folder: Path) -> None:
    n = ("N", (("a",), ("b",), ("c",)))
    found = Data(folder).values(BY_ARC, [n, n], default=0.0)
    assert {key: value for key, value in found.items() if value} == LENGTHS
    assert len(found) == 9


def test_a_parameter_without_index_takes_the_one_row() -> None:
    source = Source(file="t", column="v")
    assert Data({"t": [{"v": "7", "w": 1}]}).values(source, []) == {(): 7.0}
    with pytest.raises(DataError, match="it has 2 rows, and a parameter without 'index' is one"):
        Data({"t": [{"v": 7}, {"v": 8}]}).values(source, [])


def test_a_header_may_say_the_unit(tmp_path: Path) -> None:
    data = csv_data(tmp_path, DISTANCES.replace("km", "length [km]"))
    assert lengths(data, column="length") == lengths(data, column="length [km]") == LENGTHS
    assert data.unit(BY_ARC.model_copy(update={"column": "length"})) == "km"
    assert lengths(csv_data(tmp_path, DISTANCES.replace("km", "length (km)")), column="length (km)")


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    data = csv_data(tmp_path, DISTANCES.replace("from", ""))
    assert lengths(data, keys=("column 1", "to")) == LENGTHS


def test_an_empty_set_takes_nothing_of_an_empty_table() -> None:
    assert Data({"dist": []}).values(BY_ARC, [("A", ())]) == {}
    assert faults(Data({"dist": RECORDS}), ("A", ())) == [
        "dist: it has rows, but the set A is empty"
    ]


# --- what is wrong with a table, and where -------------------------------------------------------

CELLS = [
    ("12 kg", "'12 kg' is not a number; write the number alone, and its unit into 'unit'"),
    ("$12", "'$12' is not a number; write the number alone, and its unit into 'unit'"),
    ("3,5", "'3,5' is not a number; write a point for the decimal comma: 3.5"),
    ("1,234", "'1,234' is not a number; write no thousands separator, and a point for decimals"),
    ("1.234,5", "'1.234,5' is not a number; write no thousands separator"),
    ("12%", "'12%' is not a number; write a share of one, such as 0.05 for 5%"),
    ("nan", "'nan' is not a number; write a finite number"),
    ("-inf", "'-inf' is not a number; write a finite number"),
    ("1e400", "'1e400' is not a finite number"),
    ("1_000", "'1_000' is not a number"),
    ("\u0661\u0662", "'\u0661\u0662' is not a number"),
    ("", "the cell is empty; write a number, or with a 'default' leave the row out"),
    ("=1+1", "'=1+1' is not a number"),
    ("__import__('os')", "is not a number"),
]


@pytest.mark.parametrize(("cell", "words"), CELLS)
def test_a_cell_that_is_no_number_is_named_with_line_and_column(
    tmp_path: Path, cell: str, words: str
) -> None:
    text = DISTANCES.replace("7.5", f'"{cell}"')
    (fault,) = faults(csv_data(tmp_path, text))
    assert fault.startswith("dist.csv, line 3, column 'km': ")
    assert words in fault


@pytest.mark.parametrize(
    "cell", [None, True, float("nan"), float("inf"), "", [1], {}, 10**400, 1j, "7 km"]
)
def test_a_value_that_is_no_number_is_named_with_its_place(cell: object) -> None:
    records = [dict(record) for record in RECORDS]
    records[1]["km"] = cell
    (fault,) = faults(Data({"dist": records}))
    assert fault.startswith("dist, entry 2, column 'km': ")


def test_numbers_of_every_kind_are_numbers() -> None:
    cells = [1, 2.5, "3", Decimal("4.5"), numpy.float32(5.5), numpy.int16(6), " 7e0 "]
    data = Data({"t": {"k": list(range(7)), "v": cells}})
    found = data.values(
        Source(file="t", keys=("k",), column="v"), [("T", tuple((k,) for k in range(7)))]
    )
    assert list(found.values()) == [1, 2.5, 3, 4.5, 5.5, 6, 7]


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


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert faults(csv_data(tmp_path, DISTANCES.replace("a,c,7.5\n", ""))) == [
        "dist.csv: no row has the key [a, c] in the columns 'from', 'to'; add it, or give a "
        "'default'"
    ]


def test_a_key_that_is_given_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    assert faults(csv_data(tmp_path, DISTANCES + "a,b,4\n")) == [
        "dist.csv, line 2 and line 5: the key [a, b] is given twice; leave one of them out"
    ]


def test_a_key_that_is_in_no_set_is_named_with_the_nearest() -> None:
    data = Data({"dist": {"ware": ["chair", "dsek"], "price": [1, 2]}})
    wares = ("P", (("chair",), ("desk",)))
    said = faults(data, wares, keys=("ware",), column="price")
    assert said[0] == (
        "dist, row 2, column 'ware': 'dsek' is not in the set P (did you mean 'desk'?); correct it "
        "or extend the set"
    )
    assert said[1].startswith("dist: no row has the key [desk]")


def test_a_tuple_that_is_in_no_set_is_named(tmp_path: Path) -> None:
    assert faults(csv_data(tmp_path, DISTANCES + "c,a,1\n")) == [
        "dist.csv, line 5, columns 'from', 'to': (c, a) is not in the set A; correct it or "
        "extend the set"
    ]


def test_an_empty_key_is_named(tmp_path: Path) -> None:
    said = faults(csv_data(tmp_path, DISTANCES + " ,b,4\n"))
    assert said == [
        "dist.csv, line 5, column 'from': the cell is empty; write a name or a whole number"
    ]


def test_of_many_faults_ten_are_said_and_the_rest_is_counted(tmp_path: Path) -> None:
    said = faults(csv_data(tmp_path, DISTANCES + "a,b,?\n" * 20))
    assert len(said) == 11
    assert said[0].startswith("dist.csv, line 5, column 'km': '?'")
    assert said[-1] == "... and 30 more faults in dist.csv"


def test_a_column_that_is_not_there_is_named_with_the_nearest(folder: Path) -> None:
    assert faults(Data(folder), column="kms") == [
        "dist.csv: there is no column 'kms' (did you mean 'km'?); its columns are 'from', 'to', "
        "'km'"
    ]


def test_the_number_of_keys_is_that_of_the_indices(folder: Path) -> None:
    (fault,) = faults(Data(folder), keys=("from",))
    assert fault == ("it is indexed by A, so 'keys' of its source names 2 columns, and here are 1")


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


def test_other_files_have_no_sheets(folder: Path) -> None:
    assert faults(Data(folder), sheet="km") == ["dist.csv: it has no sheets; leave 'sheet' out"]


# --- a name is looked up and no path is followed --------------------------------------------------


@pytest.mark.parametrize(
    "file",
    ["/etc/passwd", "../dist.csv", "./dist.csv", "sub/../dist.csv", "C:\\dist.csv", "dist.csv\0"],
)
def test_a_path_is_no_name(folder: Path, file: str) -> None:
    secret = folder.parent / "dist.csv"
    secret.write_text(DISTANCES)
    (fault,) = faults(Data(folder), file=file)
    assert fault.startswith(f"there is no table {file!r}")
    assert "these are given: dist.csv" in fault


def test_a_missing_table_is_named_with_the_nearest(folder: Path) -> None:
    (fault,) = faults(Data(folder), file="distt.csv")
    assert "(did you mean 'dist.csv'?); these are given: dist.csv" in fault


def test_without_data_a_table_is_missing() -> None:
    (fault,) = faults(Data({}))
    assert fault == (
        "there is no table 'dist', because no data is given; give it with --data, or as "
        "solve(..., data=...)"
    )


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "dist.csv").write_text(DISTANCES)
    (inside / "dist.csv").symlink_to(outside / "dist.csv")
    (inside / "mine.csv").write_text(DISTANCES)
    (inside / "same.csv").symlink_to(inside / "mine.csv")
    data = Data(inside)
    (fault,) = faults(data)
    assert "dist.csv: this is a link that leaves the folder" in fault
    assert lengths(data, file="same") == LENGTHS


def test_a_folder_offers_only_its_tables(folder: Path) -> None:
    for name in ("notes.txt", ".hidden.csv", "~$dist.xlsx"):
        (folder / name).write_text("x")
    (folder / "more.csv").mkdir()
    assert Data(folder).names == ("dist.csv",)


def test_an_ending_may_be_left_out_only_where_one_table_is_meant(folder: Path) -> None:
    (folder / "dist.json").write_text(json.dumps(RECORDS))
    assert "there is no table 'dist'" in faults(Data(folder))[0]
    assert lengths(Data(folder), file="dist.json") == LENGTHS
    assert lengths(Data({"dist": RECORDS}), file="dist.csv") == LENGTHS


@pytest.mark.parametrize("given", ["nowhere", {"t": "nowhere.csv"}, {"t": "table.xls"}])
def test_what_is_not_there_is_said_at_once(tmp_path: Path, given: Given) -> None:
    with pytest.raises(DataError, match=r"nowhere|table\.xls"):
        Data.of(given)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="t: int is no table; give a list of dictionaries"):
        Data({"t": 7}).elements(Source(file="t", keys=("k",)))


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    data = csv_data(tmp_path, b"\xff\xff", "broken.csv")
    (tmp_path / "dist.csv").write_text(DISTANCES)
    assert "broken.csv" in data.names
    assert lengths(Data(tmp_path)) == LENGTHS


# --- whole models --------------------------------------------------------------------------------

MODEL = Formulation.model_validate(
    {
        "sets": [
            {"name": "P", "source": {"file": "wares", "keys": ["ware"]}},
            {"name": "T", "source": {"file": "demand", "keys": ["week"]}},
        ],
        "parameters": [
            {
                "name": "price",
                "index": ["P"],
                "source": {"file": "wares", "keys": ["ware"], "column": "price"},
            },
            {
                "name": "demand",
                "index": ["P", "T"],
                "default": 0,
                "source": {"file": "demand", "keys": ["ware", "week"], "column": "items"},
            },
            {"name": "most", "value": 12},
        ],
        "variables": [{"name": "x", "index": ["P", "T"], "domain": "integer"}],
        "objective": {
            "sense": "maximize",
            "expression": "sum(price[p] * x[p, t] for p in P for t in T)",
        },
        "constraints": [
            {"name": "sold", "forall": "p in P, t in T", "expression": "x[p, t] <= demand[p, t]"},
            {
                "name": "work",
                "forall": "t in T if t >= first(T)",
                "expression": "sum(x[p, t] for p in P) <= most",
            },
        ],
    }
)
TABLES = {
    "wares": [{"ware": "chair", "price": 30}, {"ware": "desk", "price": 80}],
    "demand": {"ware": ["chair", "desk", "desk"], "week": [1, 1, 2], "items": [10, 5, 20]},
}


def test_a_model_with_tables_is_solved() -> None:
    solution = solve(MODEL, data=TABLES)
    assert solution.objective == 7 * 30 + 5 * 80 + 12 * 80
    assert solution.verification is not None
    assert solution.verification.ok


def test_without_its_tables_a_model_says_what_is_missing() -> None:
    with pytest.raises(InvalidFormulation) as caught:
        Instance(MODEL)
    assert [fault.element for fault in caught.value.faults] == ["set 'P'", "set 'T'"]


def test_the_faults_of_several_tables_are_told_together_and_by_element() -> None:
    tables = {**TABLES, "wares": [{"ware": "chair", "price": "x"}, {"ware": "desk", "price": None}]}
    tables["demand"] = {"ware": ["chair", "stool"], "week": [1, 1], "items": [10, 5]}
    with pytest.raises(InvalidFormulation) as caught:
        Instance(MODEL, tables)
    assert [fault.element for fault in caught.value.faults] == [
        "parameter 'price'",
        "parameter 'price'",
        "parameter 'demand'",
    ]
    assert "parameter 'demand': demand, row 2, column 'ware': 'stool' is not in the set P" in str(
        caught.value
    )


def test_a_script_carries_the_numbers_of_the_tables() -> None:
    script = MODEL.to_python(TABLES)
    assert "price = {'chair': 30, 'desk': 80}" in script
    assert "source" not in script


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
    import csv
    import tempfile

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
