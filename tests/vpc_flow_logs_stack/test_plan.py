"""What is decided about a VPC, and whose things are touched; pure, so without AWS and Pulumi."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flowaudit.facts import DeliveryRole, FlowLog, RegionFacts
from flowaudit.facts import LogGroup as FoundLogGroup
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_control.exemptions import Exemption, Exemptions
from vpc_flow_logs_stack.facts import AccountFacts, Role
from vpc_flow_logs_stack.plan import Claim, Outcome, Plan, PlanError, plan
from vpc_flow_logs_stack.state import FLOW_LOG, LOG_GROUP, State

from .conftest import (
    ACCOUNT,
    GROUP_ARN,
    REGION,
    ROLE_ARN,
    STACK,
    account,
    configured,
    flow_log,
    region,
    vpc,
)
from .conftest import state as known

LOG_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/fl-1"
OURS = {"logDestination": GROUP_ARN, "iamRoleArn": ROLE_ARN, "trafficType": "REJECT"}


def planned(
    *accounts: AccountFacts,
    state: State | None = None,
    exemptions: Exemptions | None = None,
    **configuration: Any,
) -> Plan:
    return plan(
        configured(**configuration),
        accounts,
        state or State(),
        exemptions or Exemptions(),
        STACK,
    )


def outcome(found: Plan) -> Outcome:
    (decision,) = found.decisions
    return decision.outcome


def test_a_vpc_without_flow_log_is_covered() -> None:
    found = planned(account(region(vpc())))
    assert outcome(found) is Outcome.COVERED
    (log,) = found.flow_logs
    assert (log.vpc_id, log.destination_arn, log.import_id) == ("vpc-1", GROUP_ARN, None)
    (group,) = found.log_groups
    assert (group.arn, group.claim) == (GROUP_ARN, Claim.OURS)
    (role,) = found.roles
    assert (role.arn, role.claim, role.log_group_arns) == (ROLE_ARN, Claim.OURS, (GROUP_ARN,))


@pytest.mark.parametrize(
    "insufficient",
    [
        {"traffic_type": "ACCEPT"},
        {"status": "DELETING"},
        {"delivery_status": "FAILED", "delivery_error": "Access error"},
        {"group": "gone"},
        {"group": "short"},
    ],
)
@pytest.mark.parametrize("existing", ["keep", "import", "duplicate"])
def test_a_foreign_flow_log_that_is_not_enough_does_not_count(
    insufficient: dict[str, Any], existing: str
) -> None:
    facts = region(vpc(), logs=(flow_log("fl-1", **insufficient),), groups={"short": 30})
    found = planned(account(facts), existing=existing)
    assert outcome(found) is Outcome.COVERED
    assert found.adopted == ()


@pytest.mark.parametrize("existing", ["keep", "import", "duplicate"])
def test_a_foreign_flow_log_that_is_being_deleted_is_not_in_the_way_of_ours(existing: str) -> None:
    facts = region(vpc(), logs=(flow_log("fl-1", status="DELETING", group="VPC-Flow-Logs"),))
    found = planned(account(facts), existing=existing)
    assert outcome(found) is Outcome.COVERED
    assert found.flow_logs[0].import_id is None


def test_a_flow_log_that_is_being_deleted_is_not_imported_with_its_neighbour() -> None:
    logs = (flow_log("fl-1"), flow_log("fl-2", status="DELETING", group="other"))
    found = planned(account(region(vpc(), logs=logs)), existing="import")
    assert [adopted.flow_log.id for adopted in found.adopted] == ["fl-1"]
    assert [group.name for group in found.log_groups] == ["theirs"]


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ("keep", Outcome.KEPT),
        ("import", Outcome.ADOPTED),
        ("duplicate", Outcome.COVERED),
    ],
)
def test_a_foreign_flow_log_that_is_enough_is_kept_imported_or_doubled(
    existing: str, expected: Outcome
) -> None:
    facts = region(vpc(), logs=(flow_log("fl-1", traffic_type="ALL"),))
    found = planned(account(facts), existing=existing)
    assert outcome(found) is expected
    assert len(found.flow_logs) == (expected is Outcome.COVERED)


@pytest.mark.parametrize(
    ("made", "configuration", "told"),
    [
        (LOG_ARN, {"vpcs": ["vpc-2"]}, "vpc-1 in eu-west-1 is not among vpcs any more"),
        (
            LOG_ARN.replace(REGION, "us-east-1"),
            {"regions": [REGION]},
            f"us-east-1 in account {ACCOUNT} is not among regions any more: this stack's 1 flow",
        ),
        (LOG_ARN, {}, None),
    ],
)
def test_a_vpc_that_is_logged_no_more_is_announced(
    made: str, configuration: dict[str, Any], told: str | None
) -> None:
    facts = region(
        vpc(),
        vpc("vpc-2"),
        logs=(flow_log("fl-1", group="VPC-Flow-Logs", stack=STACK),),
        groups={"VPC-Flow-Logs": 365},
    )
    found = planned(account(facts), state=known({made: OURS}), **configuration)
    warnings = [each for each in found.warnings if "any more" in each]
    assert len(warnings) == (told is not None)
    assert told is None or told in warnings[0]


def test_what_is_required_of_ours_is_required_of_theirs() -> None:
    facts = region(vpc(), logs=(flow_log("fl-1"),))
    assert outcome(planned(account(facts))) is Outcome.KEPT
    assert outcome(planned(account(facts), trafficType="ALL")) is Outcome.COVERED
    assert outcome(planned(account(facts), retentionInDays=400)) is Outcome.COVERED


def test_accept_and_reject_together_are_kept() -> None:
    logs = (flow_log("fl-1"), flow_log("fl-2", traffic_type="ACCEPT"))
    found = planned(account(region(vpc(), logs=logs)), trafficType="ALL", existing="import")
    assert outcome(found) is Outcome.ADOPTED
    assert [adopted.flow_log.id for adopted in found.adopted] == ["fl-1", "fl-2"]


def test_an_import_takes_log_group_and_role_along() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/path/Theirs"
    facts = region(vpc(), logs=(flow_log("fl-1", delivery_role_arn=arn),))
    found = planned(account(facts), existing="import")
    assert [(group.name, group.claim) for group in found.log_groups] == [("theirs", Claim.ADOPTED)]
    assert [(role.name, role.claim) for role in found.roles] == [("Theirs", Claim.ADOPTED)]


def test_what_is_gone_is_not_imported_with_the_flow_log_that_names_it() -> None:
    """A debug copy that nobody removed; importing its log group or role would fail for all."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/Gone"
    copy = flow_log("fl-2", group="gone", delivery_role_arn=arn)
    facts = region(vpc(), logs=(flow_log("fl-1"), copy))
    facts = replace(facts, roles=(DeliveryRole(arn, exists=False),))
    found = planned(account(facts), existing="import")
    assert [adopted.flow_log.id for adopted in found.adopted] == ["fl-1", "fl-2"]
    assert [group.name for group in found.log_groups] == ["theirs"]
    assert found.roles == ()


