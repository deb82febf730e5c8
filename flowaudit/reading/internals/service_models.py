"""Botocore's data, cut down to what the commands call.

Much of an audit's start-up is botocore parsing its description of EC2 (some 700 operations, of
which four are needed) and its list of endpoints (some 300 services). This loader keeps a cut-down
copy of the installed botocore's own files in the user's cache, made at the first use and named
after botocore's version. It changes nothing but time: what it does not know, or cannot read or
write, is left to botocore.
"""

import json
import os
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast

import botocore
from botocore.loaders import Loader

from flowaudit.cache import distrust

OPERATIONS = {
    "ec2": ("DescribeFlowLogs", "DescribeNetworkInterfaces", "DescribeRegions", "DescribeVpcs"),
    "logs": ("DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "ListTagsForResource"),
    "iam": (
        "GetPolicy",
        "GetPolicyVersion",
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
    ),
    "sts": ("AssumeRole", "GetCallerIdentity"),
}
"""The operations that are kept; every other service is left whole."""

ENDPOINTS = frozenset(
    {*OPERATIONS, "config", "oidc", "organizations", "portal.sso", "signin", "sso"}
)
"""The services whose endpoints are kept: those that are called, and those that give credentials."""

_TYPES = ("endpoint-rule-set-1", "paginators-1", "service-2")
_ENDPOINTS = "endpoints"
# To be raised when the files change their content, as when there is another operation.
_FORMAT = 4


Model = dict[str, Any]


class TrimmedLoader(Loader):
    """Loads the cut-down models; register it as a session's `data_loader` component.

    One loader may serve any number of sessions and threads.
    """

    def __init__(self, cache: Path | None = None) -> None:
        """Read the cache, or fill it.

        Args:
            cache: The folder; by default `$VPC_FLOW_LOGS_CACHE`, else the user's own.
        """
        super().__init__()
        self._models: dict[str, Model] | None = None
        self._path = (cache or _cache_folder()) / f"botocore-{botocore.__version__}-{_FORMAT}.json"

    def load_service_model(
        self, service_name: str, type_name: str, api_version: Any | None = None
    ) -> Any:
        """Return a model as botocore's own loader does, without the operations nobody calls."""
        if service_name in OPERATIONS and type_name in _TYPES:
            models = self._read()
            kept: str = models[f"{service_name}/service-2"]["metadata"]["apiVersion"]
            if api_version in {None, kept}:
                return models[f"{service_name}/{type_name}"]
        return super().load_service_model(service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> Any:
        """Return data as botocore's own loader does, endpoints without services nobody calls."""
        if name == _ENDPOINTS and not self._own:
            return self._read()[_ENDPOINTS], str(Path(self.BUILTIN_DATA_PATH) / _ENDPOINTS)
        return super().load_data_with_path(name)

    @cached_property
    def _own(self) -> bool:
        """Whether the user has models of his own (~/.aws/models, AWS_DATA_PATH): they win."""
        return any(
            # Path.exists raises where the home is another user's and closed.
            os.path.exists(Path(folder) / name)  # noqa: PTH110
            for folder in self.search_paths
            if folder != self.BUILTIN_DATA_PATH
            for name in (*OPERATIONS, f"{_ENDPOINTS}.json", f"{_ENDPOINTS}.json.gz")
        )

    def _read(self) -> dict[str, Model]:
        if self._models is None:
            self._models = self._cached() or self._made()
        return self._models

    @cached_property
    def _usable(self) -> bool:
        """Whether the cache is the user's own; where somebody else's it may be, that is said."""
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if reason := distrust(folder) or distrust(self._path):
                print(f"The cache of botocore's models is not used: {reason}.", file=sys.stderr)
                return False
            folder.chmod(0o700)
        except OSError:
            return False
        return True

    def _cached(self) -> dict[str, Model] | None:
        wanted = {_ENDPOINTS} | {f"{service}/{kind}" for service in OPERATIONS for kind in _TYPES}
        if not self._own and self._usable:
            with suppress(OSError, ValueError):
                models = json.loads(self._path.read_bytes())
                if isinstance(models, dict) and cast("Model", models).keys() == wanted:
                    return cast("dict[str, Model]", models)
        return None

    def _made(self) -> dict[str, Model]:
        models = {
            f"{service}/{kind}": trim(
                super(TrimmedLoader, self).load_service_model(service, kind), service
            )
            for service in OPERATIONS
            for kind in _TYPES
        }
        models[_ENDPOINTS] = trim_endpoints(super().load_data_with_path(_ENDPOINTS)[0])
        # A user's own may change without a new version of botocore.
        if not self._own and self._usable:
            with suppress(OSError):
                self._write(models)
        return models

    def _write(self, models: dict[str, Model]) -> None:
        """Put the file there in one step: another process never reads half of it."""
        with NamedTemporaryFile("w", dir=self._path.parent, delete=False) as temporary:
            json.dump(models, temporary, separators=(",", ":"))
        Path(temporary.name).replace(self._path)


def trim(model: Model, service: str) -> Model:
    """Return a service's model with the kept operations and what they reach, nothing else.

    Paginators are kept likewise; endpoint rules are returned as they are.
    """
    if "pagination" in model:
        kept = {name: model["pagination"].get(name) for name in OPERATIONS[service]}
        return model | {"pagination": {name: pages for name, pages in kept.items() if pages}}
    if "operations" not in model:
        return model
    operations = {name: _undocumented(model["operations"][name]) for name in OPERATIONS[service]}
    shapes: dict[str, Model] = {}
    open_references: list[Model] = [
        each
        for operation in operations.values()
        for each in (operation.get("input"), operation.get("output"), *operation.get("errors", ()))
        if each
    ]
    while open_references:
        name = open_references.pop()["shape"]
        if name in shapes:
            continue
        shape = shapes[name] = _undocumented(model["shapes"][name])
        open_references.extend(shape.get("members", {}).values())
        open_references.extend(shape[key] for key in ("member", "key", "value") if key in shape)
    return model | {"operations": operations, "shapes": shapes}


def trim_endpoints(endpoints: Model) -> Model:
    """Return botocore's endpoints with the kept services, nothing else."""
    partitions = [
        partition
        | {
            "services": {
                name: data for name, data in partition["services"].items() if name in ENDPOINTS
            }
        }
        for partition in endpoints["partitions"]
    ]
    return endpoints | {"partitions": partitions}


def _undocumented(value: Any) -> Any:
    """Leave out the texts, which are most of a model."""
    if not isinstance(value, dict):
        return value
    return {
        key: _undocumented(each)
        for key, each in cast("Model", value).items()
        if key != "documentation" or not isinstance(each, str)  # a member may be called so
    }


def _cache_folder() -> Path:
    if folder := os.environ.get("VPC_FLOW_LOGS_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "vpc-flow-logs"
