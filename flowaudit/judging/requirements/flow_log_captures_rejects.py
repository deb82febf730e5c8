"""The VPC's flow logs capture rejected traffic."""

from flowaudit.judging.finding import Finding, Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule, Subject
from vpc_flow_logs_control.standards import FLOW_LOGGING


def check(subject: Subject) -> Finding | None:
    """Report a VPC whose active flow logs leave out what is required."""
    if not subject.active or subject.enough(subject.active):
        return None
    recorded = sorted({log.traffic_type for log in subject.active})
    missing = "rejected" if "REJECT" not in recorded else "accepted"
    return subject.finding(
        RULE,
        f"Only {recorded[0]} traffic is recorded: nothing tells what was {missing}.",
        remedy=(
            "A flow log's traffic type cannot be changed: create one with "
            f"{'ALL' if subject.requirement.traffic_type == 'ALL' else 'REJECT'}, see it deliver, "
            f"then delete {', '.join(log.id for log in subject.active)}."
        ),
        evidence=(log.id for log in subject.active),
    )


RULE = Rule(
    id="flow-log-captures-rejects",
    severity=Severity.HIGH,
    title="The VPC's flow logs capture rejected traffic.",
    description=(
        "A flow log with the traffic type ACCEPT leaves out exactly what tells of scans and of "
        "attempts that were turned away. REJECT, ALL, or ACCEPT and REJECT together are enough. "
        "With `--traffic-type ALL` accepted traffic must be captured too; with `any`, either is "
        "enough."
    ),
    remedy=(
        "A flow log's traffic type cannot be changed: create one with REJECT (or ALL), see it "
        "deliver, then delete the old one."
    ),
    source=f"{USER_GUIDE}/flow-log-records.html",
    controls=FLOW_LOGGING,
    check=check,
)
