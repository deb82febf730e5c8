"""The command line of `vpc-flow-logs permissions`."""

import json
from typing import Any

import click

from flowaudit import parameters
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME


@click.command()
@click.option(
    "--command",
    type=click.Choice(["audit", "verify", "absent", "rejects"]),
    default="audit",
    show_default=True,
    help="What is to be run; absent is `verify --absent`.",
)
@parameters.scope
@click.option(
    "--log-group-name",
    metavar="NAME",
    help="For other commands than audit: the log group, or what comes before its slash; '*' for "
    f"any.  [default: {LOG_GROUP_NAME}]",
)
def permissions(command: str, log_group_name: str | None, **options: Any) -> None:
    """Print the least-privilege IAM policy for a command with these options.

    A role given with --role-arn or --role-name needs what this command prints without them. For
    absent, --role-name is the delivery role that is looked for.
    """
    _check_permissions(command, options | {"log_group_name": log_group_name})
    all_regions = options["regions"] == ("all",)
    # Not at the top: it is imported when it runs.
    from flowaudit.permissions import policies  # noqa: PLC0415

    if command == "audit":
        parameters.check_scope(options)
        document = policies.policy(
            all_regions=all_regions,
            role_arns=options["role_arns"],
            organization_role=options["role_name"] if options["organization"] else None,
            aggregator=options["source"] is not None,
        )
    else:
        document = policies.policy_of(
            command,
            all_regions=all_regions,
            role_arns=options["role_arns"],
            log_group_name=log_group_name or LOG_GROUP_NAME,
            role_name=options["role_name"] or ROLE_NAME,
        )
    click.echo(json.dumps(document, indent=2))


def _check_permissions(command: str, options: dict[str, Any]) -> None:
    """Refuse options that the command does not have."""
    own = {
        "audit": {"role_arns", "organization", "role_name", "source"},
        "verify": {"role_arns", "log_group_name"},
        "absent": {"role_arns", "log_group_name", "role_name"},
        "rejects": {"log_group_name"},
    }
    for name in sorted({name for names in own.values() for name in names} - own[command]):
        if options[name]:
            raise click.UsageError(f"{parameters.option_name(name)} is not for {command}.")
