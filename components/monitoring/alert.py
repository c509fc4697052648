"""An alert of tier0: a fault that Prometheus recognizes, and what the reader of it needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Source = Literal[
    "CloudNativePG", "kubelet", "cert-manager", "watch", "drill", "copy", "replica", "Ceph"
]
"""What measures; `copy` is the pod that copies, `replica` the one that looks at a follower."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert on one database, or on the environment."""

    name: str
    """Its name without `Tier0`."""

    source: Source
    when: str
    """What the expression says, in words, for any database."""

    expression: str
    """In PromQL."""

    lasting: int = 0
    """For how many seconds it must hold."""

    critical: bool
    """Whether data, or the proof that they can be restored, may be lost."""

    summary: str
    """One sentence; `{{ $labels.x }}` stands for a label."""

    impact: str
    """What the database, or a recovery, lacks meanwhile."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels by which alerts of one name differ."""

    page: str | None = None
    """The page that says what to do, of several alerts; None: it has a page in the runbooks."""

    @property
    def runbook(self) -> str:
        """The page that says what to do, as a path in the repository."""
        kebab = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name).lower()
        return self.page or f"docs/runbooks/alerts/{kebab}.md"

    def rule(self, database: str | None, *, disposable: bool) -> Mapping[str, Any]:
        """Return it as a rule of a PrometheusRule; in a disposable environment it only warns."""
        severity = "critical" if self.critical and not disposable else "warning"
        of = {"database": database} if database else {}
        summary = f"{database}: {self.summary}" if database else self.summary
        return {
            "alert": f"Tier0{self.name}",
            "expr": self.expression,
            "for": f"{self.lasting}s",
            "labels": {"severity": severity} | of | {**self.labels},
            "annotations": {"summary": summary, "impact": self.impact, "runbook": self.runbook},
        }
