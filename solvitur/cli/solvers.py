"""``solvitur solvers``: who can solve what, on this machine."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from solvitur.solvers import Solver

app = typer.Typer(help="List the solvers.", no_args_is_help=True)


@app.callback()
def _solvers() -> None:
    """List the solvers."""


@app.command("list")
def list_solvers() -> None:
    """List the solvers, what they solve, and how to have the others."""
    from rich.table import Table

    from solvitur.cli.console import data, lent, safe
    from solvitur.solvers import registered

    table = Table(box=None, pad_edge=False)
    for title in ("solver", "here", "solves", "and can"):
        table.add_column(title)
    with lent():
        for solver in registered():
            able = ", ".join(sorted(c.replace("_", " ") for c in _capabilities(solver)))
            table.add_row(solver.name, safe(_presence(solver)), _classes(solver), able)
    data().print(table)


def _presence(solver: "Solver") -> str:
    if not solver.is_installed():
        return f"no: {solver.how_to_install}"
    return solver.version() if solver.is_licensed() else "no licence"


def _classes(solver: "Solver") -> str:
    from solvitur.formulation.classify import ProblemClass

    return ", ".join(kind for kind in ProblemClass if solver.supports(kind))


def _capabilities(solver: "Solver") -> list[str]:
    from solvitur.solvers import Capability

    return [capability for capability in Capability if solver.supports(capability)]
