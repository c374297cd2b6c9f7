"""``solvitur mcp``: the tools for other agents, over the Model Context Protocol."""

import asyncio
import functools
import sys
from dataclasses import asdict

from solvitur.cli import console, failures, files
from solvitur.cli.flags import Modelling, Solving, Tables, grouped


@grouped
def mcp(data: Tables = None, *, modelling: Modelling, solving: Solving) -> None:
    """Serve other agents over MCP, on standard input and output.

    The tools are formulate, solve, explain and check. Only formulate, and solve of a problem in
    words, ask a language model, which is loaded when it is first asked. The limits are the most
    that a call may take; --max-cost is for all calls together.

    \b
    solvitur mcp
    solvitur mcp --model openai:qwen3@http://localhost:8000/v1 --data tables/
    """  # noqa: D301
    from solvitur.agents.mcp_server import serve
    from solvitur.agents.tools import Service
    from solvitur.cli.wiring import connected, effort
    from solvitur.config import load

    settings = load({**asdict(modelling), **asdict(solving)})
    tables = files.read_data(data or [])
    model = functools.cache(lambda: connected(settings))
    service = Service(model, effort(settings), tables)
    ours = sys.stdout
    with console.lent():
        asyncio.run(serve(service, ours, lambda error: failures.describe(error).message))
