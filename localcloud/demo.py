"""``python -m localcloud.demo``: an account's story, told by the real Pulumi CLI and an AWS API.

Run inside ``python -m localcloud run``. Each step is a command that a user
would type, followed by what it prints. The AWS CLI is not needed for that: its
commands are shown with the JSON that they print, made of what the AWS API
answers. A step whose answer is not the one expected ends the demo with exit
code 1.
"""

import json
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jmespath
from botocore import xform_name
from botocore.session import get_session
from rich.console import Console

from localcloud.environment import REGION

REPOSITORY = Path(__file__).parents[1]
console = Console(highlight=False)
session = get_session()

FLOW_LOG = (
    "FlowLogs[].{flowLog: FlowLogId, vpc: ResourceId, status: FlowLogStatus, "
    "trafficType: TrafficType, deliversTo: LogDestination, deliveryRole: DeliverLogsPermissionArn}"
)
LOG_GROUP = "logGroups[].{logGroup: logGroupName, retentionInDays: retentionInDays}"
TRUST = (
    "Role.AssumeRolePolicyDocument.Statement[]"
    '.{trusts: Principal.Service, forFlowLogsOf: Condition.ArnLike."aws:SourceArn"}'
)
MAY = "PolicyDocument.Statement[].{may: Action, on: Resource}"


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
        for name in ("Pulumi.yaml", "__main__.py", "vpc_flow_logs_stack"):
            Path(folder, name).symlink_to(REPOSITORY / name)
        Path(folder, ".venv").symlink_to(sys.prefix)
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
    vpc_id = aws("ec2", "create-vpc", "Vpc.VpcId", CidrBlock="10.20.0.0/16")
    flow_logs(of=vpc_id, expected=0)
    audit(exit_code=1)

    pulumi = pulumi_in(folder)
    pulumi("stack", "init", "demo", "--non-interactive")
    account_id = aws("sts", "get-caller-identity", "Account")
    allowed = ("--path", "aws:allowedAccountIds[0]", account_id, "--type", "string")
    pulumi("config", "set", *allowed)
    pulumi("config", "set", "--path", "regions[0]", REGION)

    chapter("What would be done")
    pulumi("preview")

    chapter("Do it")
    pulumi("up", "--yes", "--skip-preview")

    chapter("Ask AWS: is the rejected traffic logged, where to, for how long, by whom?")
    (flow_log,) = flow_logs(of=vpc_id, expected=1)
    if (flow_log["status"], flow_log["trafficType"]) != ("ACTIVE", "REJECT"):
        raise UnexpectedAnswerError("the flow log is not ACTIVE on REJECT")
    delivery(to=flow_log["deliversTo"], role_arn=flow_log["deliveryRole"])
    audit(exit_code=0)

    chapter("Again: nothing changes")
    pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--suppress-outputs")

    chapter("Back out")
    pulumi("destroy", "--yes", "--skip-preview", "--suppress-outputs")

    chapter("Ask AWS: is everything gone, and the VPC still there?")
    flow_logs(of=vpc_id, expected=0)
    vpc_flow_logs("verify", "--absent", "--regions", REGION, exit_code=0)
    aws("ec2", "describe-vpcs", "Vpcs[].VpcId", VpcIds=[vpc_id])


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
        process = subprocess.run(["pulumi", *arguments], cwd=folder, check=False)
        if process.returncode != 0:
            raise UnexpectedAnswerError(
                f"`pulumi {arguments[0]}` ended with exit code {process.returncode}"
            )

    return run


def flow_logs(*, of: str, expected: int) -> list[dict[str, Any]]:
    """Show the flow logs of a VPC.

    Raises:
        UnexpectedAnswerError: when there is another number of them.
    """
    of_the_vpc = [{"Name": "resource-id", "Values": [of]}]
    found = aws("ec2", "describe-flow-logs", FLOW_LOG, Filter=of_the_vpc)
    if len(found) != expected:
        raise UnexpectedAnswerError(f"{len(found)} flow logs, expected {expected}")
    return found


def delivery(*, to: str, role_arn: str) -> None:
    """Show a flow log's log group, and what its delivery role trusts and may do."""
    group_name = to.split(":log-group:")[1]
    aws("logs", "describe-log-groups", LOG_GROUP, logGroupNamePrefix=group_name)
    role_name = role_arn.rsplit("/", 1)[1]
    aws("iam", "get-role", TRUST, RoleName=role_name)
    (policy_name,) = aws("iam", "list-role-policies", "PolicyNames", RoleName=role_name)
    aws("iam", "get-role-policy", MAY, RoleName=role_name, PolicyName=policy_name)


def aws(service: str, operation: str, query: str, **parameters: str | list[Any]) -> Any:
    """Show a command of the AWS CLI, and what it prints.

    Args:
        service: as the AWS CLI calls it.
        operation: as the AWS CLI calls it.
        query: what is shown of the answer, in JMESPath.
        parameters: by their names in the API.

    Returns:
        What is shown.
    """
    words = ["aws", service, operation]
    for name, value in parameters.items():
        words += [f"--{xform_name(name, '-')}", *(_word(each) for each in _list(value))]
    words += ["--query", query, "--output", "json"]
    command(shlex.join(words))
    client: Any = session.create_client(service)
    answer = jmespath.search(query, getattr(client, operation.replace("-", "_"))(**parameters))
    console.print(json.dumps(answer, indent=4), markup=False, soft_wrap=True)
    return answer


def _list(value: str | list[Any]) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _word(value: str | dict[str, Any]) -> str:
    """A value, a structure in the AWS CLI's shorthand."""
    if isinstance(value, str):
        return value
    return ",".join(f"{name}={','.join(_list(each))}" for name, each in value.items())


if __name__ == "__main__":
    sys.exit(main())
