"""FlowLogsCompliance as a program in another language uses it: through the component package."""

from typing import Any

import pulumi


class FlowLogsCompliance(pulumi.ComponentResource):
    """What Pulumi generates for a component of a package, in essence."""

    ruleArns: pulumi.Output[dict[str, str]]  # noqa: N815 (the schema's name)

    def __init__(self, name: str, args: dict[str, Any]) -> None:
        """Ask the package to construct the component."""
        props = {"ruleArns": None, **args}
        super().__init__("vpc-flow-logs:index:FlowLogsCompliance", name, props, remote=True)


given: dict[str, Any] = pulumi.Config().require_object("args")
pulumi.export("ruleArns", FlowLogsCompliance("logged", given).ruleArns)
