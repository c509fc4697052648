"""What the change of a deployed environment cannot do, and what it brings with it.

Rules over two states judge each object that exists and differs. `plan --against` and the comment on
a pull request print what they find; the guard and `pulumi up` itself refuse what cannot be done.
"""

from collections.abc import Iterator, Mapping

import pulumi

from components.ceph.changes import CephChange, ClaimChange, StoreChange
from components.certificates import CertificateChange
from components.kube import RELEASE, release_as_object
from components.kube.change import Change, Manifest, at, text_at
from components.operators import ReleaseChange
from components.postgres.changes import ClusterChange, DatabaseChange
from components.postgres.consequences import ArchiveChange, PoolerChange
from components.postgres.succession import LineageChange, ServiceChange
from components.spec.rule import OUTSIDE, rule_of
from stacks.waivers import Broken

KINDS: Mapping[tuple[str, str], type[Change]] = {
    ("", "ConfigMap"): LineageChange,
    ("", "Service"): ServiceChange,
    ("barmancloud.cnpg.io", "ObjectStore"): ArchiveChange,
    ("ceph.rook.io", "CephCluster"): CephChange,
    ("ceph.rook.io", "CephObjectStore"): StoreChange,
    ("cert-manager.io", "Certificate"): CertificateChange,
    ("helm.sh", "Release"): ReleaseChange,
    ("objectbucket.io", "ObjectBucketClaim"): ClaimChange,
    ("postgresql.cnpg.io", "Cluster"): ClusterChange,
    ("postgresql.cnpg.io", "Database"): DatabaseChange,
    ("postgresql.cnpg.io", "Pooler"): PoolerChange,
}
"""The kinds that have rules, by API group and kind."""


def as_object(type_: str, inputs: Manifest) -> Manifest:
    """Return the *inputs* of a resource of Pulumi's *type_* as rules and differences know them."""
    return release_as_object(inputs) if type_ == RELEASE else inputs


def judged(old: Manifest, new: Manifest, outputs: Manifest | None = None) -> Iterator[Broken]:
    """Yield what the change of one object cannot do, and what it brings with it.

    *outputs* are what the API server had of it, with the operator's status.
    """
    group = text_at(new, "apiVersion").rpartition("/")[0]
    made = KINDS.get((group, text_at(new, "kind")))
    if made is None:
        return
    change = made(old, new, at(outputs or {}, "status") or {})
    for find in OUTSIDE[made]:
        if found := rule_of(find):
            for fault in found.find(change):
                yield Broken(found, fault)


def refused(found: Broken) -> bool:
    """Return whether the change cannot be made; otherwise it is a consequence."""
    return found.rule.level == "change"


def refuse_the_impossible() -> None:
    """Have the engine judge each change before it makes or previews it.

    An object that holds data refuses its deletion too. `pulumi destroy` then stops before it
    deletes anything, also without a preview, as it does not run the program that has the hook;
    otherwise it would first delete what is not protected: schedules, monitors, the off-site copy.
    """
    update = pulumi.ResourceHook(
        "tier0-judges-the-change", _update, pulumi.ResourceHookOptions(on_dry_run=True)
    )
    # Not in a preview, which already refuses to delete what is protected, with more to say of it.
    delete = pulumi.ResourceHook("tier0-keeps-what-holds-data", _delete)

    def hooked(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        group, _, kind = args.type_.removeprefix("kubernetes:").rpartition(":")
        # Pulumi's types name the core group, which has no name in Kubernetes.
        judges = (group.rpartition("/")[0].removeprefix("core"), kind) in KINDS
        if not (args.type_.startswith("kubernetes:") and (judges or args.opts.protect)):
            return None
        hooks = pulumi.ResourceHookBinding(
            before_update=[update] if judges else None,
            before_delete=[delete] if args.opts.protect else None,
        )
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(hooks=hooks))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    pulumi.runtime.register_stack_transformation(hooked)


class Impossible(pulumi.RunError):
    """A change that cannot be made; its text says why, a line for each."""


async def _update(args: pulumi.ResourceHookArgs) -> None:
    old, new = (as_object(args.type, it or {}) for it in (args.old_inputs, args.new_inputs))
    if "spec" not in old:  # imported: the provider knows no inputs of a custom resource
        old = {
            **old,
            **{name: it for name, it in (args.old_outputs or {}).items() if name == "spec"},
        }
    name = text_at(new, "metadata", "name") or args.name
    found = list(judged(old, new, args.old_outputs))
    for it in found:
        if not refused(it):
            pulumi.log.warn(f"{name}: {it}")
    if lines := [f"{name}: {it}" for it in found if refused(it)]:
        raise Impossible("\n".join(lines))


async def _delete(args: pulumi.ResourceHookArgs) -> None:
    raise Impossible(
        f"{args.name}: it holds data; release it by hand with `pulumi state delete --force "
        f"'{args.urn}'`, which leaves the object in the cluster"
    )
