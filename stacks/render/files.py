"""An environment's Kubernetes objects as YAML, with the same bytes every time."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import rpc

RENDERED = "# Rendered by tier0; edit the environment instead.\n"
SEALED = "# Sealed by tier0; seal it anew instead of editing it.\n"
"""First line of a file that holds a SealedSecret; rendering leaves it as it is."""

_APPLIED = (".yaml", ".yml", ".json", ".jsonnet")
_CHANGING = ("kustomization", "Kustomization", "Chart.yaml")
"""Files that Argo CD applies from a folder, and files that change how it reads the folder."""


class CannotRender(pulumi.RunError):
    """An object that must not be rendered, or a foreign folder; its text is `fault; fix`."""


def to_yaml(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Return *manifests* as YAML documents, in their order.

    Raise CannotRender for a Secret with data: a rendered tree is committed and shown.
    """
    return "".join(f"---\n{document(manifest)}" for manifest in manifests)


def to_files(manifests: Iterable[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write one file for each of *manifests* into *folder* and return them, in their order.

    Files of an earlier rendering that this one does not write are removed; a file that tier0 did
    not render is never touched. Raise CannotRender if Argo CD would apply such a file: the folder
    must belong to this environment alone.
    """
    documents = {folder / file_name(m): RENDERED + document(m) for m in manifests}
    there = [path for path in sorted(folder.glob("*")) if _is_applied(path)]
    ours = {path for path in there if _begins(path, RENDERED)}
    foreign = [path for path in there if path not in ours and not _begins(path, SEALED)]
    if foreign:
        raise CannotRender(
            "\n".join(
                f"{path}: was not rendered by tier0; choose another folder" for path in foreign
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in documents.items():
        path.write_text(text, encoding="utf-8")
    for path in ours - documents.keys():
        path.unlink()
    return list(documents)


def _is_applied(path: Path) -> bool:
    return path.name.endswith(_APPLIED) or path.name in _CHANGING


def _begins(path: Path, mark: str) -> bool:
    return path.is_file() and path.read_bytes().startswith(mark.encode())


def file_name(manifest: Mapping[str, Any]) -> str:
    """Return the name of an object's file, from its namespace, kind and name."""
    metadata = manifest["metadata"]
    where = metadata.get("namespace", "cluster")
    return f"{where}.{manifest['kind'].lower()}.{metadata['name']}.yaml"


def document(manifest: Mapping[str, Any]) -> str:
    """Return *manifest* as one YAML document; raise CannotRender if it must not be shown."""
    if manifest["kind"] == "Secret" and (manifest.get("data") or manifest.get("stringData")):
        raise CannotRender(
            f"Secret {manifest['metadata']['name']}: holds data, which a rendered tree would show; "
            "seal it, or refer to an existing one"
        )
    if _holds_secret(manifest):
        raise CannotRender(
            f"{manifest['kind']} {manifest['metadata']['name']}: holds a secret value, which a "
            "rendered tree would show; refer to a Secret"
        )
    return str(yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


def _holds_secret(value: object) -> bool:
    """Return whether Pulumi marks something in *value* as secret."""
    if isinstance(value, Mapping):
        return rpc._special_sig_key in value or any(map(_holds_secret, value.values()))  # noqa: SLF001 - the SDK has no other name for it
    return isinstance(value, list) and any(map(_holds_secret, value))


class _Dumper(yaml.SafeDumper):
    """Writes multi-line text as a block, so that a program in it can be reviewed."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