def test_an_adopted_flow_log_is_not_ours_whatever_its_tag_says() -> None:
    """Taken for the stack's own it would be deleted by a destroy."""
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    found = planned(account(facts), state=known({}, {LOG_ARN}), existing="import")
    assert outcome(found) is Outcome.ADOPTED
    assert [adopted.arn for adopted in found.adopted] == [LOG_ARN]
    assert found.flow_logs == ()


def test_a_role_of_this_stack_stays_its_own_when_an_imported_flow_log_delivers_with_it() -> None:
    """As an adopted one it would be dropped, and deleted, under its own name."""
    facts = region(vpc("vpc-1"), vpc("vpc-2"), logs=(flow_log("fl-1", delivery_role_arn=ROLE_ARN),))
    found = planned(
        account(facts, role=Role(ROLE_ARN, STACK)),
        state=known({ROLE_ARN: {}}),
        existing="import",
    )
    assert [decision.outcome for decision in found.decisions] == [Outcome.ADOPTED, Outcome.COVERED]
    assert [(role.arn, role.claim) for role in found.roles] == [(ROLE_ARN, Claim.OURS)]


@pytest.mark.parametrize("existing", ["keep", "import"])
def test_a_role_of_this_stack_stays_while_others_deliver_with_it(existing: str) -> None:
    """The last VPC that the stack logged itself is gone, and their flow log delivers still."""
    facts = region(vpc(), logs=(flow_log("fl-1", delivery_role_arn=ROLE_ARN),))
    found = planned(
        account(facts, role=Role(ROLE_ARN, STACK)), state=known({ROLE_ARN: {}}), existing=existing
    )
    assert [(role.arn, role.claim) for role in found.roles] == [(ROLE_ARN, Claim.OURS)]
    assert found.roles[0].log_group_arns == (GROUP_ARN,)
    assert found.deletions == ()


@pytest.mark.parametrize("existing", ["keep", "import"])
def test_a_role_with_which_others_deliver_is_not_dropped_for_another_name(existing: str) -> None:
    facts = region(vpc(), logs=(flow_log("fl-1", delivery_role_arn=ROLE_ARN),))
    with pytest.raises(PlanError, match="fl-1 in eu-west-1, a flow log of some") as raised:
        planned(account(facts), state=known({ROLE_ARN: {}}), existing=existing, roleName="Another")
    assert "`pulumi config set roleName VPCFlowLogsRole`" in str(raised.value)


@pytest.mark.parametrize(
    "log",
    [
        flow_log("fl-1"),
        flow_log("fl-1", delivery_role_arn=ROLE_ARN, status="INACTIVE"),
        flow_log("fl-1", delivery_role_arn=ROLE_ARN, stack=STACK),
    ],
)
def test_a_role_with_which_nobody_else_delivers_goes_for_another_name(log: FlowLog) -> None:
    found = planned(
        account(region(vpc(), logs=(log,))), state=known({ROLE_ARN: {}}), roleName="Another"
    )
    assert [role.name for role in found.roles] in ([], ["Another"])


def test_a_role_of_another_account_is_not_imported() -> None:
    arn = "arn:aws:iam::999999999999:role/Theirs"
    facts = region(vpc(), logs=(flow_log("fl-1", delivery_role_arn=arn),))
    assert planned(account(facts), existing="import").roles == ()


