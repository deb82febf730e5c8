"""A VPC of the program's own, or one that exists, and VpcFlowLogs with any plain arguments."""

from typing import Any, cast

import pulumi
import pulumi_aws as aws

from vpc_flow_logs import VpcFlowLogs, VpcFlowLogsArgs

args: dict[str, Any] = pulumi.Config().get_object("args") or {}
if "vpc_id" not in args:
    args["vpc_id"] = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16").id
logs = VpcFlowLogs("net", cast("VpcFlowLogsArgs", args))
pulumi.export("flowLogId", logs.flow_log_id)
pulumi.export("flowLogArn", logs.flow_log_arn)
pulumi.export("logGroupName", logs.log_group_name)
pulumi.export("logGroupArn", logs.log_group_arn)
pulumi.export("roleArn", logs.role_arn)
