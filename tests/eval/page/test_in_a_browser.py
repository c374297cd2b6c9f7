"""A page in headless Chromium: that it is quiet, reaches nobody, filters, and fits a phone."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from solvitur.eval import Report, to_html
from tests.browser import PATH, Page, browser

pytestmark = pytest.mark.skipif(PATH is None, reason="there is no Chromium")

PHONE, DESKTOP = 360, 1280
SHOWN = "[...document.querySelectorAll('details.problem')].filter(p => !p.hidden).map(p => p.id)"
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def two(reports: tuple[Report, Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "two.html"
    path.write_text(to_html(*reports), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def attack(hostile: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "hostile.html"
    path.write_text(to_html(hostile, hostile), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_page_is_quiet_and_asks_nobody_for_anything(page: Page, two: Path, width: int) -> None:
    page.open(two, width=width)
    page.value(OPEN_ALL)
    assert page.complaints == []
    assert page.requests == [two.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_page_is_seen_and_nothing_sticks_out(
    page: Page, two: Path, width: int, scheme: str
) -> None:
    page.open(two, width=width, scheme=scheme)
    image = pixels(page.picture())
    assert image.shape[:2] == (900, width)
    assert image.std() > 0.02
    assert bool(image[2, 2].mean() > 0.5) is (scheme == "light")
    page.value(OPEN_ALL)
    assert page.value("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_hostile_text_does_nothing_and_fits(page: Page, attack: Path, width: int) -> None:
    page.open(attack, width=width)
    page.value(OPEN_ALL)
    assert page.value("typeof window.hit") == "undefined"
    assert page.complaints == []
    assert page.requests == [attack.as_uri()]
    assert page.value("document.documentElement.scrollWidth") == width


def test_problems_are_found_by_verdict_text_tag_and_flip(page: Page, two: Path) -> None:
    page.open(two, width=DESKTOP)
    assert len(page.value(SHOWN)) == 6
    assert page.value("count.textContent") == "6 of 6"
    page.type_in("select[data-letter=B]", "error")
    assert page.value(SHOWN) == ["p3"]
    assert page.value("count.textContent") == "1 of 6"
    page.type_in("select[data-letter=B]", "")
    page.type_in("input[name=flips]", True)
    assert page.value(SHOWN) == ["p2", "p3", "p5", "p6"]
    page.type_in("input[name=text]", "Are 66 M2")
    assert page.value(SHOWN) == ["p5"]
    page.type_in("input[name=text]", "no such words")
    assert page.value("document.getElementById('none').hidden") is False


def test_problems_are_found_by_tag_whatever_it_is_called(page: Page, attack: Path) -> None:
    page.open(attack, width=DESKTOP)
    tag = page.value("document.querySelector('select[name=tag] option:last-child').value")
    page.type_in("select[name=tag]", tag)
    assert len(page.value(SHOWN)) == 6
    page.type_in("select[data-letter=A]", "right")
    assert page.value(SHOWN) == ["p1"]


def test_a_link_to_a_problem_opens_it(page: Page, two: Path) -> None:
    page.open(two, width=DESKTOP)
    page.value("document.querySelector('a[href=\"#p3\"]').click()")
    assert page.value("new Promise(done => setTimeout(done, 50)).then(() => p3.open)") is True


def test_without_javascript_all_is_there_but_the_filters(page: Page, two: Path) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(two, width=PHONE)
        assert page.value("document.getElementById('filters').hidden") is True
        assert len(page.value(SHOWN)) == 6
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


def pixels(png: bytes) -> "np.ndarray":
    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(png)))[:, :, :3]
