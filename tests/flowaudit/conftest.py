import functools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.loaders import JSONFileLoader

from flowaudit.__main__ import main
from flowaudit.reading import internals
from localcloud import aws_api
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_control.ownership import ROLE_NAME, STACK_TAG

from .fault_proxy import Proxy, serve

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_logs import CloudWatchLogsClient

ACCOUNT = "123456789012"
REGIONS = ("eu-west-1", "us-east-1")
GROUP = "VPC-Flow-Logs"


@dataclass(frozen=True)
class Cloud:
    """An AWS API with clients to fill it; each is made once, which takes longer than a call."""

    url: str
    _clients: dict[object, Any] = field(default_factory=dict[object, Any])

    def client(self, service: Any, region: str = "us-east-1", **keys: Any) -> Any:
        which = (service, region, *keys.items())
        if which not in self._clients:
            # Any: of boto3's hundreds of overloads, only those of the installed stubs have types.
            self._clients[which] = cast("Any", boto3).client(
                service, region_name=region, endpoint_url=self.url, **keys
            )
        return self._clients[which]

    def ec2(self, region: str = "eu-west-1") -> "EC2Client":
        return self.client("ec2", region)

    def logs(self, region: str = "eu-west-1") -> "CloudWatchLogsClient":
        return self.client("logs", region)

    def iam(self) -> "IAMClient":
        return self.client("iam")

    def post(self, path: str, data: bytes = b"") -> None:
        request = Request(self.url + path, data, {"Content-Type": "text/plain"}, method="POST")
        with urlopen(request, timeout=10):
            pass

    def vpcs(self, region: str = "eu-west-1") -> list[str]:
        return [vpc.get("VpcId", "") for vpc in self.ec2(region).describe_vpcs()["Vpcs"]]

    def vpc(self, name: str = "", region: str = "eu-west-1") -> str:
        tags: list[Any] = [{"Key": "Name", "Value": name}] if name else []
        answer = self.ec2(region).create_vpc(
            CidrBlock="10.0.0.0/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}] if tags else [],
        )
        return answer["Vpc"].get("VpcId", "")

    def log_group(
        self, name: str = GROUP, days: int | None = 365, region: str = "eu-west-1"
    ) -> None:
        logs = self.logs(region)
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)

    def delivery_role(
        self,
        name: str = ROLE_NAME,
        trust: Mapping[str, Any] | None = None,
        permissions: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the ARN of a role, which is made if it is not there: one that can deliver."""
        iam: Any = self.client("iam")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            trusted = trust or trust_policy("aws", "*", ACCOUNT)
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted))
            document = permissions or delivery_policy([f"arn:aws:logs:*:{ACCOUNT}:log-group:*"])
            iam.put_role_policy(
                RoleName=name, PolicyName="deliver", PolicyDocument=json.dumps(document)
            )
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def flow_log(  # noqa: PLR0913 (AWS's own are more)
        self,
        resource: str,
        traffic: Any = "REJECT",
        *,
        group: str | None = GROUP,
        bucket: str | None = None,
        region: str = "eu-west-1",
        stack: str | None = None,
        fields: str | None = None,
        role: str = "Delivery",
    ) -> str:
        kinds = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
        more: dict[str, Any] = {
            "LogGroupName": group,
            "DeliverLogsPermissionArn": self.delivery_role(role),
        }
        if bucket:
            self.client("s3").create_bucket(Bucket=bucket)
            more = {"LogDestinationType": "s3", "LogDestination": f"arn:aws:s3:::{bucket}"}
        if stack:
            tags = [{"Key": STACK_TAG, "Value": stack}]
            more["TagSpecifications"] = [{"ResourceType": "vpc-flow-log", "Tags": tags}]
        if fields:
            more["LogFormat"] = " ".join(f"${{{field}}}" for field in fields.split())
        kind: Any = kinds[resource.partition("-")[0]]
        answer = self.ec2(region).create_flow_logs(
            ResourceIds=[resource], ResourceType=kind, TrafficType=traffic, **more
        )
        assert not answer["Unsuccessful"], answer
        return answer["FlowLogIds"][0]

    def interface(self, vpc: str, region: str = "eu-west-1", *, in_use: bool = True) -> str:
        """Put a network interface into a VPC, attached to an instance unless told otherwise."""
        ec2 = self.ec2(region)
        subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        subnet = subnets[0] if subnets else None
        subnet = subnet or ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]
        subnet_id = subnet.get("SubnetId", "")
        if not in_use:
            answer = ec2.create_network_interface(SubnetId=subnet_id)
            return answer["NetworkInterface"].get("NetworkInterfaceId", "")
        [instance] = ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet_id
        )["Instances"]
        return instance.get("NetworkInterfaces", [])[0].get("NetworkInterfaceId", "")

    def deliver(
        self,
        stream: str,
        *messages: str,
        group: str = GROUP,
        region: str = "eu-west-1",
        ago: int = 60,
    ) -> None:
        """Write records to a log stream, as flow logs do; they are so many seconds old."""
        logs = self.logs(region)
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        moment = int((time.time() - ago) * 1000)
        if messages:
            logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": moment, "message": message} for message in messages],
            )

    def log_everything(self, *regions: str) -> None:
        """Give every VPC of these regions what the audit requires."""
        for region in regions:
            self.log_group(region=region)
            for vpc in self.vpcs(region):
                self.flow_log(vpc, region=region)


@dataclass(frozen=True)
class Result:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)

    def vpc(self, vpc_id: str) -> Any:
        return next(each for each in self.report["vpcs"] if each["vpc"]["id"] == vpc_id)

    def requirements(self, vpc_id: str) -> list[str]:
        return [finding["requirement"] for finding in self.vpc(vpc_id)["findings"]]


Audit = Callable[..., Result]
Command = Callable[..., Result]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> None:
    """Nothing of the user's own AWS configuration is seen by a test."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "VPC_FLOW_LOGS_CACHE": str(cache),
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["our botocore", "plain botocore"])
def botocore_door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test twice: the second time with nothing that leans on botocore's private parts."""
    if request.param == "plain botocore":
        monkeypatch.setenv(internals.CLOSED, "1")
        monkeypatch.setattr(JSONFileLoader, "load_file", _load_file)


