import math
from typing import Any

import pytest

from solvitur.formulation.classify import ProblemClass, classify, max_degree
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from tests.formulation.closed import formulation


def class_of(objective: str, row: str = "x >= 0", domain: str = "continuous") -> ProblemClass:
    fields: dict[str, Any] = {
        "sets": [],
        "parameters": [{"name": "w", "value": 2}],
        "variables": [{"name": "x", "domain": domain}, {"name": "y"}],
        "constraints": [{"name": "row", "expression": row}],
    }
    return classify(Instance(formulation(objective, **fields)))


@pytest.mark.parametrize(
    ("objective", "row", "continuous", "mixed"),
    [
        ("x + 2 * y", "x <= w", "LP", "MILP"),
        ("w", "x <= w", "LP", "MILP"),
        ("x / w + w ** 2 * y", "x <= exp(w)", "LP", "MILP"),
        ("(x - y) ** 2", "x <= w", "QP", "MIQP"),
        ("x * y", "x <= w", "QP", "MIQP"),
        ("x ** w", "x <= w", "QP", "MIQP"),
        ("x", "x * y >= 1", "NLP", "MINLP"),
        ("x", "x ** 2 + y ** 2 <= 1", "NLP", "MINLP"),
        ("x * y * x", "x <= w", "NLP", "MINLP"),
        ("x ** 3", "x <= w", "NLP", "MINLP"),
        ("w / x", "x <= w", "NLP", "MINLP"),
        ("x ** 0.5", "x <= w", "NLP", "MINLP"),
        ("x ** y", "x <= w", "NLP", "MINLP"),
        ("2 ** x", "x <= w", "NLP", "MINLP"),
        ("exp(x)", "x <= w", "NLP", "MINLP"),
        ("abs(x)", "x <= w", "NLP", "MINLP"),
        ("x", "implies(x > 1, y <= w)", "NLP", "MINLP"),
        ("max(x, y)", "x <= w", "NLP", "MINLP"),
        ("piecewise(x, ((0, 0), (5, w)))", "x <= w", "NLP", "MINLP"),
        ("piecewise(w, ((0, 0), (5, w))) * x", "x <= w", "LP", "MILP"),
        ("x", "implies(w > 1, x <= w)", "LP", "MILP"),
        ("x", "implies(y >= 1, x <= w)", "NLP", "MINLP"),
    ],
)
def test_the_class_follows_from_the_degrees(
    objective: str, row: str, continuous: str, mixed: str
) -> None:
    assert class_of(objective, row) == continuous
    assert class_of(objective, row, domain="integer") == mixed
    assert class_of(objective, row, domain="binary") == mixed


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("w * c['a']", 0),
        ("-x + 3", 1),
        ("sum(c[p] * y[p] for p in P)", 1),
        ("sum(y[p] * y[q] for p in P for q in P)", 2),
        ("x * (y['a'] + x * x)", 3),
        ("x ** 4", 4),
        ("x ** 0", 0),
        ("x ** -1", math.inf),
        ("prod(y[p] for p in P)", math.inf),
        ("sin(x)", math.inf),
        ("min(x, 1)", math.inf),
        ("sum(x ** t for t in T)", math.inf),
        ("y[next(P, 'a')] * next(T, 1)", 1),
        ("piecewise(x, ((0, 0), (1, 1)))", math.inf),
        ("x + piecewise(w, ((0, 0), (5, 5)))", 1),
    ],
)
def test_the_degree_is_an_upper_bound(text: str, degree: float) -> None:
    assert max_degree(parse(text), Instance(formulation())) == degree
