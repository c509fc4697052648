"""The programs of the lab's node, and the toolchain that has them and those of the operators."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from tools.build.toolchain import TOOLS, Tool, Toolchain
from tools.lab.programs.ceph import CEPH_TOOLS
from tools.lab.programs.postgres import POSTGRES_TOOLS

# The flags and the version stamps of the sandbox's API server.
_KUBERNETES = next(tool for tool in TOOLS if tool.name == "kube-apiserver")


def _kubernetes(name: str, seconds: int) -> Tool:
    # Its own folder: more sums in that of the API server would have it rebuilt.
    package = f"k8s.io/kubernetes/cmd/{name}"
    return replace(
        _KUBERNETES, name=name, package=package, folder="kubernetes-node", seconds=seconds
    )


LAB_TOOLS: Sequence[Tool] = (
    Tool(name="pause", version="v1", package=".", folder="pause", seconds=2),
    _kubernetes("kube-scheduler", 11),
    _kubernetes("kubelet", 31),
    _kubernetes("kube-proxy", 13),
    Tool(name="coredns", version="v1.12.1", package=".", folder="coredns", seconds=99),
)


@cache
def toolchain() -> Toolchain:
    """Return the toolchain of the sandbox, the node and every operator."""
    return Toolchain(tools=(*TOOLS, *LAB_TOOLS, *CEPH_TOOLS, *POSTGRES_TOOLS))