def test_another_stacks_flow_log_is_kept_even_by_import() -> None:
    facts = region(vpc(), logs=(flow_log("fl-1", stack="vpc-flow-logs/other"),))
    assert outcome(planned(account(facts), existing="import")) is Outcome.KEPT


def test_a_shared_vpc_is_its_owners() -> None:
    """In moto a VPC's owner is whoever lists it, so that no end-to-end test has a shared one."""
    facts = region(vpc(owner_id="999999999999"))
    found = planned(account(facts))
    assert outcome(found) is Outcome.SHARED
    assert found.flow_logs == found.log_groups == found.roles == ()


def entry(**more: Any) -> Exemption:
    given: dict[str, Any] = {"vpc": "vpc-1", "expires": date(2026, 12, 31), **more}
    return Exemption(reason="empty", owner="net", **given)


@pytest.mark.parametrize(
    ("exemption", "expected"),
    [
        (entry(), Outcome.EXEMPT),
        (entry(requirements=("vpc-has-flow-log",)), Outcome.EXEMPT),
        (entry(requirements=("log-group-has-retention",)), Outcome.COVERED),
        (entry(account=ACCOUNT, region=REGION), Outcome.EXEMPT),
        (entry(vpc=None, name_tag="sand*"), Outcome.EXEMPT),
        (entry(expires=date(2025, 12, 31)), Outcome.COVERED),
        (entry(expires=date(2030, 1, 1)), Outcome.COVERED),
        (entry(covered_by="network/prod"), Outcome.COVERED),
        (entry(vpc="vpc-2"), Outcome.COVERED),
    ],
)
def test_only_an_exemption_that_holds_exempts(exemption: Exemption, expected: Outcome) -> None:
    exemptions = Exemptions((exemption,), today=date(2026, 1, 1))
    found = planned(account(region(vpc(name="sandbox"))), exemptions=exemptions)
    assert outcome(found) is expected
    stale = exemption.vpc == "vpc-2" or exemption.expires.year != 2026
    assert bool(found.warnings) is stale


@pytest.mark.parametrize(
    "elsewhere",
    [
        entry(vpc="vpc-2", account="999999999999"),
        entry(vpc="vpc-1", account="999999999999"),
        entry(vpc="urn:pulumi:prod::network::**"),
        entry(vpc="sandbox"),
    ],
)
def test_an_exemption_of_something_else_lifts_nothing_and_is_left_alone(
    elsewhere: Exemption,
) -> None:
    exemptions = Exemptions((elsewhere,), today=date(2026, 1, 1))
    found = planned(account(region(vpc(name="sandbox"))), exemptions=exemptions)
    assert outcome(found) is Outcome.COVERED
    assert found.warnings == ()


def test_an_exemption_that_matches_nothing_may_match_what_was_not_read() -> None:
    exemptions = Exemptions((entry(vpc="vpc-2"),), today=date(2026, 1, 1))
    found = planned(account(region(vpc())), exemptions=exemptions, regions=[REGION])
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("removes", "expected"), [(False, Outcome.COVERED), (True, Outcome.EXEMPT)]
)
def test_an_exemption_takes_no_logging_away_unless_it_is_to(
    removes: bool, expected: Outcome
) -> None:
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    exemptions = Exemptions((entry(),), today=date(2026, 1, 1))
    state = known({LOG_ARN: OURS, GROUP_ARN: {}})
    found = planned(account(facts), state=state, exemptions=exemptions, removeExempt=removes)
    assert outcome(found) is expected
    assert bool(found.flow_logs) is not removes
    assert (
        any("pulumi config set removeExempt true" in one for one in found.warnings) is not removes
    )


def test_only_the_named_vpcs_are_covered() -> None:
    found = planned(account(region(vpc("vpc-1"), vpc("vpc-2"))), vpcs=["vpc-2"])
    assert [decision.vpc_id for decision in found.decisions] == ["vpc-2"]
    with pytest.raises(PlanError, match="vpcs names vpc-3, which the regions that were read"):
        planned(account(region(vpc())), vpcs=["vpc-1", "vpc-3"])


def test_a_vpc_that_is_named_and_that_another_account_shares_is_called_shared() -> None:
    found = planned(account(region(vpc(owner_id="9" * 12))), vpcs=["vpc-1"])
    assert outcome(found) is Outcome.SHARED


def test_too_many_vpcs_stop_the_run() -> None:
    facts = account(region(vpc("vpc-1"), vpc("vpc-2"), vpc("vpc-3", owner_id="9" * 12)))
    assert len(planned(facts, maxVpcs=2).flow_logs) == 2
    with pytest.raises(PlanError, match=r"2 VPCs, more than maxVpcs \(1\)"):
        planned(facts, maxVpcs=1)


@pytest.mark.parametrize("adopted", [False, True])
def test_a_state_of_another_account_stops_the_run(adopted: bool) -> None:
    arn = LOG_ARN.replace(ACCOUNT, "9" * 12)
    state = known({}, {arn}) if adopted else known({arn: OURS})
    with pytest.raises(PlanError, match="in account 999999999999, which is not among those"):
        planned(account(region(vpc())), state=state)


# What cannot be right


