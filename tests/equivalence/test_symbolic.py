"""Mappings that are written for whole variables."""

from fractions import Fraction
from typing import Any

import pytest

from solvitur.equivalence.symbolic import Definition, mapping_of
from solvitur.errors import InvalidFormulation
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance


def instance(*variables: dict[str, Any], **elements: Any) -> Instance:
    goal = {"sense": "minimize", "expression": "0"}
    return Instance(
        Formulation.model_validate({"variables": variables, "objective": goal, **elements})
    )


def numbers(*values: int) -> list[Fraction]:
    return [Fraction(value) for value in values]


PAIR = [{"name": "I", "range": [1, 2]}, {"name": "J", "range": [1, 3]}]
X = instance({"name": "x", "index": ["I", "J"]}, sets=PAIR)
Y = instance({"name": "y", "index": ["J", "I"], "domain": "binary"}, sets=PAIR)


def test_indices_can_change_places() -> None:
    written = Definition(forall="i in I, j in J", entry="x[i, j]", value="y[j, i]")

    mapping = mapping_of([written], Y, X)

    assert mapping.apply(numbers(11, 21, 12, 22, 13, 23)) == (11, 12, 13, 21, 22, 23)


def test_indices_can_be_computed_with() -> None:
    turned = Definition(forall="i in I, j in J", entry="x[i, j]", value="1 - y[4 - j, 3 - i]")

    mapping = mapping_of([turned], Y, X)

    assert mapping.apply(numbers(11, 21, 12, 22, 13, 23))[0] == 1 - 23


def test_a_value_can_be_a_sum_with_parameters_of_either_side() -> None:
    digits = instance(
        {"name": "d", "index": ["K"], "domain": "integer"},
        sets=[{"name": "K", "range": [0, 2]}],
        parameters=[{"name": "base", "value": 10}],
    )
    whole = instance({"name": "n"}, parameters=[{"name": "least", "value": 0.1}])
    written = Definition(entry="n", value="least + sum(base ** k * d[k] for k in K)")

    mapping = mapping_of([written], digits, whole)

    assert mapping.apply(numbers(3, 2, 1)) == (Fraction(1, 10) + 123,)


def test_a_name_of_both_is_written_with_the_letter_of_its_side() -> None:
    a = instance({"name": "x"}, parameters=[{"name": "k", "value": 2}])
    b = instance({"name": "x"}, parameters=[{"name": "k", "value": 3}])
    written = Definition(entry="B.x", value="A.k * A.x + B.k")

    assert mapping_of([written], a, b).apply(numbers(5)) == (13,)
    assert mapping_of([Definition(entry="A.x", value="B.x")], b, a, sides="BA").size == 1


def test_entries_can_be_given_one_by_one() -> None:
    shop = instance(
        {"name": "make", "index": ["P"]}, sets=[{"name": "P", "elements": ["chair", "table"]}]
    )
    plain = instance({"name": "c"}, {"name": "t"})
    written = [
        Definition(entry="make['chair']", value="c"),
        Definition(entry="make['table']", value="t"),
    ]

    assert mapping_of(written, plain, shop).apply(numbers(4, 7)) == (4, 7)


@pytest.mark.parametrize(
    ("definitions", "words"),
    [
        ([("x[i, j]", "y[j, i]", "i in I, j in J if j < 3")], "x[1, 3] is not given"),
        ([("x[i, j]", "y[j, i]", "i in I, j in J"), ("x[1, 1]", "0", "")], "given twice"),
        ([("x[i, j]", "y[j, i]", "i in I, j in J, k in I, l in J")], "36 values are given for 6"),
        ([("x[i, j]", "y[j, i] * y[1, 1]", "i in I, j in J")], "product of variables"),
        ([("x[i, j]", "abs(y[j, i])", "i in I, j in J")], "a function of them"),
        ([("x[i, j]", "x[i, j]", "i in I, j in J")], "variables of the other side"),
        ([("x[i, j]", "z[j, i]", "i in I, j in J")], "'z'"),
        ([("x[i, j]", "A.z[j, i]", "i in I, j in J")], "A has no 'z'"),
        ([("x[i, j]", "y[i, j]", "i in I, j in J")], "y"),
        ([("x[i, j] + 1", "y[j, i]", "i in I, j in J")], "'entry' is one variable"),
        ([("x[i, j]", "0) == (0", "i in I, j in J")], "x[i, j] = 0) == (0"),
        ([("x[i, j]", "y[j, i] >= 0", "i in I, j in J")], "definition_1"),
        ([("x[i, j]", "__import__('os').system('true')", "i in I, j in J")], "x[i, j] = "),
        ([("x[i, j]", "1e999 * y[j, i]", "i in I, j in J")], ""),
        ([("x[i, j]", "9 ** 9 ** 9 ** 9", "i in I, j in J")], ""),
        ([], "x[1, 1] is not given"),
    ],
)
def test_what_is_no_affine_map_is_told_to_its_writer(
    definitions: list[tuple[str, str, str]], words: str
) -> None:
    written = [Definition(entry=e, value=v, forall=f) for e, v, f in definitions]

    with pytest.raises(InvalidFormulation) as caught:
        mapping_of(written, Y, X)

    assert words in str(caught.value)
