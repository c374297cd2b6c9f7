import asyncio
from dataclasses import replace
from typing import Any

import pytest

from solvitur.agents.answer import Agreement
from solvitur.agents.draft import Attempt, Draft
from solvitur.agents.reviewing import Review
from solvitur.agents.solving import Task, solved
from solvitur.agents.voting import agreement, best, cluster, matched, settled, votes
from solvitur.formulation import Data, Formulation
from solvitur.formulation.checks import Code
from tests.agents.attempts import attempt, finding, infeasible, unformulated

# --- when it is settled --------------------------------------------------------------------------


def test_a_clean_attempt_settles_it() -> None:
    assert settled([unformulated(1), attempt(2, 5.0)])


def test_nothing_is_settled_before_the_first_attempt() -> None:
    assert not settled([])


def test_two_that_agree_settle_it_in_spite_of_warnings() -> None:
    assert settled([attempt(1, 5.0, Code.unused), attempt(2, 5.0, Code.invented_number)])


def test_two_that_agree_with_one_between_them_settle_it() -> None:
    assert settled([attempt(1, 5.0, Code.unused), unformulated(2), attempt(3, 5.0, Code.unused)])


def test_two_that_find_no_answer_agree_too() -> None:
    assert settled([infeasible(1), infeasible(2)])


def test_agreement_of_earlier_ones_does_not_settle_a_later_one() -> None:
    made = [attempt(1, 5.0, Code.unused), attempt(2, 5.0, Code.unused), attempt(3, 6.0, Code.sense)]
    assert not settled(made)


def test_an_error_is_not_settled_by_agreement() -> None:
    made = [attempt(1, 5.0, Code.unlimited), attempt(2, 5.0, Code.unlimited)]
    assert not settled(made)


def test_two_without_a_solution_do_not_agree() -> None:
    assert not settled([unformulated(1), unformulated(2)])
    assert not settled([attempt(1, None), attempt(2, None)])


def test_an_independent_route_that_agrees_settles_it_in_spite_of_warnings() -> None:
    suspicious = attempt(1, 5.0, Code.unused)
    assert settled([replace(suspicious, reviews=(Review("code", agrees=True),))])
    assert not settled([replace(suspicious, reviews=(Review("code", agrees=False),))])
    wrong = attempt(1, 5.0, Code.unlimited)
    assert not settled([replace(wrong, reviews=(Review("code", agrees=True),))])


def test_an_independent_route_that_alone_disagrees_asks_for_one_more() -> None:
    dissent = (Review("code", ("it comes to 7",), agrees=False),)
    made = [replace(attempt(n, float(n)), reviews=dissent) for n in (1, 2)]
    assert not settled(made[:1])
    assert settled(made)
    assert not settled(made, samples=2)
    assert not settled([made[0], replace(made[1], findings=(finding(Code.unused),))])
    assert best(made) == made[0]


def test_of_two_alike_the_one_that_an_independent_route_agrees_with_is_best() -> None:
    alike = [attempt(1, 5.0, Code.unused), attempt(2, 6.0, Code.unused)]
    agreed = replace(alike[1], reviews=(Review("code", agrees=True),))
    assert best([alike[0], agreed]) == agreed


def test_samples_are_drawn_until_more_than_half_share_a_verdict() -> None:
    made = [attempt(1, 5.0), attempt(2, 6.0), attempt(3, 5.0), attempt(4, 7.0), attempt(5, 5.0)]
    assert [settled(made[:n], samples=5) for n in (1, 2, 3, 4, 5)] == [*[False] * 4, True]
    assert settled([attempt(1, 5.0), attempt(2, 5.0)], samples=3)
    assert votes(made[0], made) == 3
    assert best(made) == made[0]


# --- the best ------------------------------------------------------------------------------------


def test_of_no_attempt_there_is_no_best() -> None:
    assert best([]) is None


@pytest.mark.parametrize(
    ("attempts", "number"),
    [
        ([unformulated(1), attempt(2, None)], 2),
        ([attempt(1, None), attempt(2, 5.0, Code.unused, Code.sense)], 2),
        ([attempt(1, 5.0, Code.sense), attempt(2, 6.0)], 2),
        ([attempt(1, 5.0), attempt(2, 6.0, Code.unused)], 1),
        ([infeasible(1), attempt(2, 5.0, Code.forgotten_number)], 2),
        ([attempt(1, 5.0, Code.unused), attempt(2, 6.0, Code.unused)], 1),
        ([attempt(1, 5.0, Code.invalid), attempt(2, 6.0, Code.unused)], 2),
        ([unformulated(1), unformulated(2)], 1),
    ],
    ids=[
        "a formulation before none",
        "a solved one before one that is not",
        "a clean one",
        "the clean one although it came first",
        "an answer before none at all",
        "the earlier of two alike",
        "a valid one",
        "the earlier of two that are nothing",
    ],
)
def test_the_best_is(attempts: list[Attempt], number: int) -> None:
    chosen = best(attempts)
    assert chosen is not None
    assert chosen.round == number


def test_agreement_outweighs_one_light_finding() -> None:
    made = [
        attempt(1, 6.0, Code.invented_number),
        attempt(2, 5.0, Code.invented_number, Code.unused),
        attempt(3, 5.0, Code.invented_number, Code.unused),
    ]
    chosen = best(made)
    assert chosen is not None
    assert chosen.round == 2


def test_agreement_does_not_outweigh_an_error() -> None:
    made = [attempt(1, 5.0, Code.unlimited), attempt(2, 5.0, Code.unlimited), attempt(3, 6.0)]
    chosen = best(made)
    assert chosen is not None
    assert chosen.round == 3


