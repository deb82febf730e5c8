"""A region that passes, for the requirements' examples: each breaks it in one place."""

from flowaudit.facts import DeliveryRole, FlowLog, LogGroup, RegionFacts, Vpc
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME
from vpc_flow_logs_control.retention import DEFAULT_RETENTION_IN_DAYS

_ACCOUNT, _REGION = "123456789012", "eu-west-1"

VPC = Vpc("vpc-0a1b2c3d4e5f60718", _ACCOUNT, "prod", "10.0.0.0/16")
LOG_GROUP = LogGroup(LOG_GROUP_NAME, DEFAULT_RETENTION_IN_DAYS)
ROLE = DeliveryRole(
    f"arn:aws:iam::{_ACCOUNT}:role/{ROLE_NAME}",
    trust_policy=trust_policy("aws", "*", _ACCOUNT),
    policies=(delivery_policy([f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:{LOG_GROUP_NAME}"]),),
)
FLOW_LOG = FlowLog(
    "fl-0a1b2c3d",
    VPC.id,
    "REJECT",
    "ACTIVE",
    delivery_status="SUCCESS",
    log_group_name=LOG_GROUP.name,
    delivery_role_arn=ROLE.arn,
)
FACTS = RegionFacts(_ACCOUNT, _REGION, (VPC,), (FLOW_LOG,), (LOG_GROUP,), roles=(ROLE,))
