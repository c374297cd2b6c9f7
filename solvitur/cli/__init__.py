"""The command ``solvitur``: one file a command."""

from solvitur.cli.process import main

__all__ = ["main"]
