"""What each instance of a database gets of its node: CPU, memory and huge pages."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from components.spec import Spec
from components.spec.rule import Fault, rule
from components.spec.words import Cpu, Quantity, size_bytes

_PAGES = {"2Mi": "2MB", "1Gi": "1GB"}
"""Sizes of a huge page, as PostgreSQL has them."""


def cpu_thousandths(amount: str) -> int:
    """Return an amount of CPU in millicores."""
    return int(amount[:-1]) if amount.endswith("m") else 1000 * int(amount)


class ResourcesSpec(Spec):
    """Resources of each instance of a database.

    By default CPU has no limit: a limit would stop backends in the middle of a commit, holding
    locks, while the node idles. The price is the pod's class, Burstable.
    """

    cpu: Cpu
    """CPU request: whole cores, or millicores like '500m'. More is used if the node is idle."""

    cpu_limit: Cpu | None = None
    """The most CPU, where a quota asks for a limit. None: what the node has. The sidecar of the
    plugin has none."""

    memory: Quantity
    """Memory request. It includes `shared_buffers`, unless they are in huge pages; start with a
    quarter of it for those."""

    memory_limit: Quantity | None = None
    """The most memory; a process that takes more is killed, and PostgreSQL restarts. None: the
    request, as memory beyond it is reclaimed by killing once the node has no more."""

    huge_pages: Quantity | None = None
    """Memory in huge pages, besides `memory`; nodes must have them (`vm.nr_hugepages`). PostgreSQL
    puts all its shared memory there: `shared_buffers` and, measured, 3 to 15 % more. The exact
    number is `SHOW shared_memory_size_in_huge_pages`. None: none are reserved."""

    huge_page_size: Literal["2Mi", "1Gi"] = "2Mi"
    """Size of a huge page. PostgreSQL's parameter `huge_page_size` follows from it."""

    @property
    def most_memory(self) -> str:
        """The memory limit."""
        return self.memory_limit or self.memory

    @property
    def memory_field(self) -> str:
        """The field that says the memory limit."""
        return "memory_limit" if self.memory_limit else "memory"

    @rule("spec")
    def limits_are_not_below_requests(self) -> Iterator[Fault]:
        """A limit is not below the request.

        CloudNativePG refuses it (cluster_webhook.go, validateResources), as does the API server.
        """
        if self.cpu_limit and cpu_thousandths(self.cpu_limit) < cpu_thousandths(self.cpu):
            yield Fault(
                f"'{self.cpu_limit}' is below the request; write at least '{self.cpu}'",
                ("cpu_limit",),
            )
        if self.memory_limit and size_bytes(self.memory_limit) < size_bytes(self.memory):
            yield Fault(
                f"'{self.memory_limit}' is below the request; write at least '{self.memory}'",
                ("memory_limit",),
            )

    @rule("spec")
    def huge_pages_are_whole(self) -> Iterator[Fault]:
        """Huge pages are whole ones.

        The API server refuses a pod with a part of one (Kubernetes, "Manage HugePages").
        """
        if self.huge_pages and size_bytes(self.huge_pages) % size_bytes(self.huge_page_size):
            yield Fault(
                f"'{self.huge_pages}' is no multiple of '{self.huge_page_size}'; write "
                f"'{whole_pages(self, size_bytes(self.huge_pages))}'",
                ("huge_pages",),
            )


def whole_pages(spec: ResourcesSpec, size: int) -> str:
    """Return the huge pages that hold *size* bytes, as a `Quantity`."""
    page = size_bytes(spec.huge_page_size)
    return f"{-(-size // page) * (page >> 20)}Mi"


def resources(spec: ResourcesSpec | None) -> Mapping[str, Any]:
    """Return the part of `Cluster.spec` that reserves and limits what an instance gets."""
    if spec is None:
        return {}
    # A request of huge pages equals its limit (Kubernetes, "Manage HugePages").
    pages = {f"hugepages-{spec.huge_page_size}": spec.huge_pages} if spec.huge_pages else {}
    cpu = {"cpu": spec.cpu_limit} if spec.cpu_limit else {}
    return {
        "resources": {
            "requests": {"cpu": spec.cpu, "memory": spec.memory, **pages},
            "limits": {**cpu, "memory": spec.most_memory, **pages},
        }
    }


def page_parameters(spec: ResourcesSpec | None) -> dict[str, str]:
    """Return the parameter that tells PostgreSQL which huge pages it has; none without them."""
    if spec is None or spec.huge_pages is None:
        return {}
    return {"huge_page_size": _PAGES[spec.huge_page_size]}
