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
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from bench.audit import REGIONS

HOST = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
KEY, SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


def call(service: str, region: str, body: bytes, target: str = "") -> bytes:
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
        f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    connection = http.client.HTTPConnection(HOST)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def query(service: str, region: str, action: str, version: str = "2016-11-15") -> str:
    """Make a call with a query protocol."""
    return call(service, region, f"Action={action}&Version={version}".encode()).decode()


def main() -> None:
    """Ask all regions at once."""
    with ThreadPoolExecutor(3 * len(REGIONS)) as pool:
        identity = pool.submit(query, "sts", "us-east-1", "GetCallerIdentity", "2011-06-15")

        def region(name: str) -> list[str]:
            vpcs = pool.submit(query, "ec2", name, "DescribeVpcs")
            logs = query("ec2", name, "DescribeFlowLogs")
            active = set(re.findall(r"<resourceId>(vpc-\w+)<", logs))
            known = re.findall(r"<vpcId>(vpc-\w+)<", vpcs.result())
            if "<logGroupName>" in logs:
                body = b'{"logGroupNamePrefix": "VPC-Flow-Logs"}'
                call("logs", name, body, "Logs_20140328.DescribeLogGroups")
            return [vpc for vpc in known if vpc in active]

        for passing in pool.map(region, REGIONS):
            print(*passing, sep="\n")
        identity.result()


if __name__ == "__main__":
    main()
