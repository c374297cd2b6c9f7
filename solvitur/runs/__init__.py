"""Recording, bounding and spreading work."""

from solvitur.runs.budget import Budget, Limits, Used
from solvitur.runs.command import Command, begun_by, last_command, note_command
from solvitur.runs.executor import Done, spread
from solvitur.runs.interruption import Interruption
from solvitur.runs.journal import Event, Journal, is_journal, read_journal
from solvitur.runs.kept import (
    Difference,
    Kept,
    Kind,
    Reached,
    Verification,
    find_run,
    kept_in,
    kept_runs,
    runs_folder,
)
from solvitur.runs.pipeline import Commit, Width, pipeline
from solvitur.runs.pool import Pool, TaskEnd, TaskResult, lent_workers
from solvitur.runs.progress import Progress
from solvitur.runs.ray_workers import RayWorkers
from solvitur.runs.throttle import Throttle
from solvitur.runs.tickets import ticket
from solvitur.runs.workers import Workers

__all__ = [
    "Budget",
    "Command",
    "Commit",
    "Difference",
    "Done",
    "Event",
    "Interruption",
    "Journal",
    "Kept",
    "Kind",
    "Limits",
    "Pool",
    "Progress",
    "RayWorkers",
    "Reached",
    "TaskEnd",
    "TaskResult",
    "Throttle",
    "Used",
    "Verification",
    "Width",
    "Workers",
    "begun_by",
    "find_run",
    "is_journal",
    "kept_in",
    "kept_runs",
    "last_command",
    "lent_workers",
    "note_command",
    "pipeline",
    "read_journal",
    "runs_folder",
    "spread",
    "ticket",
]
