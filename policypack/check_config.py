"""Checks a policy pack configuration file, before the engine gets it.

The engine does not mind the name of a policy that does not exist, and tells no policy about it: a
misspelt ``log-group-is-encripted`` would leave the policy that was meant as it is. So run this
beside ``pulumi preview --policy-pack-config FILE``:

    python policypack/check_config.py FILE

Exit code 0 means that the file is in order, 1 that it is not, 2 that it was not given.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.exemptions import ExemptionsError, read
from vpc_flow_logs_policies import REQUIREMENTS, exemption_is_valid
from vpc_flow_logs_policies.configuration import configured, unknown

_LEVELS = [level.value for level in EnforcementLevel]
# What the engine takes beside the names of policies: a level for all, and Pulumi ESC environments.
_ALL, _ENVIRONMENTS = "all", "environments"


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
    requirements = {requirement.name: requirement for requirement in REQUIREMENTS}
    problems: list[str] = []
    for name, value in cast("dict[str, Any]", content).items():
        given: Any = {"enforcementLevel": value} if isinstance(value, str) else value
        if name == _ENVIRONMENTS:
            continue
        if name != _ALL and name not in requirements:
            problems.append(unknown("There is no policy", name, [*requirements, _ALL]))
        elif not isinstance(given, dict):
            problems.append(f"{name} is neither a level nor an object.")
        else:
            given = cast("dict[str, Any]", given)
            level = given.pop("enforcementLevel", _LEVELS[0])
            if level not in _LEVELS:
                problems.append(unknown(f"{name}: there is no level", str(level), _LEVELS))
            if name != _ALL:
                problems += configured(requirements[name], given)[1]
            elif given:
                problems.append(f"{_ALL} takes a level only, not {', '.join(sorted(given))}.")
            problems += _exemptions_problems(given.get("file"))
    return problems


def _exemptions_problems(file: object) -> list[str]:
    if not isinstance(file, str):
        return []
    try:
        exemptions = read(Path(file), datetime.now(UTC).date())
    except ExemptionsError as error:
        return [str(error)]
    return [
        exemption_is_valid.problem_with(entry, defect)
        for entry in exemptions.entries
        if (defect := exemptions.defect(entry))
    ]


def main(arguments: list[str]) -> int:
    """Run the command; the exit code."""
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
