"""What a plan is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flowaudit.facts import FlowLog
from flowaudit.judging.finding import TrafficType


class Outcome(StrEnum):
    """What is done about a VPC.

    `COVERED`: this stack logs it. `KEPT`: somebody else's flow log does, and is left alone.
    `ADOPTED`: somebody else's flow log does, and this stack imports it. `EXEMPT`: it need not be
    logged. `SHARED`: it belongs to another account, which alone can log all of it. `UNCOVERED`:
    it is not logged as required, and this stack cannot change that; a trouble says why.
    """

    COVERED = "covered"
    KEPT = "kept"
    ADOPTED = "adopted"
    EXEMPT = "exempt"
    SHARED = "shared"
    UNCOVERED = "uncovered"


class Claim(StrEnum):
    """Whose an object is, and so what the program says of it to Pulumi.

    `OURS`: in this stack's state, or made by this run. `RECLAIMED`: carries this stack's tag but is
    not in its state (a run was cut off in between); imported. `REMADE`: in this stack's state, but
    what has its name now lacks the tag, so somebody deleted it and made another; declared without
    a change, and left where it is by a destroy. `ADOPTED`: somebody else's; imported without a
    change, and left where it is by a destroy. `FOREIGN`: somebody else's; referred to.
    """

    OURS = "ours"
    RECLAIMED = "reclaimed"
    REMADE = "remade"
    ADOPTED = "adopted"
    FOREIGN = "foreign"

    @property
    def changes_nothing(self) -> bool:
        """Whether the object stays as it is, whatever is configured."""
        return self in {Claim.REMADE, Claim.ADOPTED, Claim.FOREIGN}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about one VPC.

    Attributes:
        account_id: The account that was read.
        region: The VPC's region.
        vpc_id: `vpc-0a1b2c3d4e5f60718`.
        outcome: What is done.
        reason: Why, in a sentence; of a VPC that is covered, how.
    """

    account_id: str
    region: str
    vpc_id: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group that flow logs of this stack deliver to, or that has records of theirs.

    Attributes:
        account_id: Its account.
        region: Its region.
        name: Its name in AWS.
        arn: Its ARN, without a trailing `:*`.
        claim: Whose it is.
        keeps_retention: Its retention stays as it is: it is longer than what is configured, and a
            shorter one would delete records, or a policy of the account decides about it.
        unlisted: The state has it, and AWS did not list it.
    """

    account_id: str
    region: str
    name: str
    arn: str
    claim: Claim
    keeps_retention: bool = False
    unlisted: bool = False

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by."""
        return f"{self.account_id}-{self.region}-{self.name}"


@dataclass(frozen=True, slots=True)
class DeliveryRole:
    """The delivery role of an account.

    Attributes:
        account_id: The account.
        partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
        name: Its name in IAM, without a path.
        arn: Its ARN, with its path.
        claim: Whose it is.
        log_group_arns: What it has to be allowed to write into; may end in `*`.
        unlisted: The state has it, and AWS has no role of the name.
    """

    account_id: str
    partition: str
    name: str
    arn: str
    claim: Claim
    log_group_arns: tuple[str, ...] = ()
    unlisted: bool = False

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by."""
        return f"{self.account_id}-{self.name}"


@dataclass(frozen=True, slots=True)
class PlannedFlowLog:
    """A flow log of this stack's own.

    Attributes:
        account_id: The VPC's account.
        region: The VPC's region.
        vpc_id: The VPC.
        traffic_type: `REJECT` or `ALL`.
        destination_arn: The log group, S3 bucket or Firehose stream.
        to_log_group: Whether it is a log group.
        import_id: The flow log's id when it is there but not in the state.
        unlisted_arn: The ARN that the state has for it, when AWS did not list it.
    """

    account_id: str
    region: str
    vpc_id: str
    traffic_type: TrafficType
    destination_arn: str
    to_log_group: bool
    import_id: str | None = None
    unlisted_arn: str | None = None

    @property
    def logical_name(self) -> str:
        """What Pulumi knows it by.

        With the traffic type in the name, a change of it makes the new flow log before the old one
        is deleted. That AWS lets two of different traffic types stand side by side is an
        assumption: its error is about the same configuration and destination.
        """
        return f"{self.region}-{self.vpc_id}-{self.traffic_type.lower()}"


@dataclass(frozen=True, slots=True)
class AdoptedFlowLog:
    """A flow log of somebody else's that this stack imports.

    Attributes:
        account_id: The VPC's account.
        region: The VPC's region.
        arn: The flow log's ARN.
        flow_log: The flow log, as it was read.
    """

    account_id: str
    region: str
    arn: str
    flow_log: FlowLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the program declares, each sorted by account, region and id.

    Attributes:
        decisions: One per VPC.
        flow_logs: This stack's own.
        adopted: Somebody else's.
        log_groups: Those that are declared or referred to.
        roles: Likewise; the delivery role of each account that needs one, and adopted ones.
        warnings: What a user should know before saying yes.
        troubles: What cannot be done as configured, with the remedy. All else is done, and then
            the run fails.
        deletions: What is in the state and not in the plan, in words. A run that fails deletes
            nothing.
    """

    decisions: tuple[Decision, ...]
    flow_logs: tuple[PlannedFlowLog, ...]
    adopted: tuple[AdoptedFlowLog, ...]
    log_groups: tuple[LogGroup, ...]
    roles: tuple[DeliveryRole, ...]
    warnings: tuple[str, ...]
    troubles: tuple[str, ...]
    deletions: tuple[str, ...]


class PlanError(Exception):
    """What is configured cannot be done; the text lists every reason with its remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Say it for people."""
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"Nothing in AWS was changed:{lines}")
