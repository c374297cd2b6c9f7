"""Runs as one HTML file: figures, curves, and every problem with all that was answered to it.

What models and data sets say is text on the page and nothing else: it is escaped, what cannot be
seen in it is shown by its code, and the page forbids itself to load or to run anything that is not
written here.
"""

from solvitur.eval.page.rendering import to_html

__all__ = ["to_html"]
