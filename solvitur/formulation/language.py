"""The page about the language of formulations, for whoever is to write some."""

import functools
from importlib.resources import files
from pathlib import Path


@functools.cache
def language() -> str:
    """Give ``docs/language.md``, which goes along with an installed package.

    Example:
        >>> language().splitlines()[0]
        '# The language of formulations'
    """
    installed = files("solvitur") / "docs" / "language.md"
    in_a_clone = Path(__file__).parents[2] / "docs" / "language.md"
    page = installed if installed.is_file() else in_a_clone
    return page.read_text(encoding="utf-8")
