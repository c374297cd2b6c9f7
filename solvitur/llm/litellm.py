"""The hundred providers behind litellm, for those who have no OpenAI-compatible address."""

import os
import time
from collections.abc import Callable
from typing import Any

from solvitur.errors import MissingExtra
from solvitur.llm import chat
from solvitur.llm.failures import translated
from solvitur.llm.model import UNTUNED, Feature, Reply, Request, Usage, ensure_supported


class LiteLLM:
    """A model that litellm knows how to reach.

    Keys are read by litellm from each provider's own environment variable. The
    cost of a reply comes from litellm's price list, and is None where the
    model is not in it.

    Args:
        model: litellm's name of the model, ``provider/model``.
        base_url: The address, for providers that need one.

    Raises:
        MissingExtra: litellm is not installed.
    """

    def __init__(self, model: str, *, base_url: str | None = None) -> None:
        self.name = f"litellm:{model}"
        self.features = UNTUNED - {Feature.grammar}
        self._litellm = _import()
        if "seed" not in (self._litellm.get_supported_openai_params(model=model) or ()):
            self.features -= {Feature.seed}
        self._model = model
        self._base_url = base_url

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request; see `Model.reply`."""
        ensure_supported(self, request)
        start = time.monotonic()
        answer = chat.Answer(self.name, cost=None)
        body = chat.body(request)
        if Feature.seed not in self.features:
            del body["seed"]
        if on_text is not None:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        with translated(self.name):
            result = await self._litellm.acompletion(
                model=self._model, api_base=self._base_url, max_retries=0, num_retries=0, **body
            )
            if on_text is None:
                answer.add(result.model_dump(warnings=False))
            else:
                async for event in result:
                    if piece := answer.add(event.model_dump(warnings=False)):
                        on_text(piece)
        reply = answer.reply(seconds=time.monotonic() - start)
        usage = reply.usage.model_copy(update={"cost": self._cost(reply.usage)})
        return reply.model_copy(update={"usage": usage})

    def _cost(self, usage: Usage) -> float | None:
        try:
            prompt, completion = self._litellm.cost_per_token(
                model=self._model,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cache_read_input_tokens=usage.cached_tokens or 0,
            )
        except Exception:  # what litellm raises where it knows no price is a bare Exception
            return None
        return float(prompt + completion)


def _import() -> Any:
    # Without this the import itself goes to the network for a price list.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        import litellm
    except ImportError as error:
        raise MissingExtra("litellm", "litellm") from error
    litellm.suppress_debug_info = True  # it prints advice to stdout
    return litellm
