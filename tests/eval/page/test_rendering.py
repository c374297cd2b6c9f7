"""A page as text: what is on it, and that no text on it becomes anything else."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from solvitur.agents import Answer
from solvitur.agents.answer import Agreement, Round
from solvitur.errors import ConfigError
from solvitur.eval import Question, Report, to_html
from solvitur.page import visible
from tests.eval.page.conftest import HOSTILE
from tests.eval.runs import here, joiner, run

VOID = {"meta", "input", "br", "img", "link"}
ALLOWED = {"script": 1, "style": 1, "title": 1, "textarea": 0, "img": 0, "link": 0, "iframe": 0}


class Read(HTMLParser):
    """The elements of a page, and the text in each kind of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def text(self, tag: str) -> str:
        return " ".join(said for place, said in self.texts if place == tag)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def test_a_page_has_the_figures_with_their_intervals(reports: tuple[Report, Report]) -> None:
    page = Read(to_html(reports[1]))
    assert page.text("h1") == reports[1].name
    cells = [said.strip() for tag, said in page.texts if tag == "td" and said.strip()]
    sa = reports[1].metrics.sa if reports[1].metrics else None
    assert sa is not None
    assert cells[:3] == [
        f"{100 * sa.value:.1f}",
        f"{100 * sa.low:.1f} to {100 * sa.high:.1f}",
        "6",
    ]
    assert "Accuracy by tolerance" in page.text("b")


def test_every_problem_is_there_with_all_that_was_answered(
    reports: tuple[Report, Report],
) -> None:
    page = Read(to_html(reports[1]))
    problems = [each for tag, each in page.elements if each.get("class") == "problem"]
    assert [each["data-verdicts"] for each in problems] == [
        "A-right",
        "A-wrong",
        "A-error",
        "A-right",
        "A-wrong",
        "A-wrong",
    ]
    whole = " ".join(said for _, said in page.texts)
    assert "A chair earns 30 and takes 7 m2 of wood; there are 93 m2." in whole
    assert "too much wood" in whole
    assert "7 * x <= wood" in page.text("code")
    assert "proved optimal" in page.text("pre")


def test_two_runs_are_compared_with_their_flips(reports: tuple[Report, Report]) -> None:
    page = Read(to_html(*reports))
    assert page.text("h1") == "chairs: 2 runs"
    assert "A less B" in page.text("h2")
    links = [each["href"] for tag, each in page.elements if tag == "a"]
    assert links == ["#p2", "#p3", "#p5", "#p6"]
    flips = [each["id"] for _, each in page.elements if "data-flip" in each]
    assert [f"#{name}" for name in flips] == links


def test_lines_that_only_one_formulation_has_are_marked(reports: tuple[Report, Report]) -> None:
    page = to_html(*reports)
    marked = re.findall(r'<li class="new">(.*?)</li>', page)
    assert marked[0] == "<code>x</code>, integer, &gt;= 0: chairs"
    assert marked[1] == "<code>x</code>, continuous, &gt;= 0: chairs"
    assert 'class="new"' not in to_html(reports[0])


def test_three_runs_and_runs_without_a_common_problem_make_a_page(
    reports: tuple[Report, Report], tmp_path: Path
) -> None:
    apart = run(tmp_path, joiner, woods=(1000,), scorer=here)
    page = Read(to_html(reports[0], apart))
    assert "A less B" not in page.text("h2")
    assert sum(each.get("class") == "problem" for _, each in page.elements) == 7
    three = Read(to_html(*reports, reports[0]))
    assert sum(each.get("class") == "problem" for _, each in three.elements) == 6
    assert "C" in three.text("b")


def test_answers_of_several_epochs_are_all_there(tmp_path: Path) -> None:
    async def every_other_time(asked: Question) -> Answer | None:
        return await joiner(asked) if asked.epoch == 1 else None

    page = Read(to_html(run(tmp_path, every_other_time, epochs=3, scorer=here)))
    assert page.text("span").count("1 of 3 right") == 3
    assert page.count("article") == 9
    assert page.text("span").count("answer 3") == 3


