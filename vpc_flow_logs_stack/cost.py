"""What logging more VPCs is likely to cost a month; pure.

The prices are the list prices of the first tier in us-east-1: of vended logs, delivered to
CloudWatch (standard class) or to S3 and Firehose, and of a gigabyte kept in CloudWatch for a month.
CloudWatch bills what it keeps compressed, so the estimate of the storage is an upper bound.
https://aws.amazon.com/cloudwatch/pricing/
"""

DOLLARS_PER_GB_TO_CLOUDWATCH = 0.50
"""US dollars for a gigabyte (10^9 bytes) of records, delivered to a log group."""
DOLLARS_PER_GB_ELSEWHERE = 0.25
"""The same, delivered to S3 or Firehose."""
DOLLARS_PER_GB_MONTH_STORED = 0.03
"""US dollars for a gigabyte that a log group keeps for a month."""
_DAYS_A_MONTH = 30.4


def estimate(
    *, to_cloudwatch: int, elsewhere: int, megabytes_per_vpc: int, retention_in_days: int
) -> str:
    """Return the estimate in words, with what it assumes.

    Args:
        to_cloudwatch: VPCs that are newly logged to a log group.
        elsewhere: VPCs that are newly logged to S3 or Firehose, whose storage is not counted.
        megabytes_per_vpc: Records of one VPC in a month, in megabytes.
        retention_in_days: How long a log group keeps them.
    """
    gigabytes = megabytes_per_vpc / 1000
    delivery = gigabytes * (
        to_cloudwatch * DOLLARS_PER_GB_TO_CLOUDWATCH + elsewhere * DOLLARS_PER_GB_ELSEWHERE
    )
    months = retention_in_days / _DAYS_A_MONTH
    storage = gigabytes * to_cloudwatch * months * DOLLARS_PER_GB_MONTH_STORED
    return (
        f"{to_cloudwatch + elsewhere} more VPCs will be logged. Estimate: {delivery:.2f} USD a "
        f"month for delivery, and up to {storage:.2f} USD a month for storage once "
        f"{retention_in_days} days are kept. This assumes {megabytes_per_vpc} MB of records a "
        "month from each VPC (set megabytesPerVpc to what you know; nothing was measured) and the "
        "list prices of us-east-1; other regions differ."
    )
