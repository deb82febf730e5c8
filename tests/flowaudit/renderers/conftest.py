"""One report that holds everything a report can hold, and the means to make others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flowaudit.audit.remedies import remedy_of
from flowaudit.facts import Cause, FlowLog, LogGroup, Unread, Vpc
from flowaudit.judging.changes import Changes, Earlier
from flowaudit.judging.finding import (
    Coverage,
    Criteria,
    Finding,
    RegionReport,
    Report,
    Status,
    Totals,
    Verdict,
)
from flowaudit.judging.requested import AccountRead, ExemptionsFile, Requested
from flowaudit.judging.requirements import REQUIREMENTS
from vpc_flow_logs_control.exemptions import Exemption
from vpc_flow_logs_control.requirements import Severity

STARTED = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
PRODUCTION = "111122223333"
SANDBOX = "444455556666"
NETWORK = "777788889999"


@dataclass(frozen=True)
class Golden:
    """Compares text with a file of `golden/`, or writes the file."""

    update: bool

    def check(self, name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if self.update:
            path.write_text(text, encoding="utf-8", newline="")
        remedy = "pytest tests/flowaudit/renderers --update-golden"
        assert path.exists(), f"golden/{name} is missing: {remedy}"
        with path.open(encoding="utf-8", newline="") as file:
            expected = file.read()
        assert text == expected, f"{name} differs. If it is meant: {remedy}"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=bool(request.config.getoption("--update-golden", default=False)))


def build_report(
    results: Iterable[RegionReport],
    findings: tuple[Finding, ...] = (),
    unread: tuple[Unread, ...] = (),
    *,
    interrupted: bool = False,
) -> Report:
    """Make a report whose totals are those of its results."""
    results = tuple(results)
    vpcs = dict.fromkeys(Status, 0)
    by_rule: dict[str, int] = {}
    calls: dict[str, int] = {}
    owners: dict[str, dict[Status, int]] = {}
    for finding in findings:
        by_rule[finding.requirement] = by_rule.get(finding.requirement, 0) + 1
    for result in results:
        for action, count in result.calls.items():
            calls[action] = calls.get(action, 0) + count
        for verdict in result.verdicts:
            vpcs[verdict.status] += 1
            owned = owners.setdefault(dict(verdict.vpc.tags).get("Team", ""), {})
            owned[verdict.status] = owned.get(verdict.status, 0) + 1
            for finding in verdict.findings:
                if not finding.exempt:
                    by_rule[finding.requirement] = by_rule.get(finding.requirement, 0) + 1
    accounts = tuple(sorted({result.account_id for result in results}))
    return Report(
        tool_version="0.1.0",
        started=STARTED,
        seconds=1.234,
        source="ec2",
        criteria=Criteria(),
        judged=tuple(sorted(REQUIREMENTS)),
        accounts=tuple(AccountRead(id_) for id_ in accounts),
        totals=Totals(
            accounts=len(accounts),
            regions_read=sum(not result.unread for result in results),
            regions_unread=sum(bool(result.unread) for result in results),
            vpcs=vpcs,
            findings=by_rule,
            calls=calls,
            throttled=sum(result.throttled for result in results),
            owners=owners,
        ),
        remedy=remedy_of(),
        results=results,
        findings=findings,
        unread=unread,
        interrupted=interrupted,
        requested=Requested(regions_at_least=17),
        caller=f"arn:aws:sts::{PRODUCTION}:assumed-role/Auditor/anna",
        regions=tuple(sorted({result.region for result in results})),
        not_looked_at=("delivery roles", "how long S3 buckets keep records"),
    )


@pytest.fixture
def make_report() -> Callable[..., Report]:
    return build_report


def one_vpc_report(text: str, status: Status = Status.FAIL) -> Report:
    """Make a report in which every text but those of requirements is the given one."""
    vpc = Vpc(
        id="vpc-0a0a",
        owner_id=PRODUCTION,
        name=text,
        cidr_block="10.0.0.0/16",
        tags=(("Name", text), ("Team", text)),
    )
    finding = Finding(
        requirement="flow-log-can-deliver",
        severity=Severity.HIGH,
        account_id=PRODUCTION,
        region="eu-west-1",
        resource=vpc.id,
        message=text,
        remedy=text,
        evidence=("fl-0a0a",),
        exempt=status is Status.EXEMPT,
    )
    unread = Unread(PRODUCTION, "eu-west-1", "ec2:DescribeVpcs", Cause.ACCESS_DENIED, text)
    exemption = Exemption(text, text, date(2027, 3, 31), name_tag=text, covered_by=text)
    flow_log = FlowLog(
        id="fl-0a0a",
        resource_id=vpc.id,
        traffic_type="REJECT",
        status="ACTIVE",
        delivery_status="FAILED",
        delivery_error=text,
        log_group_name=text,
        tags=((text, text),),
    )
    verdict = Verdict(
        account_id=PRODUCTION,
        region="eu-west-1",
        vpc=vpc,
        status=status,
        summary=text,
        findings=(finding,),
        unread=(unread,) if status is Status.UNKNOWN else (),
        flow_logs=(flow_log,),
        log_groups=(LogGroup(name=text),),
        exemption=exemption if status is Status.EXEMPT else None,
    )
    about_entry = Finding(
        requirement="exemption-is-valid",
        severity=Severity.MEDIUM,
        account_id="",
        region="",
        resource=text,
        message=text,
        remedy=text,
    )

    def remedy(_: Unread) -> str:
        return text

    return replace(
        build_report(
            [RegionReport(PRODUCTION, "eu-west-1", (verdict,))], (about_entry,), (unread,)
        ),
        requested=Requested(exemptions=ExemptionsFile(text, "0a1b" * 16), owner_tag="Team"),
        caller=text or "text",
        accounts=(AccountRead(PRODUCTION, text or "text", text),),
        remedy=remedy,
    )


@pytest.fixture
def report_about() -> Callable[[str, Status], Report]:
    return one_vpc_report


def _group_arn(region: str, account_id: str, name: str) -> str:
    return f"arn:aws:logs:{region}:{account_id}:log-group:{name}"


def _flow_log(number: int, vpc: Vpc, region: str, **changes: object) -> FlowLog:
    group = f"/vpc/{vpc.name or vpc.id}/flow-logs"
    facts: dict[str, object] = {
        "id": f"fl-0{number:016x}",
        "resource_id": vpc.id,
        "traffic_type": "REJECT",
        "status": "ACTIVE",
        "delivery_status": "SUCCESS",
        "destination": _group_arn(region, vpc.owner_id, group),
        "log_group_name": group,
        "delivery_role_arn": f"arn:aws:iam::{vpc.owner_id}:role/vpc-flow-logs",
        "created": datetime(2025, 11, 3, 8, 0, tzinfo=UTC),
        "tags": (("ManagedBy", "pulumi"),),
    } | changes
    return FlowLog(**facts)  # pyright: ignore[reportArgumentType] (the fields above, as changed)


def _vpc(number: int, name: str, owner_id: str = PRODUCTION, *, default: bool = False) -> Vpc:
    cidr_block = "172.31.0.0/16" if default else f"10.{number}.0.0/16"
    team = name.partition("-")[0]
    tags = {"CostCentre": "4711", "Name": name, "Team": team} if team else {}
    return Vpc(
        f"vpc-0{number:016x}",
        owner_id,
        name,
        cidr_block,
        is_default=default,
        tags=tuple(tags.items()),
    )


def _finding(  # noqa: PLR0913 (each is a field of a finding)
    rule: str,
    vpc: Vpc,
    region: str,
    message: str,
    remedy: str,
    *,
    account_id: str = PRODUCTION,
    evidence: tuple[str, ...] = (),
    exempt: bool = False,
) -> Finding:
    severity = REQUIREMENTS[rule].control.severity
    return Finding(
        rule, severity, account_id, region, vpc.id, message, remedy, evidence, exempt=exempt
    )


def _create(vpc: Vpc, region: str) -> str:
    return (
        f"aws ec2 create-flow-logs --region {region} --resource-type VPC --resource-ids {vpc.id} "
        "--traffic-type REJECT --log-group-name <name> --deliver-logs-permission-arn <role>"
    )


def _frankfurt() -> RegionReport:
    """Passing VPCs: plain, with advice, to S3, and one that is shared into the account."""
    region = "eu-central-1"
    core, twice, archive = _vpc(1, "prod-core"), _vpc(2, "prod-payments"), _vpc(3, "prod-archive")
    shared = _vpc(4, "shared-transit", NETWORK)
    first, second = (
        _flow_log(0x21, twice, region),
        _flow_log(0x22, twice, region, traffic_type="ALL"),
    )
    to_s3 = _flow_log(
        0x31,
        archive,
        region,
        traffic_type="ALL",
        destination_type="s3",
        destination="arn:aws:s3:::acme-flow-logs/prod",
        log_group_name=None,
        delivery_role_arn="",
        max_aggregation_interval=60,
    )
    passed = "Rejected traffic is recorded and delivered."
    return RegionReport(
        PRODUCTION,
        region,
        (
            Verdict(
                PRODUCTION,
                region,
                core,
                Status.PASS,
                passed,
                flow_logs=(_flow_log(0x11, core, region),),
                log_groups=(LogGroup("/vpc/prod-core/flow-logs", 365),),
            ),
            Verdict(
                PRODUCTION,
                region,
                twice,
                Status.PASS,
                passed,
                findings=(
                    _finding(
                        "flow-log-is-not-duplicated",
                        twice,
                        region,
                        f"{first.id} and {second.id} both record rejected traffic, which is paid "
                        "for twice.",
                        f"aws ec2 delete-flow-logs --region {region} --flow-log-ids {first.id}",
                        evidence=(first.id, second.id),
                    ),
                ),
                flow_logs=(first, second),
                log_groups=(LogGroup("/vpc/prod-payments/flow-logs", 400, "arn:aws:kms:key/1"),),
            ),
            Verdict(PRODUCTION, region, archive, Status.PASS, passed, flow_logs=(to_s3,)),
            Verdict(
                PRODUCTION,
                region,
                shared,
                Status.SHARED,
                f"Account {NETWORK} owns this VPC and alone can log it.",
            ),
        ),
        calls={"ec2:DescribeVpcs": 1, "ec2:DescribeFlowLogs": 1, "logs:DescribeLogGroups": 1},
        seconds=0.21,
    )


def _ireland() -> RegionReport:
    """Failing VPCs: one for each thing that can be wrong with a flow log."""
    region = "eu-west-1"
    accept, deleting = _vpc(0x11, "legacy-crm"), _vpc(0x12, "data-lake")
    undelivered, forever = _vpc(0x13, "prod-web"), _vpc(0x14, "stage-web")
    only_accept = _flow_log(0x111, accept, region, traffic_type="ACCEPT")
    going = _flow_log(0x121, deleting, region, status="DELETING", delivery_status=None)
    denied = _flow_log(
        0x131, undelivered, region, delivery_status="FAILED", delivery_error="Access error"
    )
    kept = _flow_log(0x141, forever, region)

    def failed(
        vpc: Vpc, summary: str, findings: tuple[Finding, ...], log: FlowLog, days: int | None
    ) -> Verdict:
        groups = (LogGroup(log.log_group_name or "", days),)
        return Verdict(PRODUCTION, region, vpc, Status.FAIL, summary, findings, (), (log,), groups)

    return RegionReport(
        PRODUCTION,
        region,
        (
            failed(
                accept,
                "Rejected traffic is not recorded.",
                (
                    _finding(
                        "flow-log-captures-rejects",
                        accept,
                        region,
                        f"{only_accept.id} records accepted traffic only.",
                        _create(accept, region),
                        evidence=(only_accept.id,),
                    ),
                    _finding(
                        "log-group-has-retention",
                        accept,
                        region,
                        "/vpc/legacy-crm/flow-logs keeps its events for 30 days; 365 are required.",
                        "aws logs put-retention-policy --log-group-name /vpc/legacy-crm/flow-logs "
                        "--retention-in-days 365",
                        evidence=("/vpc/legacy-crm/flow-logs",),
                    ),
                ),
                only_accept,
                30,
            ),
            failed(
                deleting,
                "The only flow log is being deleted.",
                (
                    _finding(
                        "flow-log-is-active",
                        deleting,
                        region,
                        f"{going.id} is DELETING and records nothing more.",
                        _create(deleting, region),
                        evidence=(going.id,),
                    ),
                ),
                going,
                365,
            ),
            failed(
                undelivered,
                "Nothing reaches the destination.",
                (
                    _finding(
                        "flow-log-can-deliver",
                        undelivered,
                        region,
                        f"{denied.id} is ACTIVE, but its delivery failed: Access error.",
                        f"Check that {denied.delivery_role_arn} trusts vpc-flow-logs.amazonaws.com "
                        "and may write to the log group.",
                        evidence=(denied.id,),
                    ),
                ),
                denied,
                365,
            ),
            failed(
                forever,
                "The log group never expires its events.",
                (
                    _finding(
                        "log-group-has-retention",
                        forever,
                        region,
                        "/vpc/stage-web/flow-logs has no retention: events are kept, and paid "
                        "for, without end.",
                        "aws logs put-retention-policy --log-group-name /vpc/stage-web/flow-logs "
                        "--retention-in-days 365",
                        evidence=("/vpc/stage-web/flow-logs",),
                    ),
                ),
                kept,
                None,
            ),
        ),
        calls={"ec2:DescribeVpcs": 1, "ec2:DescribeFlowLogs": 2, "logs:DescribeLogGroups": 1},
        throttled=1,
        seconds=0.48,
    )


def _sandbox() -> list[RegionReport]:
    """A second account: nothing logged, partly logged, exempt, unreadable, empty."""
    region = "us-east-1"
    default, partial = _vpc(0x21, "", SANDBOX, default=True), _vpc(0x22, "sandbox-anna", SANDBOX)
    lab = _vpc(0x23, "lab-7", SANDBOX)
    unknown = _vpc(0x31, "sandbox-emil", SANDBOX)
    exemption = Exemption(
        name_tag="lab-*",
        reason="Isolated lab without a route to the internet",
        owner="network-team@acme.example",
        expires=date(2027, 3, 31),
        requirements=("vpc-has-flow-log",),
    )

    def no_flow_log(vpc: Vpc, message: str, *, exempt: bool = False) -> Finding:
        return _finding(
            "vpc-has-flow-log",
            vpc,
            region,
            message,
            _create(vpc, region),
            account_id=SANDBOX,
            exempt=exempt,
        )

    denied = UNREAD[0]
    return [
        RegionReport(
            SANDBOX,
            region,
            (
                Verdict(
                    SANDBOX,
                    region,
                    default,
                    Status.FAIL,
                    "No flow log.",
                    (no_flow_log(default, "Nothing records the traffic of this VPC."),),
                ),
                Verdict(
                    SANDBOX,
                    region,
                    partial,
                    Status.FAIL,
                    "Only subnets or network interfaces have flow logs.",
                    (no_flow_log(partial, "Flow logs cover 3 of 8 network interfaces."),),
                    coverage=Coverage(covered=3, total=8),
                ),
                Verdict(
                    SANDBOX,
                    region,
                    lab,
                    Status.EXEMPT,
                    "Exempt until 2027-03-31.",
                    (no_flow_log(lab, "Nothing records the traffic of this VPC.", exempt=True),),
                    exemption=exemption,
                ),
            ),
            calls={"ec2:DescribeVpcs": 1, "ec2:DescribeFlowLogs": 1},
            seconds=0.35,
        ),
        RegionReport(
            SANDBOX,
            "us-east-2",
            (
                Verdict(
                    SANDBOX,
                    "us-east-2",
                    unknown,
                    Status.UNKNOWN,
                    "Whether it has a flow log could not be read.",
                    unread=(denied,),
                ),
            ),
            unread=(denied,),
            calls={"ec2:DescribeVpcs": 1, "ec2:DescribeFlowLogs": 1},
            seconds=0.33,
        ),
        RegionReport(
            SANDBOX,
            "us-west-2",
            calls={"ec2:DescribeVpcs": 1, "ec2:DescribeFlowLogs": 1},
            seconds=0.3,
        ),
    ]


UNREAD = (
    Unread(
        SANDBOX,
        "us-east-2",
        "ec2:DescribeFlowLogs",
        Cause.ACCESS_DENIED,
        "You are not authorized to perform this operation.",
    ),
    Unread(
        SANDBOX,
        "us-west-1",
        "ec2:DescribeVpcs",
        Cause.INTERRUPTED,
        "The audit was interrupted before this region was read.",
    ),
    Unread(
        "arn:aws:iam::222233334444:role/audit",
        None,
        "sts:AssumeRole",
        Cause.CREDENTIALS,
        "The role could not be assumed.",
    ),
)

FINDINGS = (
    Finding(
        "exemption-is-valid",
        Severity.MEDIUM,
        "",
        "",
        "stage-*",
        "This exemption expired on 2026-01-31 and lifts nothing any more.",
        "Fix the VPC and remove the entry, or have its owner renew it: platform@acme.example.",
    ),
    Finding(
        "exemption-is-valid",
        Severity.MEDIUM,
        "",
        "",
        "vpc-0dead",
        "This exemption matches no VPC.",
        "Remove the entry, or correct its `vpc`: network-team@acme.example.",
    ),
)


def _changes(results: Iterable[RegionReport]) -> Changes:
    """One finding is new, one is fixed, one unknown, all others are unchanged."""
    ids = [
        finding.id
        for result in results
        for verdict in result.verdicts
        for finding in verdict.findings
        if not finding.exempt
    ]
    fixed = Earlier(f"{PRODUCTION}/eu-west-1/vpc-0a/x", PRODUCTION, "eu-west-1", "It had none.")
    unknown = Earlier(f"{SANDBOX}/us-west-1/vpc-0b/x", SANDBOX, "us-west-1", "It had none.")
    return Changes(
        "baseline.json",
        "2026-02-14T09:00:00+00:00",
        complete=True,
        new=frozenset(ids[:1]),
        unchanged=frozenset(ids[1:]),
        fixed=(fixed,),
        unknown=(unknown,),
        new_severities={"high": 1},
    )


@pytest.fixture
def report() -> Report:
    """Every status, every rule, shared, exempt, unread, interrupted: an audit of two accounts."""
    results = [
        _frankfurt(),
        _ireland(),
        *_sandbox(),
        RegionReport(SANDBOX, "us-west-1", unread=(UNREAD[1],)),
    ]
    # By account and region, as the audit itself gives them.
    results.sort(key=lambda result: (result.account_id, result.region))
    return replace(
        build_report(results, FINDINGS, UNREAD, interrupted=True),
        requested=Requested(
            organization=True,
            accounts=(PRODUCTION, SANDBOX, "222233334444"),
            exclude_regions=("ap-south-1",),
            exemptions=ExemptionsFile("exemptions.json", "0a1b" * 16),
            owner_tag="Team",
            regions_at_least=17,
        ),
        accounts=(
            AccountRead(PRODUCTION, "Production", "o-acme/r-root/ou-workloads/"),
            AccountRead(SANDBOX, "Sandbox"),
        ),
        changes=_changes(results),
    )


@pytest.fixture
def clean_report() -> Report:
    """Everything of a choice passes; the source does not tell of all rules."""
    unjudged = {"flow-log-is-active", "flow-log-can-deliver"}
    return replace(
        build_report([_frankfurt()]),
        source="config-aggregator acme",
        requested=Requested(
            "config-aggregator acme", regions=("eu-central-1", "eu-west-1"), regions_at_least=17
        ),
        judged=tuple(sorted(REQUIREMENTS.keys() - unjudged)),
    )


@pytest.fixture
def empty_report() -> Report:
    """There is no VPC anywhere."""
    return build_report([RegionReport(PRODUCTION, "eu-north-1")])
