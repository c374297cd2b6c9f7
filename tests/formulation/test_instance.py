from typing import Any

import pytest

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation import Formulation
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.instance import MAX_ENTRIES, Instance

SETS: list[dict[str, Any]] = [
    {"name": "P", "elements": ["chair", "table"]},
    {"name": "T", "range": [1, 3]},
    {"name": "A", "elements": [["a", "b"], ["b", "c"]]},
]


def instance(**fields: Any) -> Instance:
    elements = {
        "sets": SETS,
        "variables": [{"name": "x"}],
        "objective": {"sense": "minimize", "expression": "x"},
        **fields,
    }
    return Instance(Formulation.model_validate(elements))


def faults_of(**fields: Any) -> list[str]:
    with pytest.raises(InvalidFormulation) as caught:
        instance(**fields)
    return [str(fault) for fault in caught.value.faults]


def with_values(values: Any, index: tuple[str, ...] = ("P",), **fields: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "c", "index": index, "values": values, **fields}]}


def test_a_range_holds_its_first_and_its_last_integer() -> None:
    assert instance().sets["T"] == ((1,), (2,), (3,))


def test_a_range_that_ends_before_it_begins_is_empty() -> None:
    assert instance(sets=[{"name": "T", "range": [3, 2]}]).sets["T"] == ()


def test_a_set_keeps_the_order_of_its_elements() -> None:
    listed = [{"name": "S", "elements": ["z", 2, "a", 1]}]
    assert instance(sets=listed).sets["S"] == (("z",), (2,), ("a",), (1,))


def test_a_set_of_tuples_knows_their_length_and_which_positions_hold_integers() -> None:
    symbol = instance(sets=[{"name": "S", "elements": [["a", 1], ["b", 2]]}]).symbols["S"]
    assert (symbol.dimension, symbol.numeric) == (2, (False, True))


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (["a", ["b", "c"]], "its elements must all be single, or tuples of one length"),
        ([["a", "b"], ["c"]], "its elements must all be single, or tuples of one length"),
        ([[]], "its elements must all be single, or tuples of one length"),
        (["a", "b", "a"], "the element 'a' occurs twice"),
        ([1, "1"], "the element '1' occurs twice"),
        ([["a", 1], ["a", 1]], "the element ('a', 1) occurs twice"),
    ],
)
def test_a_set_that_is_none_is_refused(elements: list[Any], message: str) -> None:
    assert faults_of(sets=[{"name": "S", "elements": elements}]) == [f"set 'S': {message}"]


def test_a_range_that_is_too_long_is_refused() -> None:
    (fault,) = faults_of(sets=[{"name": "S", "range": [1, MAX_ENTRIES + 1]}])
    assert fault == f"set 'S': the range has more than {MAX_ENTRIES:,} elements"


def test_an_index_over_too_many_entries_is_refused() -> None:
    sets = [{"name": "S", "range": [1, 3000]}]
    (fault,) = faults_of(sets=sets, variables=[{"name": "x", "index": ["S", "S"]}])
    assert "it has 9,000,000 entries; at most 5,000,000 are built" in fault


def test_values_are_nested_by_key_or_listed_by_pair() -> None:
    nested = {"chair": {"1": 1, "2": 2, "3": 3}, "table": {"1": 4, "2": 5, "3": 6}}
    pairs = [[[p, t], value] for p, row in nested.items() for t, value in row.items()]
    by_key = instance(**with_values(nested, ("P", "T"))).parameters["c"]
    assert by_key == instance(**with_values(pairs, ("P", "T"))).parameters["c"]
    assert by_key["table", 3] == 6


def test_a_pair_of_a_single_index_needs_no_brackets() -> None:
    values = [["chair", 1], ["table", 2]]
    assert instance(**with_values(values)).parameters["c"] == {("chair",): 1, ("table",): 2}


def test_keys_in_values_match_integers_as_text() -> None:
    assert instance(**with_values({"1": 5, "2": 6, "3": 7}, ("T",))).parameters["c"][(2,)] == 6


def test_a_parameter_over_tuples_has_one_entry_a_tuple() -> None:
    found = instance(**with_values({"a": {"b": 1}, "b": {"c": 2}}, ("A",))).parameters["c"]
    assert found == {("a", "b"): 1, ("b", "c"): 2}


def test_a_default_stands_for_the_keys_that_are_left_out() -> None:
    found = instance(**with_values({"chair": 1}, default=9)).parameters["c"]
    assert found == {("chair",): 1, ("table",): 9}


def test_a_default_alone_stands_for_all_keys() -> None:
    found = instance(parameters=[{"name": "c", "index": ["P"], "default": 4}]).parameters["c"]
    assert found == {("chair",): 4, ("table",): 4}


