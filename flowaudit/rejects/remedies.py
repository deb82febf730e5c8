"""What `rejects` says helps where something could not be read."""

from flowaudit.facts import Cause
from flowaudit.remedies import of_command

REMEDY = of_command(
    "vpc-flow-logs permissions --command rejects",
    {
        Cause.TIMEOUT: "Ask for a shorter --since or --vpc, or give it more time with --timeout.",
        Cause.LOG_GROUP_CLASS: (
            "CloudWatch Logs Insights reads log groups of this class. Ask it for "
            '`filter action = "REJECT" | stats count(*) as records by srcAddr | sort records desc`.'
        ),
    },
)
