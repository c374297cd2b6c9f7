"""Where the formulations with known optima lie, and their tables."""

from pathlib import Path

from solvitur.formulation import Formulation

FOLDER = Path(__file__).parents[1] / "formulations"
DATA = FOLDER / "data"
"""The tables of those that name any."""
FILES = {path.stem: path for path in sorted(FOLDER.rglob("*.json")) if DATA not in path.parents}
"""Every file, by name."""


def read(name: str) -> Formulation:
    return Formulation.from_file(FILES[name])


def tables_of(name: str) -> Path | None:
    """Give the folder of a formulation's tables; ``None`` for one that names none."""
    five = read(name)
    named = any(each.source is not None for each in (*five.sets, *five.parameters))
    return DATA if named else None
