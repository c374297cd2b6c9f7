"""What is written compiles, says what the formulation says, and never runs."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from solvitur.formulation import Formulation, to_latex
from solvitur.formulation.latex.document import to_formulas
from solvitur.formulation.latex.text import declarations
from tests.formulation.strategies import any_formulation, no_clock

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "tests" / "formulations").glob("*.json"), *ROOT.glob("examples/*.json")])
HOSTILE = [
    r"\input{secret.tex}",
    r"\immediate\write18{touch ran}",
    r"^^5cinput{secret.tex}",
    r"\csname input\endcsname secret.tex ",
    r"}\input{secret.tex}{",
    r"$\input{secret.tex}$",
    r"\end{document}\input{secret.tex}",
    r"\end{align*}\catcode`\%=12 & \\ \endinput",
    "% a comment \n\n\\par # ~ _ ^ & { } $ \\",
    r"\verb|x| \\[1cm] \loop\iftrue\repeat",
    "[optional] * \\item",
    r"\DeclareUnicodeCharacter{0041}{\input{secret.tex}}",
    "\x00\x07\x1b\u202e\u200b\ufeff\ud7ff\uffff\U0010ffff \x85 \u2028",
    "木の椅子 é ą ő ß ñ ệ Ω α ² ½ € “quoted” — … ≤ ∑ 🪑 \\ 😀",  # noqa: RUF001
    "＼ｉｎｐｕｔ｛secret.tex｝ ＄ ％",  # noqa: RUF001
]


def five(**more: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": [{"name": "x"}],
            "objective": {"sense": "minimize", "expression": "x"},
            **more,
        }
    )


def hostile(words: str) -> Formulation:
    """Put a text wherever a formulation takes one."""
    return five(
        title=words,
        sets=[
            {"name": "I", "elements": [words, (words + "2")], "doc": words},
            {"name": "D", "expression": words},
            {"name": "F", "source": {"file": words[:150], "keys": [words], "sheet": words}},
            {"name": "größe_木", "elements": [[words, 1]], "within": ["I", "I"]},
        ],
        parameters=[
            {"name": "a", "index": ["I"], "values": {words: 1}, "unit": words, "doc": words},
            {"name": "b", "index": ["I", "I"], "values": {words: {str(n): n for n in range(20)}}},
            {"name": "c", "index": ["I"], "values": [words]},
            {"name": "e", "expression": words},
            {"name": "_é_", "value": 1, "unit": words},
        ],
        variables=[
            {"name": "x", "index": ["I"], "over": words, "lower": words, "upper": words},
            {"name": "y", "unit": words, "doc": words},
        ],
        objective={"sense": "maximize", "expression": words, "doc": words},
        constraints=[
            {"name": "r", "forall": words, "expression": words, "doc": words},
            {"name": "quoted", "expression": f"x[{words!r}] <= 1"},
        ],
    )


def deep() -> list[Formulation]:
    nested = [f"{'(' * n}x{' + 1) / 2' * n}" for n in (10, 90)]
    nested += [f"{'abs(1 + ' * n}x{')' * n}" for n in (10, 90)]
    nested += [" ** ".join(["x"] * n) for n in (10, 90)]
    nested += [" + ".join(f"{n} * x" for n in range(150))]
    return [five(objective={"sense": "minimize", "expression": text}) for text in nested]


needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)


def compiled(documents: Sequence[str], folder: Path) -> str:
    """Compile documents as chapters of one, with all that could be abused switched on."""
    heads, bodies = zip(*(d.split("\\begin{document}\n") for d in documents), strict=True)
    signs = dict.fromkeys(re.findall(r"\\DeclareUnicodeCharacter{.*", "".join(heads)))
    (head,) = {head.partition("\\ifdefined")[0] for head in heads}
    text = "\n\\clearpage\n".join(body.removesuffix("\\end{document}\n") for body in bodies)
    signed = "\n".join(signs)
    whole = f"{head}{signed}\n\\begin{{document}}\n{text}\\end{{document}}\n"
    (folder / "all.tex").write_text(whole, encoding="utf-8")
    (folder / "secret.tex").write_text("secret")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-shell-escape"]
    done = subprocess.run(
        [*command, "-recorder", "all.tex"], cwd=folder, capture_output=True, check=False
    )
    log = (folder / "all.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return (folder / "all.fls").read_text()


@needs_pdflatex
def test_every_formulation_compiles(tmp_path: Path) -> None:
    documents = [Formulation.from_file(path).to_latex() for path in FILES]

    compiled(documents, tmp_path)

    assert (tmp_path / "all.pdf").stat().st_size > 100_000


@needs_pdflatex
def test_each_document_compiles_alone(tmp_path: Path) -> None:
    (tmp_path / "one.tex").write_text(to_latex(hostile(HOSTILE[-2])), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "one.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]


@needs_pdflatex
def test_hostile_and_deep_texts_compile_and_run_nothing(tmp_path: Path) -> None:
    read = compiled([to_latex(f) for f in (*map(hostile, HOSTILE), *deep())], tmp_path)

    assert "secret" not in read
    assert not (tmp_path / "ran").exists()


@needs_pdflatex
def test_every_character_of_many_scripts_compiles(tmp_path: Path) -> None:
    every = "".join(map(chr, range(0xA0, 0x2500)))
    words = [every[n : n + 40] for n in range(0, len(every), 40)]
    named = five(sets=[{"name": "I", "elements": words}], title="".join(words[:20]))
    compiled([to_latex(named), to_latex(five(title=every[-500:]))], tmp_path)


def test_every_character_there_is_has_a_sign() -> None:
    """No text may stop pdflatex."""
    every = "".join(chr(n) for n in range(0x80, 0x11000) if not 0xD800 <= n < 0xE000)
    signs = list(declarations(every))
    assert len(signs) == len(every)
    assert all(re.fullmatch(r"\\DeclareUnicodeCharacter\{[0-9A-F]+\}\{.+\}", s) for s in signs)
    assert "".join(signs).isascii()


@needs_pdflatex
def test_formulas_compile_as_well(tmp_path: Path) -> None:
    shell = to_latex(five())
    head, _ = shell.split("\\begin{document}\n")
    cases = [*map(hostile, HOSTILE[:12]), *deep(), *map(Formulation.from_file, FILES)]
    documents = [f"{head}\\begin{{document}}\n{to_formulas(f)}\\end{{document}}\n" for f in cases]

    read = compiled(documents, tmp_path)

    assert "secret" not in read


ALLOWED = re.compile(
    r"\\(?:(?:begin|end|documentclass|usepackage|setlength|parindent|emergencystretch|allowdisplaybreaks"
    r"|newcolumntype|raggedright|arraybackslash|textwidth|ifdefined|fi|DeclareUnicodeCharacter"
    r"|(?:sub)?section\*|hline|endhead|par|medskip|textbf|texttt|textit|mathit|mathbb|text"
    r"|text(?:backslash|asciicircum|asciitilde|less|greater|bar|copyright)|ensuremath|operatorname"
    r"|sum|prod|min|max|exp|ln|log|sin|cos|tan|sqrt|frac|left|right|substack|implies|cdot|times"
    r"|subseteq|mid|in|notin|leq|geq|neq|forall|quad|ldots|backslash|wedge|sim|vert)(?![a-zA-Z])"
    r"|[\\{}$&#%_,;|])"
)


@settings(no_clock, max_examples=40)
@given(any_formulation())
def test_no_command_comes_from_a_text(formulation: Formulation) -> None:
    for written in (to_latex(formulation), to_formulas(formulation)):
        declared = re.sub(r"(?m)^  \\DeclareUnicodeCharacter.*\n", "", written)
        assert "\\" not in ALLOWED.sub("", declared)
        assert "^^" not in written
