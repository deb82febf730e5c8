"""One run of the stack's program: configuration, inventory, plan, resources, in this order."""

import importlib.metadata
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import botocore.exceptions

try:
    import pulumi
    import pulumi_aws
    from pulumi.runtime.settings import SETTINGS
except ModuleNotFoundError as error:
    message = f"the stack needs {error.name}: python -m pip install 'vpc-flow-logs[stack]'"
    raise ImportError(message) from None

from flowaudit.reading import aws, internals
from vpc_flow_logs_control import exemptions
from vpc_flow_logs_control.ownership import stack_tag_value
from vpc_flow_logs_stack import cost, engine, reading
from vpc_flow_logs_stack.account import problem_with_account
from vpc_flow_logs_stack.configuration import Configuration
from vpc_flow_logs_stack.facts import AccountFacts
from vpc_flow_logs_stack.outputs import outputs
from vpc_flow_logs_stack.plan import Outcome, Plan, PlanError, PlannedFlowLog, plan
from vpc_flow_logs_stack.program import Program
from vpc_flow_logs_stack.reading import UnreadError
from vpc_flow_logs_stack.refusals import Refusals
from vpc_flow_logs_stack.state import LOG_GROUP, ROLE
from vpc_flow_logs_stack.troubles import left_out, not_made_again, refused_above, report, still_gone


def run() -> None:
    """Declare what the account's VPCs need.

    Raises:
        pulumi.RunError: When something could not be read, or cannot be right. Nothing has been
            declared then, so nothing in AWS is changed.
    """
    tag = stack_tag_value(pulumi.get_project(), pulumi.get_stack())
    try:
        session = internals.open_session(pulumi.Config("aws").get("profile"))
        wanted = engine.read_configuration(aws.known_regions(session))
        lifted = (
            exemptions.read(wanted.exemptions, datetime.now(UTC).date())
            if wanted.exemptions
            else exemptions.Exemptions()
        )
        before = engine.read_state()
        accounts = reading.read(session, wanted, {*before.made, *before.adopted})
        if not wanted.accounts:
            _require_account(wanted, accounts)
        decided = plan(wanted, accounts, before, lifted, tag)
    except (exemptions.ExemptionsError, PlanError, UnreadError) as error:
        raise pulumi.RunError(str(error)) from error
    except botocore.exceptions.BotoCoreError as error:
        raise pulumi.RunError(
            f"Nothing in AWS was changed: {error} "
            "(`pulumi config set aws:profile NAME`, AWS_PROFILE)"
        ) from error
    _tell(decided, wanted, first=not before.made)
    refusals = Refusals(decided, _operations_at_once())
    on_refusal = pulumi.ErrorHook("flow-log-refused", refusals.hook)
    made: set[tuple[str, str]] = set()
    on_creation = pulumi.ResourceHook("made-again", lambda args: made.add((args.type, args.name)))
    program = Program(wanted, _providers(accounts), tag, before, on_refusal, on_creation)
    flow_logs = program.declare(decided)
    refusals.let_others_pass(flow_logs)
    for name, value in outputs(decided, wanted, tag, before).items():
        pulumi.export(name, value)
    if not pulumi.runtime.is_dry_run():
        # Pulumi waits for it, as for every output.
        pulumi.Output.from_input(_conclude(decided, flow_logs, refusals, made))


def _operations_at_once() -> int:
    return cast("Any", SETTINGS).parallel or 1  # the SDK's annotations do not have it


