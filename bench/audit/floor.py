"""The least it can take in Python: the standard library, its own signatures, threads.

The same calls as `vpc-flow-logs audit`, and nothing else: no credential chain, no retries, no
pages, no rules. Prints the ids of the VPCs with an active flow log.
"""

import hashlib
import hmac
import http.client
import os
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from urllib.parse import urlsplit

from bench.audit import REGIONS

HOST = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
KEY, SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


def call(service: str, region: str, body: bytes, target: str = "", key_id: str = KEY) -> bytes:
    """Send one request, signed with Signature Version 4."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    day = moment[:8]
    kind = "application/x-amz-json-1.1" if target else "application/x-www-form-urlencoded"
    headers = {"content-type": kind, "host": HOST, "x-amz-date": moment}
    if target:
        headers["x-amz-target"] = target
    names = ";".join(headers)
    canonical = "\n".join(
        ["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", names]
    )
    request = f"{canonical}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, "
        f"Signature={signature}"
    )
    connection = http.client.HTTPConnection(HOST)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def query(
    service: str, region: str, action: str, version: str = "2016-11-15", key_id: str = KEY
) -> str:
    """Make a call with a query protocol."""
    body = f"Action={action}&Version={version}".encode()
    return call(service, region, body, key_id=key_id).decode()


def read_region(
    pool: ThreadPoolExecutor, roles: "Roles", name: str, key_id: str = KEY
) -> list[str]:
    """Return the VPCs of a region with an active flow log; begin with the delivery role."""
    vpcs = pool.submit(query, "ec2", name, "DescribeVpcs", key_id=key_id)
    logs = query("ec2", name, "DescribeFlowLogs", key_id=key_id)
    active = set(re.findall(r"<resourceId>(vpc-\w+)<", logs))
    role = re.search(r"<deliverLogsPermissionArn>.*?/(\w+)<", logs)
    roles.read(role[1] if role else "")
    known = re.findall(r"<vpcId>(vpc-\w+)<", vpcs.result())
    if "<logGroupName>" in logs:
        body = b'{"logGroupNamePrefix": "VPC-Flow-Logs"}'
        call("logs", name, body, "Logs_20140328.DescribeLogGroups", key_id)
    return [vpc for vpc in known if vpc in active]


def read_role(pool: ThreadPoolExecutor, name: str, key_id: str = KEY) -> None:
    """Read a role with its policies."""

    def ask(action: str) -> str:
        return query("iam", "us-east-1", f"{action}&RoleName={name}", "2010-05-08", key_id)

    others = [pool.submit(ask, action) for action in ("GetRole", "ListAttachedRolePolicies")]
    for policy in re.findall(r"<member>(\w+)<", ask("ListRolePolicies")):
        ask(f"GetRolePolicy&PolicyName={policy}")
    for other in others:
        other.result()


class Roles:
    """Reads each role that it is told of, once and at once."""

    def __init__(self, pool: ThreadPoolExecutor, key_id: str = KEY) -> None:
        """Read nothing yet."""
        self._pool = pool
        self._key_id = key_id
        self._reading: dict[str, Future[None]] = {}
        self._lock = Lock()

    def read(self, name: str) -> None:
        """Begin with a role; an empty name is none."""
        with self._lock:
            if name and name not in self._reading:
                self._reading[name] = self._pool.submit(read_role, self._pool, name, self._key_id)

    def wait(self) -> None:
        """Wait for those that were begun."""
        for reading in self._reading.values():
            reading.result()


def main() -> None:
    """Ask all regions at once."""
    with ThreadPoolExecutor(3 * len(REGIONS)) as pool:
        identity = pool.submit(query, "sts", "us-east-1", "GetCallerIdentity", "2011-06-15")
        roles = Roles(pool)

        for passing in pool.map(partial(read_region, pool, roles), REGIONS):
            print(*passing, sep="\n")
        roles.wait()
        identity.result()


if __name__ == "__main__":
    main()
