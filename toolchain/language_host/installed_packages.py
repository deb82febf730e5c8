"""Print, as JSON, what is installed in the environment of the Python that runs this file.

Its argument says what: ``distributions``, or ``plugins``. The second is asked for at every start of
a program, and spares it reading what every distribution requires.

It runs in the user's environment, not the language host's, and so uses the standard library alone,
of any Python that Pulumi's SDK supports.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path


def _normalized(name: str) -> str:
    """The name as packages are compared: https://peps.python.org/pep-0503/#normalized-names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _distributions() -> "list[dict[str, object]]":
    """Name, version and direct requirements of everything installed; the first on the path wins."""
    found: dict[str, dict[str, object]] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name and _normalized(name) not in found:
            requirements = [
                _normalized(match.group())
                for requirement in distribution.requires or []
                if "extra ==" not in requirement
                for match in [re.match(r"[\w.-]+", requirement)]
                if match
            ]
            found[_normalized(name)] = {
                "name": name,
                "version": distribution.version,
                "requires": requirements,
            }
    return [found[name] for name in sorted(found)]


def _plugins() -> "list[dict[str, object]]":
    """The ``pulumi-plugin.json`` of every importable package, with its own name and version."""
    found: dict[str, dict[str, object]] = {}
    for folder in sys.path:
        for file in sorted(Path(folder).glob("*/pulumi-plugin.json")):
            if file.parent.name not in found:
                found[file.parent.name] = {
                    **json.loads(file.read_text(encoding="utf-8")),
                    "module": file.parent.name,
                    "moduleVersion": _version(file.parent.name),
                }
    return [found[module] for module in sorted(found)]


def _version(module: str) -> str:
    """The version of the distribution that is called like a module; empty where there is none."""
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    json.dump(_plugins() if sys.argv[1] == "plugins" else _distributions(), sys.stdout)
