"""What a program tells the command that runs it in a pod: one line of JSON, the last of its log."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from .s3 import Fault


def tell(work: Callable[[Mapping[str, Any]], object]) -> None:
    """Do *work* with the settings of the command line, JSON; print what it returns, or its fault.

    A fault ends the program with the status 0: the line says it. Whatever else goes wrong is a
    traceback and another status.
    """
    try:
        said = {"told": work(json.loads(sys.argv[1]))}
    except Fault as fault:
        said = {"fault": str(fault)}
    print(json.dumps(said), flush=True)
