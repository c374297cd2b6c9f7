"""The little English that texts are made of, read back by solvitur's own reading."""

import pytest

from solvitur.formulation.words.quantities import quantities
from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import in_words, times
from solvitur.training.synthesis.voice import SHARES, Voice


@pytest.mark.parametrize("number", [2, 12, 19, 20, 45, 100, 120, 300, 999, 1_000, 2_500, 7_045])
def test_a_number_in_words_is_read_as_that_number(number: int) -> None:
    (read,) = quantities(f"They need {in_words(number)} bricks")
    assert read.value == number


@pytest.mark.parametrize("factor", [0.5, 1.5, 2, 2.5, 3, 4])
def test_a_multiple_is_read_as_that_multiple(factor: float) -> None:
    (read,) = quantities(f"At least {times(factor)} as many chairs as tables")
    assert factor in read.readings


@pytest.mark.parametrize("share", SHARES)
def test_a_share_is_read_as_that_share(share: object) -> None:
    for seed in range(8):
        written = Voice(Draw(str(seed)), set()).share(share)  # type: ignore[arg-type]
        (read,) = quantities(f"At most {written} of all chairs")
        assert float(share) == pytest.approx(read.value)  # type: ignore[arg-type]
