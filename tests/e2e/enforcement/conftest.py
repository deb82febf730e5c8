"""The stack that this repository is, deployed by the real CLI to accounts that have a history."""

import json
import re
import shlex
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

import pytest
from botocore import xform_name
from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.logs.models import LogGroup

from localcloud import LocalCloud
from vpc_flow_logs_control.delivery_role import delivery_policy

from ..conftest import REPOSITORY, Project

REGIONS = ("ap-south-1", "eu-west-1", "us-east-1")
ACCOUNT = "123456789012"
GROUP = "VPC-Flow-Logs"
ROLE = "VPCFlowLogsRole"


@dataclass(frozen=True)
class Account:
    """An account of the embedded AWS, and what people do to it by hand."""

    cloud: LocalCloud

    def vpc(self, region: str, *, name: str = "") -> str:
        """Make a VPC that logs nothing."""
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}]
        answer = self.cloud.client("ec2", region).create_vpc(
            CidrBlock="10.0.0.0/16", TagSpecifications=tags if name else []
        )
        return answer["Vpc"]["VpcId"]

    def default_vpc(self, region: str) -> str:
        """Return the VPC that AWS makes in every region."""
        filters = [{"Name": "is-default", "Values": ["true"]}]
        (vpc,) = self.cloud.client("ec2", region).describe_vpcs(Filters=filters)["Vpcs"]
        return vpc["VpcId"]

    def log_group(self, region: str, name: str, *, days: int | None = 365) -> str:
        """Make a log group; its ARN."""
        logs = self.cloud.client("logs", region)
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        return f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}"

    def role(self, name: str, *, writes: bool = True) -> str:
        """Make a role that flow logs may use, with a policy or without; its ARN."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        iam = self.cloud.client("iam")
        answer = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        if writes:
            policy = delivery_policy([f"arn:aws:logs:*:{ACCOUNT}:log-group:*"])
            iam.put_role_policy(
                RoleName=name, PolicyName="deliver", PolicyDocument=json.dumps(policy)
            )
        return answer["Role"]["Arn"]

    def _hand_made_role(self) -> str:
        with suppress(self.cloud.client("iam").exceptions.EntityAlreadyExistsException):
            self.role("hand-made")
        return f"arn:aws:iam::{ACCOUNT}:role/hand-made"

    def flow_log(
        self,
        region: str,
        resource_id: str,
        group_arn: str,
        *,
        traffic_type: str = "REJECT",
        role: str | None = None,
    ) -> str:
        """Make a flow log by hand, and a role for it unless one is named; its id."""
        answer = self.cloud.client("ec2", region).create_flow_logs(
            ResourceIds=[resource_id],
            ResourceType="VPC" if resource_id.startswith("vpc-") else "Subnet",
            TrafficType=traffic_type,
            LogGroupName=group_arn.rsplit(":", 1)[1],
            DeliverLogsPermissionArn=role or self._hand_made_role(),
        )
        assert not answer["Unsuccessful"]
        return answer["FlowLogIds"][0]

    def flow_logs(self, *regions: str) -> dict[str, list[str]]:
        """Return the ids of the flow logs of each resource."""
        found: dict[str, list[str]] = {}
        for region in regions or REGIONS:
            for log in self.cloud.client("ec2", region).describe_flow_logs()["FlowLogs"]:
                found.setdefault(log["ResourceId"], []).append(log["FlowLogId"])
        return found

    def delete_flow_logs(self, region: str, *ids: str) -> None:
        self.cloud.client("ec2", region).delete_flow_logs(FlowLogIds=list(ids))

    def log_groups(self, region: str) -> dict[str, int | None]:
        """Return the retention of each log group."""
        groups = self.cloud.client("logs", region).describe_log_groups()["logGroups"]
        return {group["logGroupName"]: group.get("retentionInDays") for group in groups}

    def roles(self) -> set[str]:
        return {role["RoleName"] for role in self.cloud.client("iam").list_roles()["Roles"]}

    @contextmanager
    def credentials_of(self, account_id: str) -> Generator[None, None, None]:
        """Let whoever calls have the credentials of another account, as with a wrong profile."""
        role_arn = f"arn:aws:iam::{account_id}:role/Admin"
        answer = self.cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="wrong")
        key_id = answer["Credentials"]["AccessKeyId"]
        right = BaseResponse.get_access_key

        def get_access_key(asked: BaseResponse) -> str:
            # The CLI itself has its stack's secrets decrypted.
            return right(asked) if asked.service_name == "kms" else key_id

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BaseResponse, "get_access_key", get_access_key)
            yield

    @contextmanager
    def listing(
        self, *, regions: Sequence[str] = REGIONS, without: Sequence[str] = ()
    ) -> Generator[None, None, None]:
        """Let AWS list some of its regions alone, and not every VPC."""
        every = cast("list[Any]", RegionsAndZonesBackend.regions)
        describe = VPCBackend.describe_vpcs

        def describe_vpcs(backend: Any, **arguments: Any) -> list[Any]:
            return [vpc for vpc in describe(backend, **arguments) if vpc.id not in without]

        with pytest.MonkeyPatch.context() as patch:
            listed = [region for region in every if region.name in regions]
            patch.setattr(RegionsAndZonesBackend, "regions", listed)
            patch.setattr(VPCBackend, "describe_vpcs", describe_vpcs)
            yield

    @contextmanager
    def retention_policy(self, name: str, days: int) -> Generator[None, None, None]:
        """Let the account have a retention policy, which decides for all log groups."""
        describe = LogGroup.to_describe_dict

        def to_describe_dict(group: Any) -> dict[str, Any]:
            return {**describe(group), "retentionInDays": days, "retentionPolicyName": name}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LogGroup, "to_describe_dict", to_describe_dict)
            yield

    def delivery_fails(self, region: str, flow_log_id: str, message: str) -> None:
        """Let AWS report that a flow log could not deliver."""
        flow_log = ec2_backends[ACCOUNT][region].flow_logs[flow_log_id]
        flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "FAILED", message

    def aws(self, command: str) -> None:
        """Do what a command of the AWS CLI does, which is not among what tests need."""
        program, service, operation, *options = shlex.split(command)
        assert program == "aws"
        given: dict[str, list[str]] = {}
        for word in options:
            if word.startswith("--"):
                given[word.removeprefix("--")] = []
            else:
                given[list(given)[-1]].append(word)
        client = self.cloud.client(service, given.pop("region", [None])[0])
        method = operation.replace("-", "_")
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
        arguments: dict[str, Any] = {}
        for name, shape in model.input_shape.members.items():
            if values := given.pop(xform_name(name, "-"), None):
                kinds = {
                    "list": values,
                    "map": dict(value.split("=", 1) for value in values if "=" in value),
                }
                one = int(values[0]) if shape.type_name == "integer" else values[0]
                arguments[name] = kinds.get(shape.type_name, one)
        assert not given, f"{command}: no {', '.join(given)}"
        getattr(client, method)(**arguments)

    def everything(self) -> dict[str, Any]:
        """Return all that the stack could change, for a comparison."""
        return {
            "flow logs": self.flow_logs(),
            "log groups": {region: self.log_groups(region) for region in REGIONS},
            "roles": self.roles(),
        }


def aws_commands(printed: str) -> list[str]:
    """Return the commands of the AWS CLI that a text names, each once."""
    return list(dict.fromkeys(re.findall(r"`(aws [^`]+)`", printed)))


@dataclass(frozen=True)
class Stack:
    """The stack, with the commands that its tests use."""

    project: Project
    cloud: LocalCloud

    def configure(self, **values: Any) -> None:
        always = {"regions": list(REGIONS), "aws:allowedAccountIds": [ACCOUNT]}
        self.project.configure(**{**always, **values})

    def up(self, *arguments: str, exit_code: int = 0) -> str:
        return self.project.pulumi("up", "--yes", "--skip-preview", *arguments, exit_code=exit_code)

    def state(self) -> list[dict[str, Any]]:
        """Return what the state has of each resource, in no order and without times."""
        return [
            {key: value for key, value in resource.items() if key not in {"created", "modified"}}
            for _, resource in sorted(self.project.resources().items())
        ]

    def ids_in_state(self) -> dict[str, str]:
        """Return the id of each resource in the state that has one, by URN."""
        return {one["urn"]: one["id"] for one in self.state() if "id" in one}

    def flow_logs_in_state(self) -> list[dict[str, Any]]:
        """Return the properties of each flow log in the state."""
        kind = "aws:ec2/flowLog:FlowLog"
        return [one["outputs"] for one in self.state() if one["type"] == kind]

    def vpcs(self, outcome: str) -> set[str]:
        """Return which VPCs the outputs have under an outcome."""
        return {
            vpc_id
            for regions in self.project.outputs()["vpcs"].values()
            for outcomes in regions.values()
            for vpc_id in outcomes.get(outcome, {"ids": []})["ids"]
        }


@pytest.fixture
def account(cloud: LocalCloud) -> Account:
    return Account(cloud)


@pytest.fixture
def stack(project: Callable[..., Project], cloud: LocalCloud) -> Stack:
    made = project(REPOSITORY / "__main__.py", REPOSITORY / "Pulumi.yaml")
    (made.folder / "vpc_flow_logs_stack").symlink_to(REPOSITORY / "vpc_flow_logs_stack")
    stack = Stack(made, cloud)
    stack.configure()
    return stack