async def _conclude(
    decided: Plan,
    flow_logs: Sequence[tuple[PlannedFlowLog, pulumi_aws.ec2.FlowLog]],
    refusals: Refusals,
    made: Collection[tuple[str, str]],
) -> None:
    """Have an update fail in the end, when everything that can be done is done.

    After an error of Pulumi's own it is asked for this only with --continue-on-error.

    Raises:
        pulumi.RunError: When not every VPC is logged as required.
    """
    troubles = list(decided.troubles)
    for planned, flow_log in flow_logs:
        if not await flow_log.id.is_known():
            told = planned.logical_name in refusals.told
            troubles.append(refused_above(planned) if told else left_out(planned))
        elif planned.unlisted_arn and await flow_log.arn.future() == planned.unlisted_arn:
            troubles.append(not_made_again(planned))
    # All flow logs are there by now, and so is whatever Pulumi makes for them to deliver through.
    for kind, words, those in (
        (LOG_GROUP, "log group", decided.log_groups),
        (ROLE, "role", decided.roles),
    ):
        troubles += [
            still_gone(words, one.name, one.arn)
            for one in those
            if one.unlisted and (kind, one.logical_name) not in made
        ]
    if troubles:
        raise pulumi.RunError(
            "Everything else is done, but not every VPC is logged as required:"
            f"{report(troubles, decided.deletions)}"
        )


def _require_account(wanted: Configuration, accounts: Sequence[AccountFacts]) -> None:
    """Check that this is the account that is meant, for Pulumi's provider too.

    Raises:
        PlanError: When it is not, or nothing says that it is.
    """
    (account,) = accounts
    allowed = pulumi.Config("aws").get_object("allowedAccountIds")
    if problem := problem_with_account(wanted.account_id, allowed, account.id):
        raise PlanError([problem])
    provider = pulumi_aws.get_caller_identity().account_id
    if provider != account.id:
        problem = (
            f"Pulumi's AWS provider works in account {provider}, but the VPCs were read in account "
            f"{account.id}. Give both the same credentials, through the environment or "
            "aws:profile, and not in other settings of the provider"
        )
        raise PlanError([problem])


def _providers(accounts: Sequence[AccountFacts]) -> dict[str, pulumi.ProviderResource]:
    """Return the provider of each account, which works in no other.

    Pulumi gives the stack's `aws:` settings to its default provider alone, as JSON where they are
    no text. They are handed on as they are, so that every setting means what it means there.
    """
    version = importlib.metadata.version("pulumi-aws")
    settings: dict[str, pulumi.Input[str]] = {
        key.removeprefix("aws:"): pulumi.Output.secret(value)
        if pulumi.runtime.is_config_secret(key)
        else value
        for key, value in pulumi.runtime.get_config_env().items()
        if key.startswith("aws:")
    }
    providers: dict[str, pulumi.ProviderResource] = {}
    for account in accounts:
        own = settings | {"allowedAccountIds": json.dumps([account.id])}
        if account.role_arn:
            role = {"roleArn": account.role_arn, "sessionName": "vpc-flow-logs"}
            own["assumeRoles"] = json.dumps([role])
        providers[account.id] = pulumi.ProviderResource(
            "aws", account.id, own, pulumi.ResourceOptions(version=version)
        )
    return providers


def _tell(decided: Plan, wanted: Configuration, *, first: bool) -> None:
    """Say what a user should know before saying yes."""
    for warning in decided.warnings:
        pulumi.log.warn(warning)
    if pulumi.runtime.is_dry_run():
        for trouble in decided.troubles:
            pulumi.log.warn(f"{trouble}. The update does everything else, and then fails")
    for decision in decided.decisions:
        if decision.outcome not in {Outcome.COVERED, Outcome.UNCOVERED}:
            pulumi.log.info(
                f"{decision.outcome.value}: {decision.vpc_id} in {decision.region} "
                f"({decision.reason})"
            )
    if wanted.deletion_protection:
        pulumi.log.info(
            "deletionProtection is set: `pulumi destroy` stops at the log groups until it is set "
            "to false and deployed"
        )
    if first and decided.flow_logs:
        to_log_groups = sum(flow_log.to_log_group for flow_log in decided.flow_logs)
        pulumi.log.info(
            cost.estimate(
                to_cloudwatch=to_log_groups,
                elsewhere=len(decided.flow_logs) - to_log_groups,
                megabytes_per_vpc=wanted.megabytes_per_vpc,
                retention_in_days=wanted.retention_in_days,
            )
        )
