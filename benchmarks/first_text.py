"""One run of the command, until the embedded model's first piece of text: for `embedded_speed.py`.

    python benchmarks/first_text.py no solve "A bakery has ..."

The first word says whether what an earlier process read of instructions is used; the others are
the command. The last line of the standard error says when the text came, on the clock of all
processes, and how much processor time it took.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from solvitur.cli import main
from solvitur.llm.local import Local
from solvitur.llm.model import Reply, Request


def leave(_: str) -> None:
    """Say when it is, and go, whatever else is under way."""
    found = {"at": time.time(), "cpu": time.process_time()}
    print("\n" + json.dumps(found), file=sys.stderr, flush=True)
    os._exit(0)


def until_first_text(*, is_shared: bool) -> None:
    """Let every embedded model leave the process at its first piece of text."""
    answer: Callable[..., Any] = Local.reply

    async def reply(self: Local, request: Request, _: Any = None) -> Reply:
        asked = request if is_shared else request.model_copy(update={"shared": 0})
        found: Reply = await answer(self, asked, leave)
        return found

    Local.reply = reply  # type: ignore[method-assign]
    if not is_shared:
        Local.begin = lambda *_: None  # type: ignore[method-assign]


if __name__ == "__main__":
    until_first_text(is_shared=sys.argv.pop(1) == "yes")
    main()
