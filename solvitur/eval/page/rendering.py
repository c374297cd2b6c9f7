"""The page as a whole: what is on it, put into the templates."""

import functools
from importlib.resources import files
from typing import Any

from solvitur import __version__
from solvitur.errors import ConfigError
from solvitur.eval.comparison import Comparison, compare
from solvitur.eval.page.curves import curves
from solvitur.eval.page.entries import entries
from solvitur.eval.page.figures import amounts, by_tag, differences, shares
from solvitur.eval.page.runs import ShownRun, shown_runs, title
from solvitur.eval.report import Report
from solvitur.page import environment, policy, style


def to_html(*reports: Report) -> str:
    """Write runs as one HTML page; of two, it also compares them.

    Raises:
        ConfigError: There is no run, or there are too many to tell apart.

    Example:
        >>> import asyncio, tempfile
        >>> from solvitur.eval import evaluate, load_dataset
        >>> async def guess(question):
        ...     return 398.0
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ours = load_dataset("word-problems").limit(4)
        ...     page = to_html(asyncio.run(evaluate(guess, ours, run=folder)))
        >>> page.splitlines()[0], "<h1>" in page
        ('<!doctype html>', True)
    """
    runs = shown_runs(reports)
    if not runs:
        raise ConfigError("there is no run to report on")
    script = _script()
    return (
        environment("solvitur.eval", "page")
        .get_template("page.jinja")
        .render(
            title=title(runs),
            style=style(),
            script=script,
            policy=policy(style(), script),
            version=__version__,
            **_content(runs),
        )
    )


def _content(runs: tuple[ShownRun, ...]) -> dict[str, Any]:
    found = _compared(runs)
    return {
        "runs": runs,
        "shares": shares(runs),
        "amounts": amounts(runs),
        "tags": by_tag(runs),
        "curves": curves(runs),
        "comparison": None if found is None else differences(found),
        "entries": entries(runs, found),
    }


def _compared(runs: tuple[ShownRun, ...]) -> Comparison | None:
    if len(runs) != 2:
        return None
    try:
        return compare(runs[0].report, runs[1].report)
    except ConfigError:  # they have no problem in common
        return None


@functools.cache
def _script() -> str:
    return files(__package__).joinpath("page.js").read_text("utf-8")
