from itertools import permutations
from typing import Any

import pytest

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation import Formulation
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.instance import MAX_CHAIN, MAX_ENTRIES, Instance

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


# --- derived sets and parameters -----------------------------------------------------------------


def derived(expression: str, *more: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"sets": [*SETS, {"name": "D", "expression": expression, **fields}, *more]}


@pytest.mark.parametrize(
    ("expression", "elements"),
    [
        ("(p, q) for p in P for q in P if p != q", [("chair", "table"), ("table", "chair")]),
        ("t + 1 for t in T if t > 1", [(3,), (4,)]),
        ("j for (i, j) in A", [("b",), ("c",)]),
        ("a for a in A if a != ('a', 'b')", [("b", "c")]),
        ("(a, t) for a in A for t in T if t == 2", [("a", "b", 2), ("b", "c", 2)]),
        ("next(T, t) for t in T if t != last(T)", [(2,), (3,)]),
        ("p for p in P for t in T", [("chair",), ("table",)]),
        ("t * t - 4 * t for t in T", [(-3,), (-4,)]),
        ("'all' for t in T", [("all",)]),
        ("p for p in P if p == 'stool'", []),
    ],
)
def test_a_derived_set_has_each_element_once_in_the_order_of_its_loops(
    expression: str, elements: list[Any]
) -> None:
    assert instance(**derived(expression)).sets["D"] == tuple(elements)


CHAIN: list[dict[str, Any]] = [
    {"name": "S", "expression": "t for t in T if g[t] > 3"},
    {"name": "R", "expression": "(s, u) for s in S for u in S if h > s"},
    {"name": "T", "range": [1, 3]},
]
AMOUNTS: list[dict[str, Any]] = [
    {"name": "h", "expression": "sum(g[s] for s in S) - 7"},
    {"name": "g", "index": ["T"], "over": "t in T", "expression": "t * k"},
    {"name": "k", "value": 2},
]


def test_what_is_derived_from_each_other_may_be_declared_in_any_order() -> None:
    resolved = [
        instance(sets=list(sets), parameters=list(amounts))
        for sets in permutations(CHAIN)
        for amounts in permutations(AMOUNTS)
    ]
    first = resolved[0]
    assert first.sets == {
        "T": ((1,), (2,), (3,)),
        "S": ((2,), (3,)),
        "R": ((2, 2), (2, 3)),
    }
    assert first.parameters == {"k": {(): 2}, "g": {(1,): 2, (2,): 4, (3,): 6}, "h": {(): 3}}
    assert all((r.sets, r.parameters) == (first.sets, first.parameters) for r in resolved)


def test_symbols_come_in_the_order_of_the_declarations() -> None:
    found = instance(sets=CHAIN, parameters=AMOUNTS)
    assert list(found.symbols) == ["S", "R", "T", "h", "g", "k", "x"]


@pytest.mark.parametrize(
    ("expression", "dimension", "numeric"),
    [
        ("(a, t) for a in A for t in T if t > 9", 3, (False, False, True)),
        ("a for a in A if a == ('z', 'z')", 2, (False, False)),
        ("t for t in T if t > 9", 1, (True,)),
    ],
)
def test_a_derived_set_without_elements_knows_their_shape(
    expression: str, dimension: int, numeric: tuple[bool, ...]
) -> None:
    symbol = instance(**derived(expression)).symbols["D"]
    assert (symbol.dimension, symbol.numeric) == (dimension, numeric)


def test_an_empty_set_has_the_shape_of_what_it_is_within() -> None:
    sets = [*SETS, {"name": "D", "elements": [], "within": ["A", "T"]}]
    assert instance(sets=sets).symbols["D"].numeric == (False, False, True)


def test_a_derived_parameter_has_a_value_for_every_key() -> None:
    found = instance(
        parameters=[
            {"name": "c", "index": ["P"], "values": {"chair": 3, "table": 5}},
            {
                "name": "gap",
                "index": ["P", "P"],
                "over": "p in P, q in P",
                "expression": "abs(c[p] - c[q])",
            },
            {"name": "flat", "index": ["T"], "expression": "max(c[p] for p in P)"},
            {"name": "wide", "index": ["A", "T"], "over": "a in A, t in T", "expression": "t"},
        ]
    ).parameters
    assert found["gap"]["chair", "table"] == 2
    assert found["gap"]["table", "table"] == 0
    assert found["flat"] == {(t,): 5 for t in (1, 2, 3)}
    assert found["wide"]["b", "c", 3] == 3


