"""``solvitur eval report``: runs as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from solvitur.cli import console, files
from solvitur.cli.eval_run import found_run


def report(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN...", help="Runs' folders, or their names among your runs."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where it is written: else RUN.html, here."
        ),
    ] = None,
) -> None:
    """Write runs as one HTML file.

    It holds figures, curves, and every problem with what was answered to it.

    The file needs no network and can be passed on, but remember that the problems are in it, whose
    licence may not allow that. Of two runs it has the comparison and the flips.

    \b
    solvitur eval report word-problems-0123456789ab
    solvitur eval report before/ after/ --output both.html
    """  # noqa: D301
    from solvitur.eval import Report, to_html

    folders = [found_run(name) for name in runs]
    path = Path(f"{folders[0].resolve().name}.html") if output is None else output
    files.check_writable(path)
    files.write_whole(path, to_html(*map(Report.load, folders)))
    console.data().print(console.safe(str(path)))
