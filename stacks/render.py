"""An environment's Kubernetes objects as YAML, the same bytes every time."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml

_MARK = "# Rendered by tier0; edit the environment instead.\n"


class CannotRender(pulumi.RunError):
    """What must not be rendered, or a folder that is not ours; its text is `fault; mend`."""


def to_yaml(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Return *manifests* as YAML documents, in their order.

    Raise CannotRender for a Secret with data: a rendered tree is committed and shown.
    """
    return "".join(f"---\n{_document(manifest)}" for manifest in manifests)


def to_files(manifests: Iterable[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write one file for each of *manifests* into *folder* and return them, in their order.

    Files that an earlier rendering left there and this one does not write are removed; a file
    that tier0 did not render is never touched. Raise CannotRender where one is in the way.
    """
    documents = {folder / _file_name(m): _MARK + _document(m) for m in manifests}
    ours = {path for path in folder.glob("*.yaml") if path.read_text("utf-8").startswith(_MARK)}
    for path in documents:
        if path.exists() and path not in ours:
            raise CannotRender(f"{path}: was not rendered by tier0; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in documents.items():
        path.write_text(text, encoding="utf-8")
    for path in ours - documents.keys():
        path.unlink()
    return list(documents)


def _file_name(manifest: Mapping[str, Any]) -> str:
    metadata = manifest["metadata"]
    where = metadata.get("namespace", "cluster")
    return f"{where}.{manifest['kind'].lower()}.{metadata['name']}.yaml"


def _document(manifest: Mapping[str, Any]) -> str:
    if manifest["kind"] == "Secret" and (manifest.get("data") or manifest.get("stringData")):
        raise CannotRender(
            f"Secret {manifest['metadata']['name']}: holds data, which a rendered tree would show; "
            "seal it or refer to one that exists"
        )
    return str(yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as it is, so that a program in it can be reviewed."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
