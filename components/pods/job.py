"""The end of a program that runs once, in a pod of a Job.

What it decides itself is final and ends it with 1. What another system answers may be another
answer later: it ends with EX_TEMPFAIL (sysexits.h), and the Job starts another pod.
"""

import sys
from collections.abc import Callable

from .s3 import Fault

AGAIN = 75


class Refusal(Exception):  # noqa: N818 (a sentence, not a kind of error)
    """`place: fault; fix`, which another try does not change."""


def finish(*parts: Callable[[], None]) -> None:
    """Do each of *parts*, also after one that failed; end the process if one did."""
    refused = failed = False
    for part in parts:
        try:
            part()
        except Refusal as refusal:
            refused = True
            print(refusal, file=sys.stderr, flush=True)
        except Fault as fault:
            failed = True
            print(fault, file=sys.stderr, flush=True)
    if refused or failed:
        sys.exit(1 if refused else AGAIN)
