import pytest

from solvitur.llm.lenient import loads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'a': 'b'}", {"a": "b"}),
        ("{'a': 'it\\'s \"so\"'}", {"a": 'it\'s "so"'}),
        ('{"a": "it\'s"}', {"a": "it's"}),
        ("{a: 1, b_2: [1, 2]}", {"a": 1, "b_2": [1, 2]}),
        ('{"a": "one\ntwo"}', {"a": "one\ntwo"}),
        ('{"a": "\\u00fc\\ud83d\\ude00\\/"}', {"a": "ü😀/"}),
        ('{"a": True, "b": None, "c": false}', {"a": True, "b": None, "c": False}),
        ("[1, 2,]", [1, 2]),
        ('{"a": 1,}', {"a": 1}),
        ('{"a": 1\n "b": 2}', {"a": 1, "b": 2}),
        ("[[1]\n[2]]", [[1], [2]]),
        ('{"a": 1, // one\n /* two */ "b": 2}', {"a": 1, "b": 2}),
        ('{"a": "http://x"}', {"a": "http://x"}),
        ('{"a": [1, {"b": "c"', {"a": [1, {"b": "c"}]}),
        ('{"a": {}', {"a": {}}),
        ('{"a": 1}}', {"a": 1}),
        ('{"a": -1.5e3} That is all.', {"a": -1500.0}),
        ("[]", []),
    ],
)
def test_punctuation_is_forgiven(text: str, expected: object) -> None:
    assert loads(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 12', "expected a value"),
        ('{"a": "x', "expected a closed string"),
        ('{"a": ', "expected a value"),
        ('{"a"', "a colon is missing"),
        ('{"a" 1}', "a colon is missing"),
        ('{"a": 1 "b": 2}', "a comma or } is missing"),
        ("[1 2]", r"a comma or \] is missing"),
        ("[1,,2]", "expected a value"),
        ("{1: 2}", "expected a key"),
        ('{"a": [1, 2}', r"a comma or \] is missing"),
        ('{"a": yes}', "yes is not a value"),
        ('{"a": 007}', "expected a value"),
        ('{"a": "b" + "c"}', "a comma or } is missing"),
        ('{"a": "he said "hi""}', "a comma or } is missing"),
        (r'{"a": "\d"}', "escape"),
        ('{"a": 1, "a": 2}', "'a' appears twice"),
        ('{"a": 1} {"a": 2}', "more data after the end"),
        ('{"a": 1e999}', "too large"),
        ("[" * 200, "nested too deeply"),
        ("", "expected a value"),
    ],
)
def test_anything_else_is_an_error_that_says_what(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        loads(text)


def test_an_error_says_where() -> None:
    with pytest.raises(ValueError, match=r"line 2 column 7, before 'maybe}'"):
        loads('{"a": 1,\n "b": maybe}')
