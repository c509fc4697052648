"""The Kubernetes provider's plugin."""

import importlib.util
import json
from functools import cache
from pathlib import Path


@cache
def plugin_version() -> str:
    """Return the plugin's version, with which every resource is registered.

    It is the installed SDK's, read from the file that each SDK holds for Pulumi: nothing of the SDK
    is imported.
    """
    sdk = importlib.util.find_spec("pulumi_kubernetes")
    if sdk is None or sdk.origin is None:
        raise ModuleNotFoundError("No module named 'pulumi_kubernetes'", name="pulumi_kubernetes")
    plugin = Path(sdk.origin).with_name("pulumi-plugin.json")
    return str(json.loads(plugin.read_text(encoding="utf-8"))["version"])
