"""Every entry of the exemptions file is in date and applies to a VPC."""

from flowaudit.judging.finding import Severity
from flowaudit.judging.requirements.rule import USER_GUIDE, Rule

RULE = Rule(
    id="exemption-is-valid",
    severity=Severity.MEDIUM,
    title="Every entry of the exemptions file is in date and applies to a VPC.",
    description=(
        "An expired exemption lifts nothing any more, one that expires more than 366 days ahead "
        "lifts nothing yet, and one that matches no VPC is either out of date or misspelt. "
        "Entries about another account or region than those that were read are left alone, and so "
        "are those for the gate alone: URNs, and names of Pulumi resources. Whether an entry "
        "matches is judged only where everything that it may be about was read."
    ),
    remedy="Fix the VPC and remove the entry, or have its owner renew it.",
    source=f"{USER_GUIDE}/flow-logs.html",
)