def test_a_region_that_aws_does_not_list_any_more_stops_the_run() -> None:
    """Its flow logs would be deleted, as if somebody had configured it away."""
    state = known({LOG_ARN.replace(REGION, "us-east-1"): OURS})
    with pytest.raises(PlanError, match="has 1 object in us-east-1, which AWS no longer lists"):
        planned(account(region()), state=state)
    meant: tuple[dict[str, Any], ...] = (
        {"regions": [REGION]},
        {"excludeRegions": ["us-east-1"]},
    )
    for configuration in meant:
        found = planned(account(region()), state=state, **configuration)
        assert any("us-east-1 in account" in warning for warning in found.warnings)


def test_no_region_at_all_stops_the_run() -> None:
    with pytest.raises(PlanError, match="seems to have no region at all"):
        planned(account())


def test_a_region_whose_vpcs_vanished_but_not_their_flow_logs_stops_the_run() -> None:
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    with pytest.raises(PlanError) as raised:
        planned(account(region(vpc("vpc-2"), logs=(log,))), state=known({LOG_ARN: OURS}))
    assert "AWS lists this stack's flow logs of vpc-1 in eu-west-1, but none" in str(raised.value)
    assert f"delete-flow-logs --region {REGION} --flow-log-ids fl-1" in str(raised.value)


def test_one_vpc_of_several_that_is_gone_is_told_of() -> None:
    logs = tuple(
        flow_log(f"fl-{number}", f"vpc-{number}", stack=STACK, group="VPC-Flow-Logs")
        for number in (1, 2)
    )
    facts = region(vpc("vpc-2"), logs=logs, groups={"VPC-Flow-Logs": 365})
    found = planned(account(facts))
    assert any("vpc-1 in eu-west-1 is gone" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ({"destinationArn": "arn:aws-cn:s3:::x"}, "is in the partition aws-cn"),
        (
            {
                "destinationArns": {
                    REGION: f"arn:aws:firehose:{REGION}:999999999999:deliverystream/x"
                }
            },
            "is a Firehose stream of another account",
        ),
        (
            {"permissionsBoundary": f"arn:aws-cn:iam::{ACCOUNT}:policy/x"},
            "permissionsBoundary: .* is in the partition aws-cn",
        ),
    ],
)
def test_a_destination_that_aws_would_refuse_stops_the_run(
    configuration: dict[str, Any], says: str
) -> None:
    with pytest.raises(PlanError, match=says):
        planned(account(region(vpc())), **configuration)


def test_a_secret_that_aws_would_refuse_is_not_shown() -> None:
    arn = "arn:aws-cn:s3:::hidden"
    facts = account(region(vpc()))
    for secret in (frozenset({"destinationArn"}), frozenset[str]()):
        configuration = replace(configured(destinationArn=arn), secret=secret)
        with pytest.raises(PlanError) as raised:
            plan(configuration, [facts], State(), Exemptions(), STACK)
        assert (arn in str(raised.value)) is not bool(secret)


# What this stack made


def test_a_log_group_in_the_state_is_that_of_its_account() -> None:
    elsewhere = GROUP_ARN.replace(ACCOUNT, "999999999999")
    there = AccountFacts("999999999999", "aws", (RegionFacts("999999999999", REGION),))
    found = planned(account(region(vpc())), there, state=known({elsewhere: {}}))
    assert [group.arn for group in found.log_groups] == [GROUP_ARN]


