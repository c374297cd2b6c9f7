"""Learning to formulate: problems with labels, and what a model is taught by them."""

from solvitur.training.synthesis.making import Synthesis, synthesize
from solvitur.training.synthesis.rows import OtherReading, Row, read_rows, write_rows

__all__ = ["OtherReading", "Row", "Synthesis", "read_rows", "synthesize", "write_rows"]
