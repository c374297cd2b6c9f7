"""What the pages say is true: their code runs, their tables agree with the program."""

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from solvitur.agents import Answer
from solvitur.cli.chat.commands.registry import registry
from solvitur.cli.failures import EXIT_CODES
from solvitur.config import Settings
from solvitur.formulation import Formulation
from solvitur.formulation.checks import check
from solvitur.formulation.expression import parse
from solvitur.llm.catalog import CATALOG
from solvitur.solvers import Outcome, solve

ROOT = Path(__file__).parents[1]
COMMAND_LINE = ROOT / "docs" / "command_line.md"
SETTINGS = ROOT / "docs" / "settings.md"
MODELS = ROOT / "docs" / "models.md"
LANGUAGE = ROOT / "docs" / "language.md"
CHAT = ROOT / "docs" / "chat.md"
EXAMPLES = ROOT / "examples"
PAGES = [p for folder in (ROOT, ROOT / "docs", EXAMPLES) for p in sorted(folder.glob("*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(language: str) -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page) if block.language == language]


def blocks_of(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text[: found.start()].count("\n") + 1, found[1], found[2])


def rows(page: Path, heading: str) -> dict[str, list[str]]:
    """The table of a page whose first column has this heading: its rows by their first cell."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    table = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        first, *others = (cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|")))
        table[first.strip("`")] = [cell.strip("`") for cell in others]
    return table


# --- code ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_python_of_a_page_gives_what_the_page_says(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in blocks_of(page):
        if block.language != "python":
            continue
        test = doctest.DocTestParser().get_doctest(
            block.text, names, str(block), str(page), block.line
        )
        assert test.examples, f"{block} has no >>>"
        written: list[str] = []
        failures, _ = doctest.DocTestRunner(optionflags=OPTIONS).run(
            test, out=written.append, clear_globs=False
        )
        names |= test.globs
        assert not failures, "".join(written)


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_a_formulation_on_a_page_has_an_optimum(block: Block) -> None:
    assert is_solved(Formulation.from_json(block.text))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=name)
def test_an_example_has_an_optimum(path: Path) -> None:
    assert is_solved(Formulation.from_file(path))


def is_solved(formulation: Formulation) -> bool:
    assert [str(finding) for finding in check(formulation)] == []
    solution = solve(formulation)
    assert solution.verification is not None
    return solution.outcome is Outcome.solved and solution.verification.ok


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_command_on_a_page_writes_what_the_page_says(block: Block, tmp_path: Path) -> None:
    checker = doctest.OutputChecker()
    for command, expected in commands(block.text):
        written = run(command, tmp_path)
        assert checker.check_output(expected, written, OPTIONS), f"{block}: {command}\n{written}"


def commands(text: str) -> list[tuple[str, str]]:
    """Each command after ``$``, with what it writes."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def run(command: str, home: Path) -> str:
    """What a command writes, as the newcomer who is in the repository sees it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "SOLVITUR_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    shell = shutil.which("sh") or "/bin/sh"
    return subprocess.run(
        [shell, "-c", command],
        cwd=ROOT,
        env={**kept, "HOME": str(home), "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=name)
def test_a_script_among_the_examples_runs(script: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, check=True)


# --- tables --------------------------------------------------------------------------------------


def test_the_table_of_exit_codes_is_the_program_s() -> None:
    table = {
        code: outcome for code, (outcome, _) in rows(COMMAND_LINE, "exit code").items() if outcome
    }
    assert table == {str(code): outcome for outcome, code in EXIT_CODES.items()}


def test_the_keys_of_an_answer_are_all_listed() -> None:
    text = COMMAND_LINE.read_text(encoding="utf-8").partition("`--json` writes one object")[2]
    assert re.findall(r"`(\w+)`", text.partition(".")[0]) == list(Answer.model_fields)


def test_the_table_of_settings_is_the_program_s() -> None:
    table = {setting: default for setting, (default, _) in rows(SETTINGS, "setting").items()}
    assert list(table) == list(Settings.model_fields)
    defaults = {setting: field.default for setting, field in Settings.model_fields.items()}
    stated = {setting: f"{value}" for setting, value in defaults.items() if value is not None}
    assert {setting: table[setting] for setting in stated} == stated


def test_the_table_of_embedded_models_is_the_catalog() -> None:
    table = {entry: cells[:2] for entry, cells in rows(MODELS, "embedded model").items()}
    assert table == {e.name: [f"{e.size / 1e6:,.0f} MB", e.licence] for e in CATALOG.values()}


def test_the_commands_of_a_conversation_are_those_with_their_help() -> None:
    page = CHAT.read_text(encoding="utf-8")
    stated = page.partition("says what stands here -->\n")[2].partition("<!-- end of commands")[0]
    assert stated == commands_of_a_conversation()


def commands_of_a_conversation() -> str:
    """The section of the page: a table, and below it what more there is to say of a command."""
    table, more = ["| command | what it does |", "| --- | --- |"], []
    for command in registry().values():
        usage = command.usage.replace("|", "\\|")
        table.append(f"| `{usage}` | {command.summary} |")
        details = command.help.removeprefix(command.summary).strip()
        if details != command.usage:
            more.append(f"```text\n{details}\n```")
    return "\n".join(table) + "\n\n" + "\n\n".join(more) + "\n"


@pytest.mark.parametrize("heading", ["written", "condition"])
def test_every_expression_in_a_table_is_of_the_language(heading: str) -> None:
    assert [parse(expression) for expression in rows(LANGUAGE, heading)]


# --- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
