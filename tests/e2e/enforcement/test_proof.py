"""The stack, and the commands that prove what it did and what it took back."""

import re
import time

from .conftest import ACCOUNT, GROUP, REGIONS, ROLE, Account, Stack

_, EUROPE, AMERICA = REGIONS


def deliver(account: Account, region: str, vpc_id: str, *ports: int) -> None:
    """Reject connections to an instance and write the records, as AWS would; moto does neither."""
    ec2, logs = account.cloud.client("ec2", region), account.cloud.client("logs", region)
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    (subnet, *_) = ec2.describe_subnets(Filters=filters)["Subnets"]
    ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet["SubnetId"])
    (interface,) = ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    interface_id, now = interface["NetworkInterfaceId"], int(time.time())
    stream = {"logGroupName": GROUP, "logStreamName": f"{interface_id}-reject"}
    logs.create_log_stream(**stream)
    record = (
        f"2 {ACCOUNT} {interface_id} 203.0.113.9 10.0.0.4 40000 %s 6 1 40 {now} {now} REJECT OK"
    )
    logs.put_log_events(
        **stream, logEvents=[{"timestamp": now * 1000, "message": record % port} for port in ports]
    )


def test_the_commands_confirm_the_deployment_and_the_backout(
    account: Account, stack: Stack
) -> None:
    """The audit and the proof of absence are those that the stack prints."""
    account.vpc(EUROPE)
    stack.configure(regions=[EUROPE, AMERICA])
    scope = f"--regions {EUROPE},{AMERICA}"
    verify = f"vpc-flow-logs verify {scope} --stack vpc-flow-logs/test"
    stack.project.vpc_flow_logs(f"vpc-flow-logs audit {scope}", exit_code=1)
    stack.up()
    absence = stack.project.absence()
    assert "3 VPCs: 3 pass" in stack.project.vpc_flow_logs(stack.project.outputs()["audit"])
    # No VPC has a network interface, so nothing was delivered, and nothing is verified.
    printed = stack.project.vpc_flow_logs(verify, exit_code=1)
    assert all(vpc_id in printed for vpc_id in stack.vpcs("covered"))

    deliver(account, EUROPE, account.default_vpc(EUROPE), 22, 22, 3389)
    assert "3 flow logs: 1 verified, 2 idle" in stack.project.vpc_flow_logs(verify)
    printed = stack.project.vpc_flow_logs(f"vpc-flow-logs rejects {scope}")
    assert "203.0.113.9" in printed
    assert re.search(r" 22/tcp .* 2 +2 *\n 3389/tcp .* 1 +1 *\n", printed)

    logs = [log for logs in account.flow_logs().values() for log in logs]
    stack.project.verify_absent(absence, *logs, GROUP, GROUP, ROLE)
    stack.project.destroy()
    account.log_group(EUROPE, GROUP, days=None)  # as a late delivery would, with the permission
    stack.project.verify_absent(absence, GROUP)
