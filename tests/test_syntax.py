import ast
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.syntax import parse_expression, parse_module

SOURCE = Path(__file__).read_text(encoding="utf-8")


@pytest.fixture
def collecting_runs_python() -> Iterator[None]:
    """Let the collection of garbage run Python, and threads take turns often."""

    def busy(*_: object) -> None:
        sum(range(300))

    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    gc.callbacks.append(busy)
    sys.setswitchinterval(1e-5)
    gc.set_threshold(50)
    try:
        yield
    finally:
        gc.callbacks.remove(busy)
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)


def test_threads_parse_at_the_same_time(collecting_runs_python: None) -> None:
    failed: list[BaseException] = []

    def parse(depth: int) -> None:
        if depth:
            return parse(depth - 1)
        try:
            for _ in range(20):
                parse_module(SOURCE)
        except SystemError as error:
            failed.append(error)

    threads = [threading.Thread(target=parse, args=(5 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_is_parsed_is_what_the_parser_says() -> None:
    assert ast.dump(parse_module("x = 1")) == ast.dump(ast.parse("x = 1"))
    assert ast.dump(parse_expression("x + 1")) == ast.dump(ast.parse("x + 1", mode="eval"))
    with pytest.raises(SyntaxError):
        parse_expression("x = 1")
    with pytest.raises(SyntaxError):
        parse_module("x =")
