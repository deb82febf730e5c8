"""Resources that a program declares in other ways than by their own types.

A VPC is a VPC whether it comes in as `aws.ec2.Vpc`, through Cloud Control, in the template of a
CloudFormation stack, or from a Terraform module or provider. Here all of them get the type and the
property names of Pulumi's AWS providers, so that nothing else in the gate has to know. What cannot
be read is said to be so, and never left out.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pulumi_policy import PolicyResource

from .kinds import OF_CLOUDFORMATION, OF_TERRAFORM, TEMPLATE_TYPES
from .properties import UNKNOWN, Untold, plain, text_of, value_of
from .templates import Declared, TemplateError, read, with_native_names

# Pulumi's package for a Terraform module registers the module's resources as `vpc:tf:aws_vpc`.
_OF_MODULE = re.compile(r"[^:]+:tf:(?P<type>.+)")
# Pulumi's package for a Terraform provider calls `aws_vpc` `aws:index/vpc:Vpc`.
_OF_PROVIDER = re.compile(r"(?P<package>[^:/]+):index/(?P<name>[^:]+):[^:]+")
BY_TYPE_NAME = {
    "aws:cloudcontrol/resource:Resource": ("typeName", "desiredState"),
    "aws-native:index:ExtensionResource": ("type", "properties"),
}
"""Types that stand for any of CloudFormation's: which property names it, which one has its own."""

# Where one text, or nothing, stands for all properties, each of these may be made of all that the
# text is made of.
_LINKS = (
    *("vpcId", "subnetId", "eniId", "resourceId"),
    *("logDestination", "logGroupName", "iamRoleArn", "deliverLogsPermissionArn"),
    *("role", "roles", "roleName", "policyArn", "managedPolicyArns"),
)


@dataclass(frozen=True)
class Unreadable:
    """Something that may declare a VPC and cannot be read.

    Attributes:
        resource: The resource that the program declares.
        problem: The end of a sentence that begins with its name.
    """

    resource: PolicyResource
    problem: str


@dataclass
class Declarations:
    """The resources of a stack, however they are declared.

    Attributes:
        resources: All of them.
        declared_by: The resource of the program that declares one which the engine does not know,
            by that one's URN.
        unreadable: What cannot be read.
    """

    resources: list[PolicyResource] = field(default_factory=list[PolicyResource])
    declared_by: dict[str, PolicyResource] = field(default_factory=dict[str, PolicyResource])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])


def understood(resources: Iterable[PolicyResource]) -> Declarations:
    """The resources with the types that they stand for, in place, and what templates declare."""
    found = Declarations()
    for resource in resources:
        found.resources.append(resource)
        _understand_terraform(resource)
        if resource.resource_type in BY_TYPE_NAME:
            _understand_type_name(resource, found)
        elif resource.resource_type in TEMPLATE_TYPES:
            _understand_template(resource, found)
    return found


def declared_as(resource: PolicyResource) -> str:
    """The type that the program declares a resource as, whatever it stands for."""
    # urn:pulumi:<stack>::<project>::<parents' types>$<type>::<name>
    return resource.urn.split("::")[2].split("$")[-1]


def is_of_module(resource: PolicyResource) -> bool:
    """Whether a Terraform module declares a resource."""
    return _OF_MODULE.fullmatch(declared_as(resource)) is not None


def _understand_terraform(resource: PolicyResource) -> None:
    if match := _OF_MODULE.fullmatch(resource.resource_type):
        if match["type"] not in OF_TERRAFORM:
            return
        resource.resource_type = OF_TERRAFORM[match["type"]]
        properties = {_camel(key): value for key, value in plain(resource.props).items()}
        # Newer versions of the package tell the engine no properties at all.
        resource.props = properties or Untold()
        # They never tell of what one is made; it is made of what the module has.
        within = [resource.parent] if resource.parent is not None else []
        resource.property_dependencies = dict.fromkeys(_LINKS, within)
    elif match := _OF_PROVIDER.fullmatch(resource.resource_type):
        name = re.sub(r"(?=[A-Z])", "_", match["name"]).lower()
        of_terraform = f"{match['package']}_{name}"
        resource.resource_type = OF_TERRAFORM.get(of_terraform, resource.resource_type)


