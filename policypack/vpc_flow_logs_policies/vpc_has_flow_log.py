"""Every VPC has a flow log on the VPC itself."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.requirements.vpc_has_flow_log import REQUIREMENT

from .properties import text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import StackGraph, Verdict


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for coverage in graph.coverage:
        vpc = coverage.vpc
        if coverage.verdict is Verdict.COVERED:
            continue
        reasons = "; ".join(coverage.reasons)
        if coverage.verdict is Verdict.NOT_COVERED:
            but = f" ({reasons})" if reasons else ""
            problem = f'VPC "{vpc.name}" has no flow log of its own{but}.'
            remedy = f"Add these two lines where the VPC is declared:\n{_two_lines(vpc)}"
        else:
            problem = f'It is undecidable whether VPC "{vpc.name}" has a flow log: {reasons}.'
            remedy = f"Pass the VPC's own id to a flow log, for example:\n{_two_lines(vpc)}"
        yield Finding(
            vpc.urn,
            (vpc,),
            problem,
            remedy,
            undecidable=coverage.verdict is Verdict.UNDECIDABLE,
        )


def _two_lines(vpc: PolicyResource) -> str:
    arguments = '"vpc_id": vpc.id'
    region = text_of(vpc.props, "region")
    of_provider = text_of(vpc.provider.props, "region") if vpc.provider is not None else None
    if isinstance(region, str) and region != of_provider:
        arguments += f', "region": "{region}"'
    options = ""
    if vpc.provider is not None and not vpc.provider.name.startswith("default"):
        options = ", pulumi.ResourceOptions(provider=provider)"
    return (
        "    from vpc_flow_logs import VpcFlowLogs\n"
        f'    VpcFlowLogs("{vpc.name}", {{{arguments}}}{options})'
    )


GATED = GatedRequirement(
    control=REQUIREMENT,
    judged=(
        "VPCs inside components, also those of other languages such as awsx, are VPCs of the "
        "stack like any other. A flow log on a subnet or on a network interface of the VPC "
        "does not count."
    ),
    level=EnforcementLevel.MANDATORY,
    good="""\
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
VpcFlowLogs("main", {"vpc_id": vpc.id})
""",
    bad="""\
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
# Only a part of the VPC is logged.
aws.ec2.FlowLog(
    "main",
    subnet_id=subnet.id,
    traffic_type="REJECT",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
)
""",
    check=_check,
    properties={"undecidable": UNDECIDABLE_PROPERTY},
)
