"""The server as another agent meets it: a real client, over standard input and output."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from anyio.from_thread import start_blocking_portal
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters

from solvitur.formulation import Formulation
from tests.cli.conftest import Run
from tests.cli.problems import (
    CHAIRS,
    INFEASIBLE,
    NONLINEAR,
    TEXT,
    UNBOUNDED,
    UNKNOWN_NAME,
    market_split,
    reply,
    subset_sum,
)
from tests.llm.servers import Answer, ChatServer, chat_server, completion, error, stream

WARES = {"wares.csv": [{"ware": "chair", "price": 30}, {"ware": "desk", "price": 80}]}
FROM_WARES = {
    "sets": [{"name": "W", "source": {"file": "wares.csv", "keys": ["ware"]}}],
    "parameters": [
        {
            "name": "price",
            "index": ["W"],
            "source": {"file": "wares.csv", "keys": ["ware"], "column": "price"},
        }
    ],
    "variables": [{"name": "x", "index": ["W"], "upper": 2}],
    "objective": {"sense": "maximize", "expression": "sum(price[w] * x[w] for w in W)"},
}


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("SOLVITUR_", "OPENAI_"))}


def answering(body: dict[str, Any]) -> Answer:
    """Play a model that formulates one problem, and others in no good way."""
    asked = " ".join(message["content"] for message in body["messages"])
    if "Xanadu" in asked:
        return Answer(b"", hang=True)
    if "Atlantis" in asked:
        return error(400, "no such model")
    text = "I would rather not." if "Utopia" in asked else reply(CHAIRS)
    return stream([text]) if body.get("stream") else completion(text)


class Called(NamedTuple):
    """What came of a call."""

    is_error: bool
    text: str
    data: dict[str, Any]
    told: list[str]


class Server:
    """A server in a process of its own, and a client that is connected to it."""

    def __init__(self, portal: Any, client: Client) -> None:
        self.portal = portal
        self.client = client

    def run(self, work: Callable[[Client], Any]) -> Any:
        return self.portal.call(work, self.client)

    def call(self, tool: str, **arguments: Any) -> Called:
        return self.run(lambda client: called(client, tool, arguments))


async def called(client: Client, tool: str, arguments: dict[str, Any]) -> Called:
    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    result = await client.call_tool(tool, arguments, progress_callback=hear)
    (content,) = result.content
    return Called(result.is_error, content.text, result.structured_content or {}, told)


@pytest.fixture(scope="module")
def model() -> Iterator[ChatServer]:
    with chat_server(script=answering) as server:
        yield server


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "wares.csv").write_text("ware,price\nchair,30\ndesk,80\n", encoding="utf-8")
    return folder


def started(stack: ExitStack, *flags: str, **variables: str) -> Server:
    portal = stack.enter_context(start_blocking_portal())
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "solvitur", "mcp", *flags],
        env={**environment(), "OPENAI_API_KEY": "none", **variables},
    )
    client = stack.enter_context(
        portal.wrap_async_context_manager(Client(parameters, read_timeout_seconds=60))
    )
    return Server(portal, client)


@pytest.fixture(scope="module")
def server(model: ChatServer, tables: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        flags = ("--model", f"openai:m@{model.url}", "--max-rounds", "2")
        yield started(stack, *flags, "--data", str(tables))


# --- what there is -------------------------------------------------------------------------------


def test_every_tool_says_what_it_does_and_what_it_takes(server: Server) -> None:
    tools = server.run(lambda client: client.list_tools()).tools

    assert [tool.name for tool in tools] == ["formulate", "solve", "explain", "check"]
    for tool in tools:
        assert len(tool.description) > 100
        assert tool.annotations.read_only_hint
        for schema in (tool.input_schema, tool.output_schema):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        Draft202012Validator(tool.input_schema)
        undescribed = [
            n for n, p in tool.input_schema["properties"].items() if "description" not in p
        ]
        assert not undescribed


def test_the_language_can_be_read_by_who_writes_formulations(server: Server) -> None:
    listed = server.run(lambda client: client.list_resources()).resources
    pages = {
        page.uri: server.run(lambda client, uri=page.uri: client.read_resource(uri))
        .contents[0]
        .text
        for page in listed
    }

    assert list(pages) == ["solvitur://language", "solvitur://schema", "solvitur://data"]
    assert "## Expressions" in pages["solvitur://language"]
    Draft202012Validator(json.loads(pages["solvitur://schema"])).validate(CHAIRS)
    assert '"price": whole numbers' in pages["solvitur://data"]


def test_a_page_or_a_tool_or_a_prompt_that_is_not_there_is_said(server: Server) -> None:
    with pytest.raises(MCPError, match="there is no resource 'file:///etc/passwd'"):
        server.run(lambda client: client.read_resource("file:///etc/passwd"))
    with pytest.raises(MCPError, match="there is no tool 'answer'; there are formulate, solve"):
        server.call("answer")
    with pytest.raises(MCPError, match="there is no prompt"):
        server.run(lambda client: client.get_prompt("sing", {}))
    with pytest.raises(MCPError, match="'problem' is missing"):
        server.run(lambda client: client.get_prompt("solve_problem", {}))


def test_the_prompt_has_the_problem_and_the_language(server: Server) -> None:
    (prompt,) = server.run(lambda client: client.list_prompts()).prompts
    given = server.run(lambda client: client.get_prompt(prompt.name, {"problem": TEXT}))

    words = given.messages[0].content.text
    assert TEXT in words
    assert "## Expressions" in words


# --- solve ---------------------------------------------------------------------------------------


def test_five_elements_are_solved_and_certified(server: Server) -> None:
    answer = server.call("solve", formulation=CHAIRS)

    assert not answer.is_error
    assert answer.data["outcome"] == "solved"
    assert answer.data["variables"] == {"x": 6}
    assert answer.data["certificate"]["confirmed"]
    assert answer.data["formulation"] is None
    assert answer.text.startswith("The highest value is 180.\n- chairs built: 6")
    assert "Certificate: MILP, HiGHS" in answer.text


def test_five_elements_may_come_as_a_text(server: Server) -> None:
    assert server.call("solve", formulation=json.dumps(CHAIRS)).data["objective"] == 180
    markdown = Formulation.model_validate(CHAIRS).to_markdown()
    assert server.call("solve", formulation=markdown).data["objective"] == 180


@pytest.mark.parametrize(
    ("formulation", "outcome", "words"),
    [
        (INFEASIBLE, "infeasible", "- stock: 7 * x <= -42"),
        (UNBOUNDED, "unbounded", "can grow without end"),
    ],
)
def test_that_there_is_no_answer_is_an_answer(
    server: Server, formulation: dict[str, Any], outcome: str, words: str
) -> None:
    answer = server.call("solve", formulation=formulation)

    assert not answer.is_error
    assert answer.data["outcome"] == outcome
    assert words in answer.text


def test_a_limit_ends_a_search_with_the_best_point_so_far(server: Server) -> None:
    answer = server.call("solve", formulation=subset_sum(), time_limit=1)

    assert not answer.is_error
    assert answer.data["outcome"] == "limit"
    assert answer.data["certificate"]["stopped"] == "time_limit"
    assert any(line.startswith("objective ") for line in answer.told)


def test_a_problem_in_words_is_formulated_and_solved(server: Server) -> None:
    answer = server.call("solve", problem=TEXT)

    assert answer.data["objective"] == 180
    assert answer.data["formulation"]["variables"][0]["name"] == "x"
    assert answer.data["model"] == "openai:m"


def test_of_very_many_values_those_that_are_not_zero_are_listed(server: Server) -> None:
    many = {
        "sets": [{"name": "I", "range": [1, 9000]}],
        "variables": [{"name": "x", "index": ["I"], "upper": 1}],
        "objective": {"sense": "maximize", "expression": "sum(x[i] for i in I if i > 8000)"},
    }
    answer = server.call("solve", formulation=many)

    assert len(answer.data["variables"]["x"]) == 1000
    assert answer.data["entries_left_out"] == 8000


# --- data ----------------------------------------------------------------------------------------


def test_tables_come_from_the_folder_of_the_server_or_with_the_call(server: Server) -> None:
    other = {"goods": [{"ware": "bed", "price": 200}]}
    renamed = json.loads(json.dumps(FROM_WARES).replace("wares.csv", "goods"))

    assert server.call("solve", formulation=FROM_WARES).data["objective"] == 220
    assert server.call("solve", formulation=renamed, data=other).data["objective"] == 400


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"goods": "/etc/passwd"}, "'data'"),
        (WARES, "there is a table 'wares.csv' already"),
        ({"goods": {"n": [1] * 200_001}}, "200,001 cells"),
    ],
)
def test_a_call_cannot_name_files_or_take_the_place_of_others(
    server: Server, data: Any, words: str
) -> None:
    answer = server.call("solve", formulation=FROM_WARES, data=data)
    assert answer.is_error
    assert words in answer.text


def test_no_formulation_reads_a_file(server: Server) -> None:
    path = json.loads(json.dumps(FROM_WARES).replace("wares.csv", "../../etc/passwd"))
    answer = server.call("solve", formulation=path)
    assert answer.is_error
    assert "no path is followed" in answer.text


# --- explain and check ---------------------------------------------------------------------------


def test_what_limits_an_answer_is_explained(server: Server) -> None:
    answer = server.call("explain", formulation=CHAIRS)

    assert answer.data["prices"][0]["is_binding"]
    assert "one m2 less costs 30" in answer.text


@pytest.mark.parametrize("about", ["stock", "wood", "x"])
def test_only_what_is_asked_about_is_explained(server: Server, about: str) -> None:
    more = CHAIRS | {
        "constraints": [*CHAIRS["constraints"], {"name": "room", "expression": "x <= 9"}],
        "variables": [{"name": "x", "doc": "chairs built"}, {"name": "y", "upper": 2}],
    }
    answer = server.call("explain", formulation=more, about=about)

    labels = [price["requirement"]["name"] for price in answer.data["prices"]]
    entries = [entry["name"] for entry in answer.data["entries"]]
    assert labels == (["stock", "room"] if about == "x" else ["stock"])
    assert entries == (["x"] if about == "x" else [])


def test_why_it_is_not_otherwise_can_be_asked_in_words(server: Server) -> None:
    answer = server.call("explain", formulation=CHAIRS, about="why not more chairs?")
    unknown = server.call("explain", formulation=CHAIRS, about="stok")

    assert "stock" in answer.text
    assert 'Nothing in it is called "stok"' in unknown.text


def test_other_numbers_are_compared(server: Server) -> None:
    answer = server.call("explain", formulation=CHAIRS, what_if={"parameters": {"wood": 50}})

    assert answer.data["what_if"]["change"] == 30
    assert answer.data["what_if"]["formulation"]["parameters"][0]["value"] == 50
    assert "- x: 7 instead of 6" in answer.text


def test_why_there_is_no_answer_is_explained(server: Server) -> None:
    answer = server.call("explain", formulation=INFEASIBLE)

    assert [m["name"] for m in answer.data["conflict"]["members"]] == ["stock", "x"]
    assert answer.data["relaxation"]["changes"][0]["after"] == 0


def test_a_formulation_is_checked_against_the_words(server: Server) -> None:
    answer = server.call("check", formulation=CHAIRS, problem=f"{TEXT} Each needs 17 screws.")

    assert answer.data["is_sound"]
    assert answer.data["problem_class"] == "MILP"
    assert (answer.data["variables"], answer.data["rows"]) == (1, 1)
    assert [check["code"] for check in answer.data["checks"]] == ["forgotten_number"]
    assert "17" in answer.text


def test_what_is_no_model_is_not_sound(server: Server) -> None:
    answer = server.call("check", formulation=UNKNOWN_NAME)

    assert not answer.is_error
    assert not answer.data["is_sound"]
    assert answer.data["problem_class"] is None
    assert "'y'" in answer.text


def test_of_very_many_findings_some_are_listed(server: Server) -> None:
    endless = {
        "sets": [{"name": "I", "range": [1, 3000]}],
        "variables": [{"name": "x", "index": ["I"]}],
        "objective": {"sense": "maximize", "expression": "sum(x[i] for i in I)"},
    }
    answer = server.call("check", formulation=endless)

    assert (len(answer.data["checks"]), answer.data["checks_left_out"]) == (100, 2900)
    assert answer.text.endswith("- ... and 2,900 more")


def test_two_formulations_are_compared(server: Server) -> None:
    differs = server.call("check", formulation=INFEASIBLE, compare_with=CHAIRS)
    same = server.call("check", formulation=CHAIRS, compare_with=CHAIRS)

    assert differs.data["differences"] == [
        "constraint 'stock': `7 * x <= wood` -> `7 * x <= -wood`"
    ]
    assert same.data["differences"] == []


# --- formulate -----------------------------------------------------------------------------------


def test_words_become_five_elements_and_each_step_is_told(server: Server) -> None:
    answer = server.call("formulate", problem=TEXT)

    assert answer.data["formulation"]["objective"]["expression"] == "30 * x"
    assert answer.data["outcome"] == "solved"
    assert answer.data["in_words"].startswith("Chairs\n\nYou decide:\n- chairs built")
    assert "x takes whole numbers only" in answer.data["assumptions"]
    assert answer.data["confidence"]["level"] in answer.text
    steps = [line for line in answer.told if line.startswith("round")]
    assert [line.split(",")[1].split(":")[0].split(" (")[0].strip() for line in steps][:4] == [
        "formulate",
        "check",
        "solve",
        "verify",
    ]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("There are 3 chairs in Atlantis.", "no such model"),
        ("There are 3 chairs in Utopia.", "could not be formulated"),
        ("\x00\x01\x02 3", "binary data"),
        ("", "'problem'"),
        ("x" * 60_001, "60000 characters"),
    ],
)
def test_why_nothing_was_formulated_is_said(server: Server, problem: str, words: str) -> None:
    answer = server.call("formulate", problem=problem)
    assert answer.is_error
    assert words in answer.text


# --- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("solve", {}, "give a 'formulation' or a 'problem', one of them"),
        ("solve", {"formulation": CHAIRS, "problem": TEXT}, "one of them"),
        ("solve", {"formulation": UNKNOWN_NAME}, "objective: unknown name 'y'"),
        ("solve", {"formulation": {"variables": [{"name": "x", "domain": "int"}]}}, "'domain'"),
        ("solve", {"formulation": "{"}, "'formulation'"),
        ("solve", {"formulation": [1]}, "'formulation'"),
        ("solve", {"formulation": CHAIRS, "solver": "higs"}, "did you mean 'highs'?"),
        ("solve", {"formulation": NONLINEAR, "solver": "highs"}, "HiGHS"),
        ("solve", {"formulation": CHAIRS, "timelimit": 3}, "did you mean 'time_limit'?"),
        ("solve", {"formulation": CHAIRS, "time_limit": -1}, "'time_limit'"),
        ("solve", {"formulation": CHAIRS, "gap": "wide"}, "'gap'"),
        ("explain", {}, "'formulation' is missing: The five elements."),
        ("explain", {"formulation": CHAIRS, "what_if": {}}, "say what is to be otherwise"),
        ("explain", {"formulation": CHAIRS, "what_if": {"parameters": {"would": 1}}}, "'would'"),
        ("check", {"formulation": {**CHAIRS, "goals": []}}, "goals"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_words(
    server: Server, tool: str, arguments: dict[str, Any], words: str
) -> None:
    answer = server.call(tool, **arguments)

    assert answer.is_error
    assert words in answer.text
    assert "Traceback" not in answer.text
    assert "bug in solvitur" not in answer.text


# --- several calls at once -----------------------------------------------------------------------


def test_a_long_search_keeps_nobody_waiting_and_ends_when_it_is_cancelled(server: Server) -> None:
    async def work(client: Client) -> list[Any]:
        hard = {"formulation": market_split(), "time_limit": 60}
        long = [asyncio.create_task(client.call_tool("solve", hard)) for _ in range(2)]
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(
            *(called(client, "solve", {"formulation": CHAIRS}) for _ in "ab")
        )
        still_at_work = [not task.done() for task in long]
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)
        return [[answer.data["objective"] for answer in answers], still_at_work]

    assert server.run(work) == [[180, 180], [True, True]]


def test_a_model_that_never_answers_can_be_cancelled(server: Server, model: ChatServer) -> None:
    async def work(client: Client) -> Called:
        before = len(model.bodies)
        asking = asyncio.create_task(
            client.call_tool("formulate", {"problem": "3 chairs in Xanadu"})
        )
        while len(model.bodies) == before:
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return await called(client, "formulate", {"problem": TEXT})

    assert not server.run(work).is_error


# --- the process ---------------------------------------------------------------------------------


class Raw:
    """The server's process, spoken to line by line."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "solvitur", "mcp", *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
        self.send("initialize", 1, **hello, clientInfo={"name": "test", "version": "1"})
        assert self.read()["result"]["serverInfo"]["name"] == "solvitur"
        self.send("notifications/initialized")

    def send(self, method: str, number: int | None = None, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        message |= {} if number is None else {"id": number}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def call(self, number: int, tool: str, **arguments: Any) -> None:
        self.send("tools/call", number, name=tool, arguments=arguments)

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        message: dict[str, Any] = json.loads(self.process.stdout.readline())
        return message

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> tuple[int, bytes, bytes]:
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    """One process for those tests, spoken to in the protocol of 2025; the last of them ends it."""
    begun = Raw("--model", "local:nowhere.gguf")
    yield begun
    begun.process.kill()
    begun.process.communicate()


def is_idle(raw: Raw) -> bool:
    before = raw.processor_seconds()
    time.sleep(0.5)
    return raw.processor_seconds() - before < 0.1


def test_a_search_that_is_cancelled_uses_the_processor_no_more(raw: Raw) -> None:
    token = {"progressToken": 7}
    hard = {"formulation": market_split(), "time_limit": 60}
    raw.send("tools/call", 2, name="solve", arguments=hard, _meta=token)
    assert raw.read()["params"] == {"progressToken": 7, "progress": 1, "message": "solving ..."}
    raw.send("ping", 3)
    assert raw.read() == {"jsonrpc": "2.0", "id": 3, "result": {}}
    raw.send("notifications/cancelled", requestId=2)

    assert any(is_idle(raw) for _ in range(60))
    raw.call(4, "solve", formulation=CHAIRS)
    assert raw.read()["id"] == 4


def test_no_model_is_needed_to_solve(raw: Raw) -> None:
    raw.call(5, "solve", formulation=CHAIRS)
    assert raw.read()["result"]["structuredContent"]["objective"] == 180
    raw.call(6, "formulate", problem=TEXT)
    result = raw.read()["result"]
    assert result["isError"]
    assert "nowhere.gguf" in result["content"][0]["text"]


def test_lines_that_are_no_message_do_no_harm(raw: Raw) -> None:
    assert raw.process.stdin is not None
    raw.process.stdin.write(b"hello\n\xff\xfe\n" + b"[" * 100_000 + b"\n{}\n")
    raw.call(7, "solve", formulation=CHAIRS)
    assert raw.read()["id"] == 7


def test_a_client_that_goes_away_ends_the_server_and_what_it_is_at(raw: Raw) -> None:
    raw.call(8, "solve", formulation=market_split(), time_limit=60)
    time.sleep(0.5)

    code, out, err = raw.end()

    assert code == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--data", "nowhere"], "--data nowhere: there is no folder or file"),
        (["--solver", "higs"], "did you mean 'highs'?"),
        (["--time-limit", "0"], "--time-limit"),
    ],
)
def test_a_wrong_flag_is_said_before_anything_is_served(
    run: Run, flags: list[str], words: str
) -> None:
    done = run("mcp", *flags)
    assert done.code == 2
    assert words in done.err
    assert done.out == ""


def test_without_the_package_the_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.stdio", None)
    done = run("mcp")
    assert done.code == 1
    assert "pip install 'solvitur[mcp]'" in done.err
