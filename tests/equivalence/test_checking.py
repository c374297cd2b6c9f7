"""Verdicts against lists of all points, and what each kind of them says."""

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Conclusion, Program, check
from tests.equivalence.enumerated import (
    are_proportional,
    carries,
    changed,
    costs,
    points,
    programs,
)

QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agrees_with_lists(a: Program, b: Program) -> Conclusion:
    """Check a verdict against all points of both, and give it."""
    verdict = check(a, b, seconds=10)
    event(verdict.conclusion.name)
    listed = points(a), points(b)
    if verdict.is_equivalent:
        over = verdict.correspondence
        assert over is not None
        there, back = carries(a, b, over.to_b), carries(b, a, over.to_a)
        assert there is not None, verdict
        assert back is not None, verdict
        assert all(back[became] == cost for cost, became in there.items())
        assert are_proportional(costs(a, listed[0]), costs(b, listed[1]))
    example = verdict.counter_example
    if example is not None:
        one, other = (a, b) if example.from_a else (b, a)
        assert one.is_feasible(example.point)
        if example.image:
            assert other.violations(example.image) == example.violations != ()
    if verdict.conclusion is Conclusion.different:
        values = costs(a, listed[0]), costs(b, listed[1])
        assert listed[0] != listed[1] or not are_proportional(*values)
    return verdict.conclusion


@QUICK
@given(programs(size=2), programs(size=2))
def test_a_verdict_on_any_two_programs_is_true_of_their_points(a: Program, b: Program) -> None:
    agrees_with_lists(a, b)


@QUICK
@given(some.data())
def test_a_verdict_on_a_program_and_one_made_from_it_is_true_of_their_points(
    data: some.DataObject,
) -> None:
    a = data.draw(programs())
    agrees_with_lists(a, data.draw(changed(a)))
