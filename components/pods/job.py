"""The end of a program that runs once, in a pod of a Job.

What it decides itself is final and ends it with 1. What another system answers may be another
answer later: it ends with EX_TEMPFAIL (sysexits.h), once `persist` has tried long enough.
"""

import sys
import time
from collections.abc import Callable

from .s3 import Fault

AGAIN = 75

PAUSES_SECONDS = (10, 20, 40, 80, 160, 300)
"""Before each further try."""


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


def persist(work: Callable[[], None]) -> None:
    """Do *work*, and again after a pause while it ends with AGAIN.

    The pod tries itself, as a Job with other pods to try and a policy that says which status is
    final is one that `up` waits for after it has failed (cloud-ready-checks 1.3.0, check.go: of
    the reasons for a failure it knows BackoffLimitExceeded and DeadlineExceeded).
    """
    for pause in PAUSES_SECONDS:
        try:
            work()
        except SystemExit as ended:
            if ended.code != AGAIN:
                raise
        else:
            return
        time.sleep(pause)
    work()
