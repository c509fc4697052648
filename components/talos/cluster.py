"""A Talos cluster, from nodes that wait for a configuration to a kubeconfig.

Each step is a `local.Command` that runs a script in this folder and is recorded in the state. It
runs once; if its inputs change, the script knows what it did and repeats only what is requested.
The wait for health is a step too: a run that ended while the cluster came up waits again, and ^C
ends it. A hook could not be interrupted (docs/decisions/0011). docs/talos.md lists the messages and
their fixes.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import pulumi
from pydantic import Field

from components import kube
from components.kube import Component
from components.spec import Spec
from components.spec.either import Either
from components.spec.rule import Fault, obeys, rule
from components.spec.words import INT64_MOST, Duration, IpAddress, Name, seconds

if TYPE_CHECKING:
    from pulumi_command import local

_TALOS = Path(__file__).with_name("bootstrap.sh")
_TOFU = Path(__file__).with_name("tofu.sh")
_Environment: TypeAlias = dict[str, pulumi.Input[str]]
_SECRETS = {
    "TIER0_TALOSCONFIG": "pulumi config set --secret tier0:talosconfig < talosconfig",
    "TIER0_MACHINE_CONFIG": (
        "pulumi config set --secret --path 'tier0:machineConfigs.{node}' < {node}.yaml"
    ),
}


class TalosNodeSpec(Spec):
    """One machine that runs Talos."""

    address: IpAddress
    """Address of its Talos API, on port 50000."""

    role: Literal["control-plane", "worker"]
    """Its role, as in its machine configuration."""

    revision: int = Field(default=1, ge=1, le=INT64_MOST)
    """Raise it to apply a changed machine configuration, without a restart of the node. A changed
    configuration alone is never applied. Up to Talos 1.13 a change that needs a restart is refused
    (tried with 1.11); 1.14 accepts it, and it takes effect with the next restart
    (siderolabs/talos #13557)."""


class TalosctlSpec(Spec):
    """A Talos cluster that `talosctl` bootstraps; its secrets are in the stack's configuration."""

    nodes: Mapping[Name, TalosNodeSpec]
    """Its machines, by name. An added machine is configured, and joins."""

    bootstrap_node: Name
    """The control-plane node on which etcd is bootstrapped, once; it must never change."""

    recover_from: str | None = Field(default=None, min_length=1)
    """Path of an etcd snapshot to start from, on the machine that runs Pulumi. A new path is a new
    recovery, before which the control-plane nodes must be reset."""

    timeout: Duration = "20m"
    """Time limit of each step, and of the wait for health."""

    @rule("spec", was="T401")
    def etcd_starts_on_control_plane(self) -> Iterator[Fault]:
        """Etcd is bootstrapped on a control-plane node.

        A worker answers the bootstrap call with Unimplemented (Talos, v1alpha1_server.go).
        """
        first = self.nodes.get(self.bootstrap_node)
        if first is None or first.role != "control-plane":
            known = ", ".join(n for n, node in self.nodes.items() if node.role == "control-plane")
            yield Fault(
                f"bootstrap_node '{self.bootstrap_node}' is not a control-plane node; "
                + (
                    f"write one of {known}"
                    if known
                    else "give one of nodes that role, and write its name"
                )
            )

    @rule("spec", was="T402")
    def node_addresses_are_unique(self) -> Iterator[Fault]:
        """No two nodes have the same address.

        The second configuration would be applied to the first node again.
        """
        owners: dict[str, str] = {}
        for name, node in self.nodes.items():
            if owners.setdefault(node.address, name) != name:
                yield Fault(
                    f"nodes.{name} and nodes.{owners[node.address]} share the address "
                    f"{node.address}; give nodes.{name} another one"
                )


@rule("value", was="T403")
def tofu_folder_is_absolute(folder: str) -> Iterator[Fault]:
    """The folder for OpenTofu is an absolute path.

    Pulumi runs a command in a folder that depends on how Pulumi was started (measured, `up -C`).
    """
    if not folder.startswith("/"):
        yield Fault(f"'{folder}' is not an absolute path; write one that begins with '/'")


class TofuSpec(Spec):
    """A Talos cluster that OpenTofu creates; its outputs are `talosconfig` and `kubeconfig`."""

    folder: Annotated[str, Field(min_length=1), obeys(tofu_folder_is_absolute)]
    """Absolute path of the OpenTofu configuration, on the machine that runs Pulumi."""

    control_plane: IpAddress
    """Address of a control-plane node, which reports the cluster's health."""

    revision: int = Field(default=1, ge=1, le=INT64_MOST)
    """Raise it to run `tofu apply` again. An apply that would destroy or forget
    something is refused."""

    timeout: Duration = "20m"
    """Time limit of `tofu apply`, and of the wait for health."""


BootstrapSpec = Annotated[TalosctlSpec | TofuSpec, Either("folder")]
"""How the cluster is created."""


@dataclass(frozen=True, kw_only=True)
class TalosSecrets:
    """The stack's secrets for `talosctl`; OpenTofu needs none of them."""

    talosconfig: pulumi.Input[str]
    """A talosconfig with the role os:admin."""

    machine_configs: pulumi.Input[Mapping[str, str]]
    """Each node's machine configuration, by its name."""


class TalosCluster(Component):
    """A bootstrapped, healthy Talos cluster."""

    kubeconfig: pulumi.Output[str]
    """The administrator's kubeconfig; secret, and unknown to a preview until the cluster exists."""

    def __init__(
        self,
        name: str,
        spec: TalosctlSpec | TofuSpec,
        *,
        secrets: TalosSecrets,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:talos:TalosCluster", name, opts=opts)
        self._name, self._timeout, self._keep = name, seconds(spec.timeout), keep
        if isinstance(spec, TofuSpec):
            self.kubeconfig = self._by_tofu(spec)
        else:
            self.kubeconfig = self._by_talosctl(spec, secrets)

    def _by_talosctl(self, spec: TalosctlSpec, secrets: TalosSecrets) -> pulumi.Output[str]:
        check = pulumi.ResourceHook(
            f"{self._name}-secrets", _secrets_are_set, pulumi.ResourceHookOptions(on_dry_run=True)
        )
        talosconfig: _Environment = {"TIER0_TALOSCONFIG": pulumi.Output.secret(secrets.talosconfig)}
        configured = {
            name: self._command(
                name,
                _TALOS,
                "configure",
                talosconfig
                | {
                    "TIER0_MACHINE_CONFIG": _of(name, secrets.machine_configs),
                    "TIER0_NODE": name,
                    "TIER0_ADDRESS": node.address,
                    "TIER0_REVISION": str(node.revision),
                },
                before=check,
            )
            for name, node in spec.nodes.items()
        }
        first = talosconfig | {
            "TIER0_NODE": spec.bootstrap_node,
            "TIER0_ADDRESS": spec.nodes[spec.bootstrap_node].address,
        }
        controls = {n: node.address for n, node in spec.nodes.items() if node.role != "worker"}
        others = [f"{n}={a}" for n, a in controls.items() if n != spec.bootstrap_node]
        bootstrap = self._command(
            "bootstrap",
            _TALOS,
            "bootstrap",
            first
            | {"TIER0_OTHERS": " ".join(others), "TIER0_RECOVER_FROM": spec.recover_from or ""},
            before=check,
            after=[configured[n] for n in controls],
            keep=self._keep,
        )
        workers = [node.address for node in spec.nodes.values() if node.role == "worker"]
        # Another start of etcd needs another wait, and another kubeconfig.
        started = first | {"TIER0_STARTED": bootstrap.stdout}
        healthy = self._command(
            "healthy",
            _TALOS,
            "healthy",
            started
            | {
                "TIER0_CONTROL_PLANES": ",".join(controls.values()),
                "TIER0_WORKERS": ",".join(workers),
            },
            after=list(configured.values()),
        )
        return self._command("kubeconfig", _TALOS, "kubeconfig", started, after=[healthy]).stdout

    def _by_tofu(self, spec: TofuSpec) -> pulumi.Output[str]:
        folder: _Environment = {"TIER0_FOLDER": spec.folder}
        applied = self._command(
            "apply",
            _TOFU,
            "apply",
            folder | {"TIER0_REVISION": str(spec.revision)},
            keep=self._keep,
        )
        outputs = folder | {"TIER0_APPLIED": applied.stdout}
        talosconfig = self._command(
            "talosconfig", _TOFU, "output", outputs | {"TIER0_OUTPUT": "talosconfig"}
        ).stdout
        healthy = self._command(
            "healthy",
            _TALOS,
            "healthy",
            {
                "TIER0_TALOSCONFIG": talosconfig,
                "TIER0_ADDRESS": spec.control_plane,
                "TIER0_CONTROL_PLANES": "",
                "TIER0_WORKERS": "",
                "TIER0_APPLIED": applied.stdout,
            },
        )
        kubeconfig = outputs | {"TIER0_OUTPUT": "kubeconfig"}
        return self._command("kubeconfig", _TOFU, "output", kubeconfig, after=[healthy]).stdout

    def _command(
        self,
        role: str,
        script: Path,
        act: str,
        environment: _Environment,
        *,
        before: pulumi.ResourceHook | None = None,
        after: Sequence[pulumi.Resource] = (),
        keep: bool = False,
    ) -> "local.Command":
        """Declare one step, which Pulumi records; on changed inputs the script decides."""
        from pulumi_command import local  # noqa: PLC0415 - slow, and rarely needed

        hooks: list[pulumi.ResourceHook | Callable[..., Awaitable[None] | None]] = (
            [before] if before else []
        )
        run = f"set -- {act}\n{script.read_text(encoding='utf-8')}"
        # The script has its own limit and says what it waited for; this one is for a script that
        # hangs.
        longest = f"{self._timeout + 120}s"
        return local.Command(
            f"{self._name}-{role}",
            create=run,
            interpreter=["bash", "-c"],
            environment=environment | {"TIER0_BOUND": str(self._timeout)},
            logging=local.Logging.STDERR,
            opts=pulumi.ResourceOptions.merge(
                kube.child(self, keep=keep),
                pulumi.ResourceOptions(
                    depends_on=after,
                    additional_secret_outputs=["stdout"],
                    custom_timeouts=pulumi.CustomTimeouts(create=longest, update=longest),
                    hooks=pulumi.ResourceHookBinding(before_create=hooks, before_update=hooks),
                ),
            ),
        )


def _of(node: str, configs: pulumi.Input[Mapping[str, str]]) -> pulumi.Output[str]:
    """Return the machine configuration of *node*; empty if there is none."""
    return pulumi.Output.secret(configs).apply(lambda configs: configs.get(node, ""))


async def _secrets_are_set(args: pulumi.ResourceHookArgs) -> None:
    """Refuse a step without its secrets: in the preview, by RunError."""
    inputs = pulumi.Output.from_input((args.new_inputs or {})["environment"])
    environment = await inputs.future() or {}
    for name, fix in _SECRETS.items():
        if environment.get(name) == "":
            config = fix.format(node=environment.get("TIER0_NODE"))
            raise pulumi.RunError(
                f"{args.name}: its secret is missing from the stack; run `{config}`"
            )