# --- what is proved of them -----------------------------------------------------------------------


def drawn(*formulations: Formulation) -> list[Attempt]:
    """Solve formulations and match each with those before it, as the agent does."""

    async def all_of_them() -> list[Attempt]:
        made: list[Attempt] = []
        for number, each in enumerate(formulations, start=1):
            task = Task(each, Data({}))
            found = await solved(task)
            tried = Attempt(number, Draft("direct", each), solution=found.solution)
            made.append(await matched(tried, made, task))
        return made

    return asyncio.run(all_of_them())


def plan(
    *rows: str, names: str = "xy", goal: str = "3 * {0} + 2 * {1}", **parts: Any
) -> Formulation:
    """Make a formulation of two variables, which rows and goal call {0} and {1}."""
    return Formulation.model_validate(
        {
            "variables": [{"name": name} for name in names],
            "objective": {"sense": "maximize", "expression": goal.format(*names)},
            "constraints": [
                {"name": f"row{number}", "expression": row.format(*names)}
                for number, row in enumerate(rows)
            ],
        }
    )


WOOD = "{0} + {1} <= 4"
BOTH = plan(WOOD, "{0} <= 3")
RENAMED = plan("{1} <= 3", "2 * {1} + 2 * {0} <= 8", names="ab", goal="3 * {1} + 2 * {0}")
BY_ACCIDENT = plan(WOOD, "{0} <= 3", "{1} <= 2")
OTHER = plan(WOOD, "{0} <= 2")


def test_formulations_that_are_proved_equivalent_are_one_cluster_whatever_their_names() -> None:
    made = drawn(BOTH, OTHER, RENAMED)
    assert [each.same_as for each in made] == [set(), set(), {1}]
    assert [sorted(cluster(each, made)) for each in made] == [[1, 3], [2], [1, 3]]
    assert [votes(each, made) for each in made] == [2, 1, 2]


def test_an_optimum_that_is_equal_by_accident_is_no_vote() -> None:
    made = drawn(BOTH, BY_ACCIDENT, RENAMED)
    assert len({each.verdict for each in made}) == 1
    assert [each.unlike for each in made] == [set(), {1}, set()]
    assert [votes(each, made) for each in made] == [2, 1, 2]


def test_what_is_proved_of_one_holds_for_all_of_its_cluster() -> None:
    made = [
        attempt(1, 5.0),
        replace(attempt(2, 5.0), same_as=frozenset({1})),
        replace(attempt(3, 5.0), unlike=frozenset({1, 2})),
        replace(attempt(4, 5.0), same_as=frozenset({3})),
    ]
    assert [votes(each, made) for each in made] == [2, 2, 2, 2]


def test_a_proof_that_comes_late_joins_what_came_before() -> None:
    made = [attempt(1, 5.0), attempt(2, 5.0), replace(attempt(3, 5.0), same_as=frozenset({1, 2}))]
    assert all(cluster(each, made) == {1, 2, 3} for each in made)


def test_the_larger_cluster_by_proof_wins_over_as_many_equal_optima() -> None:
    made = [
        attempt(1, 6.0),
        attempt(2, 6.0),
        attempt(3, 5.0),
        replace(attempt(4, 5.0), same_as=frozenset({3})),
    ]
    assert best(made) == made[2]


@pytest.mark.parametrize("rows", [(), ("{0} >= 5", "{0} <= 3")], ids=["unbounded", "infeasible"])
def test_formulations_without_an_answer_are_proved_equivalent_too(rows: tuple[str, ...]) -> None:
    first = plan(*rows)
    second = plan(*rows[::-1], names="ab")
    _, again = drawn(first, second)
    assert again.same_as == {1}


def test_scripts_and_what_cannot_be_compared_agree_by_what_they_come_to() -> None:
    curved = plan(WOOD, "{0} <= 3", goal="3 * {0} + 2 * {1} - {0} * {1}")
    script = replace(attempt(3, None), draft=Draft("code", None, script="..."))
    made = [*drawn(curved, curved), script]
    assert [(each.same_as, each.unlike) for each in made] == [(set(), set())] * 3
    assert votes(made[0], made) == 2


def test_what_comes_to_something_else_is_not_compared() -> None:
    _, other = drawn(BOTH, OTHER)
    assert (other.same_as, other.unlike) == (set(), set())


def test_samples_of_which_an_accident_makes_the_majority_are_drawn_on() -> None:
    made = drawn(BOTH, BY_ACCIDENT, RENAMED)
    assert [settled(made[:number], samples=5) for number in (2, 3)] == [False, False]
    assert [settled(made[:number], samples=3) for number in (2, 3)] == [False, True]


def test_after_the_samples_an_equal_optimum_settles_it_all_the_same() -> None:
    made = [replace(each, findings=(finding(Code.unused),)) for each in drawn(BOTH, BY_ACCIDENT)]
    assert settled(made, samples=2)


def test_it_is_counted_how_many_say_the_same() -> None:
    made = [*drawn(BOTH, BY_ACCIDENT, RENAMED, OTHER), unformulated(5)]
    found = agreement(made[0], made)
    assert found == Agreement(drawn=5, equivalent=2, equal=0, by_accident=1)
    assert agreement(made[4], made) is None
    alike = [attempt(1, 5.0), attempt(2, 5.0)]
    assert agreement(alike[0], alike) == Agreement(drawn=2, equivalent=1, equal=1, by_accident=0)
