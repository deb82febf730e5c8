"""What is configured is what AWS gets, and a secret stays one."""

from typing import Any

from .conftest import ACCOUNT, REGIONS, Account, Stack

ASIA, EUROPE, AMERICA = REGIONS


def described(account: Account, region: str) -> list[dict[str, Any]]:
    return account.cloud.client("ec2", region).describe_flow_logs()["FlowLogs"]


def test_records_regions_and_protection_are_configured(account: Account, stack: Stack) -> None:
    wanted = {
        "regions": ["all"],
        "excludeRegions": [ASIA],
        "logFormat": "srcaddr dstaddr action",
        "maxAggregationInterval": 60,
        "deletionProtection": True,
    }
    stack.configure(**wanted)
    for operation in ("DescribeVpcs", "DescribeLogGroups"):
        account.cloud.deny(operation, region=ASIA)  # as an organization denies a region
    with account.listing():
        printed = stack.up()
        assert "deletionProtection is set: `pulumi destroy` stops at the log groups" in printed
        assert account.flow_logs(ASIA) == {}
        for region in (EUROPE, AMERICA):
            (log,) = described(account, region)
            assert log["LogFormat"] == "${srcaddr} ${dstaddr} ${action}"
            assert log["MaxAggregationInterval"] == 60
        stack.vpc_flow_logs(stack.project.outputs()["audit"])
        groups = [one for one in stack.state() if one["type"].endswith(":LogGroup")]
        assert [one["inputs"]["deletionProtectionEnabled"] for one in groups] == [True, True]
        stopped = stack.project.pulumi("destroy", "--yes", "--skip-preview", exit_code=1)
        assert "is protected from deletion" in stopped
        stack.configure(**wanted | {"deletionProtection": False})
        stack.up()
        absence = stack.project.outputs()["absence"]
        stack.destroy()
        assert f"is left. Not looked at, by choice: {ASIA}." in stack.vpc_flow_logs(absence)


def test_one_bucket_takes_the_records_of_all_regions_and_may_be_a_secret(
    account: Account, stack: Stack
) -> None:
    secret = "central-bucket"
    location = {"LocationConstraint": "eu-west-1"}
    account.cloud.client("s3").create_bucket(Bucket=secret, CreateBucketConfiguration=location)
    stack.configure(regions=[EUROPE, AMERICA])
    for path, value in (("destinationArn", f"arn:aws:s3:::{secret}"), ("tags.owner", secret)):
        stack.project.pulumi("config", "set", "--secret", "--path", path, value)
    printed = stack.up()
    for region in (EUROPE, AMERICA):
        (log,) = described(account, region)
        assert log["LogDestination"] == f"arn:aws:s3:::{secret}"
        assert {"Key": "owner", "Value": secret} in log["Tags"]
        assert account.log_groups(region) == {}
    assert account.roles() == set()
    assert secret not in stack.project.state()
    assert secret not in printed + stack.up("--expect-no-changes")
    assert secret not in stack.project.pulumi("stack", "output", "--json")

    stack.project.pulumi("config", "set", "maxAggregationInterval", "60")
    printed = stack.up()
    assert printed.count("is replaced, because its maxAggregationInterval cannot be changed") >= 2
    assert secret not in printed
    stack.destroy()


def test_what_is_shown_is_no_secret(stack: Stack) -> None:
    stack.project.pulumi("config", "set", "--secret", "exemptions", "hidden.json")
    printed = stack.project.pulumi("preview", exit_code=1)
    assert "exemptions: it is in names, outputs or messages that Pulumi shows" in printed
    assert "hidden.json" not in printed
    assert ACCOUNT not in printed
