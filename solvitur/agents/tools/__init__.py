"""What other agents can ask for, as data in and data out: formulate, solve, explain, check.

Nothing in here knows how the question came; `solvitur.agents.mcp_server` offers these over MCP.
"""

from solvitur.agents.tools.checking import Check
from solvitur.agents.tools.explaining import Explain
from solvitur.agents.tools.formulating import Formulate
from solvitur.agents.tools.service import Service
from solvitur.agents.tools.solving import Solve
from solvitur.agents.tools.tool import Arguments, Result, Tell, Tool, read

__all__ = [
    "TOOLS",
    "Arguments",
    "Check",
    "Explain",
    "Formulate",
    "Result",
    "Service",
    "Solve",
    "Tell",
    "Tool",
    "read",
]

TOOLS: tuple[Tool, ...] = (Formulate(), Solve(), Explain(), Check())
"""All there are, in the order in which they are listed."""
