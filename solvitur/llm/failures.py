"""What the openai client raises, in our terms; litellm raises subclasses of the same."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from solvitur.errors import BadReply, ModelError, ModelUnavailable, RateLimited, RequestRejected
from solvitur.llm.model import SlowDown

_MOST_WORDS = 500
_TRANSIENT = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY}
_SHORTEST_SECRET = 8
_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")


@contextmanager
def translated(who: str) -> Iterator[None]:
    """Raise a `ModelError` for each failure of the client, in the server's words.

    Args:
        who: The model, and where it is, for the message.
    """
    import openai

    unreachable: tuple[type[Exception], ...] = (openai.APIError, *_transport_errors())
    try:
        yield
    except openai.APIStatusError as error:
        raise _refusal(who, error) from None  # the cause may quote the key
    except (openai.APIResponseValidationError, json.JSONDecodeError) as error:
        raise BadReply(_say(who, "sent a reply that cannot be read", error)) from None
    except unreachable as error:
        raise ModelUnavailable(_say(who, "cannot be reached", error.__cause__ or error)) from None


def _refusal(who: str, error: Any) -> ModelError:
    body = error.body if isinstance(error.body, dict) else {}
    words = _say(who, f"answered {error.status_code}", body.get("message") or error.message)
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        if body.get("code") == "insufficient_quota":  # waiting does not help
            return RequestRejected(words)
        wait = _seconds(error.response.headers.get("retry-after"))
        return RateLimited(words) if wait is None else SlowDown(words, wait)
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status_code in _TRANSIENT:
        return ModelUnavailable(words)
    return RequestRejected(words)


def _say(who: str, what: str, why: object) -> str:
    words = str(why) or type(why).__name__
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST_SECRET and _SECRET.search(name):
            words = words.replace(value, "***")
    return f"{who} {what}: {words[:_MOST_WORDS]}"


def _seconds(retry_after: str | None) -> float | None:
    """The header as seconds; None where it is absent or a date."""
    try:
        return max(0.0, float(retry_after or ""))
    except ValueError:
        return None


def _transport_errors() -> tuple[type[Exception], ...]:
    """What the HTTP client under openai raises; openai 2 lets it through while streaming."""
    loaded = [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]
    return tuple(module.HTTPError for module in loaded)
