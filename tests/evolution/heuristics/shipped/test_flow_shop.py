import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.shipped.flow_shop import driver, scoring
from solvitur.evolution.heuristics.shipped.flow_shop.seeds.longest_first import priority

DATA = {"times": [[1, 2], [2, 1], [3, 3]]}

times_of_jobs = st.integers(1, 4).flatmap(
    lambda machines: st.lists(
        st.lists(st.integers(0, 9), min_size=machines, max_size=machines), min_size=1, max_size=6
    )
)


def longest_path(times: list[list[int]], sequence: list[int]) -> int:
    """The makespan in another way: the longest of all monotone paths through the table."""
    rows = [times[job] for job in sequence]

    def ending(place: int, machine: int) -> int:
        before = [
            ending(*each) for each in ((place - 1, machine), (place, machine - 1)) if min(each) >= 0
        ]
        return rows[place][machine] + max(before, default=0)

    return ending(len(rows) - 1, len(rows[0]) - 1)


@settings(max_examples=60, deadline=None)
@given(times_of_jobs, st.randoms(use_true_random=False))
def test_the_makespan_is_the_longest_path_through_jobs_and_machines(
    times: list[list[int]], random: Any
) -> None:
    sequence = list(range(len(times)))
    random.shuffle(sequence)
    assert scoring.score({"times": times}, sequence) == longest_path(times, sequence)


@settings(max_examples=60, deadline=None)
@given(times_of_jobs)
def test_a_job_is_inserted_at_the_first_place_that_trying_all_finds_best(
    times: list[list[int]],
) -> None:
    sequence: list[int] = []
    for job in np.argsort(-np.array(times).sum(axis=1), kind="stable").tolist():
        tried = [[*sequence[:at], job, *sequence[at:]] for at in range(len(sequence) + 1)]
        sequence = min(tried, key=lambda each: longest_path(times, each))
    assert driver.solve(priority, {"times": times}) == sequence
    best = min(
        scoring.score({"times": times}, list(each))
        for each in itertools.permutations(range(len(times)))
    )
    assert scoring.score({"times": times}, sequence) >= best


def test_the_published_rule_has_its_published_makespans_on_the_published_instances() -> None:
    found = [
        scoring.score(each.data, driver.solve(priority, each.data))
        for each in scoring.taillard(20, 5)
    ]
    assert found == [1286, 1365, 1159, 1325, 1305, 1228, 1278, 1223, 1291, 1151]


def test_no_sequence_is_better_than_the_best_that_is_known() -> None:
    for each in scoring.instances():
        assert each.reference is not None
        assert scoring.score(each.data, driver.solve(priority, each.data)) >= each.reference


@pytest.mark.parametrize(
    ("sequence", "fault"),
    [
        ([0, 1], "does not have job 2"),
        ([0, 1, 1], "has job 1 twice"),
        ([0, 1, 3], "there is no job 3: they are 0 to 2"),
        ([0, 1, 2.0], "there is no job 2.0"),
        ([0, True, 2], "there is no job True"),
        ("012", "is not a list"),
    ],
)
def test_what_is_no_sequence_is_refused_with_the_reason(sequence: Any, fault: str) -> None:
    with pytest.raises(InvalidSolution, match=fault):
        scoring.score(DATA, sequence)


def test_priorities_of_another_number_than_jobs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) priorities for 3 jobs"):
        driver.solve(lambda times: times.sum(axis=0), DATA)


def test_the_search_never_sees_what_is_held_out() -> None:
    seen = {str(each.data) for each in scoring.instances()}
    for instances in scoring.held_out().values():
        assert not seen & {str(each.data) for each in instances}
