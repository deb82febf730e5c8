"""The two requirements on the log groups that flow logs deliver to."""

import pytest

from .conftest import LOG_GROUP, UNKNOWN, Said, Stack

RETENTION = "log-group-has-retention"
ENCRYPTED = "log-group-is-encrypted"
EXPIRES = "log-group-expires"


def said(stack: Stack, policy: str = RETENTION, **config: object) -> list[Said]:
    level = {"enforcementLevel": "mandatory"}
    return [each for each in stack.judged({policy: {**level, **config}}) if each.policy == policy]


def deliver_to(stack: Stack, **properties: object) -> None:
    group = stack.log_group("group", **properties)
    stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})


@pytest.mark.parametrize("days", [365, 400, 3653, None, 0])
def test_a_year_or_more_is_enough(stack: Stack, days: int) -> None:
    deliver_to(stack, retentionInDays=days)
    assert said(stack) == []


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (90, "keeps records for 90 days only, at least 365 are required"),
        (UNKNOWN, "has a retention that is not known in preview"),
    ],
)
def test_anything_else_is_not(stack: Stack, days: object, text: str) -> None:
    deliver_to(stack, retentionInDays=days)
    [violation] = said(stack)
    assert violation.resource == "group"
    assert f'Log group "group", to which flow log "log" delivers, {text}' in violation.text
    assert violation.text.endswith("    retention_in_days=365,")


@pytest.mark.parametrize(
    ("properties", "is_undecided"),
    [
        ({"retentionInDays": UNKNOWN}, True),
        ({"retentionInDays": 90}, False),
        ({"logGroupClass": "DELIVERY"}, False),
    ],
)
def test_only_a_retention_that_is_not_known_is_undecided(
    stack: Stack, properties: dict[str, object], *, is_undecided: bool
) -> None:
    deliver_to(stack, **properties)
    assert stack.is_undecided(RETENTION) is is_undecided


@pytest.mark.parametrize(("minimum", "found"), [(1, []), (3, ["group"])])
def test_a_single_day_is_a_retention_like_any_other(
    stack: Stack, minimum: int, found: list[str]
) -> None:
    deliver_to(stack, retentionInDays=1)
    assert [each.resource for each in said(stack, minimumRetentionDays=minimum)] == found
    assert said(stack, EXPIRES) == []


KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1"


@pytest.mark.parametrize(
    ("policy", "good", "bad"),
    [
        (RETENTION, {}, {"retentionInDays": 30}),
        (ENCRYPTED, {"kmsKeyId": KEY_ARN}, {}),
        (EXPIRES, {}, {"retentionInDays": None}),
    ],
)
def test_a_log_group_is_looked_at_also_after_one_in_good_order(
    stack: Stack, policy: str, good: dict[str, object], bad: dict[str, object]
) -> None:
    for name, properties in (("a", good), ("b", bad)):
        group = stack.log_group(name, **properties)
        stack.flow_log(f"log-{name}", [stack.vpc(name)], made_from={"logDestination": [group]})
    assert [each.resource for each in said(stack, policy)] == ["b"]


def test_the_minimum_is_configurable_and_the_remedy_is_a_value_that_cloudwatch_takes(
    stack: Stack,
) -> None:
    deliver_to(stack, retentionInDays=365)
    [violation] = said(stack, minimumRetentionDays=500)
    assert "at least 500 are required" in violation.text
    assert violation.text.endswith("    retention_in_days=545,")


def test_a_log_group_that_no_flow_log_delivers_to_is_none_of_our_business(good: Stack) -> None:
    good.log_group("app", retentionInDays=None)
    assert said(good) == []


@pytest.mark.parametrize(("region", "found"), [("eu-west-1", ["group"]), ("us-east-1", [])])
def test_a_log_group_is_found_by_its_arn_in_plain_text(
    stack: Stack, region: str, found: list[str]
) -> None:
    properties = {"name": "records", "retentionInDays": 30}
    stack.add(LOG_GROUP, "group", properties, region="eu-west-1")
    stack.flow_log(
        "log",
        [stack.vpc("main", region=region)],
        properties={"logDestination": f"arn:aws:logs:{region}:111122223333:log-group:records"},
        made_from={"logDestination": []},
        region=region,
    )
    assert [violation.resource for violation in said(stack)] == found


def test_a_log_group_of_that_name_whose_region_is_not_known_may_be_the_one(stack: Stack) -> None:
    stack.add(LOG_GROUP, "group", {"name": "records", "retentionInDays": 30}, region="")
    stack.flow_log(
        "log",
        [stack.vpc("main")],
        properties={"logDestination": "arn:aws:logs:eu-west-1:111122223333:log-group:records"},
        made_from={"logDestination": []},
    )
    assert [violation.resource for violation in said(stack)] == ["group"]


