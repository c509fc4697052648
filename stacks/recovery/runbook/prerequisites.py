"""What a new cluster must have before the environment is made in it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.certificates import ROOT
from components.charts import CHARTS
from components.postgres.drills import DRILLS_NAMESPACE
from stacks.check.rules.hosts import in_cluster
from stacks.check.rules.required import RequiredSecret, required
from stacks.recovery.runbook.names import took
from stacks.recovery.runbook.page import Step
from stacks.recovery.runbook.shell import Shell
from stacks.render.sealing import MANAGED


def by_hand(shell: Shell) -> str:
    """Return what must be in the cluster before `pulumi up`, as a sentence."""
    installed = shell.environment.operators.install if shell.environment.operators else ()
    methods = {database.backup.method for database in shell.environment.databases.values()}
    ceph_namespace = shell.environment.ceph_namespace
    needed = ["cert-manager", *(["rook"] if ceph_namespace else []), "cloudnative-pg"]
    needed += ["barman-cloud"] if "plugin" in methods else []
    needed += ["sealed-secrets", "argo-cd"] if shell.environment.gitops else []
    missing = [
        f"{name} {CHARTS[name].version}"
        for name in CHARTS
        if name in needed and name not in installed
    ]
    given = shell.environment.storage or ceph_namespace is None
    ceph = [] if given else [f"a Ceph cluster in {ceph_namespace}"]
    rook = shell.environment.existing_rook
    ceph += [f"the CephObjectStore {rook.namespace}/{rook.name}"] if rook else []
    # The alerts of the off-site copy always need them.
    found = [*missing, *ceph, "the CRDs of the Prometheus operator"]
    return f" Install what the environment does not: {', '.join(found)}."


def _later(shell: Shell) -> str:
    """Return which Secrets are made later; their bucket may not exist yet."""
    return f"; those of {DRILLS_NAMESPACE} can follow" if shell.environment.drilled() else ""


def secrets(shell: Shell) -> Iterator[Step]:
    """Yield the steps that bring back the KMS, the sealing keys and the Secrets."""
    kms = shell.environment.kms
    needed = [it for it in required(shell.environment) if it.recovers]
    namespaces = sorted({it.namespace for it in needed})
    sealed = shell.environment.gitops and shell.environment.gitops.sealing_certificate
    if kms:
        host = urlsplit(kms.address).hostname or ""
        yield Step(
            do=f"See that the KMS {kms.address} answers; if it is lost too, restore its "
            "snapshot, unseal it, and make a new token (docs/runbooks/kms-token.md). The copy "
            "is restored without it; new archives are not written without it.",
            run=() if in_cluster(host) else (f"curl -sS {kms.address}/v1/sys/health",),
            check="It is initialized and not sealed.",
            seconds=took("lost KMS"),
        )
    if sealed:
        yield Step(
            do="Bring the sealing keys back (docs/runbooks/sealing-keys.md).",
            run=(_decrypted("sealing-keys.cms", shell),),
            check="It names each key.",
        )
    if shell.environment.rook_store:
        ca = shell.environment.certificates.namespace
        yield Step(
            do="Only if clients outside of the cluster trust the old root CA: bring it back "
            "(docs/runbooks/root-ca.md).",
            run=(
                shell.kubectl("create", "namespace", ca),
                _decrypted("root-ca.cms", shell),
            ),
            check=f"It names Secret {ROOT}.",
        )
    yield Step(
        do="Make the namespaces and the Secrets that nothing else makes. `read` asks for each "
        "value and does not show it; a CA is pasted, and ended with Ctrl-D.",
        run=(
            *(shell.kubectl("create", "namespace", it) for it in namespaces),
            *(line for it in needed for line in _secret(shell, it, managed=bool(sealed))),
            shell.stacks("secrets"),
        ),
        check=f"Each Secret in that list exists{_later(shell)}. A namespace may exist before.",
    )


def _decrypted(file: str, shell: Shell) -> str:
    """Return the line that applies what *file* holds, as the runbooks of docs/ encrypt it."""
    decrypt = f"openssl cms -decrypt -binary -inform PEM -in {file} -inkey escrow.key"
    return f"{decrypt} | {shell.kubectl('apply', '--server-side', '-f', '-')}"


def _secret(shell: Shell, secret: RequiredSecret, *, managed: bool) -> Iterator[str]:
    """Yield the lines that make *secret*: its values are in no argument and in no file."""
    given = []
    for number, key in enumerate(sorted(secret.keys), 1):
        if "cert" in key or key.endswith(".crt"):
            given.append(f"--from-file={key}=/dev/stdin")
        else:
            yield f"read -rsp '{secret.place} {key}: ' V{number}; echo"
            given.append(f'"--from-file={key}="<(printf %s "$V{number}")')
    create = shell.kubectl("create", "secret", "generic", secret.name, namespace=secret.namespace)
    yield " ".join([create, *given])
    if managed:
        yield shell.kubectl("annotate", "secret", secret.name, MANAGED, namespace=secret.namespace)
