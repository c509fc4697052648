"""An environment's Kubernetes objects as YAML, the same bytes every time."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import rpc

_MARK = "# Rendered by tier0; edit the environment instead.\n"
SEALED = "# Sealed by tier0; seal it anew instead of editing it.\n"
"""First line of a file that holds a SealedSecret; rendering leaves it as it is."""

_APPLIED = (".yaml", ".yml", ".json", ".jsonnet")
_CHANGING = ("kustomization", "Kustomization", "Chart.yaml")
"""What Argo CD applies of a folder, and what makes it read the folder in another way."""


class CannotRender(pulumi.RunError):
    """What must not be rendered, or a folder that is not ours; its text is `fault; mend`."""


def to_yaml(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Return *manifests* as YAML documents, in their order.

    Raise CannotRender for a Secret with data: a rendered tree is committed and shown.
    """
    return "".join(f"---\n{document(manifest)}" for manifest in manifests)


def to_files(manifests: Iterable[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write one file for each of *manifests* into *folder* and return them, in their order.

    Files that an earlier rendering left there and this one does not write are removed; a file
    that tier0 did not render is never touched. Raise CannotRender where Argo CD would apply one:
    the folder is then not this environment's alone.
    """
    documents = {folder / file_name(m): _MARK + document(m) for m in manifests}
    there = [path for path in sorted(folder.glob("*")) if _is_applied(path)]
    ours = {path for path in there if _begins(path, _MARK)}
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
    """Return the name of an object's file: where it is, what it is, what it is called."""
    metadata = manifest["metadata"]
    where = metadata.get("namespace", "cluster")
    return f"{where}.{manifest['kind'].lower()}.{metadata['name']}.yaml"


def document(manifest: Mapping[str, Any]) -> str:
    """Return *manifest* as one YAML document; raise CannotRender for what must not be shown."""
    if manifest["kind"] == "Secret" and (manifest.get("data") or manifest.get("stringData")):
        raise CannotRender(
            f"Secret {manifest['metadata']['name']}: holds data, which a rendered tree would show; "
            "seal it or refer to one that exists"
        )
    if _holds_secret(manifest):
        raise CannotRender(
            f"{manifest['kind']} {manifest['metadata']['name']}: holds a secret value, which a "
            "rendered tree would show; refer to a Secret"
        )
    return str(yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


def _holds_secret(value: object) -> bool:
    """Tell whether Pulumi marks something in *value* as secret."""
    if isinstance(value, Mapping):
        return rpc._special_sig_key in value or any(map(_holds_secret, value.values()))  # noqa: SLF001 - the SDK has no other name for it
    return isinstance(value, list) and any(map(_holds_secret, value))


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as it is, so that a program in it can be reviewed."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