@pytest.mark.parametrize(
    ("values", "index", "message"),
    [
        ({"chair": 1}, ("P",), "no value for c[table]; add it, or give a 'default'"),
        ({"chair": 1, "tabel": 2}, ("P",), "the key [tabel] is not in P; correct it or extend"),
        ({"chair": {"1": 2}}, ("P",), "the key [chair, 1] has length 2, but it is indexed by P"),
        ({"chair": 1}, ("P", "T"), "the key [chair] has length 1, but it is indexed by P, T"),
        ({"chair": "2", "table": 1}, ("P",), "the value for [chair] is not a number: '2'"),
        ({"chair": None, "table": 1}, ("P",), "the value for [chair] is not a number: 'None'"),
        ({"chair": True, "table": 1}, ("P",), "the value for [chair] is not a number: 'True'"),
        ({"chair": [1], "table": 1}, ("P",), "the value for [chair] is not a number: '[1]'"),
        ({"chair": float("nan"), "table": 1}, ("P",), "the value for [chair] is not finite"),
        ({"chair": float("inf"), "table": 1}, ("P",), "the value for [chair] is not finite"),
        ({"chair": 10**400, "table": 1}, ("P",), "the value for [chair] is not finite"),
        ([["chair", 1], ["chair", 2]], ("P",), "the key [chair] is given twice"),
        ([["chair", 1, 2]], ("P",), "this is neither: ['chair', 1, 2]"),
        ([1, 2], ("P",), "'values' is a dictionary by key, or a list of pairs [key, number]"),
        ([[["a", "b"], 1]], ("A",), "no value for c[b, c]"),
        ([], ("P",), "no value for c[chair]"),
    ],
)
def test_wrong_values_are_named_with_their_key(
    values: Any, index: tuple[str, ...], message: str
) -> None:
    (fault,) = faults_of(**with_values(values, index))
    assert fault.startswith("parameter 'c': ")
    assert message in fault


def test_numeric_bounds_hold_for_every_entry() -> None:
    found = instance(
        variables=[{"name": "x", "index": ["P"], "lower": -1, "upper": 4}],
        objective={"sense": "minimize", "expression": "sum(x[p] for p in P)"},
    )
    assert found.bounds["x"] == dict.fromkeys([("chair",), ("table",)], Bounds(-1, 4))


def test_a_bound_may_be_computed_from_parameters() -> None:
    found = instance(
        parameters=[{"name": "w", "value": 4}],
        variables=[{"name": "x", "lower": "-w", "upper": "2 * w"}],
    )
    assert found.bounds["x"][()] == Bounds(-4, 8)


def test_over_names_the_indices_of_a_bound() -> None:
    found = instance(
        **with_values({"chair": 3, "table": 5}),
        variables=[
            {"name": "x", "index": ["P", "T"], "over": "p in P, t in T", "upper": "c[p] + t"}
        ],
        objective={"sense": "minimize", "expression": "sum(x[p, t] for p in P for t in T)"},
    )
    assert found.bounds["x"]["table", 2] == Bounds(0, 7)


def test_over_may_name_a_whole_tuple() -> None:
    found = instance(
        **with_values({"a": {"b": 1}, "b": {"c": 2}}, ("A",)),
        variables=[{"name": "x", "index": ["A"], "over": "a in A", "upper": "c[a]"}],
        objective={"sense": "minimize", "expression": "sum(x[a] for a in A)"},
    )
    assert found.bounds["x"]["b", "c"] == Bounds(0, 2)


@pytest.mark.parametrize(
    ("lower", "upper", "bounds"),
    [(0, None, (0, 1)), (None, None, (0, 1)), (-3, 5, (0, 1)), (1, 1, (1, 1)), (0, 0, (0, 0))],
)
def test_a_binary_stays_between_zero_and_one(lower: Any, upper: Any, bounds: Any) -> None:
    variable = {"name": "x", "domain": "binary", "lower": lower, "upper": upper}
    assert instance(variables=[variable]).bounds["x"][()] == Bounds(*bounds)


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ({"upper": "cap"}, "unknown name 'cap'; declare it at column 1"),
        ({"upper": "P"}, "'P' is a set; a number is needed here (len(P) counts it) at column 1"),
        ({"upper": "x"}, "a bound cannot depend on the variable 'x'"),
        ({"upper": "1 <= 2"}, "this is a condition; a number is needed here at column 1"),
        ({"upper": "1 / 0"}, "a division by zero at column 1"),
        ({"upper": "1 +"}, "cannot read the expression"),
        ({"lower": ""}, "the expression is empty"),
        (
            {"index": ["P"], "upper": "p"},
            "unknown name 'p'; declare it, or say what it ranges over with 'over': 'p in ...'",
        ),
        ({"over": "p in P"}, "'over' names one index for each set of 'index' ()"),
        ({"index": ["P"], "over": "t in T"}, "'over' names one index for each set of 'index' (P)"),
        ({"index": ["P"], "over": "p in P if p != 'chair'"}, "and without conditions"),
        ({"index": ["P"], "over": "p in"}, "cannot read the expression"),
    ],
)
def test_a_wrong_bound_is_refused(variable: dict[str, Any], message: str) -> None:
    objective = {"sense": "minimize", "expression": "1"}
    (fault,) = faults_of(variables=[{"name": "x", **variable}], objective=objective)
    assert fault.startswith("variable 'x': ")
    assert message in fault


