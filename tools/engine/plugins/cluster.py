"""The API server as the kubernetes plugin needs it: JSON over HTTP, and faults as sentences.

The kubernetes client reads the kubeconfig and holds the credentials; its requests are made on
the connection pool underneath, because manifests are plain JSON here and need none of its models.
"""

import http
import json
import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import urllib3
import yaml
from kubernetes.client import ApiClient, Configuration
from kubernetes.config import ConfigException, kube_config

from tools import Fault
from tools.engine.plugins.manifests import group_of, metadata
from tools.engine.plugins.properties import Obj
from tools.engine.plugins.provider import THREADS

Config: TypeAlias = Any
"""A kubeconfig as the client holds it: a mapping, whose parts may be wrapped."""

LOADERS: Any = kube_config
"""The client's reader of kubeconfigs, which has no types."""

CONNECT_SECONDS = 5.0
# An API server gives a webhook up to 30 s, and calls several.
ANSWER_SECONDS = 120.0
# How long an API server that did not answer is taken for unreachable without asking it again:
# a preview of many objects waits for one refused connection, not for each.
REMEMBER_SECONDS = 10.0

JSON, JSON_PATCH, APPLY = (
    "application/json",
    "application/json-patch+json",
    # JSON is YAML too.
    "application/apply-patch+yaml",
)

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
# Its retries are told by the sentence of the last one.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Unreachable(Fault):
    """There is no API server to ask, or it does not take the credentials."""

    def __init__(self, place: str, fault: str, fix: str) -> None:
        """Keep the parts: what is done about it depends on the operation."""
        super().__init__(place, fault, fix)
        self.parts = (place, fault, fix)


class NoSuchKind(Fault):
    """The API server does not serve this kind."""


class Refused(Fault):
    """The API server answered, and refused."""

    def __init__(self, place: str, answer: Obj) -> None:
        """Refuse what is done at *place*, with the Status object *answer*."""
        super().__init__(place, *_explained(answer))
        self.answer = answer
        self.code: int = answer["code"]
        self.reason: str = answer.get("reason") or ""
        self.message: str = answer.get("message") or ""
        details = answer.get("details") or {}
        self.missing_kind: str = details.get("kind") or ""
        self.causes: list[Obj] = details.get("causes") or []


@dataclass(frozen=True)
class Access:
    """Which cluster, as the provider is configured; what is empty is the kubeconfig's choice."""

    kubeconfig: str = ""
    context: str = ""
    cluster: str = ""
    namespace: str = ""


@dataclass(frozen=True)
class Resource:
    """How a kind is served."""

    plural: str
    namespaced: bool


def _bare(node: Config) -> Config:
    return node.value if isinstance(node, LOADERS.ConfigNode) else node


def _named(config: Config, section: str, name: str, kind: str) -> Obj | None:
    for item in _bare(config).get(section) or []:
        if item["name"] == name:
            found = _bare(item).get(kind)
            return found if isinstance(found, dict) else None
    return None


def _load(text: str) -> Config:
    """Read the kubeconfig that *text* is, or is the path of; the usual files for no text."""
    if "\n" in text or text.startswith("{"):
        config = yaml.safe_load(text)
    else:
        paths = text or os.environ.get("KUBECONFIG") or "~/.kube/config"
        config = LOADERS.KubeConfigMerger(paths).config
    if not isinstance(_bare(config), dict):
        raise ConfigException("it is neither a kubeconfig nor the path of one")
    return config


def _context_of(config: Config, access: Access) -> Obj:
    name = access.context or _bare(config).get("current-context") or ""
    found = _named(config, "contexts", name, "context")
    if found is None:
        raise ConfigException(f"it has no context {name!r}")
    if access.cluster:
        found["cluster"] = access.cluster
    return found


_BROKEN = (ConfigException, OSError, yaml.YAMLError, LookupError, TypeError, ValueError)


def target(access: Access) -> Obj | None:
    """Return the cluster entry that *access* selects; none where that cannot be told."""
    if not access.kubeconfig:
        return None
    try:
        config = _load(access.kubeconfig)
        return _named(config, "clusters", _context_of(config, access)["cluster"], "cluster")
    except _BROKEN:
        return None


