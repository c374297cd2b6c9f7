"""The published method, with its merits and its gaps."""

import asyncio
import json
from fractions import Fraction
from typing import Any

import pytest

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row
from solvitur.equivalence.quasi_karp import QuasiKarp, ask_quasi_karp, quasi_karp
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.llm import Scripted

ONE = Fraction(1)


def program(*sides: int, price: int = 1) -> Program:
    """Maximise ``price * (x + y)`` where x and y are at most the sides."""
    rows = tuple(
        Row(f"r{n}", {n: ONE}, None, Fraction(side)) for n, side in enumerate(sides) if side >= 0
    )
    columns = (Column("x"), Column("y"))
    return Program(columns, rows, {n: Fraction(price) for n in range(2)}, minimise=False)


def test_an_optimum_that_is_mapped_to_an_optimum_is_accepted() -> None:
    halves = Mapping(2, tuple(Image({n: Fraction(2)}) for n in range(2)))

    assert quasi_karp(program(4, 6), program(2, 3, price=5), halves).is_equivalent


def test_another_optimum_is_refused() -> None:
    found = quasi_karp(program(4, 6), program(4, 5), Mapping.identity(2))

    assert not found.is_equivalent
    assert (found.optimum, found.pinned) == (10, 9)


def test_an_invalid_cut_that_spares_the_optimum_is_accepted_all_the_same() -> None:
    cut = Row("cut", {0: ONE}, Fraction(4), None)
    restricted = program(4, 6)
    restricted = Program(
        restricted.columns, (*restricted.rows, cut), restricted.objective, minimise=False
    )

    assert quasi_karp(program(4, 6), restricted, Mapping.identity(2)).is_equivalent


def test_a_variable_that_nobody_mapped_is_left_free() -> None:
    assert quasi_karp(program(4, 6), program(4, 5), [Image({0: ONE}), None]).is_equivalent


@pytest.mark.parametrize("without", ["A", "B"])
def test_without_an_optimum_nothing_is_equivalent(without: str) -> None:
    pair = (program(4, -1), program(4, 6))

    found = quasi_karp(*(pair if without == "A" else pair[::-1]), Mapping.identity(2))

    assert not found.is_equivalent
    assert found.reason == f"{without} has no optimum: unbounded"


def formulation(*names: str, goal: str, row: str) -> Instance:
    return Instance(
        Formulation.model_validate(
            {
                "variables": [{"name": name, "doc": f"amount {name}"} for name in names],
                "objective": {"sense": "maximize", "expression": goal},
                "constraints": [{"name": "limit", "expression": row}],
            }
        )
    )


A = formulation("x", "y", goal="x + 2 * y", row="x + y <= 4")
B = formulation("p", "q", goal="2 * p + q", row="p + q <= 4")


def answered(*replies: dict[str, Any], attempts: int = 1) -> tuple[QuasiKarp, Scripted]:
    model = Scripted([json.dumps(reply) for reply in replies])
    return asyncio.run(ask_quasi_karp(A, B, model, attempts=attempts)), model


def term(variable: str, constant: Any = 1) -> list[dict[str, Any]]:
    return [{"constant": constant, "variable": variable}]


def test_a_model_is_asked_once_for_each_variable() -> None:
    found, model = answered({"x": term("q")}, {"y": term("p")})

    assert found.is_equivalent
    assert found.mapping == (Image({1: ONE}), Image({0: ONE}))
    shown = model.requests[1].messages[-1].content
    assert "- y: amount y" in shown
    assert "x + y <= 4" in shown
    assert found.usage.completion_tokens > 0


def test_any_accepted_attempt_decides() -> None:
    wrong = ({"x": term("p")}, {"y": term("q")})

    found, model = answered(*wrong, {"x": term("q")}, {"y": term("p")}, attempts=3)

    assert found.is_equivalent
    assert len(model.requests) == 4
    assert not answered(*wrong)[0].is_equivalent


@pytest.mark.parametrize(
    "terms",
    [
        term("none", "none"),
        term("zed"),
        term("p", "2"),
        term("p", True),
        [{"variable": "p"}],
        [],
    ],
)
def test_a_reply_that_is_no_combination_maps_nothing(terms: list[dict[str, Any]]) -> None:
    found, _ = answered({"x": terms}, {"y": term("p")})

    assert found.mapping == (None, Image({0: ONE}))


def test_entries_are_mapped_with_the_same_index() -> None:
    def indexed(name: str, elements: list[str]) -> Instance:
        return Instance(
            Formulation.model_validate(
                {
                    "sets": [{"name": "P", "elements": elements}],
                    "variables": [{"name": name, "index": ["P"], "upper": 3}],
                    "objective": {"sense": "maximize", "expression": f"sum({name}[p] for p in P)"},
                }
            )
        )

    def mapped(other: Instance) -> tuple[Image | None, ...]:
        model = Scripted([json.dumps({"x": term("y", 0.5)})])
        return asyncio.run(
            ask_quasi_karp(indexed("x", ["a", "b"]), other, model, attempts=1)
        ).mapping

    assert mapped(indexed("y", ["b", "a"])) == (Image({1: ONE / 2}), Image({0: ONE / 2}))
    assert mapped(indexed("y", ["a", "c"])) == (None, None)