def test_many_flow_logs_to_one_log_group_are_one_violation(stack: Stack) -> None:
    group = stack.log_group("group", retentionInDays=1)
    for number in range(5):
        vpc = stack.vpc(f"vpc{number}")
        stack.flow_log(f"log{number}", [vpc], made_from={"logDestination": [group]})
    [violation] = said(stack)
    assert 'flow logs "log0", "log1", "log2", 2 more' in violation.text


def test_a_key_of_ones_own_encrypts(stack: Stack) -> None:
    deliver_to(stack, kmsKeyId=KEY_ARN)
    assert said(stack, ENCRYPTED) == []


def test_a_key_of_this_stack_encrypts(stack: Stack) -> None:
    key = stack.add("aws:kms/key:Key", "key", {"arn": UNKNOWN})
    properties = {"kmsKeyId": UNKNOWN, "retentionInDays": 365}
    group = stack.add(LOG_GROUP, "group", properties, made_from={"kmsKeyId": [key]})
    stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})
    assert said(stack, ENCRYPTED) == []


@pytest.mark.parametrize(
    ("key", "text"), [(None, "is encrypted with no KMS key"), (UNKNOWN, "not known in preview")]
)
def test_no_key_and_a_key_from_nowhere_do_not(stack: Stack, key: str | None, text: str) -> None:
    deliver_to(stack, kmsKeyId=key)
    [violation] = said(stack, ENCRYPTED)
    assert text in violation.text
    is_undecided = said(stack, ENCRYPTED, undecidable="advisory") == []
    assert is_undecided is (key is UNKNOWN)


def test_encryption_is_not_asked_for_by_default(good: Stack) -> None:
    assert ENCRYPTED not in {violation.policy for violation in good.judged()}


@pytest.mark.parametrize("days", [None, 0])
def test_records_that_are_kept_for_ever_are_advised_of(stack: Stack, days: int | None) -> None:
    deliver_to(stack, retentionInDays=days)
    [advice] = stack.judged()
    assert (advice.policy, advice.level, advice.resource) == (
        "log-group-expires",
        "advisory",
        "group",
    )
    assert 'to which flow log "log" delivers, never deletes its records.' in advice.text
    assert advice.text.endswith("    retention_in_days=365,")


def test_a_retention_that_is_not_known_may_be_one(stack: Stack) -> None:
    deliver_to(stack, retentionInDays=UNKNOWN)
    assert said(stack, EXPIRES) == []


def test_a_log_group_of_class_delivery_keeps_records_for_two_days_whatever_is_set(
    stack: Stack,
) -> None:
    deliver_to(stack, logGroupClass="DELIVERY", retentionInDays=365)
    [violation] = said(stack)
    assert "is of class DELIVERY: CloudWatch keeps its records for two days" in violation.text
    assert violation.text.endswith('    log_group_class="STANDARD",')


@pytest.mark.parametrize("name", ["STANDARD", "INFREQUENT_ACCESS"])
def test_a_log_group_of_another_class_keeps_them_as_long_as_is_set(stack: Stack, name: str) -> None:
    deliver_to(stack, logGroupClass=name)
    assert said(stack) == []


def test_a_class_that_the_provider_fills_in_is_the_standard_one(stack: Stack) -> None:
    outputs = {"name": "group", "retentionInDays": 365, "logGroupClass": UNKNOWN}
    inputs = {"name": "group", "retentionInDays": 365}
    group = stack.add(LOG_GROUP, "group", outputs, inputs=inputs)
    stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})
    assert said(stack) == []


def test_a_class_that_the_program_computes_is_undecidable(stack: Stack) -> None:
    settings = stack.add("acme:index:Settings", "settings", {})
    properties = {"name": "group", "retentionInDays": 365, "logGroupClass": UNKNOWN}
    group = stack.add(LOG_GROUP, "group", properties, made_from={"logGroupClass": [settings]})
    stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})
    assert "has a class that is not known in preview" in said(stack)[0].text
    assert stack.is_undecided(RETENTION)


def test_a_class_that_the_program_computes_is_known_once_it_is_deployed(stack: Stack) -> None:
    settings = stack.add("acme:index:Settings", "settings", {})
    properties = {"name": "group", "retentionInDays": 365, "logGroupClass": "STANDARD"}
    group = stack.add(LOG_GROUP, "group", properties, made_from={"logGroupClass": [settings]})
    stack.flow_log("log", [stack.vpc("main")], made_from={"logDestination": [group]})
    assert said(stack) == []


def test_a_log_group_that_is_only_read_is_said_not_to_have_been_judged(stack: Stack) -> None:
    stack.flow_log(
        "log",
        [stack.vpc("main")],
        properties={"logDestination": "arn:aws:logs:eu-west-1:111122223333:log-group:records"},
        made_from={"logDestination": []},
    )
    [remark] = stack.judged()
    assert (remark.policy, remark.level, remark.resource) == (
        "waiver-is-visible",
        "advisory",
        "log",
    )
    assert "only reads: its retention was not judged" in remark.text
