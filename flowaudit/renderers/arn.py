"""AWS's own names (ARNs) for what a report is about, for the formats that other tools read."""

import re
from functools import cache
from typing import Any, cast

from botocore.loaders import create_loader

from flowaudit.judging.finding import Verdict


@cache
def partition(region: str) -> str:
    """Return the partition of a region: `aws`, `aws-cn`, `aws-us-gov` and so on.

    botocore's own list decides; a region that is too new for it is in `aws`.

    Args:
        region: A region's code, such as `eu-west-1`.
    """
    partitions = cast(
        "list[dict[str, Any]]",
        create_loader().load_data("partitions")["partitions"],  # pyright: ignore[reportUnknownMemberType] (botocore-stubs leave it open)
    )
    for each in partitions:
        if region in each["regions"] or re.match(each["regionRegex"], region):
            return str(each["id"])
    return "aws"


def vpc(verdict: Verdict) -> str:
    """Return a VPC's ARN.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    owner, region = verdict.vpc.owner_id, verdict.region
    return f"arn:{partition(region)}:ec2:{region}:{owner}:vpc/{verdict.vpc.id}"
