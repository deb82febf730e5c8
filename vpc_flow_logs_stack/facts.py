"""What was read of an account, beyond what `flowaudit.facts` has of each region."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowaudit.facts import DeliveryRole, RegionFacts


@dataclass(frozen=True, slots=True)
class Role:
    """A role that has the name of the delivery role.

    Attributes:
        arn: Its ARN, with its path.
        owner: The stack that its tag names, if any.
        policies: Whom it trusts and what it may do; None where that is not known.
    """

    arn: str
    owner: str | None
    policies: DeliveryRole | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What was read of an account.

    Attributes:
        id: The 12-digit account.
        partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
        regions: The facts of each region, sorted by region.
        role: The role with the delivery role's name, if there is one.
        log_group_owners: By ARN, for log groups that have a name of this stack's but are not in
            its state, the stack that their tag names; None when it names none.
        role_arn: The role that is assumed in it; None for the own account.
    """

    id: str
    partition: str
    regions: tuple[RegionFacts, ...] = ()
    role: Role | None = None
    log_group_owners: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    role_arn: str | None = None

    def log_group_arn(self, region: str, name: str) -> str:
        """Return the ARN of a log group, without a trailing `:*`."""
        return f"arn:{self.partition}:logs:{region}:{self.id}:log-group:{name}"

    def flow_log_arn(self, region: str, flow_log_id: str) -> str:
        """Return the ARN of a flow log."""
        return f"arn:{self.partition}:ec2:{region}:{self.id}:vpc-flow-log/{flow_log_id}"

    def iam_role_arn(self, name: str) -> str:
        """Return the ARN of a role without a path."""
        return f"arn:{self.partition}:iam::{self.id}:role/{name}"
