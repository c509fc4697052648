"""Object stores that are not Ceph, as people have them outside of their cluster.

No lab needs them that archives to none of them, so they are built only where one is asked for.
"""

from collections.abc import Sequence

from tools.build.toolchain import Tool, Toolchain

_MINIO = "v0.0.0-20260212201848-7aac2a2c5b7c"  # the last: its releases are no module versions

STORE_TOOLS: Sequence[Tool] = (
    Tool(
        name="versitygw",
        version="v1.8.0",
        package="github.com/versity/versitygw/cmd/versitygw",
        folder="versitygw",
        seconds=95,
    ),
    Tool(
        name="minio",
        version=_MINIO,
        package="github.com/minio/minio",
        folder="minio",
        seconds=300,
    ),
)


def toolchain() -> Toolchain:
    """Return the toolchain of these programs."""
    return Toolchain(tools=STORE_TOOLS)
