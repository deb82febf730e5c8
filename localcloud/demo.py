"""``python -m localcloud.demo``: an account's story, told by the real Pulumi CLI and an AWS API.

Run inside ``python -m localcloud run``. Each step is a command that a user
would type, followed by what the AWS API itself answers. A step whose answer is
not the one expected ends the demo with exit code 1.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.session import get_session
from rich.console import Console

from localcloud.environment import REGION

REPOSITORY = Path(__file__).parents[1]
console = Console(highlight=False)
session = get_session()
ec2: Any = session.create_client("ec2")
logs: Any = session.create_client("logs")
iam: Any = session.create_client("iam")
sts: Any = session.create_client("sts")


class UnexpectedAnswerError(Exception):
    """AWS or Pulumi answered something else than the story says."""


def main() -> int:
    """Tell the story.

    Returns:
        The exit code: 0 when every answer was the expected one, 1 when not, 130
        when interrupted.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="vpc-flow-logs-demo-") as folder:
        # The stack's own program, from a folder of its own, so that the demo's
        # stack configuration does not land among the user's.
        for name in ("Pulumi.yaml", "__main__.py", "vpc_flow_logs_stack", ".venv"):
            Path(folder, name).symlink_to(REPOSITORY / name)
        try:
            tell(Path(folder))
        except UnexpectedAnswerError as error:
            console.print(f"\n[bold red]The demo failed:[/] {error}")
            return 1
        except KeyboardInterrupt:
            console.print("\nInterrupted; the embedded AWS and all in it are taken down.")
            return 128 + signal.SIGINT
    console.print(f"\n[bold green]Done[/] in {time.monotonic() - started:.0f} seconds.")
    return 0


def tell(folder: Path) -> None:
    """Run the steps, in a folder with the program."""
    chapter("An AWS account with a VPC, beside the default one: neither logs anything")
    vpc_id = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    show_flow_logs(expected=0, vpc_id=vpc_id)
    audit(exit_code=1)

    pulumi = pulumi_in(folder)
    pulumi("stack", "init", "demo", "--non-interactive")
    account_id = sts.get_caller_identity()["Account"]
    allowed = ("--path", "aws:allowedAccountIds[0]", account_id, "--type", "string")
    pulumi("config", "set", *allowed)
    pulumi("config", "set", "--path", "regions[0]", REGION)

    chapter("What would be done")
    pulumi("preview")

    chapter("Do it")
    pulumi("up", "--yes", "--skip-preview")

    chapter("Ask AWS: is the rejected traffic logged, where to, for how long, by whom?")
    (flow_log,) = show_flow_logs(expected=1, vpc_id=vpc_id)
    if (flow_log["FlowLogStatus"], flow_log["TrafficType"]) != ("ACTIVE", "REJECT"):
        raise UnexpectedAnswerError("the flow log is not ACTIVE on REJECT")
    show_delivery(flow_log)
    audit(exit_code=0)

    chapter("Again: nothing changes")
    pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    chapter("Back out")
    pulumi("destroy", "--yes", "--skip-preview")

    chapter("Ask AWS: is everything gone, and the VPC still there?")
    show_flow_logs(expected=0, vpc_id=vpc_id)
    vpc_flow_logs("verify", "--absent", "--regions", REGION, exit_code=0)
    ec2.describe_vpcs(VpcIds=[vpc_id])
    console.print(f"VPC {vpc_id}: still there")


def audit(*, exit_code: int) -> None:
    """Show what the audit says of every VPC."""
    vpc_flow_logs("audit", "--regions", REGION, exit_code=exit_code)


def vpc_flow_logs(*arguments: str, exit_code: int) -> None:
    """Run this project's command, visibly.

    Raises:
        UnexpectedAnswerError: when it ends with another exit code.
    """
    command(f"vpc-flow-logs {shlex.join(arguments)}")
    process = subprocess.run([sys.executable, "-m", "flowaudit", *arguments], check=False)
    if process.returncode != exit_code:
        raise UnexpectedAnswerError(
            f"`vpc-flow-logs {arguments[0]}` ended with exit code {process.returncode}, "
            f"expected {exit_code}"
        )


def chapter(title: str) -> None:
    """Announce a step."""
    console.print(f"\n[bold cyan]── {title}[/]")


def command(line: str) -> None:
    """Show a command as one would type it."""
    console.print(f"$ {line}", style="bold", markup=False, soft_wrap=True)


def pulumi_in(folder: Path) -> Callable[..., None]:
    """Return a function that runs the Pulumi CLI in a folder, visibly."""

    def run(*arguments: str) -> None:
        command(f"pulumi {shlex.join(arguments)}")
        color = "always" if console.is_terminal else "never"
        process = subprocess.run(
            ["pulumi", *arguments, f"--color={color}"],
            cwd=folder,
            env={**os.environ, "PULUMI_DISABLE_PROGRESS_OUTPUT": "true"},
            check=False,
        )
        if process.returncode != 0:
            raise UnexpectedAnswerError(
                f"`pulumi {arguments[0]}` ended with exit code {process.returncode}"
            )

    return run


def show_flow_logs(*, expected: int, vpc_id: str) -> list[dict[str, Any]]:
    """Show what DescribeFlowLogs says of a VPC.

    Raises:
        UnexpectedAnswerError: when it names another number of flow logs.
    """
    command(f"aws ec2 describe-flow-logs --filter Name=resource-id,Values={vpc_id}")
    answer = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc_id]}])[
        "FlowLogs"
    ]
    if not answer:
        console.print("[]")
    for flow_log in answer:
        show(
            {
                "flow log": flow_log["FlowLogId"],
                "VPC": flow_log["ResourceId"],
                "status": flow_log["FlowLogStatus"],
                "traffic type": flow_log["TrafficType"],
                "delivers to": flow_log["LogDestination"],
                "delivery role": flow_log["DeliverLogsPermissionArn"],
            }
        )
    if len(answer) != expected:
        raise UnexpectedAnswerError(f"{len(answer)} flow logs, expected {expected}")
    return answer


def show_delivery(flow_log: dict[str, Any]) -> None:
    """Show what AWS says of the log group and the delivery role of a flow log."""
    group_name = flow_log["LogDestination"].split(":log-group:")[1]
    (group,) = logs.describe_log_groups(logGroupNamePrefix=group_name)["logGroups"]
    role_name = flow_log["DeliverLogsPermissionArn"].rsplit("/", 1)[1]
    role = iam.get_role(RoleName=role_name)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    (policy_name,) = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)
    write, _ = policy["PolicyDocument"]["Statement"]
    show(
        {
            "log group": group_name,
            "retention": f"{group.get('retentionInDays')} days",
            "role trusts": statement["Principal"]["Service"],
            "for flow logs of": statement["Condition"]["ArnLike"]["aws:SourceArn"],
            "role may": ", ".join(write["Action"]),
            "on": ", ".join(write["Resource"]),
        }
    )


def show(facts: dict[str, str]) -> None:
    """Print facts, one a line."""
    for name, value in facts.items():
        console.print(f"  [dim]{name:<17}[/]{value}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
