"""An earlier JSON report, and what changed since."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from flowaudit.errors import ConfigurationError
from flowaudit.judging.changes import Changes, Earlier
from flowaudit.judging.finding import Criteria, Finding
from flowaudit.judging.requested import Requested
from vpc_flow_logs_control.files import read_regular

# What has to be alike for two reports to be comparable.
_SCOPE = (
    "source",
    "organization",
    "accounts",
    "regions",
    "exclude_regions",
    "traffic_type",
    "min_retention_days",
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an earlier report says.

    Attributes:
        path: Its file, as it was given.
        started: When its audit began, as it says.
        complete: Whether it read everything.
        accounts: The accounts that it read.
        findings: Its findings by their ids, without those that were exempt.
    """

    path: str
    started: str
    complete: bool
    accounts: frozenset[str]
    findings: dict[str, Earlier]


def read(path: Path, requested: Requested, criteria: Criteria) -> Baseline:
    """Read an earlier report.

    Args:
        path: A file that `--format json` wrote.
        requested: The scope that it must have.
        criteria: What it must have required.

    Raises:
        ConfigurationError: It cannot be read, is no such report, or has another scope.
    """
    try:
        document: Any = json.loads(read_regular(path))
        theirs = {name: document["requested"][name] for name in _SCOPE}
        baseline = Baseline(
            path=str(path),
            started=str(document["started"]),
            complete=document["complete"] is True,
            accounts=frozenset(each["id"] for each in document["read"]["accounts"]),
            findings=_findings(document),
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"--baseline {path} cannot be read: {reason}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = "what is in it is of another kind"
        if isinstance(error, ValueError):
            reason = str(error)
        elif isinstance(error, KeyError):
            reason = f"it lacks {error}"
        raise ConfigurationError(
            f"--baseline {path} is no report of `vpc-flow-logs audit --format json`: {reason}"
        ) from error
    ours = json.loads(json.dumps(asdict(requested) | asdict(criteria)))
    if differing := [name for name in _SCOPE if theirs[name] != ours[name]]:
        raise ConfigurationError(
            f"--baseline {path} has another scope: "
            + "; ".join(f"{name} {theirs[name]!r}, now {ours[name]!r}" for name in differing)
        )
    return baseline


def _findings(document: dict[str, Any]) -> dict[str, Earlier]:
    found = [*document["findings"]]
    for verdict in document["vpcs"]:
        found += verdict["findings"]
    return {
        str(each["id"]): Earlier(
            str(each["id"]), str(each["account_id"]), str(each["region"]), str(each["message"])
        )
        for each in cast("list[dict[str, Any]]", found)
        if each["exempt"] is False
    }


class Comparison:
    """Takes findings as they come, and tells in the end what changed."""

    def __init__(self, baseline: Baseline) -> None:
        """Compare with a baseline."""
        self._baseline = baseline
        self._new: set[str] = set()
        self._unchanged: set[str] = set()
        self._exempt: set[str] = set()
        self._severities: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Note a finding of now."""
        if finding.exempt:
            self._exempt.add(finding.id)
        elif finding.id in self._baseline.findings:
            self._unchanged.add(finding.id)
        else:
            self._new.add(finding.id)
            self._severities[finding.severity] += 1

    def check_accounts(self, accounts: Collection[str]) -> None:
        """Refuse to compare accounts that have nothing in common.

        Raises:
            ConfigurationError: There is no account that both reports are about.
        """
        before = self._baseline.accounts
        if before and accounts and before.isdisjoint(accounts):
            raise ConfigurationError(
                f"--baseline {self._baseline.path} is about {', '.join(sorted(before))}, not about "
                f"{', '.join(sorted(accounts))}"
            )

    def changes(self, read: Collection[tuple[str, str]], *, complete: bool) -> Changes:
        """Return what changed.

        Args:
            read: The accounts and regions that were read completely.
            complete: Whether everything was; only then is a finding about no region fixed.
        """
        gone = [
            earlier
            for id_, earlier in sorted(self._baseline.findings.items())
            if id_ not in self._unchanged
        ]
        left = [earlier for earlier in gone if earlier.id not in self._exempt]

        def seen(earlier: Earlier) -> bool:
            return complete or (earlier.account_id, earlier.region) in read

        return Changes(
            baseline=self._baseline.path,
            started=self._baseline.started,
            complete=self._baseline.complete,
            new=frozenset(self._new),
            unchanged=frozenset(self._unchanged),
            fixed=tuple(earlier for earlier in left if seen(earlier)),
            exempted=tuple(earlier for earlier in gone if earlier.id in self._exempt),
            unknown=tuple(earlier for earlier in left if not seen(earlier)),
            new_severities=dict(self._severities),
        )
