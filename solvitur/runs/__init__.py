"""Recording, bounding and spreading work."""

from solvitur.runs.budget import Budget, Limits, Used
from solvitur.runs.executor import Done, spread
from solvitur.runs.interruption import Interruption
from solvitur.runs.journal import Event, Journal, is_journal, read_journal
from solvitur.runs.pipeline import Commit, Width, pipeline
from solvitur.runs.progress import Progress
from solvitur.runs.throttle import Throttle
from solvitur.runs.tickets import ticket
from solvitur.runs.workers import TaskEnd, TaskResult, Workers, lent_workers

__all__ = [
    "Budget",
    "Commit",
    "Done",
    "Event",
    "Interruption",
    "Journal",
    "Limits",
    "Progress",
    "TaskEnd",
    "TaskResult",
    "Throttle",
    "Used",
    "Width",
    "Workers",
    "is_journal",
    "lent_workers",
    "pipeline",
    "read_journal",
    "spread",
    "ticket",
]
