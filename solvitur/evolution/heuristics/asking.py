"""A model whose replies a run remembers, those that cannot be read as well."""

from collections.abc import Awaitable, Callable
from typing import Any

from solvitur.errors import BadReply
from solvitur.llm import Model, Patience
from solvitur.llm.layers import Patient, Recorded
from solvitur.runs import Journal, Throttle

UNREADABLE = "unreadable"
"""The kind of event that is a reply which cannot be read."""


def remembered(model: Model, journal: Journal, at_once: int) -> Model:
    """Put a run's memory around a model, and patience where it has none of its own."""
    if not isinstance(model, Patient):
        model = Patient(model, Patience(), throttle=Throttle(at_once))
    return Recorded(model, _Replies(journal))


class _Replies:
    """The replies in a journal; one that cannot be read is not asked for again."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str) -> Any:
        """Give the recorded reply, or ask and record it.

        Raises:
            BadReply: It cannot be read, now or when it came.
        """
        try:
            entry = await self._journal.step(key, work, kind=kind)
        except BadReply as error:
            self._journal.note(key, {"message": str(error)}, kind=UNREADABLE)
            raise
        if "reply" not in entry:
            raise BadReply(entry["message"])
        return entry
