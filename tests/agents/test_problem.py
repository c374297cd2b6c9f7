from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.agents.problem import MAX_LENGTH, read_problem
from solvitur.errors import ProblemError


@pytest.mark.parametrize("text", ["", " ", "\n\t \r\n", "\u3000"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="empty"):
        read_problem(text)


def test_a_text_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(ProblemError, match=r"1,000,000 characters.*60,000"):
        read_problem("a" * 1_000_000)


def test_the_longest_text_is_read() -> None:
    assert len(read_problem("7" + " " * (MAX_LENGTH - 2) + "a").text) == MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "Make 20\0 chairs.",
        "\x7fELF\x02\x01\x01" + "\x00" * 9,
        bytes(range(256)).decode(errors="replace"),
        "PK\x03\x04\x14\x08\x06\x05",
        "Make 20 \udcff chairs.",
    ],
    ids=["a zero byte", "a program", "every byte", "an archive", "a byte that is no character"],
)
def test_binary_data_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="binary"):
        read_problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "Make 20 chairs.\r\n\tEach costs 3.\f",
        "\ufeffMake 20 chairs.",
        "Caf\ufffd 20",
        "椅子を 20 脚",
    ],
    ids=["line ends and tabs", "a byte order mark", "one lost letter", "another script"],
)
def test_ordinary_text_is_read_as_it_is(text: str) -> None:
    assert read_problem(text).text == text


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ProblemError):
        assert read_problem(text).text == text
