"""Choices that a seed settles."""

import pytest

from solvitur.training.synthesis.draw import Draw


@pytest.mark.parametrize("value", [1, 7, 93, 130, 1_234, 98_765])
def test_a_ceiling_is_above_and_a_floor_below(value: int) -> None:
    for seed in range(20):
        draw = Draw(str(seed))
        assert draw.floor(value) <= value <= draw.ceiling(value)


def test_only_the_squeezed_limit_is_on_the_other_side() -> None:
    draw = Draw("a", squeezed=1)
    assert draw.ceiling(500) >= 500
    assert draw.floor(500) > 500
    assert draw.ceiling(500) >= 500


def test_a_squeezed_draw_draws_everything_else_alike() -> None:
    one, other = Draw("a"), Draw("a", squeezed=0)
    assert one.ceiling(70) != other.ceiling(70)
    assert [one.whole(0, 99) for _ in range(9)] == [other.whole(0, 99) for _ in range(9)]
