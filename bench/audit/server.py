"""A moto server with VPCs in every region, that can answer late; prints its URL when it is ready.

    python -m bench.audit.server VPCS_PER_REGION LOG_GROUPS_PER_REGION

POST /bench/latency sets the seconds that every answer takes longer (the waits of concurrent calls
overlap, like a network's); GET /bench/calls tells how many API calls there were since the last
GET. Half of the VPCs have a REJECT flow log; which ones differs from region to region.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from typing import Any, cast

import boto3
import moto.server
from moto.backends import get_backend
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.audit import REGIONS
from localcloud.moto_differences import put_right
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
GROUP = "VPC-Flow-Logs"
ACCOUNT = "123456789012"  # moto's


class SlowApi:
    """Moto's application, with a delay and a count around it."""

    def __init__(self) -> None:
        """Start without delay."""
        server = cast("Any", moto.server)  # what it imports for its own use is what we need
        self._moto: Any = server.DomainDispatcherApplication(server.create_backend_app)
        self._latency = 0.0
        self._calls = 0
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        path = environ["PATH_INFO"]
        if path == "/bench/latency":
            self._latency = float(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            start_response("200 OK", [("Content-Length", "0")])
            return []
        with self._lock:
            calls = self._calls
            self._calls = 0 if path == "/bench/calls" else calls + 1
        if path == "/bench/calls":
            body = str(calls).encode()
            start_response("200 OK", [("Content-Length", str(len(body)))])
            return [body]
        time.sleep(self._latency)
        return cast("Iterable[bytes]", self._moto(environ, start_response))


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def seed(url: str, vpcs: int, groups: int) -> None:
    """Make the VPCs, the log groups, and the flow logs.

    Args:
        url: The server's.
        vpcs: How many VPCs a region has.
        groups: How many log groups a region has besides the one that flow logs deliver to; with
            any, every other flow log delivers to a second one, whose name begins otherwise.
    """
    session: Any = boto3.Session(aws_access_key_id="bench", aws_secret_access_key="bench")

    def client(service: str, region: str) -> Any:
        return session.client(service, region_name=region, endpoint_url=url)

    backend = cast("Any", get_backend("logs"))
    role = make_role(client("iam", "us-east-1"))
    for number, region in enumerate(REGIONS):
        ec2, logs = client("ec2", region), client("logs", region)
        destinations = [GROUP, f"/{GROUP}"] if groups else [GROUP]
        for name in destinations:
            logs.create_log_group(logGroupName=name)
            logs.put_retention_policy(logGroupName=name, retentionInDays=365)
        for count in range(groups):  # moto is asked directly: its API would take minutes
            backend[ACCOUNT][region].create_log_group(f"app-{count}", {})
        ids = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]]
        while len(ids) < vpcs:
            ids.append(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        for index, vpc in enumerate(ids[number % 2 :: 2]):
            ec2.create_flow_logs(
                ResourceIds=[vpc],
                ResourceType="VPC",
                TrafficType="REJECT",
                LogGroupName=destinations[index % len(destinations)],
                DeliverLogsPermissionArn=role,
            )


def make_role(iam: Any) -> str:
    """Make a role that can deliver, and return its ARN."""
    name, trust = "VPCFlowLogsRole", trust_policy("aws", "*", ACCOUNT)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    permissions = delivery_policy([f"arn:aws:logs:*:{ACCOUNT}:log-group:*"])
    iam.put_role_policy(RoleName=name, PolicyName="deliver", PolicyDocument=json.dumps(permissions))
    return role


def main() -> None:
    """Serve until standard input ends."""
    put_right()
    server = make_server("127.0.0.1", 0, SlowApi(), threaded=True, request_handler=_Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    seed(url, int(sys.argv[1]), int(sys.argv[2]))
    print(url, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
