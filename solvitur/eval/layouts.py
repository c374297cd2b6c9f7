"""Files of problems, read into rows and from rows into problems, whatever their columns are called.

A file is JSON lines, JSON (a list of objects, or objects by id), CSV or TSV. Each row needs a
question and a label; columns are known by their usual names, or named by the caller.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solvitur.errors import ConfigError, Error
from solvitur.eval.labels import Label, read_label
from solvitur.eval.problem import Problem
from solvitur.formulation import Formulation

COLUMNS: dict[str, tuple[str, ...]] = {
    "question": (
        "question", "en_question", "problem", "problem_description", "description", "prompt",
        "problem_statement", "text", "nl", "input",
    ),
    "answer": (
        "answer", "en_answer", "label", "objective", "optimal_value", "objective_value",
        "optimal_objective", "ground_truth", "gt_answer", "expected", "target", "output", "results",
    ),
    "id": ("id", "problem_id", "question_id", "task_id", "index", "name"),
    "tags": ("tags", "problem_class", "type", "level", "difficulty", "category"),
    "labels": ("labels", "other_answers"),
    "data": ("data", "tables"),
    "formulation": ("formulation", "reference_formulation"),
}  # fmt: skip
"""What a row holds, and the names that columns have for it, the surest first."""
NEEDED = ("question", "answer")
_TABLE_FILES = (".csv", ".json", ".parquet", ".xlsx")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
ORIGINAL = "original_answer"
"""A column of some corrected sets: what the label was before."""


@dataclass(frozen=True)
class Rows:
    """The problems of a file, and what there is to say of those that were not plain."""

    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]


def read_problems(content: bytes, file: Path, columns: Mapping[str, str] | None = None) -> Rows:
    """Read the problems in a file's content.

    Args:
        content: The bytes of the file.
        file: What it is called; the end says what it is, and relative tables lie beside it.
        columns: Names of columns that are not the usual ones: ``{"question": "Aufgabe"}``.

    Raises:
        ConfigError: It is no such file, or has no column for the question or for the answer.
    """
    rows = _rows(content, file)
    if not rows:
        raise ConfigError(f"{file}: there are no problems in it")
    found = _columns(rows, file, dict(columns or {}))
    reader = _Reader(file, found)
    return Rows(problems=tuple(reader.problems(rows)), remarks=tuple(reader.remarks))


# --- rows ----------------------------------------------------------------------------------------

Row = dict[str, Any]


def _rows(content: bytes, file: Path) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from error
    kind = file.suffix.lower()
    if kind in (".csv", ".tsv"):
        return _from_table(text, file, "\t" if kind == ".tsv" else ",")
    if kind == ".jsonl":
        lines = ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())
        return [_object(_json(line, f"{file}, line {n}"), f"{file}, line {n}") for n, line in lines]
    if kind == ".json":
        return _from_json(_json(text, str(file)), file)
    raise ConfigError(f"{file}: problems come as .jsonl, .json, .csv or .tsv")


def _json(text: str, place: str) -> Any:
    try:
        value = json.loads(text)
        return _whole(value) if "\\ud" in text.lower() else value
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{place}: this is not JSON: {error}") from error


def _whole(value: Any) -> Any:
    """Put its code for half a character, which JSON can write and nobody else can."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return value


def _object(value: Any, place: str) -> Row:
    if not isinstance(value, dict):
        raise ConfigError(f"{place}: a problem must be an object with a question and an answer")
    return value


def _from_json(value: Any, file: Path) -> list[Row]:
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        if len(lists) == 1:
            value = lists[0]
        elif all(isinstance(inner, dict) for inner in value.values()):
            value = [{"id": name, **inner} for name, inner in value.items()]
    if not isinstance(value, list):
        raise ConfigError(f"{file}: expected a list of problems, or problems by id")
    return [_object(row, f"{file}, problem {n}") for n, row in enumerate(value, 1)]


def _from_table(text: str, file: Path, delimiter: str) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise ConfigError(f"{file}, line {reader.line_num}: not as many cells as columns")
            rows.append(row)
    except csv.Error as error:
        raise ConfigError(f"{file}, line {reader.line_num}: {error}") from error
    return rows


# --- columns -------------------------------------------------------------------------------------


