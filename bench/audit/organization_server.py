"""Canned answers for an organization of many accounts; prints its URL.

    python -m bench.audit.organization_server ACCOUNTS VPCS_PER_REGION

The access key of a request is the account that it is about: the caller's own is all zeros, and
AssumeRole gives the keys of the role's account.
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote

from bench.audit import REGIONS
from vpc_flow_logs_control.delivery_role import delivery_policy, trust_policy
from vpc_flow_logs_control.ownership import LOG_GROUP_NAME, ROLE_NAME

_LATER = "2100-01-01T00:00:00Z"


def answer(operation: str, account: str, region: str, body: str) -> str:  # noqa: C901, PLR0911 (a table)
    """Return the text of an answer.

    Raises:
        KeyError: For an operation that an audit does not need.
    """
    ids = [
        f"vpc-{account}{region.encode().hex()[-12:]}{number}" for number in range(int(sys.argv[2]))
    ]
    match operation:
        case "DescribeRegions":
            items = "".join(f"<item><regionName>{each}</regionName></item>" for each in REGIONS)
            return _ec2(operation, "regionInfo", items)
        case "DescribeVpcs":
            items = "".join(
                f"<item><vpcId>{id_}</vpcId><ownerId>{account}</ownerId></item>" for id_ in ids
            )
            return _ec2(operation, "vpcSet", items)
        case "DescribeFlowLogs":
            items = "".join(
                f"<item><flowLogId>fl-{id_}</flowLogId><resourceId>{id_}</resourceId>"
                "<trafficType>REJECT</trafficType><flowLogStatus>ACTIVE</flowLogStatus>"
                f"<logGroupName>{LOG_GROUP_NAME}</logGroupName><deliverLogsPermissionArn>"
                f"arn:aws:iam::{account}:role/{ROLE_NAME}</deliverLogsPermissionArn></item>"
                for id_ in ids[::2]
            )
            return _ec2(operation, "flowLogSet", items)
        case "DescribeLogGroups":
            return json.dumps(
                {"logGroups": [{"logGroupName": LOG_GROUP_NAME, "retentionInDays": 365}]}
            )
        case "GetCallerIdentity":
            arn = f"arn:aws:iam::{account}:user/bench"
            return _sts(operation, f"<Account>{account}</Account><Arn>{arn}</Arn>")
        case "AssumeRole":
            member = parse_qs(body)["RoleArn"][0].split(":")[4]
            return _sts(
                operation,
                f"<Credentials><AccessKeyId>{member}</AccessKeyId><SecretAccessKey>x"
                f"</SecretAccessKey><SessionToken>x</SessionToken><Expiration>{_LATER}"
                "</Expiration></Credentials>",
            )
        case "GetRole":
            trust = quote(json.dumps(trust_policy("aws", "*", account)))
            return _iam(
                operation,
                f"<Role><Path>/</Path><RoleName>{ROLE_NAME}</RoleName><RoleId>AROA</RoleId><Arn>"
                f"arn:aws:iam::{account}:role/{ROLE_NAME}</Arn><CreateDate>{_LATER}</CreateDate>"
                f"<AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role>",
            )
        case "ListRolePolicies":
            return _iam(operation, "<PolicyNames><member>deliver</member></PolicyNames>")
        case "ListAttachedRolePolicies":
            return _iam(operation, "<AttachedPolicies/>")
        case "GetRolePolicy":
            policy = quote(json.dumps(delivery_policy([f"arn:aws:logs:*:{account}:log-group:*"])))
            return _iam(
                operation,
                f"<RoleName>{ROLE_NAME}</RoleName><PolicyName>deliver</PolicyName><PolicyDocument>"
                f"{policy}</PolicyDocument>",
            )
        case "ListAccounts":
            accounts = range(int(sys.argv[1]))
            return json.dumps(
                {"Accounts": [{"Id": f"{number:012}", "Status": "ACTIVE"} for number in accounts]}
            )
        case _:
            raise KeyError(operation)


def _ec2(operation: str, name: str, items: str) -> str:
    space = "http://ec2.amazonaws.com/doc/2016-11-15/"
    return f'<{operation}Response xmlns="{space}"><{name}>{items}</{name}></{operation}Response>'


def _iam(operation: str, result: str) -> str:
    return _sts(operation, result, "https://iam.amazonaws.com/doc/2010-05-08/")


def _sts(
    operation: str, result: str, space: str = "https://sts.amazonaws.com/doc/2011-06-15/"
) -> str:
    return (
        f'<{operation}Response xmlns="{space}"><{operation}Result>{result}</{operation}Result>'
        f"</{operation}Response>"
    )


class Handler(BaseHTTPRequestHandler):
    """Answers every POST."""

    protocol_version = "HTTP/1.1"
    # Else the body waits, on a connection that is used again, for the client's late acknowledgement
    # of the headers: 40 ms a call.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer one call."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        signed = re.search(r"Credential=(\w+)/\d+/([^/]+)/", self.headers["Authorization"])
        assert signed
        target = self.headers.get("X-Amz-Target")
        operation = target.partition(".")[2] if target else parse_qs(body)["Action"][0]
        text = answer(operation, signed[1], signed[2], body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1" if target else "text/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as the command opens."""

    request_queue_size = 256


def main() -> None:
    """Serve until standard input ends."""
    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
