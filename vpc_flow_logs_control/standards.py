"""Which controls of which published standards a requirement helps to prove."""

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


_CIS = "CIS AWS Foundations Benchmark"
_CIS_URL = "https://www.cisecurity.org/benchmark/amazon_web_services"
_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
_NIST = "NIST SP 800-53 Rev. 5"

CONFIG_RULE = "VPC_FLOW_LOGS_ENABLED"
"""The identifier of AWS Config's managed rule (AWS Config Developer Guide)."""

FLOW_LOGGING = (
    *(Control(f"{_CIS} {version}", "4.7", _CIS_URL) for version in ("7.0", "6.0")),
    *(Control(f"{_CIS} {version}", "3.7", _CIS_URL) for version in ("5.0", "4.0.1", "3.0")),
    *(Control(f"{_CIS} {version}", "3.9", _CIS_URL) for version in ("2.0", "1.5", "1.4")),
    Control(f"{_CIS} 1.2", "2.9", _CIS_URL),
    Control("AWS Security Hub", "EC2.6", f"{_SECURITY_HUB}/ec2-controls.html#ec2-6"),
    Control(
        "AWS Config",
        CONFIG_RULE,
        "https://docs.aws.amazon.com/config/latest/developerguide/vpc-flow-logs-enabled.html",
    ),
    Control("PCI DSS 4.0.1", "10.2.1"),
    *(
        Control(_NIST, id_)
        for id_ in (
            *("AC-4(26)", "AU-2", "AU-3", "AU-6(3)", "AU-6(4)", "AU-12", "CA-7", "SI-7(8)"),
        )
    ),
    *(Control("NIST SP 800-171 Rev. 2", id_) for id_ in ("3.1.20", "3.3.1", "3.13.1")),
    Control("ISO/IEC 27001:2022", "A.8.15"),
    Control("ISO/IEC 27001:2022", "A.8.16"),
    Control("SOC 2", "CC7.2"),
    Control("SOC 2", "CC7.3"),
    Control("HIPAA", "164.312(b)"),
    Control("FedRAMP 20x", "KSI-MLA-LET"),
    Control("C5:2025", "OPS-11.02AC"),
    Control("ENS", "op.mon.1"),
    Control("ISMS-P", "2.9.4"),
    Control("ISMS-P", "2.10.2"),
    Control("NIS2", "3.2.3.c"),
    Control("DORA", "Art. 17"),
    Control("CIS Controls 8.1", "8.2"),
    Control("CIS Controls 8.1", "13.6"),
)
"""For requirements without which a VPC's rejected traffic is not recorded."""

LOG_RETENTION = (
    Control(
        "AWS Security Hub",
        "CloudWatch.16",
        f"{_SECURITY_HUB}/cloudwatch-controls.html#cloudwatch-16",
    ),
    Control("PCI DSS 4.0.1", "10.5.1"),
    Control(_NIST, "AU-11"),
    Control("ISO/IEC 27001:2022", "A.8.15"),
)
"""For requirements about how long the record is kept."""

LEAST_PRIVILEGE = (Control(_NIST, "AC-6"), Control("SOC 2", "CC6.3"))
"""For requirements about what the delivery role may do."""

ENCRYPTION = (
    Control(_NIST, "AU-9"),
    Control(_NIST, "SC-28"),
    Control("PCI DSS 4.0.1", "10.3"),
    Control("ISO/IEC 27001:2022", "A.8.24"),
)
"""For requirements about who may read the record."""
