"""Log groups keep their records: a shorter retention deletes them, and is set by people alone."""

from .conftest import GROUP, REGIONS, Account, Stack

_, EUROPE, _ = REGIONS


def test_retention_is_never_shortened(account: Account, stack: Stack) -> None:
    logs = account.cloud.client("logs", EUROPE)
    stack.configure(regions=[EUROPE])
    stack.up()
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=3653)
    printed = stack.up()
    assert f"warning: the log group {GROUP} in {EUROPE} keeps its records 3653 days" in printed
    assert f"put-retention-policy --region {EUROPE} --log-group-name {GROUP}" in printed
    stack.configure(regions=[EUROPE], retentionInDays=90)
    assert "longer than the 90 days that are configured" in stack.up("--expect-no-changes")
    logs.delete_retention_policy(logGroupName=GROUP)
    assert "keeps its records for ever" in stack.up()
    assert account.log_groups(EUROPE) == {GROUP: None}

    # Made longer it is, by hand or by configuration.
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    stack.up()
    assert account.log_groups(EUROPE) == {GROUP: 90}
    stack.configure(regions=[EUROPE], retentionInDays=400)
    stack.up()
    assert account.log_groups(EUROPE) == {GROUP: 400}
    stack.project.destroy()


def test_a_retention_policy_of_the_account_is_told_of_and_not_fought(
    account: Account, stack: Stack
) -> None:
    stack.configure(regions=[EUROPE])
    stack.up()
    with account.retention_policy("keep-two-years", days=731):
        printed = stack.up()
        assert f"the retention policy keep-two-years of the account has the log group {GROUP}" in (
            printed
        )
        stack.up("--expect-no-changes")
    with account.retention_policy("keep-a-month", days=30):
        printed = stack.up(exit_code=1)
        assert "add one for this log group's prefix" in printed
        assert "put-retention-policy" not in printed  # which would have no effect
        assert stack.vpcs("covered") == {account.default_vpc(EUROPE)}
    stack.up("--expect-no-changes")


def test_a_log_group_that_somebody_made_again_is_theirs(account: Account, stack: Stack) -> None:
    """It has the name, and not the tag: its retention and its records are somebody's choice."""
    logs = account.cloud.client("logs", EUROPE)
    stack.configure(regions=[EUROPE])
    stack.up()
    logs.delete_log_group(logGroupName=GROUP)
    account.log_group(EUROPE, GROUP, days=731)
    printed = stack.up()
    assert f"warning: the log group {GROUP} in {EUROPE} lacks this stack's tag" in printed
    assert account.log_groups(EUROPE) == {GROUP: 731}
    stack.up("--expect-no-changes")

    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    assert "keeps its records 30 days, not 365" in stack.up(exit_code=1)
    assert account.log_groups(EUROPE) == {GROUP: 30}
    stack.project.destroy(GROUP)
    assert account.log_groups(EUROPE) == {GROUP: 30}
