"""Replies as models write them, and what is read from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.evolution.heuristics import Argument, Fault, Function, Heuristic, read_reply

ARGUMENTS = (Argument("item", "int", "what arrives"), Argument("bins", "np.ndarray", "room left"))
FUNCTION = Function("score", ARGUMENTS, "np.ndarray", "a score for each bin")
CODE = "import numpy as np\n\ndef score(item, bins):\n    return -(bins - item)"


def heuristic(reply: str) -> Heuristic:
    found, failure = read_reply(reply, FUNCTION)
    assert failure is None
    assert found is not None
    return found


@pytest.mark.parametrize(
    "reply",
    [
        f"{{Tight bins.}}\n```python\n{CODE}\n```",
        f"{{Tight bins.}}\n```\n{CODE}\n```",
        f"{{Tight bins.}}\n~~~py\n{CODE}\n~~~",
        f"{{Tight bins.}}\n{CODE}",
        f"{{Tight bins.}}\r\n```python\r\n{CODE}\r\n```\r\n",
        f"{{Tight bins.}}\n```python\n{CODE}",
        f"```python\n{CODE}\n```\n{{Tight bins.}}",
        f"<think>```\ndef f(x): pass\n```</think>{{Tight\nbins.}}\n```\n{CODE}\n```",
        f"**Idea**\n\n{{Tight bins.}}\n\n    {CODE.splitlines()[0]}\n\n```python\n{CODE}\n```",
        f"{{Tight bins.}}\n{CODE}\n\nThis prefers bins that it fills. It is fast.",
    ],
)
def test_idea_and_code_are_found_however_they_are_wrapped(reply: str) -> None:
    assert heuristic(reply) == Heuristic("Tight bins.", CODE)


def test_braces_in_the_code_are_code() -> None:
    code = "def score(item, bins):\n    table = {1: {2: 3}}\n    return f'{table}'"
    assert heuristic(f"{{Use a table.}}\n```python\n{code}\n```") == Heuristic("Use a table.", code)
    assert heuristic(f"```python\n{code}\n```").idea == ""


def test_an_idea_may_have_braces_in_it() -> None:
    found = heuristic(f"{{Take the set {{1, 2}} first.}}\n```python\n{CODE}\n```")
    assert found.idea == "Take the set {1, 2} first."


def test_without_braces_the_first_words_are_the_idea_and_then_the_docstring() -> None:
    words = heuristic(f"Tight bins come first.\n\n```python\n{CODE}\n```\nDone.")
    assert words.idea == "Tight bins come first."
    documented = "def score(item, bins):\n    '''Prefer tight bins.'''\n    return bins"
    assert heuristic(f"```\n{documented}\n```").idea == "Prefer tight bins."
    only_arguments = "def score(item, bins):\n    '''Args:\n        item: one'''\n    return bins"
    assert heuristic(f"```\n{only_arguments}\n```").idea == ""


def test_an_idea_without_code_is_kept_for_the_repair() -> None:
    found, failure = read_reply("{Fill tight bins first.}", FUNCTION)
    assert found == Heuristic("Fill tight bins first.", "")
    assert failure is not None
    assert failure.fault is Fault.no_code


def test_code_after_the_last_return_is_kept() -> None:
    code = "def score(item, bins):\n    return f(bins)\n\ndef f(x):\n    return x\nWEIGHT = 3"
    assert heuristic(f"{{x y z}}\n```python\n{code}\n```").code == code
    assert heuristic(f"{{x y z}}\n{code}").code == code


def test_of_several_blocks_the_last_that_defines_the_function_is_taken() -> None:
    other = "def score(item, bins):\n    return bins"
    blocks = [f"```python\n{code}\n```" for code in (other, CODE, "score(1, x)")]
    found = heuristic("First:\n{}\nBetter:\n{}\nUse:\n{}".format(*blocks))
    assert found.code == CODE


def test_a_function_and_its_helper_in_two_blocks_are_put_together() -> None:
    helper = "def helper(bins):\n    return -bins"
    main = "def score(item, bins):\n    return helper(bins)"
    found = heuristic(f"```python\n{main}\n```\nwith\n```python\n{helper}\n```")
    assert "def score" in found.code


@pytest.mark.parametrize(
    ("reply", "fault", "words"),
    [
        ("", Fault.no_code, "no Python code"),
        ("I would sort them.", Fault.no_code, "no Python code"),
        ("```python\ndef score(item, bins:\n    pass\n```", Fault.syntax, "line 1"),
        ("```python\ndef rank(item, bins):\n    pass\n```", Fault.signature, "defines rank"),
        ("```python\ndef score(item):\n    pass\n```", Fault.signature, "2 arguments"),
        ("```python\nscore = lambda item, bins: bins  # def \n```", Fault.signature, "no function"),
        ("```python\ndef score(item, bins):\n    'x'\n    ...\n```", Fault.signature, "no body"),
        ("{x} def score(item, bins) return", Fault.no_code, "no Python"),
    ],
)
def test_what_cannot_be_run_says_why(reply: str, fault: Fault, words: str) -> None:
    _, failure = read_reply(reply, FUNCTION)
    assert failure is not None
    assert (failure.fault, words in failure.message) == (fault, True)


def test_code_that_is_nearly_right_is_kept_for_the_repair() -> None:
    found, failure = read_reply("{A rank.}\n```python\ndef rank(a, b):\n    pass\n```", FUNCTION)
    assert found == Heuristic("A rank.", "def rank(a, b):\n    pass")
    assert failure is not None


def test_what_is_nested_without_end_is_no_python() -> None:
    _, failure = read_reply(
        f"```python\ndef score(item, bins):\n  return {'(' * 5000}\n```", FUNCTION
    )
    assert failure is not None
    assert failure.fault is Fault.syntax


@given(st.text(alphabet="{}`~\n def score(itm,bns):pasrtuw1", max_size=200))
def test_no_reply_breaks_the_reader(reply: str) -> None:
    found, failure = read_reply(reply, FUNCTION)
    assert (failure is None) <= (found is not None)
