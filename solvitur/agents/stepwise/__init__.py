"""Asking a small model step by step, each step under a grammar of what is already known."""
