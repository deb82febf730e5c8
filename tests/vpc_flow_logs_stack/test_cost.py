"""The estimate: simple sums, and what they assume."""

from vpc_flow_logs_stack.cost import estimate


def test_the_sums() -> None:
    # 12 VPCs, half a gigabyte a month each: 10 to CloudWatch for 0.50 USD, 2 elsewhere for 0.25 USD
    # a gigabyte. A year of 5 GB a month, 60 GB, is kept for 0.03 USD a gigabyte.
    text = estimate(to_cloudwatch=10, elsewhere=2, megabytes_per_vpc=500, retention_in_days=365)
    assert "12 more VPCs will be logged" in text
    assert "2.75 USD a month for delivery" in text
    assert "1.80 USD a month for storage once 365 days" in text


def test_it_says_what_it_assumes() -> None:
    text = estimate(to_cloudwatch=1, elsewhere=0, megabytes_per_vpc=70, retention_in_days=30)
    assert "assumes 70 MB" in text
    assert "nothing was measured" in text
    assert "us-east-1" in text


def test_nothing_to_log_costs_nothing() -> None:
    text = estimate(to_cloudwatch=0, elsewhere=0, megabytes_per_vpc=500, retention_in_days=365)
    assert "0.00 USD a month for delivery" in text
