"""The commands under one name, and what holds for all of them."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from solvitur.cli import config, models, runs, sessions, solvers, train
from solvitur.cli import eval as evaluation
from solvitur.cli.chat.command import EPILOG as CHAT_EPILOG
from solvitur.cli.chat.command import chat
from solvitur.cli.check import EPILOG as CHECK_EPILOG
from solvitur.cli.check import check
from solvitur.cli.diff import EPILOG as DIFF_EPILOG
from solvitur.cli.diff import diff
from solvitur.cli.evolve import EPILOG as EVOLVE_EPILOG
from solvitur.cli.evolve import evolve
from solvitur.cli.export import export
from solvitur.cli.failures import as_exit
from solvitur.cli.flags import typed
from solvitur.cli.mcp import mcp
from solvitur.cli.solve import EPILOG, solve


class _Commands(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        typed.set(tuple(args))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with as_exit():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    name="solvitur",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=EPILOG)(solve)
app.command(epilog=CHAT_EPILOG)(chat)
app.command()(export)
app.command(epilog=DIFF_EPILOG)(diff)
app.command(epilog=CHECK_EPILOG)(check)
app.command(epilog=EVOLVE_EPILOG)(evolve)
app.command()(mcp)
app.add_typer(evaluation.app, name="eval")
app.add_typer(train.app, name="train")
app.add_typer(runs.app, name="runs")
app.add_typer(sessions.app, name="sessions")
app.add_typer(models.app, name="models")
app.add_typer(solvers.app, name="solvers")
app.add_typer(config.app, name="config")


def _show_version(wanted: bool) -> None:
    if wanted:
        from solvitur import __version__

        typer.echo(f"solvitur {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
) -> None:
    """From a word problem to a certified optimum.

    \b
    solvitur solve "A bakery earns 3 per loaf and 5 per cake, ..."
    solvitur solve problem.txt --json
    solvitur chat
    solvitur models pull qwen2.5-coder-1.5b
    """  # noqa: D301 (the backspace keeps the lines apart)
