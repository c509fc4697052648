"""What is no manifest of CloudNativePG is said in a sentence, and nothing is written."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Stacks = Callable[..., subprocess.CompletedProcess[str]]

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders, namespace: shop}
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie
  storage: {size: 10Gi}
"""

REFUSED = {
    "its values hold a template as YAML cannot": (
        CLUSTER.replace("orders,", "{{ .Release.Name }}-db,"),
        "in.yaml: is a template; adopt what `helm template` makes of it",
    ),
    "its name is to be replaced": (
        CLUSTER.replace("orders", "'${APP}-db'"),
        "in.yaml: Cluster shop/${APP}-db: its name needs ${APP}; write --set APP=VALUE, or "
        "adopt what `flux build` makes of it",
    ),
    "its name is empty": (
        CLUSTER.replace("orders", "''"),
        "in.yaml: Cluster shop/?: has no name; leave it out",
    ),
    "its namespace is missing": (
        CLUSTER.replace(", namespace: shop", ""),
        "in.yaml: Cluster orders: names no namespace; write it as --namespace",
    ),
    "its API version is old": (
        CLUSTER.replace("postgresql.cnpg.io/v1", "postgresql.k8s.enterprisedb.io/v1"),
        "in.yaml: Cluster shop/orders: postgresql.k8s.enterprisedb.io/v1 is not served; write "
        "postgresql.cnpg.io/v1",
    ),
    "it holds the values of a chart": (
        "cluster:\n  instances: 3  # as of cnpg.io\n",
        "in.yaml: is no Kubernetes object (the values of a chart, perhaps)",
    ),
    "it is no YAML": (
        CLUSTER + "  broken: [1,\n",
        "in.yaml: is not YAML in line 8 (",
    ),
    "a variable is where YAML cannot have it": (
        CLUSTER.replace("10Gi", "${SIZE}"),
        "in.yaml: is not YAML in line 6; needs ${SIZE}; write --set SIZE=VALUE, or adopt what",
    ),
    "a key is written twice": (
        CLUSTER + "  storage: {size: 20Gi}\n",
        "in.yaml: is not YAML in line 7 (the key 'storage' is written twice); correct it",
    ),
    "an alias multiplies what is there": (
        CLUSTER
        + "  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"  {name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
            for before, name in zip("abcdef", "bcdefg", strict=True)
        ),
        "in.yaml: has more values than manifests have; split it",
    ),
    "it is encrypted": (
        CLUSTER + "sops: {version: 3.9.0}\n",
        "in.yaml: Cluster shop/orders: is encrypted by SOPS; adopt the decrypted file",
    ),
    "its spec is missing": (
        "".join(CLUSTER.splitlines(keepends=True)[:3]),
        "in.yaml: Cluster shop/orders: has no spec; leave it out",
    ),
    "it is of another kind": (
        CLUSTER.replace("Cluster", "Publication"),
        "in.yaml: Publication shop/orders: stays as it is, and is not declared",
    ),
    "it is of another program": (
        "kind: ConfigMap\napiVersion: v1\n",
        "in.yaml: has no Cluster of CloudNativePG; write where one is\n",
    ),
    "it is a customization": (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n# cnpg.io\n",
        "in.yaml: Kustomization ?: adopt what `kubectl kustomize` or `flux build` makes of it",
    ),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_in_a_sentence(
    text: str, said: str, tmp_path: Path, stacks: Stacks
) -> None:
    (tmp_path / "in.yaml").write_text(text)
    out = tmp_path / "out.py"
    done = stacks("adopt", str(tmp_path / "in.yaml"), "--out", str(out))
    assert done.returncode == 1
    assert f"{tmp_path}/{said}" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stdout, out.exists()) == ("", False)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, stacks: Stacks) -> None:
    done = stacks("adopt", str(tmp_path / "nothing"))
    assert done.stderr == (
        f"{tmp_path}/nothing: is neither a file nor a folder; write where the manifests are\n"
    )


def test_every_file_that_cannot_be_read_is_said_at_once(tmp_path: Path, stacks: Stacks) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(f"{CLUSTER}  broken: [\n")
    (tmp_path / "c.yaml").write_bytes(b"\xff cnpg.io")
    done = stacks("adopt", str(tmp_path))
    assert done.returncode == 1
    starts = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert starts == [str(tmp_path / name) for name in ("a.yaml", "b.yaml", "c.yaml")]


def test_a_file_that_exists_is_not_written_over(tmp_path: Path, stacks: Stacks) -> None:
    (tmp_path / "in.yaml").write_text(CLUSTER)
    (tmp_path / "out.py").write_text("mine")
    done = stacks("adopt", str(tmp_path / "in.yaml"), "--out", str(tmp_path / "out.py"))
    assert done.returncode == 1
    assert done.stderr == (
        f"{tmp_path}/out.py: exists, and is not written over; choose another file\n"
    )
    assert (tmp_path / "out.py").read_text() == "mine"


def test_a_cluster_has_no_variables(stacks: Stacks) -> None:
    done = stacks("adopt", "--context", "here", "--set", "A=b")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "--set: is for manifests, and what a cluster has is whole; leave it out\n"


