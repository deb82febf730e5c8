"""A flow log's records name addresses and ports."""

from vpc_flow_logs_control.requirements.requirement import Requirement, Severity

REQUIREMENT = Requirement(
    id="flow-log-names-endpoints",
    sentence="A flow log's records name addresses and ports.",
    severity=Severity.LOW,
    consequence="That something was rejected is known, but not who tried to reach what.",
    why=(
        "A custom format may omit the addresses or the destination port. Its records then count "
        "rejected traffic without telling where it came from or what it was after, which an "
        "investigation asks first."
    ),
)
