"""A VPC's flow log can deliver to its destination."""

import shlex
from dataclasses import replace

from flowaudit.facts import DESCRIBE_LOG_GROUPS, FlowLog
from flowaudit.judging.delivery_roles import may_write, partition_of, trusts
from flowaudit.judging.finding import Criteria
from flowaudit.judging.requirements import good_region
from flowaudit.judging.requirements.requirement import (
    USER_GUIDE,
    AuditRequirement,
    Defect,
    Subject,
    Unclear,
    describe,
    remedy_of,
)
from vpc_flow_logs_control.delivery_role import (
    NEEDED_ACTIONS,
    SERVICE_PRINCIPAL,
    WRITE_ACTIONS,
    Answer,
)
from vpc_flow_logs_control.requirements.flow_log_can_deliver import REQUIREMENT


def _of_flow_log(subject: Subject, flow_log: FlowLog) -> Defect | Unclear | None:
    """Report a delivery that failed, or that cannot succeed whatever AWS's last status says."""
    if not flow_log.is_active:
        return None
    group = flow_log.log_group_name
    if group and group in subject.facts.misread:
        return Unclear(DESCRIBE_LOG_GROUPS, subject.facts.misread[group].message)
    found = (
        _without_log_group(subject, flow_log)
        or _without_role(subject, flow_log)
        or _without_delivery(subject, flow_log)
    )
    if found or not group or subject.log_groups is not None:
        return found
    return Unclear(DESCRIBE_LOG_GROUPS)


def _without_log_group(subject: Subject, flow_log: FlowLog) -> Defect | None:
    group = flow_log.log_group_name
    if not group or subject.log_groups is None or group in subject.log_groups:
        return None
    return _defect(
        flow_log,
        "is active, but its log group does not exist",
        f"aws logs create-log-group --region {subject.facts.region} "
        f"--log-group-name {shlex.quote(group)}",
    )


def _without_role(subject: Subject, flow_log: FlowLog) -> Defect | None:
    """Report a role that the flow logs service surely cannot assume."""
    role = subject.facts.role(flow_log.delivery_role_arn)
    if role is None:
        return None
    if not role.exists:
        return _defect(
            flow_log,
            f'is active, but its delivery role "{role.name}" does not exist',
            f'Create the role "{role.name}" again, with the trust policy and the permissions of '
            f"{USER_GUIDE}/flow-logs-iam-role.html.",
        )
    if trusts(role, subject.facts.account_id, subject.facts.region) is not Answer.NO:
        return None
    return _defect(
        flow_log,
        f'is active, but the trust policy of its delivery role "{role.name}" does not let '
        f"{SERVICE_PRINCIPAL} assume it",
        f'Let {SERVICE_PRINCIPAL} assume the role "{role.name}": change its trust policy to that '
        f"of {USER_GUIDE}/flow-logs-iam-role.html.",
    )


def _without_delivery(subject: Subject, flow_log: FlowLog) -> Defect | None:
    lacks = _lacks(subject, flow_log)
    if flow_log.delivery_status == "FAILED":
        reason = flow_log.delivery_error or "AWS gives no reason"
        problem = f"is active, but its delivery failed: {reason}" + (f" ({lacks})" if lacks else "")
    elif lacks and flow_log.delivery_status is None:
        problem = f"has delivered nothing yet: {lacks}"
    else:
        return None
    return _defect(flow_log, problem, AUDITED.remedy)


def _remark(subject: Subject) -> Defect | None:
    """Remark on roles that seem unable to deliver, though AWS says that delivery worked."""
    doubtful = [
        (log, lacks)
        for log in subject.active
        if log.delivery_status == "SUCCESS"
        and _without_role(subject, log) is None
        and (lacks := _lacks(subject, log))
    ]
    if not doubtful:
        return None
    return Defect(
        "; ".join(f"{describe(log)} delivered, though {lacks}" for log, lacks in doubtful)
        + ". AWS keeps the status of the last delivery, which may have been before that.",
        AUDITED.remedy,
        tuple(log.id for log, _ in doubtful),
    )


def _defect(flow_log: FlowLog, problem: str, remedy: str) -> Defect:
    return Defect(f"{describe(flow_log)} {problem}.", remedy_of(flow_log, remedy), (flow_log.id,))


def _lacks(subject: Subject, flow_log: FlowLog) -> str:
    """Return what a role's policies surely do not allow, in words; empty where they may."""
    role, facts = subject.facts.role(flow_log.delivery_role_arn), subject.facts
    if role is None or not flow_log.log_group_name:
        return ""
    arn = (
        f"arn:{partition_of(role)}:logs:{facts.region}:{facts.account_id}"
        f":log-group:{flow_log.log_group_name}"
    )
    if may_write(role, arn) is not Answer.NO:
        return ""
    return (
        f'the policies of its delivery role "{role.name}" do not allow '
        f"{' and '.join(NEEDED_ACTIONS)} there"
    )


_BROKEN_TRUST = replace(
    good_region.ROLE,
    trust_policy={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    },
)

AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged=(
        "The status of the last delivery tells, with AWS's message; so do a log group that does "
        "not exist, a delivery role that is gone, and a role whose trust policy surely keeps "
        f"{SERVICE_PRINCIPAL} out, by its principals or by conditions on the account and the "
        "region, even while the last delivery was a SUCCESS. Permissions that surely lack what "
        "delivery needs are a remark beside SUCCESS, and the reason beside FAILED or before the "
        "first delivery. Other conditions, NotAction, permissions boundaries and policies that "
        "could not be read are not judged. Where iam:GetRole is not allowed, the report says that "
        "delivery roles were not looked at."
    ),
    remedy=(
        "Create the log group if it is missing. Otherwise check the delivery role: it must trust "
        f"{SERVICE_PRINCIPAL} and allow {', '.join(WRITE_ACTIONS)} on `<log group ARN>:*`. For S3 "
        "and Firehose, check the destination's policy."
    ),
    source=f"{USER_GUIDE}/flow-logs-troubleshooting.html",
    of_flow_log=_of_flow_log,
    remark=_remark,
    examples=(
        (
            replace(
                good_region.FACTS,
                flow_logs=(
                    replace(
                        good_region.FLOW_LOG,
                        delivery_status="FAILED",
                        delivery_error="Access error",
                    ),
                ),
            ),
            Criteria(),
        ),
        (replace(good_region.FACTS, log_groups=()), Criteria()),
        (replace(good_region.FACTS, roles=(_BROKEN_TRUST,)), Criteria()),
        (
            replace(good_region.FACTS, roles=(replace(good_region.ROLE, policies=()),)),
            Criteria(),
        ),
    ),
    live_only=True,
)
