"""The prompts as files: Jinja templates and worked examples, each with a version.

A template's first line is ``{# version N: what it asks #}``. Text that goes into a prompt is data:
templates are ours, values are only inserted, and a name that is missing is an error.
"""

import functools
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(name: str, **values: object) -> str:
    """Fill in a prompt.

    Args:
        name: The file's name without ``.jinja``.
        **values: What its placeholders stand for; each must be given.

    Raises:
        jinja2.UndefinedError: A placeholder has no value.
        jinja2.TemplateNotFound: There is no such prompt.

    Example:
        >>> render("staged_goal")
        'Goal?'
    """
    return _environment().get_template(f"{name}.jinja").render(**values).strip()


@functools.cache
def examples(name: str) -> tuple[dict[str, Any], ...]:
    """Read the worked examples of a prompt, ``NAME.json``.

    Example:
        >>> [sorted(example) for example in examples("staged_examples")][0][:2]
        ['goal', 'limits']
    """
    content = json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return tuple(content["examples"])


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("solvitur.prompts", "library"),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )
