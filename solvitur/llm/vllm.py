"""A vLLM server, or one of llama.cpp: the OpenAI protocol, and grammars besides."""

from typing import Any

from solvitur.llm import chat
from solvitur.llm.model import UNTUNED, Request
from solvitur.llm.openai import OpenAI
from solvitur.llm.served import tuned_for


class VLLM(OpenAI):
    """A model behind a server of vLLM, 0.12 or later, or of llama.cpp.

    Either is started by ``solvitur models serve``, which writes down what an adapter learned. Each
    has a field of its own for grammars and leaves that of the other alone.

    Args:
        model: The model's name at the server.
        base_url: The server's address up to ``/v1``.
    """

    backend = "vllm"

    def __init__(self, model: str, *, base_url: str | None = None) -> None:
        url = base_url or "http://localhost:8000/v1"
        super().__init__(model, base_url=url)
        self.features = UNTUNED | tuned_for(model, url)

    def _body(self, request: Request) -> dict[str, Any]:
        body = chat.body(request)
        if (grammar := request.grammar) is not None:
            vllm = {"structured_outputs": {"grammar": grammar}}
            body["extra_body"] = vllm | {"grammar": grammar}
        return body
