"""An LP or an MPS file as a formulation."""

import gzip
import re
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import highspy

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation
from solvitur.solvers.files.elements import as_formulation
from solvitur.solvers.files.mps_lines import check_mps
from solvitur.solvers.files.names import read_notes
from solvitur.solvers.highs.run import Quiet

LARGEST = 256 * 2**20
"""Bytes of a file, unpacked."""

_MOST = 3
"""Complaints that are told."""
_KINDS = highspy.HighsVarType
_SEMI = (_KINDS.kSemiContinuous, _KINDS.kSemiInteger)
_PLACE = re.compile(r"--> .*:(\d+):(\d+)$")
_USED = re.compile(r".*(?:: not integer|: ignored 0 .* fractional integer bounds)$", re.MULTILINE)
"""What HiGHS says of whole numbers whose bounds are fractions or infinite: it does use them."""


def read_program_file(path: Path) -> Formulation:
    """Read an LP or MPS file, packed with gzip or not.

    Each column becomes a variable and each row a constraint; where a row is too long to be read,
    the columns become entries of indexed variables. Names that are no names here are changed, and
    `doc` says what they were.

    Raises:
        FormulationError: It is not such a file, or holds what a formulation has no word for:
            semi-continuous variables, special ordered sets, quadratic constraints.
        OSError: It cannot be read.
    """
    kind = "mps" if path.name.lower().endswith((".mps", ".mps.gz")) else "lp"
    text = _unpacked(path)
    if kind == "mps":
        check_mps(text)
    model = _model(text, kind)
    _check_kinds(model.lp_)
    return as_formulation(model, read_notes(text))


def _unpacked(path: Path) -> str:
    with path.open("rb") as file:
        packed = path.name.lower().endswith(".gz")
        with gzip.GzipFile(fileobj=file) if packed else file as stream:
            try:
                content: bytes = stream.read(LARGEST + 1)
            except (gzip.BadGzipFile, EOFError, zlib.error):
                raise FormulationError("this is not what gzip packed; unpack it first") from None
    if len(content) > LARGEST:
        raise FormulationError(f"the file has more than {LARGEST // 2**20} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # from before there was UTF-8: names may hold anything
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _model(text: str, kind: str) -> Any:
    """Let HiGHS read; what it left out is an error as well."""
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder) / f"model.{kind}", Path(folder) / "log"
        path.write_text(text, encoding="utf-8", newline="\n")
        highs = Quiet()
        for option, value in (
            ("log_to_console", False),
            ("log_file", str(log)),
            ("output_flag", True),
        ):
            highs.setOptionValue(option, value)
        status = highs.readModel(str(path))
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        said = _USED.sub("", said)
        model = highs.getModel()
    if status == highspy.HighsStatus.kError or "ignored" in said:
        complaints = list(_complaints(said))[:_MOST]
        raise FormulationError("; ".join(complaints) or f"this is no {kind.upper()} file")
    if not model.lp_.num_col_:
        raise FormulationError(f"this {kind.upper()} file has no variable")
    if len(set(model.lp_.col_names_)) != model.lp_.num_col_:
        raise FormulationError("a column is in two places; put all its lines together")
    return model


def _complaints(said: str) -> Iterator[str]:
    """Put HiGHS's errors and warnings into lines of their own, each with its place."""
    lines = said.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        mark, _, words = line.partition(":")
        if mark in ("ERROR", "WARNING") and not words.strip().startswith("Parser error"):
            place = _PLACE.search(after)
            where = f"line {place[1]}, column {place[2]}: " if place else ""
            yield f"{where}{' '.join(words.split())}"


def _check_kinds(lp: Any) -> None:
    semi = [
        name
        for name, kind in zip(lp.col_names_, lp.integrality_ or (), strict=False)
        if kind in _SEMI
    ]
    if semi:
        raise FormulationError(
            f"the variable {semi[0]!r} is semi-continuous (0 or within its bounds), which a "
            "formulation has no word for; write a binary variable b, and "
            "lower * b <= x <= upper * b"
        )
