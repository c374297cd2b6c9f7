"""The shape of the house: sizes, who may import what, and what an import may do."""

import ast
import functools
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "solvitur"
FOLDERS = ("solvitur", "tests", "benchmarks", "examples")

FUNCTION_LINES = 60
FILE_LINES = 700
PUBLIC_METHODS = 10
PARAMETERS = 8

HEAVY: dict[str, str | tuple[str, ...]] = {
    "pyomo": "solvers/",
    "highspy": "solvers/",
    "numpy": ("solvers/", "sandbox/framing.py", "formulation/", "equivalence/", "evolution/"),
    "pyscipopt": "solvers/",
    "ray": "runs/ray_workers.py",
    "openai": ("llm/openai.py", "llm/failures.py"),
    "litellm": "llm/litellm.py",
    "xllamacpp": "llm/engine.py",
    "mcp": "agents/mcp_server.py",
    "langgraph": ("agents/graph.py", "agents/chat/graph.py", "agents/chat/conversation.py"),
    "pyarrow": "formulation/tables/",
    "openpyxl": "formulation/tables/",
    "pint": "formulation/units/",
    "prompt_toolkit": "cli/chat/line_editor.py",
    "pandas": "eval/report.py",
    "torch": ("training/tuning/", "llm/serving/unpacking.py"),
    "transformers": ("training/tuning/", "llm/serving/unpacking.py"),
    "peft": "training/tuning/",
    "safetensors": ("training/tuning/", "llm/serving/unpacking.py"),
    "gguf": "training/tuning/",
}
"""Libraries that are slow to import, and where alone they may be."""
LOADED_ON_DEMAND = (
    "solvers/",
    "formulation/arrays/",
    "equivalence/isomorphism.py",
    "equivalence/refinement.py",
    "cli/chat/line_editor.py",
    "evolution/heuristics/shipped/",
)
"""Where a heavy library may be imported at the top: a solver's module is itself loaded late."""

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
RUN_INSIDE_THE_SANDBOX = (
    "sandbox/cell.py",
    "solvers/script_runner.py",
    "evolution/heuristics/harness.py",
)
"""Their text is handed to an interpreter that is shut in; there they run what nobody has read."""
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def place(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    line = f":{node.lineno}" if node is not None else ""
    return f"{path.relative_to(ROOT)}{line}"


def report(offenders: list[str]) -> str:
    return "\n" + "\n".join(offenders)


def functions(body: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(body) if isinstance(node, Function))


def public_functions(body: list[ast.stmt]) -> Iterator[tuple[str, Function]]:
    """Functions and methods that others call: nothing in them, and none of a private class."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, Function) and (
                    method.name == "__init__" or not method.name.startswith("_")
                ):
                    yield f"{node.name}.{method.name}", method


def parameters(function: Function) -> list[str]:
    arguments = function.args
    found = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in found if name not in ("self", "cls")]


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def imports(nodes: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """What is imported by these statements, outside ``if TYPE_CHECKING``; functions included."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node
        elif isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            yield from imports(node.orelse)
        else:
            for field in ("body", "orelse", "finalbody", "handlers"):
                yield from imports(getattr(node, field, []))


def imports_at_the_top(nodes: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    inner = {id(n) for node in nodes for f in functions(node) for n in ast.walk(f)}
    return ((name, node) for name, node in imports(nodes) if id(node) not in inner)


# --- sizes ---------------------------------------------------------------------------------------


def test_no_function_is_longer_than_sixty_lines() -> None:
    offenders = [
        f"{place(path, function)}: {function.name} has {length} lines"
        for path in modules()
        for function in functions(tree(path))
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert not offenders, report(offenders)


def test_no_file_is_longer_than_seven_hundred_lines() -> None:
    offenders = [
        f"{place(path)} has {length} lines"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    ]
    assert not offenders, report(offenders)


def test_no_public_class_has_more_than_ten_public_methods() -> None:
    offenders = [
        f"{place(path, node)}: {node.name} has {len(public)}: {', '.join(public)}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if len(public := public_methods(node)) > PUBLIC_METHODS
    ]
    assert not offenders, report(offenders)


def public_methods(node: ast.ClassDef) -> list[str]:
    """The public methods; a property is read like an attribute and does not count."""
    return [
        method.name
        for method in node.body
        if isinstance(method, Function) and not method.name.startswith("_")
        if not {dotted(d) for d in method.decorator_list} & {"property", "cached_property"}
    ]


def test_no_public_function_has_more_than_eight_parameters() -> None:
    offenders = [
        f"{place(path, function)}: {name} has {len(found)}: {', '.join(found)}"
        for path in modules()
        for name, function in public_functions(tree(path).body)
        if len(found := parameters(function)) > PARAMETERS
    ]
    assert not offenders, report(offenders)


# --- what the code may do ------------------------------------------------------------------------


def test_nothing_runs_text_as_code_or_through_a_shell() -> None:
    offenders = [
        f"{place(path, call)}: {name}"
        for path in modules()
        if not inside(path, RUN_INSIDE_THE_SANDBOX)
        for name, call in calls(path)
        if name in FORBIDDEN_CALLS or any(has_shell(keyword) for keyword in call.keywords)
    ]
    assert not offenders, report(offenders)


def has_shell(keyword: ast.keyword) -> bool:
    is_off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
    return keyword.arg == "shell" and not is_off


def test_nothing_reads_a_format_that_can_run_code() -> None:
    offenders = [
        f"{place(path, node)}: {name}"
        for path in modules()
        for name, node in imports(tree(path).body)
        if name.split(".")[0] in FORBIDDEN_MODULES
    ]
    assert not offenders, report(offenders)


def test_python_is_parsed_in_one_place_where_no_two_threads_do_it_at_once() -> None:
    offenders = [
        place(path, call)
        for path in modules()
        for name, call in calls(path)
        if name == "ast.parse" and path != PACKAGE / "syntax.py"
    ]
    assert not offenders, report(offenders)


def test_only_the_command_line_prints() -> None:
    offenders = [
        place(path, call)
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] != "cli"
        for name, call in calls(path)
        if name in ("print", "sys.stdout.write", "sys.stderr.write")
    ]
    assert not offenders, report(offenders)


# --- who imports what ----------------------------------------------------------------------------


def test_a_heavy_library_is_imported_only_where_it_is_needed() -> None:
    offenders = [
        f"{place(path, node)}: {name}"
        for path in modules()
        for name, node in imports(tree(path).body)
        if (library := name.split(".")[0]) in HEAVY
        if not inside(path, HEAVY[library])
    ]
    assert not offenders, report(offenders)


def test_a_heavy_library_is_imported_inside_the_function_that_needs_it() -> None:
    offenders = [
        f"{place(path, node)}: {name}"
        for path in modules()
        for name, node in imports_at_the_top(tree(path).body)
        if name.split(".")[0] in HEAVY
        if not inside(path, LOADED_ON_DEMAND)
    ]
    assert not offenders, report(offenders)


def inside(path: Path, places: str | tuple[str, ...]) -> bool:
    return path.relative_to(PACKAGE).as_posix().startswith(places)


def test_nothing_inside_the_package_enters_by_its_front_door() -> None:
    """``from solvitur import solve`` would hide from the layers what it imports."""
    offered = set(names_listed(tree(PACKAGE / "__init__.py").body) or ())
    offenders = [
        f"{place(path, node)}: {', '.join(sorted(taken))}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "solvitur"
        if (taken := offered & {alias.name for alias in node.names})
    ]
    assert not offenders, report(offenders)


def test_every_part_of_the_package_has_its_layer() -> None:
    (contract,) = project()["tool"]["importlinter"]["contracts"]
    layers = " ".join(contract["layers"]).translate(str.maketrans("|()", "   ")).split()
    parts = {p.stem for p in PACKAGE.glob("*.py")} | {p.parent.name for p in PACKAGE.glob("*/*.py")}
    assert parts - {"__init__", "__main__"} <= {layer.split(".")[0] for layer in layers}


def requirements(listed: list[str]) -> set[str]:
    return {canonical(re.split(r"[\[<>=!~; ]", entry)[0]) for entry in listed} - {"solvitur"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions_imported() -> dict[frozenset[str], str]:
    """Who may provide each library that the package imports, and one place where it does."""
    known = packages_distributions()
    found = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            for name, statement in imports([node] if isinstance(node, ast.stmt) else []):
                top = name.split(".")[0]
                if top not in sys.stdlib_module_names and top != "solvitur":
                    providers = frozenset(canonical(name) for name in known.get(top, [top]))
                    found[providers] = place(path, statement)
    return found


def test_every_library_that_is_imported_is_declared() -> None:
    extras = project()["project"]["optional-dependencies"]
    used = ("local", "litellm", "mcp", "tables", "units", "scip", "frames", "train", "ray")
    listed = [entry for extra in used for entry in extras[extra]]
    declared = requirements([*project()["project"]["dependencies"], *listed])
    offenders = [
        f"{where}: {', '.join(sorted(providers))}"
        for providers, where in distributions_imported().items()
        if providers.isdisjoint(declared)
    ]
    assert not offenders, report(offenders)


def test_every_library_that_is_declared_is_imported() -> None:
    behind_pyomo = {"highspy"}
    unused = requirements(project()["project"]["dependencies"]) - behind_pyomo
    for providers in distributions_imported():
        unused -= providers
    assert unused == set()


def test_a_package_that_gathers_names_lists_all_of_them_in_order() -> None:
    offenders = [
        f"{place(path)}: {fault}"
        for path in sorted(PACKAGE.rglob("__init__.py"))
        for fault in faults_of_all(path)
    ]
    assert not offenders, report(offenders)


def faults_of_all(path: Path) -> Iterator[str]:
    body = tree(path).body
    listed = names_listed(body)
    gathers = any(name.startswith("solvitur") for name, _ in imports_at_the_top(body))
    if listed is None:
        if gathers:
            yield "has no __all__"
        return
    if missing := sorted(names_defined(body) - set(listed)):
        yield f"__all__ lacks {', '.join(missing)}"
    if listed != sorted(listed, key=lambda name: (not name.isupper(), name[0].islower(), name)):
        yield "__all__ is not sorted: CONSTANTS, Classes, functions"


def names_listed(body: list[ast.stmt]) -> list[str] | None:
    for node in body:
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def names_defined(body: list[ast.stmt]) -> set[str]:
    defined = {n.name for n in body if isinstance(n, Function | ast.ClassDef)}
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {dotted(target) for target in targets}
    return {name for name in defined if name and not name.startswith("_")}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name
)
def test_every_name_that_a_package_lists_is_there(path: Path) -> None:
    module = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
    listed = getattr(module, "__all__", [])
    assert [name for name in listed if not hasattr(module, name)] == []


# --- what an import may do -----------------------------------------------------------------------

WATCH = """
import importlib, json, os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
seen = []

def watch(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess.", "os.mkdir")):
        seen.append(f"{event} {arguments[0]!r}")
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        if arguments[0] != os.devnull:
            seen.append(f"open for writing {arguments[0]!r}")

sys.addaudithook(watch)
importlib.import_module(sys.argv[1])
json.dump({"seen": seen, "loaded": sorted(sys.modules)}, sys.__stderr__)
"""


def packages() -> list[str]:
    found = (p.parent.relative_to(ROOT).parts for p in PACKAGE.rglob("__init__.py"))
    return sorted(".".join(parts) for parts in found)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def clean_environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "SOLVITUR_"))}
    return {**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def imported(name: str, home: Path) -> dict[str, Any]:
    """Import a module in a fresh interpreter; give back what was loaded, done and printed."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, name],
        cwd=home,
        env=clean_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stderr), "printed": done.stdout}


@pytest.mark.parametrize("name", [*packages(), "solvitur.cli.app"])
def test_an_import_is_light_and_leaves_no_trace(name: str, home: Path) -> None:
    result = imported(name, home)
    assert not {module.split(".")[0] for module in result["loaded"]} & set(HEAVY)
    assert result["printed"] == ""
    assert result["seen"] == []
    assert list(home.iterdir()) == []


def test_importing_the_package_loads_no_other_library(home: Path) -> None:
    loaded = {module.split(".")[0] for module in imported("solvitur", home)["loaded"]}
    assert not loaded & {"pydantic", "typer", "rich", "jinja2", "httpx"}


def test_help_is_shown_without_loading_what_solves(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "solvitur", "--help"],
        cwd=home,
        env=clean_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {*HEAVY, "jinja2", "tenacity"}
    assert list(home.iterdir()) == []
