"""Prompts: files with a version, and the loader that fills them in."""
