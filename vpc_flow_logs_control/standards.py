"""Which controls of which published standards a rule helps to prove."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """One control of one standard.

    Attributes:
        standard: The standard with its version, where versions number differently.
        id: The control's number in it.
        url: Where it is described, if that is public.
    """

    standard: str
    id: str
    url: str = ""

    def __str__(self) -> str:
        """`CIS AWS Foundations Benchmark 5.0 3.7`."""
        return f"{self.standard} {self.id}"


_CIS = "https://www.cisecurity.org/benchmark/amazon_web_services"
_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"

FLOW_LOGGING = (
    Control("CIS AWS Foundations Benchmark 5.0", "3.7", _CIS),
    Control("CIS AWS Foundations Benchmark 3.0", "3.7", _CIS),
    Control("CIS AWS Foundations Benchmark 1.4", "3.9", _CIS),
    Control("CIS AWS Foundations Benchmark 1.2", "2.9", _CIS),
    Control("AWS Security Hub", "EC2.6", f"{_SECURITY_HUB}/ec2-controls.html#ec2-6"),
    Control(
        "AWS Config",
        "VPC_FLOW_LOGS_ENABLED",
        "https://docs.aws.amazon.com/config/latest/developerguide/vpc-flow-logs-enabled.html",
    ),
    Control("PCI DSS 4.0", "10.2"),
    Control("NIST SP 800-53 Rev. 5", "AU-12"),
    Control("NIST SP 800-53 Rev. 5", "SI-4"),
    Control("ISO/IEC 27001:2022", "A.8.15"),
    Control("ISO/IEC 27001:2022", "A.8.16"),
    Control("SOC 2", "CC7.2"),
)
"""For rules without which a VPC's rejected traffic is not recorded."""

LOG_RETENTION = (
    Control(
        "AWS Security Hub",
        "CloudWatch.16",
        f"{_SECURITY_HUB}/cloudwatch-controls.html#cloudwatch-16",
    ),
    Control("PCI DSS 4.0", "10.5.1"),
    Control("NIST SP 800-53 Rev. 5", "AU-11"),
    Control("ISO/IEC 27001:2022", "A.8.15"),
)
"""For rules about how long the record is kept."""
