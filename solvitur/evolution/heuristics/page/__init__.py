"""A run as one HTML file: how it went, where the best came from, and every candidate.

What models say is text on the page and nothing else, and the page loads and runs nothing.
"""

from solvitur.evolution.heuristics.page.rendering import to_html

__all__ = ["to_html"]
