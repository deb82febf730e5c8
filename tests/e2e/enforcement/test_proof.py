"""The stack, and the commands that prove what it did and what it took back."""

import subprocess
import sys

from ..conftest import REPOSITORY
from .conftest import GROUP, REGIONS, Account, Stack

_, EUROPE, AMERICA = REGIONS


def vpc_flow_logs(account: Account, command: str, *arguments: str, exit_code: int) -> str:
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "flowaudit",
            command,
            "--regions",
            f"{EUROPE},{AMERICA}",
            *arguments,
        ],
        cwd=REPOSITORY,
        env=account.cloud.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == exit_code, process.stdout + process.stderr
    return process.stdout


def test_the_commands_confirm_the_deployment_and_the_backout(
    account: Account, stack: Stack
) -> None:
    account.vpc(EUROPE)
    stack.configure(regions=[EUROPE, AMERICA])
    ours = ("--stack", "vpc-flow-logs/test")
    vpc_flow_logs(account, "audit", exit_code=1)
    stack.up()
    assert "3 VPCs: 3 pass" in vpc_flow_logs(account, "audit", exit_code=0)
    # No VPC has a network interface, so nothing was delivered, and nothing is verified.
    printed = vpc_flow_logs(account, "verify", *ours, exit_code=1)
    assert all(vpc_id in printed for vpc_id in stack.vpcs("covered"))
    printed = vpc_flow_logs(account, "verify", "--absent", *ours, exit_code=1)
    assert all(log in printed for logs in account.flow_logs().values() for log in logs)

    stack.destroy()
    vpc_flow_logs(account, "verify", "--absent", *ours, exit_code=0)
    account.log_group(EUROPE, GROUP, days=None)  # as a late delivery would, with the permission
    printed = vpc_flow_logs(account, "verify", "--absent", *ours, exit_code=1)
    assert GROUP in printed
