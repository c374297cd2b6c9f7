"""Learning to formulate: problems with labels, and what a model is taught by them."""

from solvitur.training.instructions import (
    Instruction,
    Lessons,
    Task,
    instructions,
    write_instructions,
)
from solvitur.training.synthesis.making import Synthesis, synthesize
from solvitur.training.synthesis.rows import OtherReading, Row, read_rows, write_rows

__all__ = [
    "Instruction",
    "Lessons",
    "OtherReading",
    "Row",
    "Synthesis",
    "Task",
    "instructions",
    "read_rows",
    "synthesize",
    "write_instructions",
    "write_rows",
]
