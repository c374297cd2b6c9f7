"""``solvitur config``: which settings hold, and where each comes from."""

from typing import Annotated

import typer

app = typer.Typer(help="Show the settings and where they come from.", no_args_is_help=True)


@app.command()
def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="Say for each setting who decided it.")
    ] = False,
) -> None:
    """Show every setting that holds now, as it could stand in the file."""
    from solvitur import config
    from solvitur.cli.console import data, safe

    console = data()
    for name, found in config.origins().items():
        value = _toml(found.value)
        line = f"# {name} is not set" if value is None else f"{name} = {value}"
        place = f" {found.source}" if found.source else ""
        console.print(safe(f"{line}  # {found.layer}{place}" if origin else line))


@app.command()
def path() -> None:
    """Show where the configuration file is, or would be."""
    from solvitur.cli.console import data, safe
    from solvitur.config import config_file

    data().print(safe(str(config_file())))


def _toml(value: object) -> str | None:
    import json

    if value is None:
        return None
    return json.dumps(value if isinstance(value, (int, float)) else str(value), ensure_ascii=False)
