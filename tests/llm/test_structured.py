import json
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from solvitur.llm import Finish, Parsed, Reply, Rung, Unparsed, parse, read


class Domain(StrEnum):
    continuous = "continuous"
    integer = "integer"


class Variable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    domain: Domain = Domain.continuous
    lower: float | None = 0.0
    size: int = 1
    index: tuple[str, ...] = ()
    is_free: bool = False


class Idea(BaseModel):
    idea: str
    code: str
    score: int = 0


X = Variable(name="x")
JSON: Any = dict[str, Any]


def value(text: str, shape: Any = Variable) -> Any:
    result = parse(text, shape)
    assert isinstance(result, Parsed), result
    return result.value


def rung(text: str, shape: Any = Variable) -> Rung:
    result = parse(text, shape)
    assert isinstance(result, Parsed), result
    return result.rung


def reason(text: str, shape: Any = Variable) -> str:
    result = parse(text, shape)
    assert isinstance(result, Unparsed), result
    return result.reason


# Each rung


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (' {"name": "x"}\n', Rung.json),
        ('Sure!\n```json\n{"name": "x"}\n```\nDone.', Rung.fenced),
        ('```\n{"name": "x"}', Rung.fenced),
        ('<answer>\n{"name": "x"}\n</answer>', Rung.tagged),
        ("<name>x</name>", Rung.tagged),
        ('Here it is: {"name": "x"}. Anything else?', Rung.embedded),
        ("{'name': 'x', 'lower': 0.0, 'is_free': False}", Rung.literal),
        ("```python\n{'name': 'x', 'index': ()}\n```", Rung.literal),
        ('{"name": "x", "is_free": False,}', Rung.literal),
        ('{"name": "x", "is_free": false,}', Rung.mended),
        ('{name: "x"}', Rung.mended),
        ('{"name": "x"', Rung.mended),
    ],
)
def test_a_reply_is_read_by_the_strictest_rung_that_holds(text: str, expected: Rung) -> None:
    assert value(text) == X
    assert rung(text) is expected


def test_the_rungs_before_it_are_recorded_with_their_problems() -> None:
    result = parse('Here: {"name": "x"}', Variable)
    assert [attempt.rung for attempt in result.tried] == [Rung.json, Rung.fenced, Rung.tagged]
    assert "no Markdown fence" in result.tried[1].problem


def test_the_last_of_several_fences_counts() -> None:
    text = 'First:\n```json\n{"name": "y"}\n```\nBetter:\n```json\n{"name": "x"}\n```\n'
    assert value(text) == X


def test_a_fence_inside_a_string_does_not_end_it() -> None:
    code = "```python\npass\n```"
    text = "```json\n" + json.dumps({"idea": "i", "code": code}) + "\n```"
    assert value(text, Idea).code == code


def test_one_tag_for_each_field_gives_an_object() -> None:
    text = (
        "So:\n<idea>sort first</idea>\n<code>\ndef f(x):\n    return x\n</code>\n<score>7</score>"
    )
    assert value(text, Idea) == Idea(idea="sort first", code="def f(x):\n    return x", score=7)


def test_a_text_field_between_tags_is_text_even_where_it_looks_like_a_number() -> None:
    assert value("<idea>42</idea><code>pass</code>", Idea).idea == "42"


def test_a_number_field_between_tags_is_not_cast() -> None:
    assert "score" in reason('<idea>i</idea><code>c</code><score>"7"</score>', Idea)


# Nothing is cast


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("is_free", '"False"'),
        ("is_free", "0"),
        ("size", "7.9"),
        ("size", "7.0"),
        ("size", '"3"'),
        ("size", "true"),
        ("size", "null"),
        ("lower", '"0"'),
        ("lower", "true"),
        ("name", "5"),
        ("name", "null"),
        ("domain", '"Integer"'),
        ("index", '"ab"'),
        ("index", "[1]"),
        ("extra", "1"),
    ],
)
def test_a_wrong_value_is_never_bent_into_a_right_one(field: str, wrong: str) -> None:
    text = json.dumps({"name": "x", field: "@"}).replace('"@"', wrong)
    assert reason(text).startswith(f"{field}")


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity", "1e999", "undefined"])
def test_what_is_no_number_is_refused_on_every_rung(wrong: str) -> None:
    for text in (f'{{"a": {wrong}}}', f"{{'a': {wrong}}}", f'{{"a": {wrong},}}'):
        assert isinstance(parse(text, JSON), Unparsed), text


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "x", "name": "y"}',
        "{'name': 'x', 'name': 'y'}",
        '{"name": "x", "name": "y",}',
        '```json\n{"name": "x", "name": "y"}\n```',
    ],
)
def test_a_key_that_appears_twice_is_an_error_on_every_rung(text: str) -> None:
    assert isinstance(parse(text, Variable), Unparsed)


def test_a_key_that_appears_twice_is_named() -> None:
    assert "the key 'name' appears twice" in reason('{"name": "x", "name": "y"}')