@pytest.mark.parametrize(
    ("within", "elements"),
    [
        ("P", ["chair"]),
        (["P", "P"], [["table", "table"]]),
        (["A"], [["b", "c"]]),
        (["T", "A", "P"], [[1, "a", "b", "chair"]]),
        (["D0"], ["chair"]),
    ],
)
def test_a_subset_of_a_set_or_of_a_product_is_kept(within: Any, elements: Any) -> None:
    base = {"name": "D0", "expression": "p for p in P if p != 'table'"}
    sets = [{"name": "D", "elements": elements, "within": within}, *SETS, base]
    assert len(instance(sets=sets).sets["D"]) == 1


FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an element that is not in the set around it": (
        derived("p for p in P", within=["T"]),
        ["set 'D': 'chair' is not an element of 'T', which it is to be within; correct it or "
         "extend that set"],
    ),
    "a part of a tuple that is not": (
        derived("(t, a) for t in T for a in A", within=["T", "P", "P"]),
        ["set 'D': 'a' is not an element of 'P', which it is to be within; correct it or extend "
         "that set"],
    ),
    "a wrong length": (
        derived("p for p in P", within=["P", "P"]),
        ["set 'D': its elements have length 1, those within P, P have length 2"],
    ),
    "an unknown set around it": (
        derived("p for p in P", within=["Q"]),
        ["set 'D': unknown set name 'Q'; declare it"],
    ),
    "two that are derived from each other": (
        derived("e for e in E", {"name": "E", "expression": "d for d in D"}),
        ["set 'E': it is derived from itself: D -> E -> D"],
    ),
    "one that is derived from itself": (
        derived("d for d in D"),
        ["set 'D': it is derived from itself: D -> D"],
    ),
    "one that is within itself": (
        derived("p for p in P", within=["D"]),
        ["set 'D': it is derived from itself: D -> D"],
    ),
    "a set and a parameter that are derived from each other": (
        {
            **derived("t for t in T if g > t"),
            "parameters": [{"name": "g", "expression": "len(D)"}],
        },
        ["parameter 'g': it is derived from itself: D -> g -> D"],
    ),
    "a fault that others depend on": (
        derived(
            "p for p in Q",
            {"name": "E", "expression": "d for d in D"},
            {"name": "F", "expression": "(d, e) for d in D for e in E"},
        ),
        ["set 'D': unknown set name 'Q'; declare it at column 12"],
    ),
    "a fault in a parameter that sets depend on": (
        {
            **derived("t for t in T if g > t", {"name": "E", "expression": "g for t in T"}),
            "parameters": [{"name": "g", "expression": "1 / 0"}],
        },
        ["parameter 'g': a division by zero at column 1"],
    ),
    "a number that is not whole": (
        derived("t / 2 for t in T"),
        ["set 'D': an index must be a whole number, this is 0.5 at column 1"],
    ),
    "a name and a number that are written alike": (
        derived("m for m in M", {"name": "M", "elements": ["1", "a"]}, {
            "name": "F", "elements": [1, "1"]}),
        ["set 'F': the element '1' occurs twice"],
    ),
    "a name of a parameter that is a loop's": (
        {**derived("1 for g in T"), "parameters": [{"name": "g", "value": 1}]},
        ["set 'D': the loop name 'g' is already the name of a parameter; choose another at "
         "column 7"],
    ),
    "a variable in a condition": (
        derived("t for t in T if x > t"),
        ["set 'D': a condition cannot depend on the variable 'x', which is only known after "
         "solving at column 17"],
    ),
    "a parameter that depends on a variable": (
        {"parameters": [{"name": "g", "expression": "2 * x"}]},
        ["parameter 'g': a parameter cannot depend on the variable 'x', which is only known after "
         "solving at column 1"],
    ),
    "a parameter that depends on itself": (
        {"parameters": [{"name": "g", "index": ["T"], "over": "t in T", "expression": "g[t - 1]"}]},
        ["parameter 'g': it is derived from itself: g -> g"],
    ),
    "an index that is not named": (
        {"parameters": [{"name": "g", "index": ["T"], "expression": "2 * t"}]},
        ["parameter 'g': unknown name 't'; declare it, or say what it ranges over with 'over': "
         "'t in ...' at column 5"],
    ),
    "indices that are named in another order": (
        {
            "parameters": [
                {"name": "g", "index": ["T", "P"], "over": "p in P, t in T", "expression": "t"}
            ]
        },
        ["parameter 'g': 'over' names one index for each set of 'index' (T, P), in that order and "
         "without conditions"],
    ),
    "an entry without a value": (
        {
            "parameters": [
                {"name": "g", "index": ["T"], "over": "t in T", "expression": "1 / (t - 2)"}
            ]
        },
        ["parameter 'g': for t = 2: a division by zero at column 1"],
    ),
    "parameters in a circle": (
        {
            "parameters": [
                {"name": "a", "expression": "b"},
                {"name": "b", "expression": "c"},
                {"name": "c", "expression": "a"},
                {"name": "d", "expression": "a + 1"},
            ]
        },
        ["parameter 'c': it is derived from itself: a -> b -> c -> a"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_what_is_derived_is_reported_once_where_it_is(name: str) -> None:
    fields, faults = FAULTS[name]
    assert faults_of(**fields) == faults


def test_every_broken_set_is_reported_once() -> None:
    broken = [{"name": name, "expression": f"i for i in No{name}"} for name in "BCD"]
    faults = faults_of(sets=[*SETS, *broken])
    assert [fault.split(":")[0] for fault in faults] == ["set 'B'", "set 'C'", "set 'D'"]


@pytest.mark.parametrize(
    "expression", ["(t, u) for t in L for u in L", "1 for t in L for u in L for v in L if t > 9e9"]
)
def test_a_set_from_too_many_combinations_is_refused_before_it_is_built(expression: str) -> None:
    large = {"name": "L", "range": [1, 2400]}
    (fault,) = faults_of(sets=[large, {"name": "D", "expression": expression}])
    assert f"combinations; at most {MAX_ENTRIES:,} are looked at: derive it from smaller" in fault


def test_a_derived_parameter_with_too_many_entries_is_refused_before_it_is_built() -> None:
    gap = {"name": "g", "index": ["L", "L"], "over": "i in L, j in L", "expression": "i - j"}
    (fault,) = faults_of(sets=[{"name": "L", "range": [1, 2400]}], parameters=[gap])
    assert "it has 5,760,000 entries; at most 5,000,000 are built" in fault


def test_a_long_chain_is_refused_without_running_out_of_stack() -> None:
    links = [{"name": f"S{n}", "expression": f"i for i in S{n + 1}"} for n in range(MAX_CHAIN)]
    end = {"name": f"S{MAX_CHAIN}", "range": [1, 2]}
    (fault,) = faults_of(sets=[*links, end])
    assert f"more than {MAX_CHAIN} sets and parameters are derived one from the other" in fault
    assert instance(sets=[end, *reversed(links)]).sets["S0"] == ((1,), (2,))


# --- conditions ----------------------------------------------------------------------------------


def rows_of(expression: str, forall: str = "t in T") -> list[str]:
    found = instance(
        variables=[{"name": "x", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "x[1]"},
        constraints=[{"name": "c", "forall": forall, "expression": expression}],
    )
    return [row.label for row in found.rows()]


def test_a_row_whose_condition_is_known_to_fail_is_left_out() -> None:
    assert rows_of("implies(t > 1, x[t] >= x[t - 1])") == ["c[2]", "c[3]"]
    assert rows_of("implies(1 > 2, x[1] >= 1)", forall="") == []


def test_a_row_whose_condition_depends_on_a_variable_stays() -> None:
    assert rows_of("implies(x[t] > 1 or t < 3, x[t] >= 2)") == ["c[1]", "c[2]", "c[3]"]
    assert rows_of("implies(x[t] > 1, x[t] >= 2)") == ["c[1]", "c[2]", "c[3]"]


def test_what_is_known_of_a_condition_limits_the_rows() -> None:
    assert rows_of("implies(x[t] > 1 and t > 1, x[t] >= x[prev(T, t)])") == ["c[2]", "c[3]"]
    assert rows_of("implies(x[1] > 1 and 1 > 2, x[1] >= 1)", forall="") == []


def test_entries_of_a_condition_are_checked() -> None:
    row = {"name": "c", "forall": "t in T", "expression": "implies(x[t - 1] >= 1, x[t] >= 2)"}
    (fault,) = faults_of(
        variables=[{"name": "x", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "x[1]"},
        constraints=[row],
    )
    assert "for t = 1: 'x' has no entry [0]" in fault