class Cluster:
    """One API server; safe for many threads."""

    def __init__(self, access: Access) -> None:
        """Read the kubeconfig and contact nobody; a broken one makes the cluster unreachable."""
        self.namespace = access.namespace or "default"
        self._lock = threading.Lock()
        self._served: dict[str, dict[str, Resource]] = {}
        self._answered = False
        self._asked_at = 0.0
        self._problem: Unreachable | None = None
        self._api: Any = None
        self.host = ""
        try:
            config = _load(access.kubeconfig)
            context = _context_of(config, access)
            self.namespace = access.namespace or context.get("namespace") or "default"
            settings = Configuration()
            settings.connection_pool_maxsize = THREADS
            name = access.context or _bare(config)["current-context"]
            loader = LOADERS.KubeConfigLoader(config, active_context=name, config_base_path=None)
            loader.load_and_set(settings)
            self.host = settings.host
            self._api = ApiClient(settings)
        except _BROKEN as error:
            said = error if isinstance(error, ConfigException | OSError) else type(error).__name__
            self._broken = Unreachable(
                "the kubeconfig",
                f"it cannot be used: {said}",
                "set the provider's kubeconfig and context, or KUBECONFIG",
            )

    def reach(self) -> None:
        """Raise `Unreachable` unless the API server answers."""
        if self._api is None:
            raise self._broken
        with self._lock:
            if self._answered:
                return
            if self._problem is None or time.monotonic() - self._asked_at > REMEMBER_SECONDS:
                try:
                    self.request("GET", "/version")
                except Refused as error:
                    self._problem = Unreachable(self.host, *_explained(error.answer))
                except Unreachable as error:
                    self._problem = error
                else:
                    self._answered = True
                    return
                self._asked_at = time.monotonic()
            raise self._problem

    def request(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        content: Obj | list[Obj] | None = None,
        content_type: str = JSON,
        about: str = "",
    ) -> Obj:
        """Return the API server's answer, or raise a `Fault` that names the purpose *about*."""
        headers = {"Accept": JSON, "Content-Type": content_type, "User-Agent": "tier0-plugin"}
        self._api.update_params_for_auth(headers, [], ["BearerToken"], path, method, content)
        try:
            response = self._api.rest_client.pool_manager.request(
                method,
                self.host + path + (f"?{urlencode(query)}" if query else ""),
                body=None if content is None else json.dumps(content),
                headers=headers,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
                # Not POST: an object that was made by a lost answer would exist already.
                retries=urllib3.Retry(
                    total=5,
                    connect=0,
                    redirect=0,
                    read=2,
                    status=5,
                    backoff_factor=0.2,
                    status_forcelist={http.HTTPStatus.TOO_MANY_REQUESTS},
                    allowed_methods={"GET", "PATCH", "DELETE"},
                    raise_on_status=False,
                ),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise Unreachable(
                self.host,
                f"the API server does not answer ({_cause(reason)})",
                "see that the cluster runs, and that kubeconfig and context mean this one",
            ) from error
        try:
            answer: Obj = json.loads(response.data)
        except ValueError:
            answer = {"message": response.data[:200].decode(errors="replace").strip()}
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise Refused(about or self.host, answer | {"code": response.status})
        return answer

    def served(self, api_version: str, kind: str) -> Resource:
        """How *kind* is served; `NoSuchKind` where it is not.

        What was found is remembered; what was not is asked for again, because a CRD may come.
        """
        with self._lock:
            known = self._served.get(api_version, {})
            if kind not in known:
                path = f"/apis/{api_version}" if group_of(api_version) else f"/api/{api_version}"
                try:
                    listed = self.request("GET", path, about=f"the kinds of {api_version}")
                except Refused as error:
                    if error.code != http.HTTPStatus.NOT_FOUND:
                        raise
                    listed = {}
                known = {
                    item["kind"]: Resource(item["name"], item["namespaced"])
                    for item in listed.get("resources", [])
                    if "/" not in item["name"]
                }
                self._served[api_version] = known
            if kind not in known:
                raise NoSuchKind(
                    self.host,
                    f"no matches for kind {kind} in {api_version}",
                    "install the operator's CRDs first, and let this depend on them",
                )
            return known[kind]

    def path(self, manifest: Obj, name: str = "") -> str:
        """Return the path of the collection of *manifest*, or of the object *name* in it."""
        api_version = manifest["apiVersion"]
        resource = self.served(api_version, manifest["kind"])
        path = f"/apis/{api_version}" if group_of(api_version) else f"/api/{api_version}"
        if resource.namespaced:
            path += f"/namespaces/{metadata(manifest).get('namespace') or self.namespace}"
        path += f"/{resource.plural}"
        return f"{path}/{quote(name)}" if name else path

    def get(self, manifest: Obj, name: str) -> Obj | None:
        """Return the live object, or nothing where it is gone."""
        try:
            return self.request("GET", self.path(manifest, name), about=f"reading {name}")
        except Refused as error:
            if error.code == http.HTTPStatus.NOT_FOUND:
                return None
            raise


def _cause(error: BaseException | str) -> str:
    """Pick the few words at the end of a chain of connection errors."""
    text = str(error).rpartition(": ")[2].strip("()'\" ")
    return text.rpartition("] ")[2] or type(error).__name__


_FIXES = {
    401: "the credentials of this context are not accepted; log in again",
    403: "grant that right to the account of this context",
    422: "correct that field",
}


def _explained(answer: Obj) -> tuple[str, str]:
    """Say what the API server refused, in its own words, and what fixes it."""
    code, message = answer["code"], str(answer.get("message") or f"HTTP {answer['code']}")
    details = answer.get("details") or {}
    fix = _FIXES.get(code, "the API server's log may say more")
    if code == http.HTTPStatus.NOT_FOUND and details.get("kind") == "namespaces":
        fix = "make the namespace first, and let this depend on it"
    elif "admission webhook" in message or "failed calling webhook" in message:
        fix = "the cluster's own policy decides that; satisfy it, or see that its webhook runs"
    elif "unknown field" in message:
        fix = "correct the spelling or the place of that field"
    return message, fix
