"""The tools over the Model Context Protocol, so that other agents can use solvitur.

Every call is a task of its own, and solvers work in threads: one that takes long keeps no other
waiting. A call that is cancelled stops its model and its solver. What is wrong with a call is an
answer that says what to mend; infeasible, unbounded and out of time are results.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from solvitur.agents.tools import TOOLS, Arguments, Result, Service, Tool, read
from solvitur.errors import Error, MissingExtra
from solvitur.formulation.elements import Formulation
from solvitur.formulation.language import language
from solvitur.formulation.tables.schema import describe
from solvitur.prompts.library import render
from solvitur.solvers import Interrupt

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.session import ServerSession
    from mcp.types import (
        CallToolResult,
        GetPromptResult,
        ListPromptsResult,
        ListResourcesResult,
        ListToolsResult,
        ReadResourceResult,
    )

INSTRUCTIONS = (
    "solvitur solves optimization problems to a proven optimum. A problem is five elements (sets, "
    "parameters, variables, objective, constraints) in JSON; the resource solvitur://language says "
    "how they are written. The surest way: write five elements yourself, 'check' them against the "
    "words of the problem, 'solve', and 'explain' what limits the answer. 'formulate' lets "
    "solvitur's own language model write them."
)
"""What a client tells its model about the server."""

Describe = Callable[[Exception], str]
"""Puts an error into words, one that nobody foresaw too."""


@dataclass(frozen=True)
class _Page:
    """Something to read."""

    name: str
    title: str
    description: str
    kind: str
    text: Callable[[], str]

    @property
    def uri(self) -> str:
        return f"solvitur://{self.name}"


async def serve(service: Service, output: TextIO, describe_error: Describe = str) -> None:
    """Serve MCP on standard input and a stream until the input ends.

    Args:
        service: What the calls share.
        output: Where the protocol's messages go, and nothing else may.
        describe_error: Puts an error into words.

    Raises:
        MissingExtra: The package `mcp` is not installed.
    """
    try:
        from mcp.server.stdio import stdio_server
    except ImportError:
        raise MissingExtra("mcp", "mcp") from None
    import anyio

    lines = anyio.wrap_file(os.fdopen(os.dup(output.fileno()), "w", encoding="utf-8"))
    server = build(service, describe_error)
    try:
        async with stdio_server(stdout=lines) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    except* BrokenPipeError:  # who asked is gone
        pass


def build(service: Service, describe_error: Describe = str) -> "Server[Any]":
    """Make a server of the tools, the pages and the prompt; how it is reached is the caller's."""
    from mcp.server.lowlevel import Server

    from solvitur import __version__

    handlers = _Handlers(service, describe_error)
    return Server(
        "solvitur",
        version=__version__,
        title="solvitur",
        description="From a word problem to a certified optimum.",
        instructions=INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_read_resource=handlers.read_resource,
        on_list_prompts=handlers.list_prompts,
        on_get_prompt=handlers.get_prompt,
    )


