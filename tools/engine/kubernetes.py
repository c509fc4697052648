"""Pulumi's own Kubernetes provider, built from its Go module where no plugin is installed.

One version is served, of January 2026, between 4.24.0 and 4.26.0. A copy of it is changed in three
places (docs/decisions/0024-real-provider.md):

- An object that exists is not taken over by its creation, as of 4.29.0, which the SDK belongs to.
- A Helm release is recorded and not installed: no package registry serves charts.
- Component resources (ConfigFile, Chart) are left out, as the classes they need take longer to
  compile than all the rest: `sdk` in its folder stands for them.
"""

import importlib.metadata
import json
import shutil
from pathlib import Path

from tools import Fault
from tools.build.completed import Completed
from tools.build.toolchain import MODULES, Toolchain

_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_VERSION = "v4.0.0-20260115033456-f47bc2d6f199"
_SDK = importlib.metadata.version("pulumi-kubernetes")
"""What it says to be: the engine warns of a plugin that is older than the SDK."""
_FOLDER = "pulumi-kubernetes"
_MAIN = "cmd/pulumi-resource-kubernetes"

_CREATION = "pkg/await/await.go"
_UPSERT = 'os.Getenv("PULUMI_K8S_UPSERT_EXISTING_OBJECTS") == "true"'
_PATCH = "kinds.IsPatchResource(c.URN, c.Inputs.GetKind())"
_APPLY = " {\n\t\t\t\tforce := patchForce(c.Inputs, nil, c.Preview)"
_EDITS = (
    (
        _CREATION,
        f"if c.ServerSideApply{_APPLY}",
        f"if c.ServerSideApply && ({_UPSERT} || {_PATCH}){_APPLY}",
    ),
    (  # the manager whose fields the first update takes over (fixCSAFieldManagers)
        _CREATION,
        "metav1.CreateOptions{\n\t\t\t\t\tFieldManager: c.FieldManager,",
        'metav1.CreateOptions{\n\t\t\t\t\tFieldManager: "pulumi-kubernetes",',
    ),
    # as of the Pulumi that the engine is built from, whose compiled packages it shares
    ("pkg/gen/schema.go", "Provider: pschema.ResourceSpec{", "Provider: &pschema.ResourceSpec{"),
    ("pkg/provider/provider.go", "= newHelmReleaseProvider(", "= newRecordedReleases("),
)
"""File, text that stands in it once, and what it becomes."""


def complete(module: Path) -> None:
    """Change a copy of the module, and give it the files that its main embeds."""
    for name, old, new in _EDITS:
        source = module / name
        text = source.read_text()
        if text.count(old) != 1:
            raise Fault(str(source), f"it has no single {old!r}", "adapt the edit to the module")
        source.write_text(text.replace(old, new))
    shutil.copy(MODULES / _FOLDER / "recorded.go", module / "pkg" / "provider")
    schema = json.loads((module / _MAIN / "schema.json").read_text())
    schema["version"] = _SDK
    (module / _MAIN / "schema-embed.json").write_text(json.dumps(schema))
    shutil.copy(
        module / _MAIN / "terraform-mapping.json", module / _MAIN / "terraform-mapping-embed.json"
    )


PROVIDER = Completed(
    name="pulumi-resource-kubernetes",
    version=_VERSION,
    package=f"{_MODULE}/{_MAIN}",
    folder=_FOLDER,
    seconds=90,
    stamps=(f"{_MODULE}/pkg/version.Version={_SDK}",),
    module=(_MODULE, _VERSION, "h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4="),
    change=complete,
)


def built(cache: Path) -> Path:
    """Return the folder of the plugin in a cache; it is built where it is missing."""
    toolchain = Toolchain(cache, (PROVIDER,))
    toolchain.build()
    return toolchain.binary(PROVIDER.name).parent
