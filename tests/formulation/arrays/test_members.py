"""A set finds elements of other sets, numbers and tuples in itself."""

import numpy as np
import pytest

from solvitur.formulation.arrays.entries import BoundEntries, Entries
from solvitur.formulation.arrays.members import Members
from solvitur.formulation.bounds import Bounds

ARCS = Members([("a", 1), ("b", 2), ("a", 2)])


def test_members_are_the_tuple_they_hold() -> None:
    assert ARCS == (("a", 1), ("b", 2), ("a", 2))
    assert (ARCS.dimension, Members().dimension) == (2, 1)


def test_elements_of_another_set_are_found_or_nowhere() -> None:
    others = Members([("a", 2), ("c", 1), ("a", 1)])
    found = ARCS.find(others)
    assert found is not None
    assert found.tolist() == [2, -1, 0]
    assert ARCS.find(ARCS) is None


def test_a_number_and_its_text_are_two_things() -> None:
    mixed = Members([(1,), ("1",), (5,)])
    assert mixed.find_numbers(np.array([5.0, 1.0, 2.0, 1.5])).tolist() == [2, 0, -1, -1]
    assert mixed.numbers is None


def test_tuples_are_found_place_by_place() -> None:
    letters, numbers = ARCS.place(0)[0], ARCS.place(1)[0]
    wanted = [("b", 2), ("b", 1), ("z", 1)]
    codes = [
        np.array([letters.positions.get((letter,), -1) for letter, _ in wanted]),
        np.array([numbers.positions.get((number,), -1) for _, number in wanted]),
    ]
    assert ARCS.find_parts(codes).tolist() == [1, -1, -1]


def test_nothing_is_found_in_an_empty_set() -> None:
    empty, codes = Members(), np.array([0, 1])
    assert empty.find_numbers(np.array([1.0])).tolist() == [-1]
    assert empty.find_parts([codes]).tolist() == [-1, -1]


def test_entries_are_a_mapping_in_the_order_of_the_sets() -> None:
    months = Members([(1,), (2,)])
    entries = Entries((ARCS, months), np.arange(6.0))
    assert list(entries)[:3] == [("a", 1, 1), ("a", 1, 2), ("b", 2, 1)]
    assert entries["a", 2, 2] == 5
    assert dict(entries) == dict(zip(entries, range(6), strict=True))
    assert len(entries) == 6
    with pytest.raises(KeyError):
        entries["a", 3, 1]


def test_a_scalar_has_the_empty_key() -> None:
    assert dict(Entries((), np.array(2.5))) == {(): 2.5}


def test_an_infinite_bound_is_none() -> None:
    bounds = BoundEntries((), np.array(-np.inf), np.array(3.0))
    assert bounds[()] == Bounds(None, 3.0)
    assert () in bounds
    assert ("a",) not in bounds
