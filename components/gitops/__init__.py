"""What Argo CD is told: its project, its application, and when an object is healthy."""

from components.gitops.application import CLUSTER_KINDS, GitOps, GitOpsSpec

__all__ = ["CLUSTER_KINDS", "GitOps", "GitOpsSpec"]
