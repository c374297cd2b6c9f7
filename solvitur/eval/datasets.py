"""Data sets: loaded from what is known of them or from a file, selected, and compared."""

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from solvitur.config import nearest
from solvitur.errors import ConfigError, DatasetUnavailable
from solvitur.eval.labels import Label
from solvitur.eval.layouts import read_problems
from solvitur.eval.own import WordProblem, word_problems
from solvitur.eval.problem import Problem
from solvitur.eval.registry import OWN, Edition, Facts, data_folder, registered_datasets

_SUFFIXES = (".jsonl", ".json", ".csv", ".tsv")
_CLOSE = 0.05
"""Labels that differ by no more than this, relative to the larger, are called close."""


@dataclass(frozen=True)
class Dataset:
    """Problems in order, and what is known of where they come from.

    Selecting gives another data set with the same facts.

    Example:
        >>> ours = load_dataset("word-problems")
        >>> len(ours), ours["easy-01"].label.objective
        (66, 398.0)
        >>> ours.shuffle(seed=1).limit(2).ids
        ('easy-18', 'easy-09')
    """

    facts: Facts
    problems: tuple[Problem, ...]
    sha256: str = ""
    """Of the file that was read."""
    file: Path | None = None
    """Where it is; ``None`` where it is inside the package."""
    remarks: tuple[str, ...] = ()
    """What a person should know: another file than is known, labels that were not plain numbers."""

    @property
    def name(self) -> str:
        """What the registry calls it, or its file."""
        return self.facts.name

    @property
    def ids(self) -> tuple[str, ...]:
        """The problems' ids, in order."""
        return tuple(problem.id for problem in self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __getitem__(self, name: str) -> Problem:
        return self.select([name]).problems[0]

    def select(self, ids: Iterable[str]) -> "Dataset":
        """Keep the problems with these ids, in this order.

        Raises:
            ConfigError: There is no such problem.
        """
        known = {problem.id: problem for problem in self.problems}
        wanted = list(dict.fromkeys(ids))
        for name in wanted:
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean {near!r}?" if near else f"there are {_some(self.ids)}"
                raise ConfigError(f"{self.name} has no problem {name!r}; {hint}")
        return replace(self, problems=tuple(known[name] for name in wanted))

    def filter(self, keep: Callable[[Problem], bool]) -> "Dataset":
        """Keep the problems of which this is true."""
        return replace(self, problems=tuple(filter(keep, self.problems)))

    def tagged(self, tag: str) -> "Dataset":
        """Keep the problems with this tag, however it is capitalised."""
        return self.filter(lambda problem: tag.casefold() in map(str.casefold, problem.tags))

    def limit(self, count: int) -> "Dataset":
        """Keep the first of them."""
        return replace(self, problems=self.problems[:count])

    def shuffle(self, seed: int = 0) -> "Dataset":
        """Put them in an order that depends on the seed alone."""
        return replace(
            self, problems=tuple(random.Random(seed).sample(self.problems, len(self.problems)))
        )

    def with_labels_of(self, *others: "Dataset") -> "Dataset":
        """Add to each problem the labels that others have for the same question."""
        by_question = [(other.name, _by_question(other)) for other in others]

        def added(problem: Problem) -> Problem:
            question = normalised(problem.question)
            found = {
                name: known[question][0].label for name, known in by_question if question in known
            }
            more = {name: label for name, label in found.items() if label is not None}
            return problem.model_copy(update={"labels": {**problem.labels, **more}})

        return replace(self, problems=tuple(map(added, self.problems)))


# --- loading -------------------------------------------------------------------------------------


def load_dataset(
    name: str, folder: Path | None = None, columns: Mapping[str, str] | None = None
) -> Dataset:
    """Load a data set that is known by name, or a file of one's own.

    Args:
        name: A name of the registry, or the path of a .jsonl, .json, .csv or .tsv file.
        folder: Where files of known sets are; by default that of ``SOLVITUR_DATA``, or the
            user's own folder.
        columns: What the file calls its columns, where it is not usual: ``{"answer": "opt"}``.

    Raises:
        ConfigError: There is no such data set, or its file cannot be read.
        DatasetUnavailable: It is known, but its file is not here.
    """
    known = registered_datasets(folder)
    if name in known:
        return _known(known[name], data_folder(folder), columns)
    path = Path(name)
    if path.suffix.lower() in _SUFFIXES or path.is_file():
        facts = Facts(name=_name_of(path), title=path.name)
        return _from_file(facts, path, columns)
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join(known)}"
    raise ConfigError(f"there is no data set {name!r}, and no such file; {hint}")


def find_file(facts: Facts, folder: Path) -> Path | None:
    """Find the file of a known data set in a folder, or in ``benchmarks`` below it."""
    places = (folder / below / file for file in facts.files for below in ("", "benchmarks"))
    return next((path for path in places if path.is_file()), None)


