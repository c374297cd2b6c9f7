"""``solvitur eval``: evaluating on data sets of problems."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvitur.cli import console, eval_compare, eval_report, eval_run
from solvitur.cli.flags import DataFolder, Json, data_folder, data_sets_begun

if TYPE_CHECKING:
    from rich.table import Table

    from solvitur.eval import Dataset, Facts, Problem

app = typer.Typer(help="Evaluate on data sets of problems.", no_args_is_help=True)
datasets = typer.Typer(help="List, show and fetch data sets.", no_args_is_help=True)
app.add_typer(datasets, name="datasets")
app.command(epilog=eval_run.EPILOG)(eval_run.run)
app.command()(eval_run.score)
app.command()(eval_compare.compare)
app.command()(eval_report.report)

_LONGEST_QUESTION = 1_500
_MOST_REMARKS = 10


@app.callback()
def _evaluation() -> None:
    """Evaluate on data sets of problems."""


_Name = Annotated[
    str,
    typer.Argument(
        metavar="DATASET",
        help="A name from: solvitur eval datasets list; or a .jsonl, .json, .csv or .tsv file.",
        autocompletion=data_sets_begun,
    ),
]
_Names = Annotated[
    list[str],
    typer.Argument(
        metavar="DATASET...",
        help="Names from: solvitur eval datasets list",
        autocompletion=data_sets_begun,
    ),
]


@datasets.command("list")
def list_datasets(data: DataFolder = None, as_json: Json = False) -> None:
    """List the data sets that are known, and which are here."""
    from solvitur.eval import registered_datasets

    folder = data_folder(data)
    known = list(registered_datasets(folder).values())
    if as_json:
        import json

        listed = [_described(facts) | {"file": _file(facts, folder)} for facts in known]
        console.write_json(json.dumps({"datasets": listed}, indent=2, ensure_ascii=False))
        return
    table = _table("data set", "problems", "here", "licence", "what it is")
    for facts in known:
        count = "" if facts.rows is None else str(facts.rows)
        row = (facts.name, count, _presence(facts, folder), facts.licence, facts.title)
        table.add_row(*map(console.safe, row))
    console.data().print(table)
    console.talk().print(console.safe(f"Files are looked for in {folder}"))


@datasets.command()
def show(
    name: _Name,
    data: DataFolder = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many problems are shown.")] = 3,
    as_json: Json = False,
) -> None:
    """Show what is known of a data set.

    That is also what is odd about its labels, and a few problems.

    \b
    solvitur eval datasets show word-problems --limit 1
    solvitur eval datasets show mine.csv
    """  # noqa: D301
    from solvitur.errors import DatasetUnavailable
    from solvitur.eval import load_dataset, registered_datasets

    folder = data_folder(data)
    try:
        found = load_dataset(name, folder)
    except DatasetUnavailable:  # what is known of it can be shown all the same
        if not as_json:
            _show_facts(registered_datasets(folder)[name])
        raise
    if as_json:
        console.write_json(_as_json(found, limit))
        return
    _show_facts(found.facts)
    _show_file(found)
    for problem in found.limit(limit):
        _show_problem(problem)


@datasets.command()
def fetch(names: _Names, data: DataFolder = None) -> None:
    """Fetch the published files of data sets, and check them.

    \b
    solvitur eval datasets fetch nl4opt-sirl mamo-easy-sirl
    """  # noqa: D301
    from solvitur.agents.steps import counted
    from solvitur.errors import ConfigError
    from solvitur.eval import fetch_dataset, registered_datasets

    folder = data_folder(data)
    known = registered_datasets(folder)
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no data set {name!r}; there are: {', '.join(known)}")
    talk = console.talk()
    for name in names:
        with console.working(talk, f"fetching {name}"):
            came = fetch_dataset(known[name], folder)
        checked = f"NOT verified: {'; '.join(came.remarks)}" if came.remarks else "verified"
        talk.print(
            console.safe(
                f"{name}: {counted(came.rows, 'problem')} under licence {known[name].licence}; "
                f"SHA-256 {came.sha256}, {checked}"
            )
        )
        console.data().print(console.safe(str(came.file)))


# --- what is shown -------------------------------------------------------------------------------


def _file(facts: "Facts", folder: Path) -> str | None:
    from solvitur.eval.datasets import find_file

    found = find_file(facts, folder)
    return None if found is None else str(found)


def _presence(facts: "Facts", folder: Path) -> str:
    from solvitur.eval.datasets import find_file
    from solvitur.eval.registry import OWN

    if facts.name == OWN:
        return "yes"
    found = find_file(facts, folder)
    if found is None:
        return "no"
    parts = [e for e in facts.editions if e.file == found.name and e.rows != facts.rows]
    return f"{parts[0].rows} of them" if parts else "yes"


def _described(facts: "Facts") -> dict[str, Any]:
    return facts.model_dump(mode="json")


def _show_facts(facts: "Facts") -> None:
    from solvitur.agents.steps import counted

    shown = {
        "data set": f"{facts.name}: {facts.title}",
        "version": facts.version,
        "published": "" if facts.rows is None else counted(facts.rows, "problem"),
        "licence": facts.licence,
        "citation": facts.citation,
        "source": facts.source,
        "look at": facts.url,
        "labels": facts.label_notes,
    }
    data = console.data()
    for what, said in shown.items():
        if said:
            console.show(data, f"{what}: {said}")


def _show_file(dataset: "Dataset") -> None:
    from solvitur.agents.steps import counted
    from solvitur.eval.datasets import edition_of

    data = console.data()
    edition = edition_of(dataset)
    part = f", {edition.about}" if edition is not None and edition.about else ""
    place = dataset.file or "inside the package"
    console.show(data, f"here: {place}, {counted(len(dataset), 'problem')}{part}")
    console.show(data, f"SHA-256: {dataset.sha256}")
    for remark in dataset.remarks[:_MOST_REMARKS]:
        console.show(data, f"note: {remark}")
    if (more := len(dataset.remarks) - _MOST_REMARKS) > 0:
        console.show(data, f"note: and {more} more of such notes (--json has all)")


def _show_problem(problem: "Problem") -> None:
    data = console.data()
    label = f"none: {problem.label_fault}" if problem.label is None else str(problem.label)
    tags = f" [{', '.join(problem.tags)}]" if problem.tags else ""
    console.show(data, f"\n{problem.id}{tags}")
    console.show(data, console.cut(problem.question.strip(), _LONGEST_QUESTION))
    console.show(data, f"label: {label}")
    for name, other in problem.labels.items():
        console.show(data, f"label, {name}: {other}")


def _as_json(dataset: "Dataset", limit: int) -> str:
    import json

    def described(problem: "Problem") -> dict[str, Any]:
        found = problem.model_dump(mode="json", exclude={"formulation", "data"})
        return found | {"tables": sorted(problem.data)}

    shown = {
        **_described(dataset.facts),
        "file": None if dataset.file is None else str(dataset.file),
        "problems_here": len(dataset),
        "sha256_here": dataset.sha256,
        "remarks": dataset.remarks,
        "problems": [described(problem) for problem in dataset.limit(limit)],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False, allow_nan=False)


def _table(*titles: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="right" if title == "problems" else "left")
    return table
