"""Accounts share clients, and never credentials."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, BrokenBarrierError, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from flowaudit.facts import RegionFacts
from flowaudit.reading import aws, internals
from flowaudit.reading.accounts import Account
from flowaudit.reading.asking import Ends, ask
from flowaudit.reading.inventory import Inventory, Limits
from flowaudit.reading.shared_clients import SharedClients

CALLER = f"{0:012}"
ACCOUNTS = [f"{number:012}" for number in range(12)]
REGIONS = ("eu-west-1", "us-east-1")
GROUPS = 60  # more than one call's names, so that helpers ask too


class Cloud(ThreadingHTTPServer):
    """Answers with what belongs to the account whose access key signed; gives a role's keys.

    The first of its answers wait for one another, so that many accounts ask at once; and each
    first call of an account's listings is throttled, so that it is signed again.
    """

    request_queue_size = 256
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.together = Barrier(20)
        self.lock = Lock()
        self.calls: dict[str, Counter[str]] = defaultdict(Counter)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name)
        pass

    def do_POST(self) -> None:
        cloud = self.server
        assert isinstance(cloud, Cloud)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        signed = re.search(r"Credential=(\w+)/\d+/([^/]+)/", self.headers["Authorization"])
        assert signed
        account, region = signed[1], signed[2]
        # The token is another part of the credentials: it has to be the same account's.
        assert self.headers.get("X-Amz-Security-Token", CALLER) == account
        target = self.headers.get("X-Amz-Target")
        operation = target.partition(".")[2] if target else parse_qs(body)["Action"][0]
        with cloud.lock:
            cloud.calls[account][f"{region} {operation}"] += 1
            first = cloud.calls[account][f"{region} {operation}"] == 1
        if first and operation == "DescribeFlowLogs" and region == REGIONS[0]:
            self._answer(503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error>"
                              "</Errors></Response>")  # fmt: skip
            return
        if operation.startswith("Describe"):
            with suppress(BrokenBarrierError):  # enough have been together
                cloud.together.wait(0.2)
        self._answer(200, answer(operation, account, region, body))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def answer(operation: str, account: str, region: str, body: str) -> str:  # noqa: PLR0911 (a table)
    role = f"arn:aws:iam::{account}:role/deliver"
    match operation:
        case "AssumeRole":
            assert account == CALLER
            member = parse_qs(body)["RoleArn"][0].split(":")[4]
            return (
                f"<R><AssumeRoleResult><Credentials><AccessKeyId>{member}</AccessKeyId>"
                f"<SecretAccessKey>{member}</SecretAccessKey><SessionToken>{member}</SessionToken>"
                "</Credentials></AssumeRoleResult></R>"
            )
        case "GetCallerIdentity":
            account = f"<Account>{account}</Account>"
            return f"<R><GetCallerIdentityResult>{account}</GetCallerIdentityResult></R>"
        case "DescribeVpcs":
            return (
                f"<R><vpcSet><item><vpcId>vpc-{account}{region}</vpcId><ownerId>{account}</ownerId>"
                "</item></vpcSet></R>"
            )
        case "DescribeFlowLogs":
            items = "".join(
                f"<item><flowLogId>fl-{number}</flowLogId><resourceId>vpc-{account}{region}"
                "</resourceId><trafficType>REJECT</trafficType><flowLogStatus>ACTIVE"
                f"</flowLogStatus><logGroupName>{account}-{number}</logGroupName>"
                f"<deliverLogsPermissionArn>{role}</deliverLogsPermissionArn></item>"
                for number in range(GROUPS)
            )
            return f"<R><flowLogSet>{items}</flowLogSet></R>"
        case "DescribeLogGroups":
            names = json.loads(body)["logGroupIdentifiers"]
            assert all(name.startswith(account) for name in names)
            return json.dumps({"logGroups": [{"logGroupName": name} for name in names]})
        case "GetRole":
            trust = quote(json.dumps({"Statement": [account]}))
            return (
                f"<R><GetRoleResult><Role><Arn>{role}</Arn><AssumeRolePolicyDocument>{trust}"
                "</AssumeRolePolicyDocument></Role></GetRoleResult></R>"
            )
        case _:
            return f"<R><{operation}Result/></R>"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with Cloud() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", CALLER)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield server
        server.shutdown()


@pytest.mark.parametrize("closed", ["", "1"])
def test_every_request_is_signed_for_its_own_account(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    monkeypatch.setenv(internals.CLOSED, closed)
    inventory = Inventory(
        internals.open_session(),
        [
            Account() if id_ == CALLER else Account(id_, f"arn:aws:iam::{id_}:role/audit")
            for id_ in ACCOUNTS
        ],
        regions=REGIONS,
        delivery_roles=True,
    )

    found = list(inventory)

    facts = [each for each in found if isinstance(each, RegionFacts)]
    assert len(facts) == len(found)
    assert {(each.account_id, each.region) for each in facts} == {
        (account, region) for account in ACCOUNTS for region in REGIONS
    }
    for each in facts:
        assert not each.unread
        assert [vpc.id for vpc in each.vpcs] == [f"vpc-{each.account_id}{each.region}"]
        assert len(each.log_groups) == GROUPS
        assert [role.trust_policy for role in each.roles] == [{"Statement": [each.account_id]}]
        throttled = each.region == REGIONS[0]
        assert each.throttled == throttled
        assert each.calls == {
            "ec2:DescribeFlowLogs": 1 + throttled,
            "ec2:DescribeVpcs": 1,
            "logs:DescribeLogGroups": 2,
        }
    for account in ACCOUNTS:
        calls = cloud.calls[account]
        assert calls[f"{REGIONS[1]} DescribeVpcs"] == 1
        assert calls["us-east-1 AssumeRole"] == (len(ACCOUNTS) - 1 if account == CALLER else 0)


def test_accounts_share_clients_and_connections(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cloud
    made: list[tuple[str, str]] = []
    make_client = aws.make_client

    def noting(session: Any, service: str, region: str, *others: Any) -> Any:
        made.append((service, region))
        return make_client(session, service, region, *others)

    monkeypatch.setattr(aws, "make_client", noting)
    list(
        Inventory(
            internals.open_session(),
            [Account(id_, f"arn:aws:iam::{id_}:role/audit") for id_ in ACCOUNTS[1:]],
            regions=REGIONS,
        )
    )

    of_regions = ((service, region) for service in ("ec2", "logs") for region in REGIONS)
    assert Counter(made) == dict.fromkeys([("sts", "us-east-1"), *of_regions], 1)


def test_a_request_for_nobody_is_not_sent(cloud: Cloud) -> None:
    limits = Limits()
    clients = SharedClients(internals.open_session(), limits.regions_at_once, limits.seconds)
    sts: Any = clients.client("sts")

    with pytest.raises(LookupError):
        sts.get_caller_identity()

    assert not cloud.calls


def test_a_thread_that_is_used_again_asks_for_nobody_in_particular(cloud: Cloud) -> None:
    list(Inventory(internals.open_session(), regions=REGIONS))  # whose threads are idle then
    before = sum(sum(calls.values()) for calls in cloud.calls.values())
    sts: Any = SharedClients(internals.open_session(), 10, 20.0).client("sts")
    errors: list[Exception] = []
    ends = Ends()

    ask(sts.get_caller_identity, ends, lambda _: None, errors.append)
    ends.get(timeout=60)()

    assert [type(each) for each in errors] == [LookupError]
    assert sum(sum(calls.values()) for calls in cloud.calls.values()) == before