_read_once: Callable[[str], Any] = functools.cache(JSONFileLoader().load_file)


def _load_file(_: JSONFileLoader, path: str) -> Any:
    """Read a service's model, which every session does on its own otherwise."""
    return _read_once(path)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An AWS with nothing in it but each region's default VPC."""
    with aws_api.serve() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL", api.endpoint)
        yield Cloud(api.endpoint)


@pytest.fixture
def proxy(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The same, with faults; the audit goes through it, `cloud` does not."""
    with serve(cloud.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.fixture
def audit(capsys: pytest.CaptureFixture[str]) -> Audit:
    """Run `vpc-flow-logs audit` in two regions, as JSON unless told otherwise."""

    def run(*arguments: str, regions: str | None = ",".join(REGIONS)) -> Result:
        words = ["audit", *arguments]
        if "--format" not in arguments:
            words += ["--format", "json"]
        if regions:
            words += ["--regions", regions]
        with pytest.raises(SystemExit) as end:
            main(words)
        captured = capsys.readouterr()
        code = end.value.code
        return Result(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run any command of `vpc-flow-logs`, with its arguments as they are."""

    def run(*words: str) -> Result:
        with pytest.raises(SystemExit) as end:
            main(words)
        captured = capsys.readouterr()
        code = end.value.code
        return Result(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


class FakeClock:
    """Time that passes when somebody waits, and may bring something about."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.then: list[Callable[[], object]] = []

    def now(self) -> float:
        return sum(self.waited)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        if self.then:
            self.then.pop(0)()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr("flowaudit.verification.command.Clock", lambda: clock)
    return clock


def plain(text: str) -> str:
    """One line without a terminal's line breaks."""
    return re.sub(r"\s+", " ", text)
