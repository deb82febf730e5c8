"""Every VPC has a flow log on the VPC itself."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, PolicyResource

from vpc_flow_logs_control.requirements.vpc_has_flow_log import REQUIREMENT

from .kinds import is_native
from .literals import quoted
from .other_declarations import is_of_module
from .places import region_of
from .properties import text_of
from .requirement import UNDECIDABLE_PROPERTY, Config, Finding, GatedRequirement
from .stack_graph import Coverage, StackGraph, Verdict

_AWS_PROVIDER = "pulumi:providers:aws"


def _check(graph: StackGraph, _config: Config) -> Iterator[Finding]:
    for coverage in graph.coverage:
        vpc = coverage.vpc
        if coverage.verdict is Verdict.COVERED:
            continue
        reasons = "; ".join(coverage.reasons)
        if coverage.verdict is Verdict.NOT_COVERED:
            but = f" ({reasons})" if reasons else ""
            problem = f"VPC {graph.called(vpc)} has no flow log of its own{but}."
        else:
            problem = (
                f"It is undecidable whether VPC {graph.called(vpc)} has a flow log: {reasons}."
            )
        yield Finding(
            vpc.urn,
            (vpc,),
            problem,
            _remedy(graph, coverage),
            undecidable=coverage.verdict is Verdict.UNDECIDABLE,
        )
    for each in graph.unreadable:
        yield Finding(
            each.resource.urn,
            (),
            f"Whether {graph.called(each.resource)} declares a VPC without a flow log cannot be "
            f"read: it {each.problem}.",
            "Write the template's text into the program, or declare VPCs as aws.ec2.Vpc.",
            undecidable=True,
            setting="unreadable",
        )


def _remedy(graph: StackGraph, coverage: Coverage) -> str:
    vpc = coverage.vpc
    if graph.is_in_template(vpc) or is_of_module(vpc):
        where = "in the program, on the VPC's id among the outputs of what declares it"
        vpc_id = "vpc_id"
    else:
        where = "where the VPC is declared"
        # aws-native's id of a VPC is the output that its schema names so.
        by_type = is_native(vpc.resource_type) and not graph.is_of_cloudformation(vpc)
        vpc_id = "vpc.vpc_id" if by_type else "vpc.id"
    lines = _two_lines(vpc, vpc_id)
    if coverage.verdict is Verdict.NOT_COVERED:
        return f"Add these two lines {where}:\n{lines}"
    return f"Pass the VPC's own id to a flow log, for example {where}:\n{lines}"


def _two_lines(vpc: PolicyResource, vpc_id: str) -> str:
    provider = vpc.provider
    native = is_native(vpc.resource_type)
    arguments = f'"vpc_id": {vpc_id}'
    region = region_of(vpc).name
    of_provider = text_of(provider.props, "region") if provider is not None else None
    if isinstance(region, str) and (native or region != of_provider):
        arguments += f', "region": {quoted(region)}'
    options = ""
    if provider is not None and not provider.name.startswith("default"):
        # The component's resources are pulumi-aws's, which no other provider can make.
        name = "provider" if provider.urn.split("::")[2] == _AWS_PROVIDER else "aws_provider"
        options = f", pulumi.ResourceOptions(provider={name})"
    return (
        "    from vpc_flow_logs import VpcFlowLogs\n"
        f"    VpcFlowLogs({quoted(vpc.name)}, {{{arguments}}}{options})"
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
    properties={
        "undecidable": UNDECIDABLE_PROPERTY,
        "unreadable": {
            "type": "string",
            "enum": ["violation", "advisory"],
            "default": "advisory",
            "description": (
                "What becomes of a CloudFormation template, or another declaration, that the gate "
                "cannot read and that may hold a VPC: most hold none."
            ),
        },
    },
)
