"""Every entry of the exemptions file is in date and applies to a VPC."""

from flowaudit.judging.finding import Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule

RULE = Rule(
    id="exemption-is-valid",
    severity=Severity.MEDIUM,
    title="Every entry of the exemptions file is in date and applies to a VPC.",
    description=(
        "An expired exemption lifts nothing any more, and one that matches no VPC is either out of "
        "date or misspelt. Entries for the policy pack alone (`urn:pulumi:...`) are left to it. "
        "Whether an entry matches is judged only when every region was asked for and read."
    ),
    remedy="Fix the VPC and remove the entry, or have its owner renew it.",
    source=f"{USER_GUIDE}/flow-logs.html",
)