@pytest.mark.parametrize(
    "broken",
    ["3 * 4", "50%", "$5", "5 kg", "1/2", "1e", "007", "1,000", "-", "", "+"],
)
def test_a_repair_never_changes_a_number(broken: str) -> None:
    shape = dict[str, float]
    assert isinstance(parse(f'{{"a": {broken}}}', shape), Unparsed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'a': (1, 2)}", {"a": [1, 2]}),
        ("{1: 'one'}", {"1": "one"}),
        ("{'a': -1.5}", {"a": -1.5}),
        ("{'a': None}", {"a": None}),
    ],
)
def test_a_python_literal_becomes_what_json_can_say(text: str, expected: object) -> None:
    assert value(text, JSON) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{'a': {1, 2}}",
        "{'a': b'x'}",
        "{'a': 1j}",
        "{'a': f'{1}'}",
        "{'a': open('x')}",
        "{'a': ...}",
        "{None: 1}",
        "{True: 1}",
        "{**{}}",
        "{'a': 1, 1: 2, '1': 3}",
    ],
)
def test_a_python_literal_that_json_cannot_say_is_refused(text: str) -> None:
    assert isinstance(parse(text, JSON), Unparsed)


def test_json_is_never_read_by_pythons_rules() -> None:
    assert value(r'Here: {"name": "a\/b"}').name == "a/b"
    assert value(r'{"name": "a\/b",}').name == "a/b"


# What goes wrong


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_reply_says_so(text: str) -> None:
    assert reason(text) == "the reply is empty"


def test_a_reply_of_words_says_that_there_is_no_json() -> None:
    assert reason("I cannot help with that.") == "there is no JSON in the reply"


def test_a_wrong_field_is_named_by_its_place() -> None:
    class Formulation(BaseModel):
        variables: list[Variable]

    text = '{"variables": [{"name": "x"}, {"name": 3}]}'
    assert reason(text, Formulation) == ("variables.1.name: Input should be a valid string (got 3)")


def test_a_missing_field_is_named() -> None:
    assert reason("{}") == "name: Field required"


def test_many_problems_are_counted() -> None:
    text = json.dumps({"name": "x"} | {f"extra{i}": 1 for i in range(9)})
    assert reason(text).endswith("and 4 more")


def test_broken_json_says_where() -> None:
    assert "line 1 column 14" in reason('{"name": "x" & "size": 2 * 3}')


def test_a_wrong_object_says_more_than_the_rungs_that_found_nothing() -> None:
    assert reason('Here you are:\n```json\n{"name": 3}\n```').startswith("name: ")


def test_a_long_reply_is_refused_unread() -> None:
    assert "longer than 1,000,000" in reason(" " * 1_000_001)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "-" * 100_000 + "1", "(" * 1000, "<a>" * 100_000]
)
def test_deep_nesting_is_a_reason_and_not_a_crash(text: str) -> None:
    assert isinstance(parse(text, JSON), Unparsed)


def test_deep_data_is_refused() -> None:
    text = "[" * 300 + "]" * 300
    assert isinstance(parse(text, list), Unparsed)


def test_json_says_dates_tuples_and_literals() -> None:
    class Mixed(BaseModel):
        day: date
        pair: tuple[int, int]
        sense: Literal["minimize", "maximize"]

    text = '{"day": "2026-11-23", "pair": [1, 2], "sense": "minimize"}'
    assert value(text, Mixed).pair == (1, 2)


# From a reply


def test_a_whole_reply_is_parsed() -> None:
    assert isinstance(read(Reply(text='{"name": "x"}', model="m"), Variable), Parsed)


def test_a_reply_that_was_cut_is_not_repaired() -> None:
    result = read(Reply(text='{"name": "x"', finish=Finish.length, model="m"), Variable)
    assert isinstance(result, Unparsed)
    assert "cut off" in result.reason


def test_a_refusal_is_quoted() -> None:
    result = read(Reply(text="No.", finish=Finish.refused, model="m"), Variable)
    assert isinstance(result, Unparsed)
    assert result.reason == "the model declined to answer: No."


# For any data and any text

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_DATA = st.dictionaries(
    _TEXT,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | _TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=4,
)


@given(_DATA, st.booleans())
def test_any_data_survives_as_json(data: dict[str, Any], ascii_only: bool) -> None:
    assert value(json.dumps(data, ensure_ascii=ascii_only), JSON) == data


@given(_DATA)
def test_any_data_survives_in_a_fence(data: dict[str, Any]) -> None:
    assert value(f"So:\n```json\n{json.dumps(data)}\n```\nThat is it.", JSON) == data


@given(_DATA)
def test_any_data_survives_between_tags(data: dict[str, Any]) -> None:
    assert value(f"So: <data>{json.dumps(data)}</data>", JSON) == data


@given(_DATA)
def test_any_data_survives_among_words(data: dict[str, Any]) -> None:
    assert value(f"So: {json.dumps(data)} and no more.", JSON) == data


@given(_DATA)
def test_any_data_survives_as_a_python_literal(data: dict[str, Any]) -> None:
    assert value(repr(data), JSON) == data


@given(_DATA)
def test_data_without_its_last_bracket_is_read_as_it_was_or_not_at_all(
    data: dict[str, Any],
) -> None:
    text = json.dumps(data)
    result = parse(text[:-1], JSON)
    assert isinstance(result, Unparsed) or result.value == data


@given(_DATA)
def test_a_comma_too_many_changes_nothing(data: dict[str, Any]) -> None:
    text = json.dumps(data)[:-1] + ("," if data else "") + "}"
    assert value(text, JSON) == data


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for shape in (Variable, Idea, JSON, list[int], int, str):
        assert isinstance(parse(text, shape), (Parsed, Unparsed))


@given(st.text(alphabet="{}[]()<>\"',:`-\\/ntruefalse019.eE\n#abc"))
def test_any_text_that_looks_like_data_is_read_or_refused(text: str) -> None:
    assert isinstance(parse("{" + text, JSON), (Parsed, Unparsed))