def _known(facts: Facts, folder: Path, columns: Mapping[str, str] | None) -> Dataset:
    if facts.name == OWN:
        return _own(facts)
    path = find_file(facts, folder)
    if path is None:
        how = (
            f"fetch it with: solvitur eval datasets fetch {facts.name}; or name"
            if facts.download
            else f"get it from {facts.url or facts.source}, and name"
        )
        raise DatasetUnavailable(
            f"the data set {facts.name!r} is not here: there is no {' or '.join(facts.files)} in "
            f"{folder}; {how} the folder that has it with --data DIR or SOLVITUR_DATA"
        )
    return _from_file(facts, path, {**facts.columns, **(columns or {})})


def _from_file(facts: Facts, path: Path, columns: Mapping[str, str] | None) -> Dataset:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    rows = read_problems(content, path, columns)
    told = (*_strange(facts, path, found, len(rows.problems)), *rows.remarks)
    return Dataset(facts, rows.problems, found, path, told)


def _strange(facts: Facts, path: Path, found: str, count: int) -> Iterator[str]:
    """Say where a file is not the one that is known."""
    editions = {edition.file: edition for edition in facts.editions}
    expected = editions.get(path.name)
    known = expected.sha256 if expected else facts.sha256
    if known is None and not facts.download:
        return
    if known is None:
        yield f"{path}: it is not known what was published, so it is not checked; SHA-256 {found}"
    elif known != found:
        yield (
            f"{path} is NOT the file that is known as {facts.name}: its SHA-256 is {found}, "
            f"not {known}; its problems and labels may be others"
        )
    rows = expected.rows if expected else facts.rows
    if rows is not None and rows != count:
        yield f"{path} has {count} problems, not {rows}"


def edition_of(dataset: Dataset) -> Edition | None:
    """Give the known file that a data set was read from; ``None`` where it is no known part."""
    return next((e for e in dataset.facts.editions if e.sha256 == dataset.sha256), None)


def _own(facts: Facts) -> Dataset:
    content = files("solvitur.eval").joinpath("word_problems.jsonl").read_bytes()
    problems = tuple(map(_of_ours, word_problems()))
    return Dataset(facts, problems, hashlib.sha256(content).hexdigest())


def _of_ours(ours: WordProblem) -> Problem:
    answer = ours.answer
    others = answer.readings[1:]
    return Problem(
        id=ours.id,
        question=ours.question,
        label=Label(outcome=answer.outcome, objective=answer.objective),
        labels={r.note: Label(outcome="solved", objective=r.objective) for r in others},
        formulation=ours.formulation,
        tags=(ours.level, ours.problem_class.value, *ours.tags),
    )


def _name_of(path: Path) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", path.stem.lower()).strip("-.") or "file"


def _some(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) if len(ids) <= 6 else f"{', '.join(ids[:3])} ... {ids[-1]}"


# --- labels of the same question -----------------------------------------------------------------


@dataclass(frozen=True)
class LabelPair:
    """Two labels of the same question."""

    id: str
    other_id: str
    label: Label
    other: Label

    @property
    def is_close(self) -> bool:
        """Whether both are numbers that differ by 5 % or less."""
        one, other = self.label.objective, self.other.objective
        if one is None or other is None:
            return False
        return abs(one - other) <= _CLOSE * max(abs(one), abs(other))


@dataclass(frozen=True)
class LabelVersions:
    """How two data sets label the questions that they share."""

    name: str
    other: str
    common: int
    """Questions that both have, with a label in both."""
    differing: tuple[LabelPair, ...]

    @property
    def close(self) -> int:
        """How many of the differing labels are within 5 % of each other."""
        return sum(pair.is_close for pair in self.differing)


def label_versions(one: Dataset, other: Dataset) -> LabelVersions:
    """Compare the labels of the questions that two data sets share.

    Questions are the same whose letters and digits are, in order. With itself, a data set is
    searched for a question that is there twice.
    """
    theirs = _by_question(other)
    pairs = []
    for question, problems in _by_question(one).items():
        if one is other:
            pairs += [_pair(problems[0], problem) for problem in problems[1:]]
        elif question in theirs:
            pairs.append(_pair(problems[0], theirs[question][0]))
    common = [pair for pair in pairs if pair is not None]
    differing = tuple(pair for pair in common if pair.label.differs(pair.other))
    return LabelVersions(one.name, other.name, len(common), differing)


def normalised(question: str) -> str:
    r"""Give the letters and digits of a question: what two versions of one text share.

    Example:
        >>> normalised("Max.  the PROFIT (in \\$)!") == normalised("max the profit, in $")
        True
    """
    plain = unicodedata.normalize("NFKC", question).casefold().replace("\\n", " ")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _by_question(dataset: Dataset) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in dataset:
        found.setdefault(normalised(problem.question), []).append(problem)
    return found


def _pair(one: Problem, other: Problem) -> LabelPair | None:
    if one.label is None or other.label is None:
        return None
    return LabelPair(one.id, other.id, one.label, other.label)
