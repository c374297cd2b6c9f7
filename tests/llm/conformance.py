"""What every `solvitur.llm.Model` must do: subclass it in the tests of a backend."""

import asyncio

import pytest

from solvitur.errors import RequestRejected
from solvitur.llm import Feature, Finish, Message, Model, Reply, Request, Sampling, supports


class ModelConformance:
    """Tests of the contract; a subclass has a fixture `model`.

    The model must be able to answer `request`, any number of times.
    """

    request_ = Request(
        messages=(Message.user("Answer yes or no."),), sampling=Sampling(max_tokens=8)
    )

    @pytest.fixture
    def model(self) -> Model:
        raise NotImplementedError

    def test_its_name_is_backend_and_model_without_an_address(self, model: Model) -> None:
        backend, _, name = model.name.partition(":")
        assert backend
        assert name
        assert "://" not in model.name

    def test_its_features_are_a_frozenset_of_features(self, model: Model) -> None:
        assert isinstance(model.features, frozenset)
        assert all(isinstance(feature, Feature) for feature in model.features)

    def test_a_reply_has_text_and_a_reason_to_end(self, model: Model) -> None:
        reply = asyncio.run(model.reply(self.request_))
        assert isinstance(reply, Reply)
        assert reply.text
        assert reply.finish in {Finish.stop, Finish.length}

    def test_a_reply_says_what_it_used(self, model: Model) -> None:
        usage = asyncio.run(model.reply(self.request_)).usage
        assert usage.prompt_tokens > 0
        assert usage.completion_tokens > 0

    def test_a_reply_can_be_saved_and_read_back(self, model: Model) -> None:
        reply = asyncio.run(model.reply(self.request_))
        assert Reply.model_validate_json(reply.model_dump_json()) == reply

    def test_the_pieces_put_together_are_the_text(self, model: Model) -> None:
        pieces: list[str] = []
        reply = asyncio.run(model.reply(self.request_, pieces.append))
        assert "".join(pieces) == reply.text

    def test_what_on_text_raises_reaches_the_caller(self, model: Model) -> None:
        def fail(piece: str) -> None:
            raise ZeroDivisionError(piece)

        with pytest.raises(ZeroDivisionError):
            asyncio.run(model.reply(self.request_, fail))

    def test_two_requests_at_once_are_both_answered(self, model: Model) -> None:
        async def both() -> tuple[Reply, Reply]:
            return await asyncio.gather(model.reply(self.request_), model.reply(self.request_))

        one, other = asyncio.run(both())
        assert one.text
        assert other.text

    def test_it_outlives_an_event_loop(self, model: Model) -> None:
        asyncio.run(model.reply(self.request_))
        assert asyncio.run(model.reply(self.request_)).text

    def test_a_grammar_is_followed_or_refused(self, model: Model) -> None:
        request = self.request_.model_copy(update={"grammar": 'root ::= "yes" | "no"'})
        if supports(model, Feature.grammar):
            assert asyncio.run(model.reply(request)).text
        else:
            with pytest.raises(RequestRejected, match="does not support grammar"):
                asyncio.run(model.reply(request))
