"""The way to a cluster: a context of a kubeconfig."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3
import yaml
from kubernetes import client
from kubernetes.config import ConfigException, kube_config, new_client_from_config

from stacks.command import Fault

# For a connection that the API server closed meanwhile, and for "too many requests". A POST or PUT
# whose answer is lost may have been done; a connection that is refused is refused again.
_RETRIES = urllib3.Retry(total=2, connect=0, allowed_methods={"GET", "PATCH", "DELETE"})

# Each retry would print a line; the fault names the last one.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


def open_api(context: str, path: str) -> client.ApiClient:
    """Return a client for a context of the kubeconfig at *path*; raise Fault where it has none."""
    said: list[str] = []
    try:
        merged = kube_config.KubeConfigMerger(path).config
        if merged is None:
            raise Fault(path, "there is no kubeconfig", "set KUBECONFIG to the path of one")
        contexts = [str(one["name"]) for one in merged.value["contexts"]]
        if context not in contexts:
            known = f"write one of {', '.join(contexts)}" if contexts else "add it"
            raise Fault(f"context {context}", f"{path} has no such context", known)
        settings = client.Configuration()
        settings.retries = _RETRIES
        with _errors_in(said):
            opened: client.ApiClient = new_client_from_config(path, context, settings)
    except (ConfigException, OSError, yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        fault = " ".join(str(error).split()).rstrip(".")
        raise Fault(path, f"the kubeconfig cannot be used ({fault})", "correct it") from None
    if said:  # the client would continue as an anonymous user
        opened.close()
        fault = " ".join(said[0].split()).rstrip(".")
        fix = "correct the `exec` of its user, or log in with that program"
        raise Fault(f"context {context}", f"its program for credentials failed ({fault})", fix)
    return opened


@contextmanager
def _errors_in(said: list[str]) -> Iterator[None]:
    """Take what the client logs as errors, where it does not raise them, into *said*."""

    def take(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            said.append(record.getMessage())
        return record.levelno < logging.ERROR

    root = logging.getLogger()
    root.addFilter(take)
    try:
        yield
    finally:
        root.removeFilter(take)
