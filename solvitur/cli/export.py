"""``solvitur export``: five elements in another form."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, files
from solvitur.cli.flags import Tables
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.formulation import Data, Formulation


class Form(StrEnum):
    """What a formulation is written as; the names are those that files end in."""

    py = "py"
    lp = "lp"
    mps = "mps"
    tex = "tex"
    json = "json"
    md = "md"

    @classmethod
    def of(cls, file: Path) -> "Form | None":
        """Give the form that the name of a file ends in, if it is one.

        >>> Form.of(Path("plan.LP")).value, Form.of(Path("plan.doc"))
        ('lp', None)
        """
        ending = file.suffix.lower().removeprefix(".")
        return cls(ending) if ending in list(cls) else None


_File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Five elements (JSON or .md), or an .lp or .mps file; - is stdin."
    ),
]
_To = Annotated[
    Form | None, typer.Option("--to", help="The form; left out, it is what OUT ends in.")
]
_Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="OUT", help="The file; else it goes to stdout."),
]


def export(file: _File, to: _To = None, out: _Out = None, data: Tables = None) -> None:
    """Write a formulation as Pyomo, LP, MPS, LaTeX, JSON or Markdown.

    \b
    solvitur export plan.json --to py
    solvitur export plan.json -o plan.lp --data tables/
    solvitur export model.mps -o model.tex
    """  # noqa: D301
    form = to or _ending(out)
    if out is not None:
        files.check_writable(out)
    tables = files.read_data(data or [])
    five = files.read_formulation(file)
    with console.lent():
        text = written(five, form, tables)
    files.write_out(out, text)


def _ending(out: Path | None) -> Form:
    forms = ", ".join(Form)
    if out is None:
        raise ConfigError(f"say what to write with --to ({forms}), or name a file with -o")
    form = Form.of(out)
    if form is None:
        raise ConfigError(f"{out} ends in no form there is ({forms}); say which with --to")
    return form


def written(five: "Formulation", form: Form, tables: "Data") -> str:
    """Write five elements in a form.

    Raises:
        FormulationError: They do not say a model.
        Unsupported: The form cannot say it: what is not linear is no LP or MPS file.
    """
    from solvitur import solvers

    match form:
        case Form.py:
            return five.to_python(tables)
        case Form.lp:
            return solvers.to_lp(five, tables)
        case Form.mps:
            return solvers.to_mps(five, tables)
        case Form.tex:
            return five.to_latex()
        case Form.json:
            return five.to_json() + "\n"
        case Form.md:
            return five.to_markdown()
