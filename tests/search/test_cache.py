"""Programs that are the same but for how they are written have one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.search import evaluation_key, normalised, program_key

PLAIN = "import math\n\ndef f(x):\n    return math.sqrt(x) + 1\n"


@pytest.mark.parametrize(
    "written",
    [
        "import math\ndef f(x):  # a comment\n    return (math.sqrt(x)) + 1",
        "'''A module.'''\nimport math\ndef f(x):\n    '''Why.'''\n\n    return math.sqrt(x)+1\n",
        "import math\ndef f(x): return math.sqrt(x) + 1",
    ],
)
def test_layout_comments_and_docstrings_make_no_difference(written: str) -> None:
    assert program_key(written) == program_key(PLAIN)


@pytest.mark.parametrize(
    "written",
    [
        PLAIN.replace("1", "2"),
        PLAIN.replace("1", "1.0"),
        PLAIN.replace("sqrt", "log"),
        PLAIN.replace("return", "x += 1; return"),
    ],
)
def test_what_it_does_makes_a_difference(written: str) -> None:
    assert program_key(written) != program_key(PLAIN)


@given(st.text())
def test_anything_has_a_name(text: str) -> None:
    assert program_key(text) == program_key(text)
    assert normalised(normalised(text)) == normalised(text)


def test_the_same_program_on_other_instances_is_another_evaluation() -> None:
    assert evaluation_key(PLAIN, ["a"]) != evaluation_key(PLAIN, ["a", "b"])
    assert evaluation_key(PLAIN, ["a", "b"]) == evaluation_key(PLAIN, ["b", "a"])


def test_a_function_of_nothing_but_words_is_still_a_function() -> None:
    assert normalised("def f():\n    'Only words.'") == "def f():\n    pass"
