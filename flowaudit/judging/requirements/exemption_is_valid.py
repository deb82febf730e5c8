"""Every exemption is well-formed, in force and about a VPC that there is."""

from flowaudit.judging.requirements.requirement import USER_GUIDE, AuditRequirement
from vpc_flow_logs_control.requirements.exemption_is_valid import REQUIREMENT

AUDITED = AuditRequirement(
    control=REQUIREMENT,
    judged=(
        "An entry that has expired, that ends more than a year ahead, or that matches no VPC is "
        "reported. Entries about another account, another region or a stack are left to those "
        "whom they concern. Whether an entry matches is judged only when everything in its reach "
        "was asked for and read."
    ),
    remedy="Log the VPC and remove the entry, or have its owner renew it.",
    source=f"{USER_GUIDE}/flow-logs.html",
)
