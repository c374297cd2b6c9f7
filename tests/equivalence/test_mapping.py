"""Affine maps between the columns of two programs."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Column, Image, Mapping, Program
from solvitur.errors import ConfigError

SMALL = some.fractions(-5, 5, max_denominator=4)


def program(*names: str) -> Program:
    return Program(tuple(Column(name) for name in names), (), {})


def images(size: int) -> some.SearchStrategy[Image]:
    coefficients = some.dictionaries(some.integers(0, size - 1), SMALL.filter(bool), max_size=size)
    return some.builds(Image, coefficients, SMALL)


def maps(size: int, target: int) -> some.SearchStrategy[Mapping]:
    made = some.lists(images(size), min_size=target, max_size=target)
    return made.map(lambda found: Mapping(size, tuple(found)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(maps(3, 2), maps(2, 4), some.lists(SMALL, min_size=3, max_size=3))
def test_one_map_and_then_another_is_what_both_do_in_turn(
    first: Mapping, second: Mapping, point: list[Fraction]
) -> None:
    assert first.then(second).apply(point) == second.apply(first.apply(point))


@given(maps(3, 2), some.lists(SMALL, min_size=3, max_size=3))
def test_an_expression_pulled_back_has_the_value_it_has_at_the_image(
    mapping: Mapping, point: list[Fraction]
) -> None:
    expression = {0: Fraction(2), 1: Fraction(-1, 3)}
    at_image = sum(value * mapping.apply(point)[column] for column, value in expression.items())
    assert mapping.pull(expression).value(point) == at_image


@given(maps(3, 2))
def test_the_identity_changes_nothing_on_either_side(mapping: Mapping) -> None:
    assert Mapping.identity(3).then(mapping).apply([Fraction(1)] * 3) == mapping.apply(
        [Fraction(1)] * 3
    )
    assert Mapping.identity(3).is_identity
    assert not Mapping.renaming(3, [1, 0, 2]).is_identity
    assert not Mapping.renaming(3, [0, 1]).is_identity


def test_a_map_is_built_from_names_and_written_in_words() -> None:
    source, target = program("x", "y"), program("z", "one", "w")
    mapping = Mapping.by_name(
        source, target, {"z": {"x": 0.5, "y": -2}, "w": {"y": -1, "x": 1}}, {"one": 1, "z": 3}
    )
    assert list(mapping.apply([Fraction(2), Fraction(1)])) == [2, 1, 1]
    assert mapping.in_words(source, target) == "z = 3 + 1/2 x - 2 y\none = 1\nw = -y + x"


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"z": {"x": 1}, "v": {"x": 1}}, "'v', which is no variable of the target"),
        ({"z": {"u": 1}}, "'u', which is no variable of the source"),
        ({}, "does not say what 'z' is"),
    ],
)
def test_a_name_that_is_nowhere_or_missing_is_said(
    terms: dict[str, dict[str, float]], why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        Mapping.by_name(program("x"), program("z"), terms)


def test_maps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not meet"):
        Mapping.identity(2).then(Mapping.identity(3))
    with pytest.raises(ValueError, match="a point of 1 values"):
        Mapping.identity(2).apply([Fraction(1)])
