"""The page for the night it burns, made for one environment."""

from stacks.recovery.runbook.make import runbook
from stacks.recovery.runbook.show import markdown

__all__ = ["markdown", "runbook"]
