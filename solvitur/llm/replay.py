"""Models that ask nobody: one answers from a recording, one does not answer at all."""

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from solvitur.errors import ConfigError, RequestRejected
from solvitur.llm.model import TUNED, UNTUNED, Feature, Reply, Request
from solvitur.llm.recording import read_replies


class Replay:
    """The replies of an earlier run, found by their requests.

    Args:
        path: A file written by `Recording`, or the journal of a run, through `layers.Recorded`.

    Raises:
        ConfigError: The file is not one, or holds two models' replies to the
            same request.
    """

    def __init__(self, path: Path) -> None:
        self.name = f"replay:{path}"
        self._replies: dict[str, Reply] = {}
        tuned: set[str] = set()
        for value in read_replies(path).values():
            try:
                key = Request.model_validate(value["request"]).key
                reply = Reply.model_validate(value["reply"])
                tuned.update(map(str, value.get("tuned", ())))
            except (ValidationError, KeyError, TypeError) as error:
                raise ConfigError(f"{path} records something other than replies") from error
            if key in self._replies:
                raise ConfigError(
                    f"{path} holds the replies of {self._replies[key].model} and {reply.model} "
                    f"to the same request; record one file for each model"
                )
            self._replies[key] = reply
        self.features = UNTUNED | {each for each in TUNED if each in tuned}

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Give the recorded reply.

        Raises:
            RequestRejected: The recording has none.
        """
        reply = self._replies.get(request.key)
        if reply is None:
            question = request.messages[-1].content[:200]
            raise RequestRejected(
                f"{self.name} has no reply to the request that ends with {question!r} "
                f"(key {request.key[:12]}); it holds {len(self._replies)} others"
            )
        if on_text is not None and reply.text:
            on_text(reply.text)
        return reply


class Silent:
    """The model of a run that is derived again from what it was told: nothing more is asked.

    Args:
        name: What the model was called.
        path: The journal of the run, whose replies say what the model could do.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        told = (value.get("tuned", ()) for value in read_replies(path).values())
        tuned = {str(each) for those in told for each in those}
        self.features: frozenset[Feature] = UNTUNED | {each for each in TUNED if each in tuned}

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer nothing.

        Raises:
            RequestRejected: Always.
        """
        raise RequestRejected(f"the run has no reply of {self.name} to this request")
