"""Evolving what solves: heuristics written by a language model."""