def test_an_index_over_no_set_is_refused_without_a_column() -> None:
    assert faults_of(variables=[{"name": "x", "index": ["Q"]}]) == [
        "variable 'x': unknown set name 'Q'; declare it"
    ]


def test_a_misspelt_set_is_answered_with_the_nearest() -> None:
    sets = [{"name": "Plants", "elements": ["a"]}]
    (fault,) = faults_of(sets=sets, variables=[{"name": "x", "index": ["Plant"]}])
    assert fault.endswith("did you mean 'Plants'?")


def test_a_formulation_without_variables_is_refused() -> None:
    (fault,) = faults_of(variables=[], objective={"sense": "minimize", "expression": "1"})
    assert fault == "there is no variable; declare what is to be decided"


def test_all_faults_of_a_stage_are_reported_together() -> None:
    rows = [
        {"name": "one", "expression": "x <= y"},
        {"name": "two", "expression": "x <= 1"},
        {"name": "three", "expression": "x[1] <= 1"},
    ]
    faults = faults_of(
        objective={"sense": "minimize", "expression": "x <= 1"},
        constraints=rows,
        variables=[{"name": "x", "upper": "z"}],
    )
    assert [fault.split(":")[0] for fault in faults] == [
        "objective",
        "constraint 'one'",
        "constraint 'three'",
        "variable 'x'",
    ]


def test_a_later_stage_waits_for_the_one_before() -> None:
    faults = faults_of(
        sets=[{"name": "S", "elements": ["a", "a"]}],
        constraints=[{"name": "c", "expression": "x <= nothing"}],
    )
    assert faults == ["set 'S': the element 'a' occurs twice"]


def test_the_error_says_every_fault_on_a_line_of_its_own() -> None:
    rows = [{"name": name, "expression": "x <= y"} for name in ("one", "two")]
    with pytest.raises(InvalidFormulation) as caught:
        instance(constraints=rows)
    assert isinstance(caught.value, FormulationError)
    assert len(str(caught.value).splitlines()) == 2


def test_the_design_example_names_constraint_name_index_and_column() -> None:
    demand = {"name": "d", "index": ["T"], "default": 1}
    row = {"name": "balance", "forall": "t in T", "expression": "s[t] + x[t] + 0 == d[t, t]"}
    faults = faults_of(
        parameters=[demand],
        variables=[{"name": "s", "index": ["T"]}, {"name": "x", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "sum(s[t] for t in T)"},
        constraints=[row],
    )
    assert faults == [
        "constraint 'balance': 'd' is indexed by 1 set (T) but used with 2 indices at column 20"
    ]


def test_an_entry_out_of_range_is_named_with_the_row_it_is_missing_in() -> None:
    row = {"name": "balance", "forall": "t in T", "expression": "x[t] <= x[t - 1]"}
    (fault,) = faults_of(
        variables=[{"name": "x", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "sum(x[t] for t in T)"},
        constraints=[row],
    )
    assert fault == (
        "constraint 'balance': for t = 1: 'x' has no entry [0]; limit the loop with a condition, "
        "or extend the set at column 9"
    )


@pytest.mark.parametrize(
    "expression",
    ["x >= 9 ** 9 ** 9", "x >= 1 / 0", "x / 0 >= 1", "x >= log(-1)", "x >= (-8) ** 0.5"],
)
def test_arithmetic_without_a_result_is_refused_before_solving(expression: str) -> None:
    (fault,) = faults_of(constraints=[{"name": "c", "expression": expression}])
    assert fault.startswith("constraint 'c': ")


def test_a_constraint_without_loops_is_one_row() -> None:
    (row,) = instance(constraints=[{"name": "c", "expression": "x <= 1"}]).rows()
    assert (row.key, row.label) == ((), "c")


def test_rows_are_labelled_by_what_their_loops_stand_for() -> None:
    rows = [{"name": "c", "forall": "a in A, t in T if t > 2", "expression": "x <= t"}]
    assert [row.label for row in instance(constraints=rows).rows()] == ["c[a, b, 3]", "c[b, c, 3]"]


def test_a_forall_over_nothing_has_no_rows() -> None:
    rows = [{"name": "c", "forall": "t in T if t > 3", "expression": "x <= 1"}]
    assert list(instance(constraints=rows).rows()) == []


def test_an_entry_is_shown_as_in_the_language() -> None:
    assert show_entry("x", ("a", 1)) == "x[a, 1]"
