"""Botocore's service models, cut down to the operations that the commands call.

Much of an audit's start-up is botocore parsing its description of EC2: some 700 operations, of
which four are needed. This loader keeps a cut-down copy of the installed botocore's own files in
the user's cache, made at the first use and named after botocore's version. It changes nothing
but time: what it does not know, or cannot read or write, is left to botocore.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast

import botocore
from botocore.loaders import Loader

OPERATIONS = {
    "ec2": ("DescribeFlowLogs", "DescribeNetworkInterfaces", "DescribeRegions", "DescribeVpcs"),
    "logs": ("DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "ListTagsForResource"),
    "sts": ("AssumeRole", "GetCallerIdentity"),
}
"""The operations that are kept; every other service is left whole."""

_TYPES = ("endpoint-rule-set-1", "paginators-1", "service-2")
# To be raised when the files change their content, as when there is another operation.
_FORMAT = 2


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
        if service_name in OPERATIONS and type_name in _TYPES and api_version is None:
            if self._models is None:
                self._models = self._load()
            return self._models[f"{service_name}/{type_name}"]
        return super().load_service_model(service_name, type_name, api_version)

    def _load(self) -> dict[str, Model]:
        wanted = {f"{service}/{kind}" for service in OPERATIONS for kind in _TYPES}
        # A user's own models (~/.aws/models, AWS_DATA_PATH) win, and are not cached.
        own = any(
            (Path(folder) / service).is_dir()
            for folder in self.search_paths
            if folder != self.BUILTIN_DATA_PATH
            for service in OPERATIONS
        )
        if not own:
            with suppress(OSError, ValueError):
                models = json.loads(self._path.read_bytes())
                if isinstance(models, dict) and cast("Model", models).keys() == wanted:
                    return cast("dict[str, Model]", models)
        models = {
            f"{service}/{kind}": trim(
                super(TrimmedLoader, self).load_service_model(service, kind), service
            )
            for service in OPERATIONS
            for kind in _TYPES
        }
        if not own:
            with suppress(OSError):
                self._write(models)
        return models

    def _write(self, models: dict[str, Model]) -> None:
        """Put the file there in one step: another process never reads half of it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self._path.parent, delete=False) as temporary:
            json.dump(models, temporary, separators=(",", ":"))
        Path(temporary.name).replace(self._path)


def trim(model: Model, service: str) -> Model:
    """Return a service model with the kept operations and the shapes they reach, nothing else.

    A model without operations (paginators, endpoint rules) is returned as it is.
    """
    if "operations" not in model:
        return model
    operations = {name: model["operations"][name] for name in OPERATIONS[service]}
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
        shape = shapes[name] = {
            key: value for key, value in model["shapes"][name].items() if key != "documentation"
        }
        open_references.extend(shape.get("members", {}).values())
        open_references.extend(shape[key] for key in ("member", "key", "value") if key in shape)
    return model | {"operations": operations, "shapes": shapes}


def _cache_folder() -> Path:
    if folder := os.environ.get("VPC_FLOW_LOGS_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "vpc-flow-logs"
