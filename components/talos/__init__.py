"""A Talos cluster, bootstrapped by talosctl or by OpenTofu."""

from components.talos.cluster import (
    BootstrapSpec,
    TalosCluster,
    TalosctlSpec,
    TalosNodeSpec,
    TalosSecrets,
    TofuSpec,
)

__all__ = [
    "BootstrapSpec",
    "TalosCluster",
    "TalosNodeSpec",
    "TalosSecrets",
    "TalosctlSpec",
    "TofuSpec",
]
