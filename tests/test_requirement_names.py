"""A requirement has one name: in the gate, in the audit and in the docs.

The policy pack and the audit may not import one another, so that nothing but
this test keeps them in step.
"""

from pathlib import Path

from flowaudit.judging.requirements import RULES
from vpc_flow_logs_control.exemptions import LIFTABLE
from vpc_flow_logs_policies import REQUIREMENTS

REPOSITORY = Path(__file__).parents[1]
POLICIES = {requirement.name for requirement in REQUIREMENTS}

# What only a declaration shows, and what only the living AWS shows. A new policy
# or rule must be put here, or have its twin on the other side.
ONLY_DECLARED = {
    "delivery-role-is-scoped",
    "gate-is-sound",
    "log-group-is-encrypted",
    "waiver-is-visible",
}
ONLY_LIVE = {"flow-log-is-active", "flow-log-is-not-duplicated"}


def test_policies_and_rules_share_their_names() -> None:
    assert set(RULES) - ONLY_LIVE == POLICIES - ONLY_DECLARED


def test_every_policy_has_a_page_of_its_name() -> None:
    pages = {page.stem for page in (REPOSITORY / "docs" / "policies").glob("*-*.md")}
    assert pages == POLICIES


def test_an_exemption_can_lift_every_requirement_about_a_vpc_and_no_other() -> None:
    about_the_gate = {each.name for each in REQUIREMENTS if each.check is None}
    assert set(LIFTABLE) == (set(RULES) | POLICIES) - about_the_gate
