"""Recording, bounding and spreading work."""

from solvitur.runs.budget import Budget, Limits
from solvitur.runs.journal import Event, Journal, read_journal
from solvitur.runs.tickets import ticket

__all__ = [
    "Budget",
    "Event",
    "Journal",
    "Limits",
    "read_journal",
    "ticket",
]
