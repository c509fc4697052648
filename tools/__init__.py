"""Equipment: nothing here is needed to deploy.

It builds what a machine lacks (the Pulumi engine, a Kubernetes API server), runs the sandbox and
the lab, and writes the generated documents. Nothing here talks to a real cluster, but the lab's
suite where it is told to (tools/lab/own.py).
"""

from pathlib import Path

from stacks.command import Fault, say, write_atomically

__all__ = ["ROOT", "Fault", "say", "write_atomically"]

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""
