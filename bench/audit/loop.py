"""The control's documented test plan as a loop: one DescribeFlowLogs per VPC, with boto3.

    python -m bench.audit.loop [REGION ...]

Prints the ids of the VPCs with an active flow log.
"""

import sys
from typing import Any

import boto3

from bench.audit import REGIONS


def main() -> None:
    """Go through the regions one after another."""
    session: Any = boto3.Session()
    for region in sys.argv[1:] or REGIONS:
        ec2 = session.client("ec2", region_name=region)
        for vpc in ec2.describe_vpcs()["Vpcs"]:
            by_vpc = [{"Name": "resource-id", "Values": [vpc["VpcId"]]}]
            logs = ec2.describe_flow_logs(Filters=by_vpc)["FlowLogs"]
            if any(log["FlowLogStatus"] == "ACTIVE" for log in logs):
                print(vpc["VpcId"])


if __name__ == "__main__":
    main()
