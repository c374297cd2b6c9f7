"""Ranges in arrays are those that are found one by one."""

import random

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.expression import parse, parse_forall
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise.ranges import Ranges

EXPRESSIONS = [
    "x[i] - p[j] * y",
    "2 * x[i] - x[i] + 3 - x[j]",
    "sum(p[k] * x[k] for k in I if k != j) / 2",
    "-(b[i] - y) * p[i]",
    "b[1] + b[2] - b[j]",
    "free - y",
    "p[i] * 2",
    "x[i] - x[i] + free - free",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("forall", ["i in I, j in I", "i in I, j in I if i < j"])
def test_spans_in_arrays_are_those_of_each_binding(text: str, forall: str) -> None:
    chance = random.Random(text)
    content = {
        "sets": [{"name": "I", "range": [1, 3]}],
        "parameters": [
            {"name": "p", "index": ["I"], "values": {i: chance.randint(-3, 3) for i in "123"}}
        ],
        "variables": [
            {"name": "x", "index": ["I"], "over": "i in I", "lower": "-i", "upper": "2 * i"},
            {"name": "y", "lower": -1.5, "upper": 9},
            {"name": "b", "index": ["I"], "domain": "binary"},
            {"name": "free", "lower": None},
        ],
        "objective": {"sense": "minimize", "expression": "y"},
        "constraints": [
            {"name": "cut", "expression": "2 * y <= 7"},
            {"name": "each", "forall": "i in I if i > 1", "expression": "-x[i] <= -i"},
        ],
    }
    instance = Instance(Formulation.model_validate(content))
    ranges, loops, node = Ranges(instance), parse_forall(forall), parse(text)
    bindings = list(instance.evaluator().bindings(loops, {}))
    frame, _ = instance.arrays().expand(loops)
    found = ranges.spans(node, bindings, frame)
    forms = [ranges.form(node, binding) for binding in bindings]
    assert found.constant == pytest.approx([form.constant for form in forms])
    assert found.ranges == [pytest.approx(ranges.of_form(form)) for form in forms]
    assert found.whole == [ranges.is_whole(form) for form in forms]


def test_bounds_that_cross_are_left_for_the_solver_to_find() -> None:
    content = {
        "variables": [{"name": "y", "upper": 4}],
        "objective": {"sense": "minimize", "expression": "y"},
        "constraints": [{"name": "never", "expression": "y >= 5"}],
    }
    ranges = Ranges(Instance(Formulation.model_validate(content)))
    assert ranges.of(parse("y"), {}) == (0, 4)
