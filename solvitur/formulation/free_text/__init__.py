"""Formulations as people and language models write them, read line by line."""