def test_what_is_in_the_state_stays_ours_whatever_others_add() -> None:
    logs = (flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs"), flow_log("fl-2"))
    facts = region(vpc(), logs=logs, groups={"VPC-Flow-Logs": 365})
    state = known({LOG_ARN: OURS, GROUP_ARN: {}, ROLE_ARN: {}})
    role = Role(ROLE_ARN, STACK)
    found = planned(account(facts, role=role), state=state)
    assert outcome(found) is Outcome.COVERED
    assert found.flow_logs[0].import_id is None
    assert {found.log_groups[0].claim, found.roles[0].claim} == {Claim.OURS}
    assert found.warnings == ()


def test_ours_is_known_by_the_state_even_when_the_tag_names_another_stack() -> None:
    """The stack was renamed."""
    log = flow_log("fl-1", stack="vpc-flow-logs/old-name", group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    found = planned(account(facts), state=known({LOG_ARN: OURS, GROUP_ARN: {}}))
    assert outcome(found) is Outcome.COVERED
    assert found.flow_logs[0].import_id is None


def test_ours_that_the_state_has_lost_is_imported() -> None:
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": None})
    role = Role(ROLE_ARN, STACK)
    found = planned(account(facts, role=role, log_group_owners={GROUP_ARN: STACK}))
    assert found.flow_logs[0].import_id == "fl-1"
    assert found.log_groups[0].claim is found.roles[0].claim is Claim.RECLAIMED


@pytest.mark.parametrize(
    ("in_the_state", "import_id"),
    [
        (None, None),  # half-made: the state has its id alone, so it is this one
        (LOG_ARN, None),
        (LOG_ARN.replace("fl-1", "fl-gone"), "fl-1"),  # a replacement was cut off in between
    ],
)
def test_nothing_is_imported_in_place_of_what_the_state_has(
    in_the_state: str | None, import_id: str | None
) -> None:
    """The import would be taken for a replacement, and delete what is there."""
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    group = (LOG_GROUP, f"{ACCOUNT}-{REGION}-VPC-Flow-Logs")
    names = {(FLOW_LOG, f"{REGION}-vpc-1-reject"): in_the_state, group: None}
    found = planned(
        account(facts, log_group_owners={GROUP_ARN: STACK}),
        state=State({in_the_state: OURS} if in_the_state else {}, names=names),
    )
    assert found.flow_logs[0].import_id == import_id
    assert found.log_groups[0].claim is Claim.OURS
    assert found.warnings == ()


@pytest.mark.parametrize(("traffic_type", "told"), [("REJECT", False), ("ALL", True)])
def test_what_the_state_has_half_is_no_leftover_but_another_one_is(
    traffic_type: str, told: bool
) -> None:
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs", traffic_type=traffic_type)
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    names = {(FLOW_LOG, f"{REGION}-vpc-1-reject"): None}
    found = planned(
        account(facts, log_group_owners={GROUP_ARN: STACK}), state=State({}, names=names)
    )
    assert any("neither in its state" in warning for warning in found.warnings) is told


def test_a_leftover_of_ours_that_is_not_wanted_is_told_of() -> None:
    log = flow_log("fl-1", stack=STACK, traffic_type="ALL", group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,))
    found = planned(account(facts))
    assert found.flow_logs[0].import_id is None
    assert any("fl-1 of vpc-1" in warning for warning in found.warnings)


def test_what_the_state_has_is_not_deleted_for_a_place_that_one_it_lost_takes() -> None:
    """The state delivers elsewhere; to replace it, Pulumi would delete it, and AWS then refuse."""
    kept = flow_log("fl-1", stack=STACK, group="theirs")
    lost = flow_log("fl-2", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(kept, lost), groups={"VPC-Flow-Logs": 365, "theirs": 365})
    found = planned(
        account(facts, log_group_owners={GROUP_ARN: STACK}),
        state=known({LOG_ARN: {**OURS, "logDestination": "theirs", "vpcId": "vpc-1"}}),
    )
    assert found.flow_logs == ()
    (trouble,) = found.troubles
    assert "`aws ec2 delete-flow-logs --region eu-west-1 --flow-log-ids fl-2`" in trouble
    assert [group.arn for group in found.log_groups] == [GROUP_ARN], "it holds records"


def test_ours_that_does_not_deliver_is_told_of() -> None:
    log = flow_log(
        "fl-1",
        stack=STACK,
        group="VPC-Flow-Logs",
        delivery_status="FAILED",
        delivery_error="Access error",
    )
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    found = planned(account(facts), state=known({LOG_ARN: OURS, GROUP_ARN: {}}))
    (warning,) = found.warnings
    assert "fl-1 of vpc-1 in eu-west-1 is this stack's, but its delivery failed: Access error" in (
        warning
    )


def test_the_log_groups_that_hold_records_stay_declared() -> None:
    """The last VPC of the region is gone, and the name was changed: neither deletes records."""
    state = known({GROUP_ARN: {}})
    gone = region(groups={"VPC-Flow-Logs": 365})
    assert [group.arn for group in planned(account(gone), state=state).log_groups] == [GROUP_ARN]
    renamed = planned(
        account(region(vpc(), groups={"VPC-Flow-Logs": 365})), state=state, logGroupName="new"
    )
    assert [group.name for group in renamed.log_groups] == ["VPC-Flow-Logs", "new"]
    assert renamed.roles[0].log_group_arns == (GROUP_ARN.replace("VPC-Flow-Logs", "new"),)


def test_a_log_group_that_somebody_deleted_is_only_made_again_where_it_is_needed() -> None:
    state = known({GROUP_ARN: {}})
    assert planned(account(region()), state=state).log_groups == ()
    assert len(planned(account(region(vpc())), state=state).log_groups) == 1


@pytest.mark.parametrize("in_the_state", [True, False])
def test_what_the_state_has_and_aws_does_not_list_is_remembered(in_the_state: bool) -> None:
    state = known({GROUP_ARN: {}, ROLE_ARN: {}}) if in_the_state else None
    found = planned(account(region(vpc())), state=state)
    (group,), (role,) = found.log_groups, found.roles
    assert group.unlisted is role.unlisted is in_the_state

    there = account(
        region(vpc(), groups={"VPC-Flow-Logs": 365}),
        role=Role(ROLE_ARN, STACK),
        log_group_owners={GROUP_ARN: STACK},
    )
    listed = planned(there, state=state)
    assert not listed.log_groups[0].unlisted
    assert not listed.roles[0].unlisted


def test_a_log_group_of_a_region_that_was_not_read_is_not_taken_for_gone() -> None:
    elsewhere = GROUP_ARN.replace(REGION, "us-east-1")
    found = planned(account(region()), state=known({elsewhere: {}}), regions=[REGION])
    assert [group.unlisted for group in found.log_groups] == [False]


@pytest.mark.parametrize("existing", ["keep", "import"])
def test_of_theirs_that_is_kept_only_doubts_about_its_delivery_are_told(existing: str) -> None:
    role = DeliveryRole(f"arn:aws:iam::{ACCOUNT}:role/theirs", True, TRUST, ())
    log = flow_log("fl-1", group="forever", delivery_status="SUCCESS", delivery_role_arn=role.arn)
    facts = replace(region(vpc(), logs=(log,), groups={"forever": None}), roles=(role,))
    found = planned(account(facts), existing=existing)
    told = [warning for warning in found.warnings if warning.startswith(f"vpc-1 in {REGION}: ")]
    assert len(told) == 1
    assert "delivered, though the policies of its delivery role" in told[0]

    lifted = entry(vpc="vpc-1", requirements=("flow-log-can-deliver",))
    exempt = planned(
        account(facts), existing=existing, exemptions=Exemptions((lifted,), today=date(2026, 1, 1))
    )
    assert not [one for one in exempt.warnings if one.startswith(f"vpc-1 in {REGION}: ")]


def test_a_log_group_in_a_region_that_is_read_no_more_stays_declared() -> None:
    elsewhere = GROUP_ARN.replace(REGION, "us-east-1")
    found = planned(account(region()), state=known({elsewhere: {}}), regions=[REGION])
    assert [(group.arn, group.region) for group in found.log_groups] == [(elsewhere, "us-east-1")]


@pytest.mark.parametrize(
    ("days", "wanted", "kept"),
    [(400, 365, True), (None, 365, True), (365, 365, False), (30, 365, False), (365, 400, False)],
)
def test_retention_is_made_longer_and_never_shorter(
    days: int | None, wanted: int, kept: bool
) -> None:
    """A shorter one deletes records, at once and for good."""
    facts = account(
        region(vpc(), groups={"VPC-Flow-Logs": days}), log_group_owners={GROUP_ARN: STACK}
    )
    found = planned(facts, state=known({GROUP_ARN: {}}), retentionInDays=wanted)
    assert found.log_groups[0].keeps_retention is kept
    assert any("put-retention-policy" in warning for warning in found.warnings) is kept
    assert found.troubles == ()


def test_the_retention_policy_of_an_account_is_told_of_and_left() -> None:
    """A run would differ from what AWS answers for ever."""
    group = FoundLogGroup("VPC-Flow-Logs", 90, retention_policy_name="ninety")
    facts = replace(region(vpc()), log_groups=(group,))
    found = planned(
        account(facts, log_group_owners={GROUP_ARN: STACK}), state=known({GROUP_ARN: {}})
    )
    assert found.log_groups[0].keeps_retention
    assert any("the retention policy ninety of the account" in one for one in found.warnings)
    assert "add one for this log group's prefix" in found.troubles[0]
    enough = planned(
        account(facts, log_group_owners={GROUP_ARN: STACK}),
        state=known({GROUP_ARN: {}}),
        retentionInDays=90,
    )
    assert enough.troubles == ()


def test_a_log_group_that_somebody_made_anew_is_not_ours_any_more() -> None:
    facts = account(
        region(vpc(), groups={"VPC-Flow-Logs": None}), log_group_owners={GROUP_ARN: None}
    )
    found = planned(facts, state=known({GROUP_ARN: {}}))
    assert found.log_groups[0].claim is Claim.REMADE
    assert any("lacks this stack's tag" in warning for warning in found.warnings)
    assert found.deletions == ()


def test_a_third_flow_log_may_be_one_too_many() -> None:
    logs = tuple(flow_log(f"fl-{one}", traffic_type="ACCEPT", group=one) for one in "ab")
    found = planned(account(region(vpc(), logs=logs)))
    assert outcome(found) is Outcome.COVERED
    assert any("2 flow logs (fl-a, fl-b). AWS may refuse" in one for one in found.warnings)
    assert planned(account(region(vpc(), logs=logs[:1]))).warnings == ()


def test_a_flow_log_that_only_the_state_has_is_remembered() -> None:
    found = planned(account(region(vpc())), state=known({LOG_ARN: OURS}))
    assert found.flow_logs[0].unlisted_arn == LOG_ARN


def test_what_is_not_planned_any_more_is_told_as_a_deletion() -> None:
    state = known({LOG_ARN: OURS, ROLE_ARN: {}, GROUP_ARN: {}})
    facts = account(region(groups={"VPC-Flow-Logs": 365}), role=Role(ROLE_ARN, STACK))
    found = planned(facts, state=state)
    assert found.deletions == (
        "the flow log eu-west-1-vpc-1-reject",
        f"the role {ACCOUNT}-VPCFlowLogsRole",
    )


@pytest.mark.parametrize(
    ("configuration", "changed"),
    [
        ({}, None),
        ({"maxAggregationInterval": 60}, "maxAggregationInterval"),
        ({"logFormat": "action"}, "logFormat"),
        ({"roleName": "other"}, "iamRoleArn"),
        ({"logGroupName": "other"}, "logDestination"),
        ({"logGroupPerVpc": True}, "logDestination"),
        ({"destinationArn": "arn:aws:s3:::x"}, "logDestination and iamRoleArn"),
        ({"destinationArns": {REGION: "arn:aws:s3:::x"}}, "logDestination and iamRoleArn"),
        ({"trafficType": "ALL", "maxAggregationInterval": 60}, None),
    ],
)
def test_a_change_that_leaves_a_gap_is_announced(
    configuration: dict[str, Any], changed: str | None
) -> None:
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    before = {**OURS, "maxAggregationInterval": 600.0, "logFormat": "${srcaddr}"}
    found = planned(account(facts), state=known({LOG_ARN: before}), **configuration)
    told = [one for one in found.warnings if "is replaced" in one]
    assert len(told) == (changed is not None)
    assert changed is None or f"because its {changed} cannot be changed" in told[0]


# What others made, under this stack's names


@pytest.mark.parametrize(
    ("existing", "claim"), [("keep", Claim.FOREIGN), ("import", Claim.ADOPTED)]
)
def test_what_has_our_names_but_is_not_ours_is_referred_to_or_imported(
    existing: str, claim: Claim
) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/path/VPCFlowLogsRole"
    facts = account(
        region(vpc(), groups={"VPC-Flow-Logs": 30}),
        role=Role(arn, None),
        log_group_owners={GROUP_ARN: None},
    )
    found = planned(facts, existing=existing)
    assert found.log_groups[0].claim is found.roles[0].claim is claim
    assert found.roles[0].arn == arn
    (trouble,) = found.troubles
    assert "keeps its records 30 days, not 365, and the flow logs of 1 VPC deliver to it" in trouble
    assert f"put-retention-policy --region {REGION} --log-group-name VPC-Flow-Logs" in trouble
    assert any("the role VPCFlowLogsRole" in warning for warning in found.warnings)


TRUST = trust_policy("aws", "*", ACCOUNT)
WRITES = delivery_policy([f"arn:aws:logs:*:{ACCOUNT}:log-group:*"])
VPCS = ("vpc-1", "vpc-2")
DENIES = {"Statement": {"Effect": "Deny", "Action": "logs:*", "Resource": "*"}}


@pytest.mark.parametrize(
    ("trust", "policies", "remedy"),
    [
        (TRUST, (WRITES,), None),
        (TRUST, None, None),
        ({"Statement": []}, (WRITES,), "aws iam update-assume-role-policy --role-name"),
        (TRUST, (), "aws iam put-role-policy --role-name VPCFlowLogsRole"),
        (TRUST, (WRITES, DENIES), "Take the statement that denies it out of them"),
    ],
)
def test_a_role_of_somebody_elses_that_cannot_deliver_is_a_trouble(
    trust: dict[str, Any], policies: tuple[dict[str, Any], ...] | None, remedy: str | None
) -> None:
    role = Role(ROLE_ARN, None, DeliveryRole(ROLE_ARN, True, trust, policies))
    facts = account(region(*map(vpc, VPCS)), role=role)
    found = planned(facts)
    assert [one.outcome for one in found.decisions] == [Outcome.COVERED, Outcome.COVERED]
    general = any("is used as it is. It must trust" in text for text in found.warnings)
    assert general is (remedy is None)
    if remedy is None:
        assert found.troubles == ()
        return
    (trouble,) = found.troubles
    assert f"so the flow logs of vpc-1, vpc-2 in {REGION} cannot deliver" in trouble
    assert remedy in trouble

    one, other = (entry(vpc=name, requirements=("flow-log-can-deliver",)) for name in VPCS)
    for entries, troubles in (((one,), 1), ((one, other), 0)):
        lifted = Exemptions(entries, today=date(2026, 1, 1))
        assert len(planned(facts, exemptions=lifted).troubles) == troubles


def test_what_belongs_to_another_stack_stops_the_run() -> None:
    other = "vpc-flow-logs/other"
    facts = account(
        region(vpc(), groups={"VPC-Flow-Logs": 365}),
        role=Role(ROLE_ARN, other),
        log_group_owners={GROUP_ARN: other},
    )
    with pytest.raises(PlanError) as raised:
        planned(facts)
    assert f"VPC-Flow-Logs in {REGION} belongs to the stack {other}" in str(raised.value)
    assert f"the role VPCFlowLogsRole in account {ACCOUNT} belongs to" in str(raised.value)
    assert "pulumi config set logGroupName" in str(raised.value)


@pytest.mark.parametrize("existing", ["keep", "import", "duplicate"])
@pytest.mark.parametrize(
    ("log", "days", "remedy"),
    [
        ({"delivery_status": "FAILED", "delivery_error": "Access error"}, 365, "role"),
        ({}, 7, "aws logs put-retention-policy"),
    ],
)
def test_a_flow_log_in_the_way_of_ours_is_one_vpcs_trouble(
    existing: str, log: dict[str, Any], days: int, remedy: str
) -> None:
    """The remedy is never to delete what logs the VPC, be it not well enough."""
    in_the_way = flow_log("fl-9", group="VPC-Flow-Logs", **log)
    facts = region(vpc("vpc-1"), vpc("vpc-2"), logs=(in_the_way,), groups={"VPC-Flow-Logs": days})
    found = planned(
        account(facts), state=known({GROUP_ARN: {}} if days == 365 else {}), existing=existing
    )
    assert [one.outcome for one in found.decisions] == [Outcome.UNCOVERED, Outcome.COVERED]
    assert [one.vpc_id for one in found.flow_logs] == ["vpc-2"]
    trouble = found.troubles[0]
    assert trouble.startswith("vpc-1 in eu-west-1 has the flow log fl-9, which is not this stack's")
    assert remedy in trouble
    assert not any("delete-flow-logs" in text for text in found.troubles)


@pytest.mark.parametrize("requirement", ["log-group-has-retention", "flow-log-can-deliver"])
def test_an_exemption_turns_the_trouble_into_something_that_is_kept(requirement: str) -> None:
    log = flow_log("fl-9", group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 30})
    exemptions = Exemptions((entry(requirements=(requirement,)),), today=date(2026, 1, 1))
    found = planned(account(facts), exemptions=exemptions)
    lifted = requirement == "log-group-has-retention"
    assert outcome(found) is (Outcome.KEPT if lifted else Outcome.UNCOVERED)
    assert bool(found.troubles) is not lifted


