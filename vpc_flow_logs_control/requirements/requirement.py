"""What a requirement is, whoever judges it."""

from dataclasses import dataclass
from enum import StrEnum

from vpc_flow_logs_control.standards import Control


class Severity(StrEnum):
    """How much it matters that a requirement is not met.

    `HIGH`: rejected traffic is not recorded. `MEDIUM`: it is recorded, but the record will not
    last, or a claim about it (an exemption) does not hold. `LOW`: advice.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """3 for high, 1 for low."""
        return {Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement.

    Attributes:
        id: Its name everywhere, which is its file's name with hyphens: in reports, in SARIF, as a
            policy, in exemptions, in the docs.
        sentence: The requirement in a sentence.
        severity: How much it matters that it is not met. A finding may say less, never more.
        consequence: What happens where it is not met, in a sentence.
        why: The reason, in a paragraph.
        standards: The controls of published standards that it helps to prove.
        of_vpc: Whether it is about a VPC, so that an exemption of the VPC can lift it.
    """

    id: str
    sentence: str
    severity: Severity
    consequence: str
    why: str
    standards: tuple[Control, ...] = ()
    of_vpc: bool = True
