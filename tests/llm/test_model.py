import pytest
from pydantic import ValidationError

from solvitur.errors import RequestRejected
from solvitur.llm import (
    Feature,
    Finish,
    Message,
    Reply,
    Request,
    Role,
    Sampling,
    Scripted,
    Token,
    Usage,
    ensure_supported,
    supports,
)

ASK = Request(messages=(Message.system("Be brief."), Message.user("How many?")))


class OnlyText(Scripted):
    features = frozenset({Feature.streaming})


def test_the_key_of_a_request_is_the_same_in_every_version() -> None:
    assert ASK.key == "bc388ddc07d888e36007d9d93d85b916767ea4e0ae38123db2a11f3cebe1b968"


def test_equal_requests_have_equal_keys_whatever_the_order_in_their_schema() -> None:
    one = ASK.model_copy(update={"json_schema": {"type": "object", "title": "a"}})
    other = ASK.model_copy(update={"json_schema": {"title": "a", "type": "object"}})
    assert one.key == other.key


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message.user("How many?"),)},
        {"json_schema": {"type": "object"}},
        {"grammar": 'root ::= "a"'},
        {"sampling": Sampling(seed=1)},
        {"logprobs": 0},
    ],
)
def test_whatever_may_change_the_reply_changes_the_key(change: dict[str, object]) -> None:
    assert ASK.model_copy(update=change).key != ASK.key


def test_a_request_survives_saving() -> None:
    assert Request.model_validate_json(ASK.model_dump_json()) == ASK


def test_a_schema_and_a_grammar_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Request(messages=ASK.messages, json_schema={}, grammar="root ::= [a-z]")


def test_a_request_without_messages_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Request(messages=())


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Sampling.model_validate({"temprature": 1.0})


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        ASK.grammar = "root ::= [a-z]"  # type: ignore[misc]


def test_a_format_from_the_future_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate({"format": 2, "text": "", "model": "m"})


def test_a_message_knows_who_speaks() -> None:
    assert [message.role for message in ASK.messages] == [Role.system, Role.user]


def test_usages_add_up() -> None:
    usage = Usage(prompt_tokens=1, completion_tokens=2, cached_tokens=1, cost=0.25)
    assert usage + usage == Usage(prompt_tokens=2, completion_tokens=4, cached_tokens=2, cost=0.5)
    assert (usage + usage).tokens == 6


def test_nothing_used_changes_nothing() -> None:
    usage = Usage(prompt_tokens=1, completion_tokens=2, cached_tokens=None, cost=None)
    assert usage + Usage() == usage


def test_an_unknown_cost_makes_the_sum_unknown() -> None:
    assert (Usage(cost=1.0) + Usage(cost=None)).cost is None


def test_a_reply_survives_saving() -> None:
    token = Token(text="a", logprob=-0.1, top=(("a", -0.1), ("b", -2.5)))
    reply = Reply(text="a", finish=Finish.length, model="m", logprobs=(token,))
    assert Reply.model_validate_json(reply.model_dump_json()) == reply


def test_a_model_supports_what_is_among_its_features() -> None:
    assert supports(OnlyText([]), Feature.streaming)
    assert not supports(OnlyText([]), Feature.grammar)


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        ({"json_schema": {}}, "json_schema"),
        ({"grammar": 'root ::= "a"'}, "grammar"),
        ({"logprobs": 2}, "logprobs"),
    ],
)
def test_a_request_for_a_missing_feature_is_rejected(
    change: dict[str, object], feature: str
) -> None:
    with pytest.raises(RequestRejected, match=f"scripted does not support {feature}"):
        ensure_supported(OnlyText([]), ASK.model_copy(update=change))


def test_a_plain_request_is_supported_everywhere() -> None:
    ensure_supported(OnlyText([]), ASK)
