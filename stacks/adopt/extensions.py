"""The images that the extensions of a Cluster come in."""

from collections.abc import Mapping
from typing import Any

from components.kube.change import at
from components.postgres import ExtensionImageSpec
from stacks.adopt.document import Fields

_PATHS = ("extension_control_path", "dynamic_library_path", "ld_library_path")
_WORDLESS = ("bin_path", "env")


def extension_images(given: Fields) -> dict[str, ExtensionImageSpec]:
    """Read the images of extensions; a Cluster's words come before those of its catalog."""
    images = {}
    for extension in given.items("extensions"):
        name = extension.text("name")
        entry = catalogued(extension, str(name))
        reference = at(entry, "image", "reference")
        image = extension.text("image", "reference") or reference
        if name is None or not isinstance(image, str):
            continue
        paths = {it: extension.texts(it) or _texts(entry.get(it)) for it in _PATHS}
        for field in _WORDLESS:
            if entry.get(field) and extension.at(field) is None:
                extension.kept_out((field,), f"of the catalog's '{name}' has no word")
        images[name] = ExtensionImageSpec(
            image=image, **{it: value for it, value in paths.items() if value}
        )
    return images


def catalogued(extension: Fields, name: str) -> Mapping[str, Any]:
    """Return what the catalog of a Cluster says of an extension; {} where it says nothing."""
    entries = extension.document.listed.get("extensions")
    for it in entries if isinstance(entries, list) else ():
        if isinstance(it, Mapping) and it.get("name") == name:
            return it
    return {}


def _texts(value: object) -> list[str]:
    return [str(it) for it in value] if isinstance(value, list) else []
