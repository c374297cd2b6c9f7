"""What a notebook shows of a formulation: HTML in which every text stays text."""

import html
import re
from collections.abc import Iterable, Iterator

from solvitur.formulation.elements import Formulation
from solvitur.formulation.markdown import sections
from solvitur.formulation.printing import first

MOST_ROWS = 200
"""Lines, and rows of a table, that are shown; of more, these come first."""
LONGEST = 1_000
"""Characters of one line."""

_SPAN = re.compile("`([^`]*)`")


def formulation_to_html(formulation: Formulation) -> str:
    """Show the five sections.

    Example:
        >>> print(formulation_to_html(Formulation.model_validate({
        ...     "title": "1 < 2",
        ...     "variables": [{"name": "x", "unit": "m2"}],
        ...     "objective": {"sense": "minimize", "expression": "x"}})))
        <div class="tex2jax_ignore mathjax_ignore">
        <h4>1 &lt; 2</h4>
        <h5>Sets</h5><p>none</p>
        <h5>Parameters</h5><p>none</p>
        <h5>Variables</h5><ul><li><code>x</code>, continuous, &gt;= 0 [m2]</li></ul>
        <h5>Objective</h5><p>Minimize <code>x</code></p>
        <h5>Constraints</h5><p>none</p>
        </div>
    """
    title = [f"<h4>{escaped(formulation.title)}</h4>"] if formulation.title else []
    bodies = (f"<h5>{name}</h5>{_body(lines)}" for name, lines in sections(formulation).items())
    return framed([*title, *bodies])


def framed(parts: Iterable[str]) -> str:
    """Put parts together, in a frame where a dollar sign opens no formula."""
    return "\n".join(['<div class="tex2jax_ignore mathjax_ignore">', *parts, "</div>"])


def escaped(text: str) -> str:
    """Write a text so that a browser shows it, at most `LONGEST` characters of it.

    Example:
        >>> escaped("<b>5 & 6")
        '&lt;b&gt;5 &amp; 6'
    """
    rest = len(text) - LONGEST
    return html.escape(text if rest <= 0 else f"{text[:LONGEST]} ... ({rest:,} characters more)")


def _body(lines: list[str]) -> str:
    if not lines[0].startswith("- "):
        return f"<p>{_line(lines[0])}</p>"
    return f"<ul>{''.join(_items(lines))}</ul>"


def _items(lines: list[str]) -> Iterator[str]:
    for line in first(lines, MOST_ROWS, "- ... and {:,} more"):
        yield f"<li>{_line(line.removeprefix('- '))}</li>"


def _line(line: str) -> str:
    return _SPAN.sub(r"<code>\1</code>", escaped(line))
