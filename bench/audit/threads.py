"""Plain boto3 with a thread per region: two listings and one of log groups in each.

Prints the ids of the VPCs with an active flow log.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3

from bench.audit import REGIONS


def main() -> None:
    """Make the clients on one session (it is not thread-safe), then use them at once."""
    session: Any = boto3.Session()
    session.client("sts", region_name="us-east-1").get_caller_identity()
    clients = {
        name: (session.client("ec2", region_name=name), session.client("logs", region_name=name))
        for name in REGIONS
    }

    def region(name: str) -> list[str]:
        ec2, logs = clients[name]
        known = [
            vpc["VpcId"]
            for page in ec2.get_paginator("describe_vpcs").paginate()
            for vpc in page["Vpcs"]
        ]
        active = {
            log["ResourceId"]
            for page in ec2.get_paginator("describe_flow_logs").paginate()
            for log in page["FlowLogs"]
            if log["FlowLogStatus"] == "ACTIVE"
        }
        list(logs.get_paginator("describe_log_groups").paginate())
        return [vpc for vpc in known if vpc in active]

    with ThreadPoolExecutor(len(REGIONS)) as pool:
        for passing in pool.map(region, REGIONS):
            print(*passing, sep="\n")


if __name__ == "__main__":
    main()
