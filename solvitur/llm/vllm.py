"""A vLLM server: the OpenAI protocol, and grammars besides."""

from typing import Any

from solvitur.llm import chat
from solvitur.llm.model import UNTUNED, Request
from solvitur.llm.openai import OpenAI


class VLLM(OpenAI):
    """A model behind a vLLM server, 0.12 or later.

    Args:
        model: The model's name at the server.
        base_url: The server's address up to ``/v1``.
    """

    backend = "vllm"

    def __init__(self, model: str, *, base_url: str | None = None) -> None:
        super().__init__(model, base_url=base_url or "http://localhost:8000/v1")
        self.features = UNTUNED

    def _body(self, request: Request) -> dict[str, Any]:
        body = chat.body(request.model_copy(update={"json_schema": None}))
        if request.json_schema is not None:
            body["extra_body"] = {"structured_outputs": {"json": request.json_schema}}
        if request.grammar is not None:
            body["extra_body"] = {"structured_outputs": {"grammar": request.grammar}}
        return body
