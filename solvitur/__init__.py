"""LLM-driven optimization agents: from a word problem to a certified optimum."""

__version__ = "0.1.0"
