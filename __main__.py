"""The stack: every VPC that the configuration names logs its rejected traffic.

Pulumi.yaml declares the configuration, with types and defaults; Pulumi checks
the types before this program starts.
"""

import difflib

import pulumi
import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs

CONFIGURATION = ("vpcs", "demoVpc", "trafficType", "retentionInDays")

config = pulumi.Config()
# Pulumi takes any key. A misspelt one must not pass for a VPC that is logged.
for key in sorted(pulumi.runtime.get_config_env()):
    namespace, _, name = key.partition(":")
    if namespace == config.name and name not in CONFIGURATION:
        near = difflib.get_close_matches(name, CONFIGURATION, n=1)
        raise pulumi.RunError(
            f"There is no configuration {key}. "
            + (f"Did you mean {near[0]}? " if near else f"There is {', '.join(CONFIGURATION)}. ")
            + f"Remove it with `pulumi config rm {key}`."
        )

vpc_ids: list[str] = config.require_object("vpcs")
demo_vpc = config.require_bool("demoVpc")

if not vpc_ids and not demo_vpc:
    raise pulumi.RunError(
        "The configuration names no VPC, so there is nothing to log. Name one with "
        "`pulumi config set --path 'vpcs[0]' vpc-0a1b2c3d4e5f60718`, or create one to try this "
        "out with `pulumi config set demoVpc true`."
    )
if repeated := sorted({vpc_id for vpc_id in vpc_ids if vpc_ids.count(vpc_id) > 1}):
    raise pulumi.RunError(f"vpcs names {', '.join(repeated)} more than once. Name each VPC once.")

to_log: dict[str, pulumi.Input[str]] = {vpc_id: vpc_id for vpc_id in vpc_ids}
if demo_vpc:
    to_log["demo"] = aws.ec2.Vpc("demo", cidr_block="10.0.0.0/16").id

flow_logs = {
    name: VpcFlowLogs(
        name,
        {
            "vpc_id": vpc_id,
            "traffic_type": config.require("trafficType"),
            "retention_in_days": config.require_int("retentionInDays"),
        },
    )
    for name, vpc_id in to_log.items()
}

pulumi.export("flowLogIds", {name: one.flow_log_id for name, one in flow_logs.items()})
pulumi.export("logGroupNames", {name: one.log_group_name for name, one in flow_logs.items()})
pulumi.export("vpcIds", to_log)