def test_a_context_that_is_not_there_is_refused(
    tmp_path: Path, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "stacks.cluster.client.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "kubeconfig")
    )
    done = stacks("adopt", "--context", "nowhere")
    assert done.returncode == 1
    assert done.stderr == (
        f"{tmp_path}/kubeconfig: there is no kubeconfig; set KUBECONFIG to the path of one\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"# first\n---\n{CLUSTER}---\n",
        yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(CLUSTER)]}),
        CLUSTER.replace("{size: 10Gi}", "&volume {size: 10Gi}")
        + "  walStorage: {<<: *volume, storageClass: fast}\n",
    ],
    ids=["several documents", "a list", "an anchor"],
)
def test_other_ways_to_write_a_manifest_are_read(text: str, tmp_path: Path, stacks: Stacks) -> None:
    (tmp_path / "in.yaml").write_text(text)
    done = stacks("adopt", str(tmp_path / "in.yaml"))
    assert done.returncode == 0, done.stderr
    assert 'storage="10Gi"' in done.stdout


def test_an_object_without_a_namespace_has_that_of_its_kustomization_or_the_given_one(
    tmp_path: Path, stacks: Stacks
) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        text = CLUSTER.replace(", namespace: shop", "").replace("name: orders", f"name: {folder}")
        (tmp_path / folder / "in.yaml").write_text(text)
    (tmp_path / "one" / "kustomization.yaml").write_text("namespace: store\n")
    assert 'namespace="store"' in stacks("adopt", str(tmp_path / "one")).stdout
    made = stacks("adopt", str(tmp_path), "--namespace", "mine").stdout
    assert '"Cluster mine/other"' in made
    assert '"Cluster store/one"' in made


def test_an_image_of_a_catalog_is_the_image(tmp_path: Path, stacks: Stacks) -> None:
    image = "ghcr.io/cloudnative-pg/postgresql:16.9-system-trixie"
    catalog = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: KIND\nmetadata: {name: all, namespace: shop}\n"
        f"spec: {{images: [{{major: 17, image: no}}, {{major: 16, image: '{image}'}}]}}\n"
    )
    line = "  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie\n"
    for kind in ("ImageCatalog", "ClusterImageCatalog"):
        chosen = f"  imageCatalogRef: {{kind: {kind}, name: all, major: 16}}\n"
        text = catalog.replace("KIND", kind)
        if kind.startswith("Cluster"):
            text = text.replace(", namespace: shop", "")
        (tmp_path / "in.yaml").write_text(f"{CLUSTER.replace(line, chosen)}---\n{text}")
        done = stacks("adopt", str(tmp_path / "in.yaml"))
        assert f'image="{image}"' in done.stdout, done.stderr
        assert "spec.imageCatalogRef: becomes `image`, which no catalog changes" in done.stderr


@pytest.mark.parametrize("has_catalog", [True, False], ids=["with", "without"])
def test_an_image_of_an_extension_is_the_catalogs(
    *, has_catalog: bool, tmp_path: Path, stacks: Stacks
) -> None:
    image = "ghcr.io/cloudnative-pg/postgresql:18.1-minimal-trixie"
    catalog = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: ClusterImageCatalog\nmetadata: {name: all}\n"
        f"spec: {{images: [{{major: 18, image: '{image}', extensions: [{{name: pgvector, "
        "ld_library_path: [system], image: {reference: 'example.org/pgvector:0.8-18-trixie'}}]}]}\n"
    )
    line = "  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie\n"
    chosen = (
        "  imageCatalogRef: {kind: ClusterImageCatalog, name: all, major: 18}\n"
        "  postgresql: {extensions: [{name: pgvector}]}\n"
    )
    text = CLUSTER.replace(line, chosen) + (f"---\n{catalog}" if has_catalog else "")
    (tmp_path / "in.yaml").write_text(text)
    done = stacks("adopt", str(tmp_path / "in.yaml"))
    if has_catalog:
        assert 'image="example.org/pgvector:0.8-18-trixie"' in done.stdout, done.stderr
        assert 'ld_library_path=["system"]' in done.stdout
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert (
            "the whole Cluster: the image of its extension 'pgvector' is in the catalog 'all', "
            "which is not among the manifests; adopt a folder that has both"
        ) in done.stderr


def test_files_of_other_programs_are_counted(tmp_path: Path, stacks: Stacks) -> None:
    (tmp_path / "in.yaml").write_text(CLUSTER)
    for name in ("a.yaml", "b.json"):
        (tmp_path / name).write_text("{}")
    done = stacks("adopt", str(tmp_path))
    assert "Not read:\n2 files without objects of CloudNativePG\n" in done.stderr


@pytest.mark.parametrize(
    ("kind", "version", "said"),
    [
        ("HelmRelease", "helm.toolkit.fluxcd.io/v2", "adopt what `helm template` makes"),
        ("Backup", "postgresql.cnpg.io/v1", "stays as it is, in the archive that continues"),
    ],
)
def test_a_kind_that_is_not_adopted_is_said_with_what_to_do(
    kind: str, version: str, said: str, tmp_path: Path, stacks: Stacks
) -> None:
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: db, namespace: shop}}\n"
    (tmp_path / "in.yaml").write_text(f"{text}# https://cloudnative-pg.github.io/charts\n")
    done = stacks("adopt", str(tmp_path / "in.yaml"))
    assert f"{kind} shop/db: {said}" in done.stderr


def test_the_values_of_a_secret_are_neither_printed_nor_written(
    tmp_path: Path, stacks: Stacks
) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys, namespace: shop}\n"
        "stringData: {password: hunter2}\n"
    )
    (tmp_path / "in.yaml").write_text(f"{CLUSTER}---\n{secret}")
    (tmp_path / "secret.yaml").write_text(secret)
    done = stacks("adopt", str(tmp_path))
    assert done.returncode == 0
    assert "Secret shop/keys: its values are not read" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