def test_an_exemption_lets_a_vpc_deliver_to_what_keeps_its_records_too_short() -> None:
    facts = account(region(vpc(), groups={"VPC-Flow-Logs": 30}))
    exemptions = Exemptions(
        (entry(requirements=("log-group-has-retention",)),), today=date(2026, 1, 1)
    )
    found = planned(facts, exemptions=exemptions)
    assert outcome(found) is Outcome.COVERED
    assert found.troubles == ()
    assert any("keeps its records 30 days" in warning for warning in found.warnings)


def test_ours_is_not_moved_to_where_somebody_elses_stands() -> None:
    """It would be deleted first, and AWS would refuse its successor."""
    logs = (flow_log("fl-1", group="old", stack=STACK), flow_log("fl-9", group="VPC-Flow-Logs"))
    facts = region(vpc(), logs=logs, groups={"VPC-Flow-Logs": 365, "old": 365})
    found = planned(account(facts), state=known({LOG_ARN: OURS}))
    assert outcome(found) is Outcome.UNCOVERED
    assert "fl-9, which is not this stack's, logs it already" in found.troubles[0]
    assert found.deletions == ("the flow log eu-west-1-vpc-1-reject",)
    assert GROUP_ARN in {group.arn for group in found.log_groups}, "fl-9 delivers to it"


