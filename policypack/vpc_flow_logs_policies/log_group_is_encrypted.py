"""The log groups that flow logs deliver to are encrypted with a KMS key of the customer."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel

from vpc_flow_logs_control.requirements.log_group_is_encrypted import REQUIREMENT

from .log_groups import log_groups_delivered_to
from .properties import UNKNOWN, text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import StackGraph

_KEY_TYPES = frozenset({"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws-native:kms:Key"})


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for delivered in log_groups_delivered_to(graph):
        key = text_of(delivered.log_group.props, "kmsKeyId")
        if isinstance(key, str) or graph.linked(delivered.log_group, "kmsKeyId", _KEY_TYPES):
            continue
        problem = (
            "has a KMS key that is not known in preview and comes from no key of this stack"
            if key is UNKNOWN
            else "is encrypted with no KMS key of your own"
        )
        yield Finding(
            delivered.log_group.urn,
            delivered.vpcs,
            f"{delivered.in_words(graph)} {problem}.",
            "Set the key's ARN on the log group:\n"
            + graph.assignment(delivered.log_group, "kmsKeyId", "key.arn", "!GetAtt Key.Arn"),
            undecidable=key is UNKNOWN,
        )


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "This policy is disabled unless you ask for it. Only the log groups to which a flow "
        "log of this stack delivers are looked at."
    ),
    level=EnforcementLevel.DISABLED,
    good="""\
log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=365, kms_key_id=key.arn)
""",
    bad='log_group = aws.cloudwatch.LogGroup("flow-logs", retention_in_days=365)\n',
    check=_check,
    properties={"undecidable": UNDECIDABLE_PROPERTY},
)
