"""Tables bound to sets and parameters: what is taken from them, and what is wrong with them."""

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pytest

from solvitur.errors import DataError, InvalidFormulation
from solvitur.formulation import Data, Formulation, Source
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Given
from solvitur.solvers import solve
from tests.formulation.distances import (
    ARCS,
    BY_ARC,
    COLUMNS,
    DISTANCES,
    LENGTHS,
    RECORDS,
    ROWS,
    csv_data,
    faults,
    lengths,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dist.csv").write_text(DISTANCES)
    return tmp_path


# --- one table in every form --------------------------------------------------------------------


class Frame:
    """A data frame as pandas and polars have it: ``to_dict`` is all that is used of it."""

    columns = tuple(COLUMNS)

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
    assert faults(Data(folder)) == [
        "there are several tables 'dist': dist.csv, dist.json; give the one that is meant by its "
        "whole name"
    ]
    assert lengths(Data(folder), file="dist.json") == LENGTHS
    assert lengths(Data({"dist": RECORDS}), file="dist.csv") == LENGTHS


@pytest.mark.parametrize("given", ["nowhere", {"t": "nowhere.csv"}, {"t": "table.xls"}])
def test_what_is_not_there_is_said_at_once(tmp_path: Path, given: Given) -> None:
    with pytest.raises(DataError, match=r"nowhere|table\.xls"):
        Data.of(given)


class Series:
    """Has one column only, and its keys where no column is."""

    def to_dict(self) -> dict[str, int]:
        raise AssertionError


@pytest.mark.parametrize("table", [7, None, Series(), [1, 2], object()])
def test_what_is_no_table_is_refused(table: object) -> None:
    with pytest.raises(DataError, match=r"t: \w+ is no table; give a list of dictionaries"):
        Data({"t": table}).elements(Source(file="t", keys=("k",)))


def test_one_file_is_data_too(folder: Path) -> None:
    assert Data(folder / "dist.csv").names == ("dist.csv",)
    assert lengths(Data(str(folder / "dist.csv"))) == LENGTHS


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


def test_values_for_a_set_whose_table_has_no_rows_blame_the_table(tmp_path: Path) -> None:
    (tmp_path / "wares.csv").write_text("ware\n")
    formulation = Formulation.model_validate(
        {
            "sets": [{"name": "P", "source": {"file": "wares", "keys": ["ware"]}}],
            "parameters": [{"name": "price", "index": ["P"], "values": {"chair": 3}}],
            "variables": [{"name": "x"}],
            "objective": {"sense": "minimize", "expression": "x"},
        }
    )
    with pytest.raises(InvalidFormulation, match="set 'P' has no element: the table 'wares' has"):
        Instance(formulation, tmp_path)


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