def test_duplicate_keeps_the_one_that_ours_would_be() -> None:
    log = flow_log("fl-9", group="VPC-Flow-Logs")
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    assert outcome(planned(account(facts), existing="duplicate")) is Outcome.KEPT


# Destinations


def test_a_region_may_deliver_elsewhere() -> None:
    arn = "arn:aws:s3:::central"
    found = planned(account(region(vpc())), destinationArns={REGION: arn})
    assert [(log.destination_arn, log.to_log_group) for log in found.flow_logs] == [(arn, False)]
    assert found.log_groups == found.roles == ()


def test_log_groups_for_each_vpc_share_one_pattern_in_the_role() -> None:
    found = planned(account(region(vpc("vpc-1"), vpc("vpc-2"))), logGroupPerVpc=True)
    assert [group.name for group in found.log_groups] == [
        "VPC-Flow-Logs/vpc-1",
        "VPC-Flow-Logs/vpc-2",
    ]
    pattern = f"arn:aws:logs:*:{ACCOUNT}:log-group:VPC-Flow-Logs/vpc-*"
    assert found.roles[0].log_group_arns == (pattern,)


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        ({}, {}),
        ({"logDestination": "arn:aws:s3:::old"}, {}),
        ({"iamRoleArn": f"{ROLE_ARN}Old"}, {}),
        ({}, {"destinationArns": {REGION: "arn:aws:s3:::new"}}),
    ],
)
@pytest.mark.parametrize("was", ["REJECT", "ALL"])
@pytest.mark.parametrize("becomes", ["REJECT", "ALL"])
def test_a_replacement_that_leaves_a_gap_is_told_of(
    before: dict[str, str], changed: dict[str, Any], was: str, becomes: str
) -> None:
    """With another traffic type the new flow log is created first, and nothing is missed."""
    log = flow_log("fl-1", stack=STACK, group="VPC-Flow-Logs", traffic_type=was)
    facts = region(vpc(), logs=(log,), groups={"VPC-Flow-Logs": 365})
    state = known({LOG_ARN: OURS | {"trafficType": was} | before, GROUP_ARN: {}})
    found = planned(account(facts), state=state, trafficType=becomes, **changed)
    warned = bool(before or changed) and was == becomes
    assert any("fl-1 of vpc-1 in eu-west-1 is replaced" in one for one in found.warnings) is warned


def test_the_regions_of_each_account_are_its_own() -> None:
    other = replace(account(), id="999999999999")
    facts = replace(
        region(vpc("vpc-9", owner_id=other.id)), account_id=other.id, region="us-east-1"
    )
    theirs = f"arn:aws:ec2:us-east-1:{other.id}:vpc-flow-log/fl-9"
    found = planned(
        account(region(vpc())),
        replace(other, regions=(facts,)),
        state=known({LOG_ARN: OURS, theirs: OURS}),
    )
    assert found.warnings == ()


def test_accounts_are_planned_apart() -> None:
    other = replace(account(), id="999999999999")
    facts = replace(region(vpc("vpc-9", owner_id=other.id)), account_id=other.id)
    found = planned(account(region(vpc())), replace(other, regions=(facts,)))
    assert [role.account_id for role in found.roles] == [ACCOUNT, other.id]
    assert found.log_groups[1].arn == GROUP_ARN.replace(ACCOUNT, other.id)