class _Handlers:
    """What is done for each kind of request."""

    def __init__(self, service: Service, describe_error: Describe) -> None:
        self._service = service
        self._describe_error = describe_error
        self._tools = {tool.name: tool for tool in TOOLS}
        self._pages = {page.uri: page for page in _pages(service)}

    async def list_tools(self, context: Any, params: Any) -> "ListToolsResult":
        from mcp import types

        return types.ListToolsResult(tools=[_declared(tool) for tool in self._tools.values()])

    async def call_tool(self, context: Any, params: Any) -> "CallToolResult":
        """Call a tool; what is wrong is an answer too, for the model that called to mend."""
        from mcp import types

        tool = self._tools.get(params.name)
        if tool is None:
            raise _no_such("tool", params.name, self._tools)
        try:
            result = await self._called(tool, params.arguments or {}, context.session)
            text, data = str(result), result.data()
        except Exception as error:  # whatever it is, a caller is told, and the server goes on
            words = types.TextContent(text=self._describe_error(error))
            return types.CallToolResult(content=[words], is_error=True)
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=data)

    async def _called(
        self, tool: Tool, arguments: Mapping[str, Any], session: "ServerSession"
    ) -> Result:
        given: Arguments = await asyncio.to_thread(read, tool, arguments)
        with Interrupt() as interrupt:
            try:
                return await _told(session, lambda tell: tool(given, self._service, tell))
            finally:
                interrupt.abandon()

    async def list_resources(self, context: Any, params: Any) -> "ListResourcesResult":
        from mcp import types

        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=page.uri,
                    name=page.name,
                    title=page.title,
                    description=page.description,
                    mime_type=page.kind,
                )
                for page in self._pages.values()
            ]
        )

    async def read_resource(self, context: Any, params: Any) -> "ReadResourceResult":
        from mcp import MCPError, types

        page = self._pages.get(str(params.uri))
        if page is None:
            raise _no_such("resource", str(params.uri), self._pages)
        try:
            text = await asyncio.to_thread(page.text)
        except Error as error:
            raise MCPError(types.INTERNAL_ERROR, self._describe_error(error)) from None
        contents = types.TextResourceContents(uri=page.uri, mime_type=page.kind, text=text)
        return types.ReadResourceResult(contents=[contents])

    async def list_prompts(self, context: Any, params: Any) -> "ListPromptsResult":
        from mcp import types

        problem = types.PromptArgument(
            name="problem", description="The problem in words, with all its numbers.", required=True
        )
        prompt = types.Prompt(
            name="solve_problem",
            title="Solve an optimization problem",
            description="Write a problem down as five elements, check, solve and explain them.",
            arguments=[problem],
        )
        return types.ListPromptsResult(prompts=[prompt])

    async def get_prompt(self, context: Any, params: Any) -> "GetPromptResult":
        from mcp import MCPError, types

        if params.name != "solve_problem":
            raise _no_such("prompt", params.name, ("solve_problem",))
        problem = (params.arguments or {}).get("problem", "").strip()
        if not problem:
            raise MCPError(types.INVALID_PARAMS, "'problem' is missing: the problem in words")
        words = render("mcp_solve", problem=problem, language=language())
        message = types.PromptMessage(role="user", content=types.TextContent(text=words))
        return types.GetPromptResult(messages=[message])


async def _told(session: "ServerSession", work: Callable[[Any], Awaitable[Result]]) -> Result:
    """Do work that tells in lines what it is at, and let who asked hear of it."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def tell(line: str) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(lines.put_nowait, line)

    async def pass_on() -> None:
        count = 0
        while (line := await lines.get()) is not None:
            count += 1
            await session.report_progress(count, None, line)

    passing = asyncio.create_task(pass_on())
    try:
        result = await work(tell)
        lines.put_nowait(None)
        await passing
        return result
    finally:
        passing.cancel()


def _declared(tool: Tool) -> Any:
    from mcp import types

    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.model_json_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, open_world_hint=False
        ),
    )


def _pages(service: Service) -> list[_Page]:
    pages = [
        _Page(
            "language",
            "The language of formulations",
            "How five elements are written: sets, parameters, variables, objective, constraints, "
            "and their expressions. Read it before you write a formulation.",
            "text/markdown",
            language,
        ),
        _Page(
            "schema",
            "JSON schema of a formulation",
            "What 'formulation' must look like, for whoever checks or generates JSON by schema.",
            "application/schema+json",
            lambda: json.dumps(Formulation.model_json_schema(), indent=2),
        ),
    ]
    if service.tables:
        pages.append(
            _Page(
                "data",
                "The tables there are",
                "Columns and first rows of the tables that formulations may take sets and "
                "parameters from, by their 'source'.",
                "text/plain",
                lambda: describe(service.tables),
            )
        )
    return pages


def _no_such(what: str, name: str, there: Any) -> Exception:
    from mcp import MCPError, types

    known = ", ".join(there)
    return MCPError(types.INVALID_PARAMS, f"there is no {what} {name[:80]!r}; there are {known}")
