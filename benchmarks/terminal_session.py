"""Record a conversation on a terminal, word for word: what is typed, and what the screen shows.

python benchmarks/terminal_session.py --model local:qwen2.5-coder-1.5b --out docs/session.md
"""

import argparse
import os
import platform
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from solvitur import __version__
from tests.cli.chat.terminal import ENTER, Terminal

ROWS, COLUMNS = 400, 80
TYPED = (
    "A bakery earns 4 for each loaf and 7 for each cake. A loaf takes 2 kg of flour and 1 hour of "
    "work, a cake takes 1 kg of flour and 3 hours of work. The bakery has 50 kg of flour and 60 "
    "hours of work. How many loaves and cakes should it bake to earn the most?",
    "",
    "why?",
    "what if there were 10 more hours of work?",
    "at most 12 loaves",
    "/undo",
    "/history",
    "/quit",
)
"""What the person types; nothing is Enter alone."""
AT_THE_PROMPT = re.compile(r"\n>(?: Enter says yes)?\n+[^\n]* tokens · [^\n]*\Z")


def recorded(model: str, patience: float) -> tuple[str, list[tuple[str, float]]]:
    """Type everything; give the last screen, and how long each reply took."""
    took = []
    with Terminal(
        "chat", "--model", model, columns=COLUMNS, rows=ROWS, patience=patience
    ) as terminal:
        terminal.wait_until(lambda text: AT_THE_PROMPT.search(text) is not None)
        for words in TYPED:
            before, started = terminal.text, time.monotonic()
            terminal.type(words, ENTER)
            if words == "/quit":
                break
            terminal.wait_until(
                lambda text, before=before: text != before and replied(text, before)
            )
            took.append((words or "(Enter)", time.monotonic() - started))
        terminal.wait_for_end()
        return terminal.text, took


def replied(text: str, before: str) -> bool:
    """Whether there is a prompt again, further down than the one before."""
    if AT_THE_PROMPT.search(text) is None:
        return False
    return text.rstrip().count("\n>") > before.rstrip().count("\n>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds for one reply")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOLVITUR_SESSIONS"] = folder
        shown, took = recorded(given.model, given.patience)
    rows = "\n".join(f"| {words[:60]} | {seconds:.0f} |" for words, seconds in took)
    given.out.write_text(
        f"# A conversation on a terminal\n\n"
        f"Written by `python benchmarks/terminal_session.py --model {given.model}` (solvitur "
        f"{__version__}, {platform.machine()}, {os.cpu_count()} cores): "
        f"what the screen of {COLUMNS} columns showed at the end, word for word.\n\n"
        f"```text\n$ solvitur chat --model {given.model}\n{shown}\n```\n\n"
        f"| typed | seconds until the next prompt |\n| --- | --- |\n{rows}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
