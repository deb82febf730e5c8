"""What an audit is asked for: regions chosen and excluded, owners, exemptions, nothing at all."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowaudit.reading.listings import FLOW_LOGS, LOG_GROUPS, VPCS

from .conftest import ACCOUNT, REGIONS, Audit, Cloud
from .fault_proxy import Proxy, body

pytestmark = pytest.mark.usefixtures("botocore_door")

TWO_REGIONS = (
    b'<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>'
    b"<item><regionName>eu-west-1</regionName></item><item><regionName>us-east-1</regionName>"
    b"</item></regionInfo></DescribeRegionsResponse>"
)


def test_excluded_regions_are_not_asked_and_are_told(
    cloud: Cloud, proxy: Proxy, audit: Audit
) -> None:
    cloud.log_everything("eu-west-1")
    proxy.fault("us-east-1", "ec2:DescribeRegions", body(TWO_REGIONS))

    result = audit("--exclude-regions", "us-east-1", regions=None)

    assert result.code == 0
    assert result.report["requested"]["exclude_regions"] == ["us-east-1"]
    assert result.report["read"]["regions"] == ["eu-west-1"]
    assert not any(
        question.action == "ec2:DescribeVpcs" and question.region == "us-east-1"
        for question in proxy.questions
    )


def test_an_audit_of_no_region_proves_nothing(proxy: Proxy, audit: Audit) -> None:
    proxy.fault("us-east-1", "ec2:DescribeRegions", body(TWO_REGIONS))

    result = audit("--exclude-regions", "eu-west-1,us-east-1", regions=None)

    assert result.code == 3
    assert result.report["complete"] is False
    assert [each["cause"] for each in result.report["unread"]] == ["nothing to read"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--exclude-regions", "eu-west-1"], "do not name it in --regions"),
        (["--exclude-regions", "eu-wset-1"], "do not name it in --regions"),
    ],
)
def test_a_region_is_named_or_excluded_but_not_both(
    audit: Audit, arguments: list[str], told: str
) -> None:
    result = audit(*arguments)

    assert result.code == 2
    assert told in result.err


@pytest.mark.parametrize(
    ("excluded", "told"),
    [("eu-wset-1", "there is no region eu-wset-1; did you mean eu-west-1?"), ("all", "region all")],
)
def test_an_excluded_region_that_does_not_exist_is_an_error(
    audit: Audit, excluded: str, told: str
) -> None:
    result = audit("--exclude-regions", excluded, regions=None)

    assert result.code == 2
    assert "--exclude-regions: there is no" in result.err
    assert told in result.err


def test_who_asks_is_told_and_how_many_regions_are_a_choice(cloud: Cloud, audit: Audit) -> None:
    del cloud
    result = audit("--format", "table")

    assert f"Asked by: arn:aws:sts::{ACCOUNT}:" in result.out
    assert "2 of at least 17 regions, by choice (eu-west-1, us-east-1)" in result.out


def test_a_vpcs_owner_is_told_by_its_tag(cloud: Cloud, audit: Audit) -> None:
    vpc = cloud.vpc("shop")
    cloud.ec2().create_tags(Resources=[vpc], Tags=[{"Key": "Team", "Value": "payments"}])

    result = audit("--owner-tag", "Team")

    assert result.vpc(vpc)["owner"] == "payments"
    assert result.vpc(vpc)["vpc"]["tags"] == {"Name": "shop", "Team": "payments"}
    assert result.report["totals"]["owners"] == {
        "": {"fail": len(REGIONS)},
        "payments": {"fail": 1},
    }


def test_the_exemptions_that_were_applied_are_told_with_their_digest(
    cloud: Cloud, audit: Audit, tmp_path: Path
) -> None:
    del cloud
    file = tmp_path / "exemptions.json"
    entry = {
        "vpc": "vpc-0a1b2c3d4e5f60718",
        "reason": "Nothing is attached to it",
        "owner": "net@example.com",
        "expires": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
    }
    file.write_text(json.dumps({"exemptions": [entry]}))

    result = audit("--exemptions", str(file))

    assert result.report["requested"]["exemptions"] == {
        "path": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


HOSTILE = "a\u202eb\x1b[2Jc\u0085d\u200fe"
CLEAN = "a\ufffdb\ufffd[2Jc\ufffdd\ufffde"


class Pages:
    """A client whose listing has one page."""

    def __init__(self, key: str, item: dict[str, object]) -> None:
        self.page = {key: [item]}

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **_: object) -> list[dict[str, list[dict[str, object]]]]:
        return [self.page]


@pytest.mark.parametrize(
    ("listing", "item"),
    [
        (
            VPCS,
            {
                "VpcId": HOSTILE,
                "OwnerId": HOSTILE,
                "CidrBlock": HOSTILE,
                "Tags": [{"Key": HOSTILE, "Value": HOSTILE}, {"Key": "Name", "Value": HOSTILE}],
            },
        ),
        (
            FLOW_LOGS,
            {
                "FlowLogId": HOSTILE,
                "ResourceId": f"vpc-{HOSTILE}",
                "TrafficType": HOSTILE,
                "FlowLogStatus": HOSTILE,
                "DeliverLogsStatus": HOSTILE,
                "DeliverLogsErrorMessage": HOSTILE,
                "DeliverLogsPermissionArn": HOSTILE,
                "LogDestinationType": HOSTILE,
                "LogDestination": HOSTILE,
                "LogGroupName": HOSTILE,
                "LogFormat": HOSTILE,
                "Tags": [{"Key": HOSTILE, "Value": HOSTILE}],
            },
        ),
        (LOG_GROUPS, {"logGroupName": HOSTILE, "kmsKeyId": HOSTILE}),
    ],
    ids=["VPC", "flow log", "log group"],
)
def test_every_text_from_aws_is_cleaned_of_control_and_direction_characters(
    listing: Any, item: dict[str, object]
) -> None:
    found: list[object] = []

    listing.read(Pages(listing.key, item), found, {})

    text = repr(found)
    assert text.count("\\ufffd") == 0  # Python shows it as it is
    assert CLEAN in text
    for hostile in ("\u202e", "\x1b", "\u0085", "\u200f", "\\u202e", "\\x1b", "\\x85", "\\u200f"):
        assert hostile not in text
