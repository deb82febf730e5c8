"""Checks a policy pack configuration file, before the engine gets it.

The engine does not mind the name of a policy that does not exist, and tells no policy about it: a
misspelt ``log-group-is-encripted`` would leave the policy that was meant as it is. So run this
beside ``pulumi preview --policy-pack-config FILE``:

    python policypack/check_config.py FILE

It is run in the folder of the Pulumi project, as the paths in it begin there. It takes it for a
mistake to disable all policies: that switches the gate off.

Exit code 0 means that the file is in order, 1 that it is not, 2 that it was not given.
"""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.exemptions import ExemptionsError, read
from vpc_flow_logs_policies import REQUIREMENTS, exemption_is_valid
from vpc_flow_logs_policies.configuration import configured, unknown
from vpc_flow_logs_policies.exemptions_file import project_folder

_LEVELS = [level.value for level in EnforcementLevel]
# What the engine takes beside the names of policies: a level for all, and Pulumi ESC environments.
_ALL, _ENVIRONMENTS = "all", "environments"
_OFF = EnforcementLevel.DISABLED.value
_REQUIREMENTS = {requirement.name: requirement for requirement in REQUIREMENTS}


def problems_of(file: Path) -> list[str]:
    """What is wrong with a configuration file, each a sentence.

    Args:
        file: A JSON file that maps a policy's name to a level, or to an object with its properties
            and, as ``enforcementLevel``, its level.
    """
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"{file} cannot be read: {error}."]
    if not isinstance(content, dict):
        return [f"{file} is not a JSON object."]
    problems: list[str] = []
    settings = cast("dict[str, Any]", content)
    for name, value in settings.items():
        given: Any = {"enforcementLevel": value} if isinstance(value, str) else value
        if name == _ENVIRONMENTS:
            continue
        if name != _ALL and name not in _REQUIREMENTS:
            problems.append(unknown("There is no policy", name, [*_REQUIREMENTS, _ALL]))
        elif not isinstance(given, dict):
            problems.append(f"{name} is neither a level nor an object.")
        else:
            problems += _problems_with(name, cast("dict[str, Any]", given))
    if settings.get(_ALL) in (_OFF, {"enforcementLevel": _OFF}):
        problems.append(_switched_off(settings))
    return problems


def _problems_with(name: str, given: dict[str, Any]) -> list[str]:
    """What is wrong with what is set for one policy, or for all."""
    properties = {key: value for key, value in given.items() if key != "enforcementLevel"}
    level = given.get("enforcementLevel", _OFF)
    problems: list[str] = []
    if level not in _LEVELS:
        problems.append(unknown(f"{name}: there is no level", str(level), _LEVELS))
    if name != _ALL:
        problems += configured(_REQUIREMENTS[name], properties)[1]
    elif properties:
        problems.append(f"{_ALL} takes a level only, not {', '.join(sorted(properties))}.")
    return problems + _exemptions_problems(properties.get("file"), properties.get("sha256"))


def _switched_off(content: Mapping[str, Any]) -> str:
    named = sorted(content.keys() - {_ALL, _ENVIRONMENTS})
    but = f", but for those with a level of their own among {', '.join(named)}" if named else ""
    return f'"{_ALL}": "disabled" switches the gate off: no policy judges anything{but}.'


def _exemptions_problems(file: object, sha256: object) -> list[str]:
    if not isinstance(file, str):
        return []
    digest = sha256 if isinstance(sha256, str) else None
    path = project_folder(Path.cwd()) / file
    try:
        exemptions = read(path, datetime.now(UTC).date(), sha256=digest)
    except ExemptionsError as error:
        return [str(error)]
    return [
        exemption_is_valid.problem_with(entry, defect)
        for entry in exemptions.entries
        if (defect := exemptions.defect(entry))
    ]


def main(arguments: list[str]) -> int:
    """Run the command; its exit code, as the module's text has it.

    Args:
        arguments: What follows the program's name: the file.
    """
    if len(arguments) != 1 or arguments[0] in {"-h", "--help"}:
        sys.stdout.write(__doc__ or "")
        return 0 if arguments and arguments[0] in {"-h", "--help"} else 2
    problems = problems_of(Path(arguments[0]))
    sys.stderr.writelines(f"error: {problem}\n" for problem in problems)
    if not problems:
        sys.stdout.write(f"{arguments[0]} is in order.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
