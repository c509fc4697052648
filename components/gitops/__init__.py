"""Argo CD's configuration: its project, its application, and its health checks."""

from components.gitops.application import CLUSTER_KINDS, GitOps, GitOpsSpec

__all__ = ["CLUSTER_KINDS", "GitOps", "GitOpsSpec"]