def _columns(rows: list[Row], file: Path, named: dict[str, str]) -> dict[str, str]:
    """Find for each thing that a row holds the column that has it."""
    there = list(dict.fromkeys(str(name) for row in rows for name in row))
    if strange := sorted(set(named) - set(COLUMNS)):
        raise ConfigError(
            f"no column holds {strange[0]!r}; what can be named is {_listed(COLUMNS)}"
        )
    for what, name in named.items():
        if name not in there:
            raise ConfigError(
                f"{file}: there is no column {name!r} for the {what}; there are: {_listed(there)}"
            )
    plain = {_plain(name): name for name in reversed(there)}
    usual = {
        what: next((plain[name] for name in names if name in plain), None)
        for what, names in COLUMNS.items()
    }
    found = {what: name for what, name in {**usual, **named}.items() if name is not None}
    for what in NEEDED:
        if what not in found:
            raise ConfigError(
                f"{file}: no column is known to hold the {what}; there are: {_listed(there)}. "
                f"Call it one of {_listed(COLUMNS[what])}"
            )
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def _listed(names: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    listed = list(names)
    shown = ", ".join(listed[:20]) or "none"
    return f"{shown} and {len(listed) - 20} more" if len(listed) > 20 else shown


# --- problems ------------------------------------------------------------------------------------


class _Reader:
    """Makes problems of rows, and takes down what was not plain."""

    def __init__(self, file: Path, columns: dict[str, str]) -> None:
        self.file = file
        self.columns = columns
        self.remarks: list[str] = []
        self.seen: set[str] = set()
        self.in_words: defaultdict[str, list[str]] = defaultdict(list)

    def problems(self, rows: list[Row]) -> Iterator[Problem]:
        for number, row in enumerate(rows, 1):
            place = self._id(row, number)
            question = self._of(row, "question")
            if not isinstance(question, str) or not question.strip():
                self.remarks.append(f"{place}: there is no question, so it is left out")
                continue
            yield self._problem(row, place, question)
        for told, places in self.in_words.items():
            where = places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
            self.remarks.append(f"{where}: {told}")

    def _problem(self, row: Row, place: str, question: str) -> Problem:
        label, fault = self._label(self._of(row, "answer"), place)
        return Problem(
            id=place,
            question=question,
            label=label,
            label_fault=fault,
            labels=self._others(row, place),
            data=self._tables(self._of(row, "data"), place),
            formulation=self._reference(self._of(row, "formulation"), place),
            tags=tuple(self._tags(row)),
        )

    def _of(self, row: Row, what: str) -> Any:
        return row.get(self.columns[what]) if what in self.columns else None

    def _id(self, row: Row, number: int) -> str:
        given = self._of(row, "id")
        name = str(number) if given is None or not str(given).strip() else str(given).strip()
        other, times = name, 1
        while other in self.seen:
            times += 1
            other = f"{name}#{times}"
        self.seen.add(other)
        if other != name:
            self.remarks.append(f"{name}: it is there more than once; this one is called {other}")
        return other

    def _label(self, value: Any, place: str) -> tuple[Label | None, str]:
        if isinstance(value, dict):  # all figures that were asked for, by name
            figures = list(value.values())
            if len(figures) != 1:
                fault = f"{len(figures)} figures are given, and not which of them is the objective"
                self.remarks.append(f"{place}: no label: {fault}")
                return None, fault
            value = figures[0]
        try:
            label = read_label(value)
        except ValueError as error:
            self.remarks.append(f"{place}: no label: {error}")
            return None, str(error)
        if label.written is not None:
            self.in_words[f"the label {label.written!r} is read as {label}"].append(place)
        return label, ""

    def _others(self, row: Row, place: str) -> dict[str, Label]:
        given = self._of(row, "labels")
        others = dict(given) if isinstance(given, dict) else {}
        if row.get(ORIGINAL) is not None:
            others.setdefault("original", row[ORIGINAL])
        read = {
            str(version): self._label(v, f"{place} ({version})")[0] for version, v in others.items()
        }
        return {version: label for version, label in read.items() if label is not None}

    def _tables(self, given: Any, place: str) -> dict[str, Any]:
        if not isinstance(given, dict):
            return {}
        tables = {}
        for name, table in given.items():
            if isinstance(table, str) and Path(table).suffix.lower() in _TABLE_FILES:
                tables[str(name)] = self._beside(table, place)
            elif _is_table(table):
                tables[str(name)] = table
            else:
                self.remarks.append(f"{place}: {name!r} is no table, so it is left out")
        return tables

    def _beside(self, name: str, place: str) -> Path:
        folder = self.file.parent.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise ConfigError(f"{self.file}, {place}: the table {name!r} is not beside the file")
        return path

    def _reference(self, given: Any, place: str) -> Formulation | None:
        if not isinstance(given, dict):
            return None
        try:
            return Formulation.model_validate(given)
        except (ValidationError, Error) as error:
            first = str(error).splitlines()[0]
            self.remarks.append(f"{place}: the reference formulation cannot be read: {first}")
            return None

    def _tags(self, row: Row) -> Iterator[str]:
        told = {_plain(str(name)): value for name, value in row.items()}
        for name in COLUMNS["tags"]:
            yield from _texts(told.get(name))


def _is_table(value: Any) -> bool:
    """Say whether it is a list of rows, or columns by name."""
    rows = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    columns = isinstance(value, dict) and all(isinstance(c, list) for c in value.values())
    return bool(value) and (rows or columns)


def _texts(value: Any) -> Iterator[str]:
    """Give the words of a tag, of a list of them, or of a list that is written as text."""
    if isinstance(value, str) and value.startswith("["):
        value = [quoted[1:-1] for quoted in _QUOTED.findall(value)] or value
    if isinstance(value, list | tuple):
        yield from (item.strip() for item in value if isinstance(item, str) and item.strip())
    elif isinstance(value, str) and value.strip():
        yield value.strip()
