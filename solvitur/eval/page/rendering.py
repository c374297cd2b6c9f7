"""The page as a whole: what is on it, put into the templates."""

import base64
import functools
import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from solvitur import __version__
from solvitur.errors import ConfigError
from solvitur.eval.comparison import Comparison, compare
from solvitur.eval.page.curves import curves
from solvitur.eval.page.entries import entries
from solvitur.eval.page.figures import amounts, by_tag, differences, shares
from solvitur.eval.page.runs import ShownRun, shown_runs, title
from solvitur.eval.report import Report

if TYPE_CHECKING:
    from jinja2 import Environment

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""What has no shape of its own, or turns the direction of writing."""


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
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    return (
        _environment()
        .get_template("page.jinja")
        .render(
            title=title(runs),
            style=style,
            script=script,
            policy=_policy(style, script),
            version=__version__,
            **_content(runs),
        )
    )


def visible(text: str) -> str:
    r"""Show what cannot be seen in a text by its code.

    Example:
        >>> visible("ab\u202ecd\n\x1b")
        'ab\\u202ecd\n\\x1b'
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


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


def _policy(style: str, script: str) -> str:
    """Let the page use its own style and script, and nothing else of any kind."""
    hashes = (hashlib.sha256(text.encode()).digest() for text in (style, script))
    style_hash, script_hash = (base64.b64encode(each).decode() for each in hashes)
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _final(value: Any) -> Any:
    """Let a text be readable before it is escaped; what is HTML already, a macro made of such."""
    is_text = isinstance(value, str) and not hasattr(value, "__html__")
    return visible(value) if is_text else value


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("solvitur.eval", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )
