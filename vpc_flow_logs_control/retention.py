"""How long CloudWatch Logs keeps records, and how long is long enough."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retention periods in days that CloudWatch Logs takes (API reference, PutRetentionPolicy)."""

DEFAULT_RETENTION_IN_DAYS = 365
"""A year, as the CIS AWS Foundations Benchmark advises for VPC flow logs."""

KEEPING_CLASSES = frozenset({None, "STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS"})
"""Log group classes that keep records for as long as the retention says; None where AWS says none.

CloudWatch Logs API reference, LogGroup.
"""

SHORT_CLASS = "DELIVERY"
"""The log group class that keeps records for two days at most, whatever the retention says."""


def shortest_retention(minimum: int) -> int:
    """Return the shortest retention in days that CloudWatch Logs takes and that is long enough.

    Args:
        minimum: Days; above the longest that there is, that one is returned.
    """
    return next((days for days in RETENTION_DAYS if days >= minimum), RETENTION_DAYS[-1])
