"""Learning to formulate: problems with labels, and what a model is taught by them."""

from solvitur.training.instructions import (
    Instruction,
    Lessons,
    Task,
    instructions,
    write_instructions,
)
from solvitur.training.sampling import Sample, SamplingPlan, read_samples, sample
from solvitur.training.synthesis.making import Synthesis, synthesize
from solvitur.training.synthesis.rows import OtherReading, Row, read_rows, write_rows

__all__ = [
    "Instruction",
    "Lessons",
    "OtherReading",
    "Row",
    "Sample",
    "SamplingPlan",
    "Synthesis",
    "Task",
    "instructions",
    "read_rows",
    "read_samples",
    "sample",
    "synthesize",
    "write_instructions",
    "write_rows",
]
