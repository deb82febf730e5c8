"""What an update says when it ends, and not every VPC is logged as required; pure."""

from collections.abc import Sequence

from vpc_flow_logs_stack.plan import PlannedFlowLog


def refused(flow_log: PlannedFlowLog) -> str:
    """Return what to do about a flow log that AWS did not take; its error is told already."""
    where = f"--region {flow_log.region}"
    return (
        f"{flow_log.vpc_id} in {flow_log.region} has not got its flow log: see AWS's error. After "
        "FlowLogsLimitExceeded, delete one of its others that is not needed, or have the quota "
        f"raised. After FlowLogAlreadyExists, `aws ec2 describe-flow-logs {where} --filter "
        f"Name=resource-id,Values={flow_log.vpc_id}` shows the one in the way. If it is somebody "
        "else's and is enough, the next `pulumi up` keeps it; delete it if it is this stack's with "
        "another traffic type, and nothing is logged until the next `pulumi up`. "
        "A VPC that is gone is left out by the next one, and a flow log that AWS made and did not "
        "let Pulumi read is found by it"
    )


def refused_above(flow_log: PlannedFlowLog) -> str:
    """Return the trouble of a flow log of which `refused` was said when AWS did not take it."""
    return f"{flow_log.vpc_id} in {flow_log.region} has not got its flow log (see above)"


def left_out(flow_log: PlannedFlowLog) -> str:
    """Return what to do about a flow log that was not made, though AWS did not refuse it."""
    return (
        f"{flow_log.vpc_id} in {flow_log.region} has not got its flow log: what it needs was not "
        "made, which has an error of its own, or --target or --exclude left it out. `pulumi up` "
        "without them makes it"
    )


def not_made_again(flow_log: PlannedFlowLog) -> str:
    """Return what to do about a flow log that only the state has."""
    return (
        f"{flow_log.vpc_id} in {flow_log.region} has no flow log: AWS does not list "
        f"{flow_log.unlisted_arn}, which the state has still. `pulumi up` without --refresh=false "
        "makes it again"
    )


def still_gone(kind: str, name: str, arn: str) -> str:
    """Return what to do about a log group or role through which nothing can be delivered.

    Args:
        kind: What it is, in words.
        name: Its name.
        arn: Its ARN, which only the state has.
    """
    return (
        f"the {kind} {name} is gone: AWS does not list {arn}, which the state has still, so the "
        "flow logs deliver nothing. `pulumi up` without --refresh=false makes it again"
    )


def report(troubles: Sequence[str], deletions: Sequence[str]) -> str:
    """Return the troubles of an update as a list, to stand behind a colon.

    Args:
        troubles: Why VPCs are not logged as required; at least one.
        deletions: What the update would have deleted. Pulumi deletes nothing after an error.
    """
    lines = "".join(f"\n  - {trouble}" for trouble in troubles)
    if not deletions:
        return lines
    pending = "".join(f"\n  - {deletion}" for deletion in deletions)
    return f"{lines}\nNothing was deleted. What the next update without an error deletes:{pending}"
