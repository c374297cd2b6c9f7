"""``solvitur diff``: what is different between two formulations."""

from typing import Annotated

import typer

from solvitur.cli import console, files

DIFFERENT = 9
"""The exit code where there is a difference; 1 is an error, as everywhere."""
EPILOG = """\b
Exit codes: 0 no difference, 1 error, 2 wrong call, 9 a difference."""
_LONGEST_LINE = 2_000

_HELP = "Five elements (JSON or .md), or an .lp or .mps file."
_Before = Annotated[str, typer.Argument(metavar="BEFORE", help=_HELP)]
_After = Annotated[str, typer.Argument(metavar="AFTER", help=_HELP)]


def diff(before: _Before, after: _After) -> None:
    """Say in words what is different between two formulations.

    What has no meaning is no difference: spaces, brackets, loop letters, the order of terms.

    \b
    solvitur diff plan.json plan-2.json
    """  # noqa: D301
    from solvitur.formulation import diff as compare

    found = compare(files.read_formulation(before), files.read_formulation(after))
    data = console.data()
    for line in str(found).splitlines():
        data.print(console.cut(console.safe(line), _LONGEST_LINE))
    raise typer.Exit(DIFFERENT if found else 0)