def _understand_type_name(resource: PolicyResource, found: Declarations) -> None:
    type_key, properties_key = BY_TYPE_NAME[resource.resource_type]
    kind = text_of(resource.props, type_key)
    if kind is UNKNOWN:
        problem = "creates a resource whose type is not known in preview"
        found.unreadable.append(Unreadable(resource, problem))
    if not isinstance(kind, str) or kind not in OF_CLOUDFORMATION:
        return
    made_from = resource.property_dependencies.get(properties_key, [])
    given = _object(value_of(resource.props, properties_key))
    answered = _answered(resource)
    resource.resource_type = OF_CLOUDFORMATION[kind]
    resource.property_dependencies = dict.fromkeys(_LINKS, made_from)
    resource.props = Untold(answered) if given is None else {**answered, **with_native_names(given)}
    if resource.resource_type in TEMPLATE_TYPES:
        _understand_template(resource, found)


def _answered(resource: PolicyResource) -> dict[str, object]:
    """The id and the region that a resource has, as far as the provider says anything of them."""
    found = {key: value_of(resource.props, key) for key in ("id", "region")}
    outputs = value_of(resource.props, "outputs")
    if outputs is UNKNOWN:
        found["id"] = UNKNOWN
    elif within := _object(outputs):
        found["vpcId"] = within.get("VpcId")
    return {key: value for key, value in found.items() if value is not None}


def _understand_template(stack: PolicyResource, found: Declarations) -> None:
    """Add the resources that a CloudFormation stack's template declares."""
    body = value_of(stack.props, "templateBody")
    # In a template the name keeps CloudFormation's capitals.
    url = text_of(stack.props, "templateUrl") or text_of(stack.props, "templateURL")
    given = value_of(stack.props, "parameters")
    parameters = cast("Mapping[str, object]", given if isinstance(given, Mapping) else {})
    problems: Sequence[str]
    if isinstance(body, str | Mapping) and body:
        try:
            template = read(cast("str | Mapping[str, object]", body), parameters)
        except TemplateError as error:
            problems = [f"has a template that cannot be read: {error}"]
        else:
            problems = [f"has a template that {problem}" for problem in template.hidden]
            _add(template.resources, stack, found)
    elif url is not None and body is not UNKNOWN:
        problems = ["has a template at a URL, which the gate does not read"]
    else:
        problems = ["has a template that is not known in preview"]
    found.unreadable += [Unreadable(stack, problem) for problem in problems]


def _add(declared: Sequence[Declared], stack: PolicyResource, found: Declarations) -> None:
    head, types, name = _parts(stack.urn)
    # A stack that is yet to be created, or replaced, has no resource that exists.
    is_new = UNKNOWN in [text_of(stack.props, key) for key in ("id", "arn", "stackId")]
    made: dict[str, PolicyResource] = {}
    conditions = {each.logical_id: each.condition for each in declared}
    for each in declared:
        properties = {**each.properties}
        if each.condition and any(
            conditions.get(other) != each.condition
            for other in each.made_from.get("resourceId", ())
        ):
            # Whether this flow log will be there is decided apart from its VPC.
            properties["resourceType"] = UNKNOWN
        if is_new:
            properties["id"] = UNKNOWN
        if "region" not in properties:
            properties["region"] = value_of(stack.props, "region")
        urn = f"{head}{types}${each.resource_type}::{name}/{each.logical_id}"
        made[each.logical_id] = PolicyResource(
            each.resource_type,
            properties,
            urn,
            f"{name}/{each.logical_id}",
            stack.opts,
            stack.provider,
            stack,
            [],
            {},
        )
        found.declared_by[urn] = found.declared_by.get(stack.urn, stack)
    of_parameters = stack.property_dependencies.get("parameters", [])
    for each in declared:
        resource = made[each.logical_id]
        for key, names in each.made_from.items():
            resource.property_dependencies[key] = [made[one] for one in sorted(names & made.keys())]
            if names - made.keys():
                resource.property_dependencies[key] += of_parameters
        found.resources.append(resource)
        if resource.resource_type in TEMPLATE_TYPES:
            _understand_template(resource, found)


def _parts(urn: str) -> tuple[str, str, str]:
    """A URN's stack and project, its types, and its name."""
    # urn:pulumi:<stack>::<project>::<types>::<name>
    stack, project, types, name = urn.split("::", 3)
    return f"{stack}::{project}::", types, name


def _object(value: object) -> Mapping[str, object] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(other[:1].upper() + other[1:] for other in others)