def test_a_run_that_has_no_answer_yet_is_a_page(tmp_path: Path) -> None:
    async def failing(asked: Question) -> Answer:
        raise ConnectionError("down")

    page = Read(to_html(run(tmp_path, failing, scorer=here)))
    assert "of its answers, 3 are still to come" in page.text("p")


def test_no_text_becomes_anything_else(hostile: Report) -> None:
    page = Read(to_html(hostile, hostile))
    for tag, count in ALLOWED.items():
        assert page.count(tag) == count, tag
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert attributes.get("href", "#")[:1] == "#"  # type: ignore[index]
        assert "src" not in attributes
    assert "window.hit" not in page.text("script")


def test_what_is_hostile_is_shown_as_it_was_said(hostile: Report) -> None:
    page = Read(to_html(hostile))
    assert visible(HOSTILE) * 20 in page.text("p")
    assert "\\u202eevil\\u2066 a\\u200bb \\x1b[2J" in visible(HOSTILE)


def test_nothing_invisible_is_left(hostile: Report) -> None:
    found = set(to_html(hostile)) & set("\u202e\u2066\u200b\x1b\u2028")
    assert found == set()


def test_the_page_allows_itself_its_own_script_and_style_alone(hostile: Report) -> None:
    written = to_html(hostile)
    page = Read(written)
    (policy,) = [str(each["content"]) for tag, each in page.elements if "http-equiv" in each]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", written, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


CODES = [
    ("a\u202eb", "a\\u202eb"),
    ("a\u2028b", "a\\u2028b"),
    ("\ufeff", "\\ufeff"),
    ("\xad", "\\xad"),
    ("\U000e0041", "\\U000e0041"),
    ("\ud800", "\\ud800"),
    ("tab\tline\r\nline", "tab\tline\nline"),
    ("Größe 木 مرحبا 🙂", "Größe 木 مرحبا 🙂"),
]


@pytest.mark.parametrize(("text", "shown"), CODES)
def test_what_cannot_be_seen_is_shown_by_its_code(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_pages_without_a_run_or_with_too_many_are_refused(
    reports: tuple[Report, Report],
) -> None:
    with pytest.raises(ConfigError, match="there is no run"):
        to_html()
    with pytest.raises(ConfigError, match="room for 26 runs, not 27"):
        to_html(*[reports[0]] * 27)


def test_the_same_run_gives_the_same_page(reports: tuple[Report, Report]) -> None:
    assert to_html(*reports) == to_html(*map(Report.load, (r.folder for r in reports)))


def test_a_program_is_shown_as_it_is(tmp_path: Path) -> None:
    async def programming(asked: Question) -> Answer:
        answer = await joiner(asked)
        return answer.model_copy(update={"script": "if x < 7:\n    x = `7`", "route": "code"})

    page = Read(to_html(run(tmp_path, programming, woods=(42,), scorer=here)))
    assert "if x < 7:\n    x = `7`" in page.text("pre")
    assert "7 * x <= wood" in page.text("code")


def test_what_the_solver_wrote_down_is_shown(tmp_path: Path) -> None:
    async def logging(asked: Question) -> Answer:
        assert asked.log_file is not None
        asked.log_file.write_text("Presolving model\n1 row\n")
        return await joiner(asked)

    page = Read(to_html(run(tmp_path, logging, woods=(42,), scorer=here)))
    assert "Presolving model\n1 row" in page.text("pre")


def test_which_samples_are_proved_equivalent_is_shown(tmp_path: Path) -> None:
    async def sampling(asked: Question) -> Answer:
        answer = await joiner(asked)
        tried = Round(route="direct", outcome="solved", objective=180.0, evidence=("a gap",))
        said = {
            "rounds": (tried, tried.model_copy(update={"same_as": (1,)})),
            "agreement": Agreement(drawn=2, equivalent=2, equal=0, by_accident=0),
        }
        return answer.model_copy(update=said)

    page = Read(to_html(run(tmp_path, sampling, woods=(42,), scorer=here)))
    assert "Samples: 2 of 2 are proved equivalent" in page.text("p")
    assert "proved equivalent to round 1" in page.text("li")


def test_of_a_flip_it_is_said_whether_both_formulations_are_equivalent(
    reports: tuple[Report, Report],
) -> None:
    page = Read(to_html(*reports))
    assert "The two formulations: not equivalent: " in page.text("p")
