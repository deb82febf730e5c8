"""Stacks as the engine describes them to a policy pack, and the pack's own server to judge them.

What goes in and comes out are the messages of Pulumi's analyzer protocol, so that policies get
the proxies and the configuration that they get from the engine.
"""

import json
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import (
    _PolicyAnalyzerServicer,  # pyright: ignore[reportPrivateUsage] (PolicyPack never returns)
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from vpc_flow_logs_policies import REQUIREMENTS
from vpc_flow_logs_policies.gate import Gate
from vpc_flow_logs_policies.requirement import GatedRequirement

UNKNOWN = UNKNOWN_STRING_VALUE
"""What the engine sends in place of a value that is not known in preview."""

TODAY = date(2026, 11, 24)

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
COMPONENT = "acme:index:Network"
DEFAULT_PROVIDER = "urn:pulumi:prod::network::pulumi:providers:aws::default_7_51_1"

LEVELS = {
    EnforcementLevel.ADVISORY: analyzer_pb2.ADVISORY,
    EnforcementLevel.MANDATORY: analyzer_pb2.MANDATORY,
    EnforcementLevel.REMEDIATE: analyzer_pb2.REMEDIATE,
    EnforcementLevel.DISABLED: analyzer_pb2.DISABLED,
}


@dataclass(frozen=True)
class Said:
    """What a policy reported."""

    policy: str
    level: str
    resource: str
    text: str


@dataclass
class Pack:
    """A policy pack's server, configured as the engine does it."""

    policies: Sequence[Policy]
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    registered: Sequence[analyzer_pb2.AnalyzeRequest] = ()

    def __post_init__(self) -> None:
        # The SDK leaves its methods without types.
        self.server: Any = _PolicyAnalyzerServicer(
            "pack", "1.0.0", list(self.policies), EnforcementLevel.ADVISORY
        )
        info = self.server.GetAnalyzerInfo(None, None)
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy in info.policies:
            given = dict(self.config.get(policy.name, {}))
            level = given.pop("enforcementLevel", None)
            into = request.policyConfig[policy.name]
            into.enforcementLevel = (
                policy.enforcementLevel if level is None else LEVELS[EnforcementLevel(level)]
            )
            schemas = json_format.MessageToDict(policy.configSchema.properties)
            for name, schema in schemas.items():
                if "default" in schema:
                    into.properties[name] = schema["default"]
            into.properties.update(given)
        self.server.Configure(request, None)

    def judge(self, request: analyzer_pb2.AnalyzeStackRequest) -> list[Said]:
        """Everything that is reported about a stack, in order."""
        for one in self.registered:
            self.server.Analyze(one, None)
        response = self.server.AnalyzeStack(request, None)
        return [
            Said(
                each.policyName,
                analyzer_pb2.EnforcementLevel.Name(each.enforcementLevel).lower(),
                each.urn.rsplit("::", 1)[-1],
                each.message,
            )
            for each in response.diagnostics
        ]


@dataclass
class Stack:
    """A stack under construction."""

    resources: dict[str, analyzer_pb2.AnalyzerResource] = field(
        default_factory=dict[str, analyzer_pb2.AnalyzerResource]
    )
    inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    def add(  # noqa: PLR0913 (all but three are for single tests)
        self,
        resource_type: str,
        name: str,
        properties: Mapping[str, Any],
        *,
        made_from: Mapping[str, Sequence[str]] | None = None,
        parent: str = "",
        provider: str = DEFAULT_PROVIDER,
        region: str = "eu-west-1",
        settings: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a resource; its URN.

        Args:
            resource_type: Its type.
            name: Its name.
            properties: Its outputs.
            made_from: Of which resources, by URN, each property is made.
            parent: The URN of its parent.
            provider: The URN of its provider.
            region: The provider's region; empty where it is not said.
            settings: The provider's other settings.
            inputs: What the program sets; without it, all properties but its id and ARN.
        """
        types = f"{parent.split('::')[2]}$" if parent else ""
        urn = f"urn:pulumi:prod::network::{types}{resource_type}::{name}"
        resource = analyzer_pb2.AnalyzerResource(
            type=resource_type, name=name, urn=urn, parent=parent
        )
        resource.properties.update(properties)
        resource.provider.urn = provider
        resource.provider.type = "pulumi:providers:aws"
        resource.provider.name = provider.rsplit("::", 1)[1]
        resource.provider.properties.update({"region": region} if region else {})
        resource.provider.properties.update(settings or {})
        self.inputs[urn] = (
            {key: value for key, value in properties.items() if key not in {"id", "arn"}}
            if inputs is None
            else inputs
        )
        for key, urns in (made_from or {}).items():
            resource.propertyDependencies[key].urns.extend(urns)
        self.resources[urn] = resource
        return urn

    def vpc(self, name: str, resource_type: str = VPC, **more: Any) -> str:
        """Add a VPC that is to be created: its id is not known; its URN."""
        outputs = {"cidrBlock": "10.0.0.0/16", "id": UNKNOWN, "arn": UNKNOWN}
        properties = {**outputs, **more.pop("properties", {})}
        return self.add(resource_type, name, properties, **more)

    def flow_log(
        self, name: str, vpcs: Sequence[str] = (), *, key: str = "vpcId", **more: Any
    ) -> str:
        """Add a flow log in good order whose target is made from these resources; its URN."""
        log_group = self.log_group(f"{name}-group")
        role = self.role(f"{name}-role")
        properties = {
            key: UNKNOWN,
            "trafficType": "REJECT",
            "logDestination": UNKNOWN,
            "iamRoleArn": UNKNOWN,
            "maxAggregationInterval": 600,
            "id": UNKNOWN,
            **more.pop("properties", {}),
        }
        made_from = {
            key: list(vpcs),
            "logDestination": [log_group],
            "iamRoleArn": [role],
            **more.pop("made_from", {}),
        }
        present = {key: value for key, value in properties.items() if value is not None}
        return self.add(FLOW_LOG, name, present, made_from=made_from, **more)

    def log_group(self, name: str, **properties: Any) -> str:
        """Add a log group with a year's retention; its URN."""
        outputs = {"name": name, "arn": UNKNOWN, "retentionInDays": 365, **properties}
        present = {key: value for key, value in outputs.items() if value is not None}
        return self.add(LOG_GROUP, name, present)

    def role(self, name: str, **properties: Any) -> str:
        """Add a role that only the flow logs service of one account takes on; its URN."""
        more = {
            key: properties.pop(key)
            for key in ("provider", "settings", "inputs")
            if key in properties
        }
        outputs = {
            "name": name,
            "arn": UNKNOWN,
            "assumeRolePolicy": TRUST,
            "inlinePolicies": [{"name": "deliver", "policy": WRITE}],
            **properties,
        }
        return self.add(ROLE, name, outputs, **more)

    def request(self, *, shuffled_by: int = 0) -> analyzer_pb2.AnalyzeStackRequest:
        """The stack as the engine sends it, which is in no particular order."""
        resources = list(self.resources.values())
        random.Random(shuffled_by).shuffle(resources)
        return analyzer_pb2.AnalyzeStackRequest(resources=resources)

    def registrations(self) -> list[analyzer_pb2.AnalyzeRequest]:
        """What the engine tells of each resource when the program registers it."""
        found: list[analyzer_pb2.AnalyzeRequest] = []
        for urn, inputs in self.inputs.items():
            resource = self.resources[urn]
            request = analyzer_pb2.AnalyzeRequest(
                type=resource.type, name=resource.name, urn=urn, provider=resource.provider
            )
            request.properties.update(inputs)
            found.append(request)
        return found

    def judged(
        self,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        requirements: Sequence[GatedRequirement] = REQUIREMENTS,
        today: date = TODAY,
    ) -> list[Said]:
        """What the gate says about it."""
        gate = Gate(requirements, today=lambda: today)
        return Pack(gate.policies(), config or {}, self.registrations()).judge(self.request())

    def is_undecided(self, policy: str) -> bool:
        """Whether a policy only advises where it lets pass what a preview cannot decide."""
        said = self.judged({policy: {"undecidable": "advisory"}})
        return policy not in {each.policy for each in said}


TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
    "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}"""

# Each log group of the tests, by the beginning of its name.
WRITE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": [
                    f"arn:*:logs:*:*:log-group:{letter}*" for letter in string.ascii_lowercase
                ],
            }
        ],
    }
)


@pytest.fixture
def stack() -> Stack:
    """An empty stack."""
    return Stack()


@pytest.fixture
def good() -> Stack:
    """A stack that meets every requirement but the disabled one, before it is deployed."""
    stack = Stack()
    stack.flow_log("main", [stack.vpc("main")])
    return stack


@pytest.fixture
def exemptions_file(tmp_path: Path) -> Path:
    """Where a test can write an exemptions file."""
    return tmp_path / "exemptions.json"
