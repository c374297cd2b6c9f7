"""Templates whose values are text and nothing else, and a page that forbids itself the rest."""

import base64
import functools
import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""What has no shape of its own, or turns the direction of writing."""


def visible(text: str) -> str:
    r"""Show what cannot be seen in a text by its code.

    Example:
        >>> visible("ab\u202ecd\n\x1b")
        'ab\\u202ecd\n\\x1b'
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


def policy(style: str, script: str = "") -> str:
    """Let a page use its own style and script, and nothing else of any kind.

    >>> policy("p {}").split("; ")[0]
    "default-src 'none'"
    """
    hashes = (hashlib.sha256(text.encode()).digest() for text in (style, script))
    style_hash, script_hash = (base64.b64encode(each).decode() for each in hashes)
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def style() -> str:
    """Give the style that our pages share."""
    return files(__package__).joinpath("page.css").read_text("utf-8")


@functools.cache
def environment(package: str, folder: str) -> "Environment":
    """Give the templates in a folder of a package; a value is escaped, and missing in no case."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _final(value: Any) -> Any:
    """Let a text be readable before it is escaped; what is HTML already, a macro made of such."""
    is_text = isinstance(value, str) and not hasattr(value, "__html__")
    return visible(value) if is_text else value
