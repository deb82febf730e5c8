"""What `verify` and `rejects` print, whole, where every state is met: the files in `golden/`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flowaudit.facts import Cause, FlowLog, Unread
from flowaudit.rejects import render as rejects
from flowaudit.rejects.reading import Records, Window
from flowaudit.rejects.sources import Unreadable
from flowaudit.rejects.tally import Event, LogGroup
from flowaudit.verification import render
from flowaudit.verification.absence import Left, Remnant
from flowaudit.verification.delivery import Checked, State
from flowaudit.verification.report import Absence, Verification
from flowaudit.verification.survey import Chosen, Place, Seen
from tests.flowaudit.renderers.conftest import PRODUCTION
from vpc_flow_logs_control.log_format import DEFAULT_FIELDS

if TYPE_CHECKING:
    from tests.flowaudit.renderers.conftest import Golden

STACK = "vpc-flow-logs/production"
WHYS = {
    State.VERIFIED: "Writes eni-0a1b2c3d4e5f60718-reject in log group VPC-Flow-Logs.",
    State.WAITING: "Log group VPC-Flow-Logs has no reject stream of its 2 network interfaces yet.",
    State.IDLE: "No network interface is in use here: nothing to deliver yet.",
    State.FAILED: "AWS could not deliver: Access error.",
    State.UNKNOWN: "Not known, because something could not be read: ec2:DescribeNetworkInterfaces",
}
UNREAD = Unread(
    PRODUCTION,
    "us-east-1",
    "ec2:DescribeNetworkInterfaces",
    Cause.ACCESS_DENIED,
    "ec2:DescribeNetworkInterfaces: You are not authorized to perform this operation.",
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(render, "__version__", "1.2.3")
    monkeypatch.setattr(rejects, "__version__", "1.2.3")


def seen(*items: Any, unread: tuple[Unread, ...] = ()) -> Seen[Any]:
    return Seen(
        places=(Place(PRODUCTION, "eu-west-1", items),),
        unread=unread,
        calls=Counter({"ec2:DescribeFlowLogs": 2, "ec2:DescribeVpcs": 2}),
        seconds=1.25,
        settled=True,
    )


def checked(number: int, state: State) -> Checked:
    flow_log = FlowLog(
        f"fl-0a1b2c3d4e5f6071{number}",
        f"vpc-0a1b2c3d4e5f6071{number}",
        "REJECT",
        "ACTIVE",
        log_group_name="VPC-Flow-Logs",
    )
    return Checked(PRODUCTION, "eu-west-1", "prod", STACK, flow_log, state, WHYS[state])


def verification(*states: State, unread: tuple[Unread, ...] = ()) -> Verification:
    items = (checked(number, state) for number, state in enumerate(states))
    return Verification(seen(*items, unread=unread), STACK, Chosen())


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("verified", verification(State.VERIFIED, State.IDLE)),
        ("not-verified", verification(*[state for state in State if state is not State.UNKNOWN])),
        ("idle", verification(State.IDLE)),
        ("incomplete", verification(*State, unread=(UNREAD,))),
        ("nothing", replace(verification(), others=("vpc-flow-logs/staging",))),
    ],
)
def test_verify(name: str, report: Verification, golden: Golden) -> None:
    golden.check(f"verify.{name}.txt", "".join(render.table(report)))


def left(kind: str, name: str, state: Remnant, why: str) -> Left:
    return Left(
        PRODUCTION, None if kind == "delivery role" else "eu-west-1", kind, name, state, why
    )


TAGGED = f"Its tag says that {STACK} made it."
LEFT = (
    left("delivery role", "VPCFlowLogsRole", Remnant.LEFT, TAGGED),
    left("flow log", "fl-0a1b2c3d4e5f60718", Remnant.DELETING, "It logs vpc-1; it is DELETING."),
    left("log group", "VPC-Flow-Logs", Remnant.LEFT, TAGGED),
    left("log group", "VPC-Flow-Logs/vpc-1", Remnant.UNTAGGED, "It has no tag."),
)


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("absent", Absence(seen(), STACK, Chosen(excluded=("ap-south-1",)))),
        ("left", Absence(seen(*LEFT), STACK, Chosen())),
        (
            "retained",
            Absence(
                seen(left("log group", "VPC-Flow-Logs", Remnant.RETAINED, "Kept.")), STACK, Chosen()
            ),
        ),
        ("absent-incomplete", Absence(seen(unread=(UNREAD,)), STACK, Chosen())),
    ],
)
def test_verify_absent(name: str, report: Absence, golden: Golden) -> None:
    golden.check(f"verify.{name}.txt", "".join(render.table(report)))


def test_verify_as_json(golden: Golden) -> None:
    report = verification(State.VERIFIED, State.UNKNOWN, unread=(UNREAD,))
    golden.check("verify.json", render.document(report, interrupted=True))
    golden.check("verify.absent.json", render.document(Absence(seen(*LEFT), STACK, Chosen())))


def rejected() -> rejects.Report:
    groups = (
        LogGroup(
            "eu-west-1", "VPC-Flow-Logs", (DEFAULT_FIELDS,), frozenset({"vpc-1"}), shared=True
        ),
        LogGroup("us-east-1", "VPC-Flow-Logs", (DEFAULT_FIELDS,), frozenset({"vpc-2"})),
    )
    records = Records(cut_off=[groups[0]], missing=[groups[1]])
    common = f"2 {PRODUCTION} eni-0a1b2c3d4e5f60718"
    lines = [
        f"{common} {source} 10.0.0.5 49152 {port} {protocol} 3 180 1 2 REJECT OK"
        for source, port, protocol, times in [
            ("198.51.100.7", 22, 6, 12),
            ("203.0.113.9", 3389, 6, 7),
            ("2001:db8::7", 0, 58, 2),
            ("192.0.2.1", 53, 17, 1),
        ]
        for _ in range(times)
    ]
    lines += [f"{common} - - - - - - - 1 2 - SKIPDATA", "no record"]
    events = [
        Event(line, "eni-0a1b2c3d4e5f60718-reject", 1_773_480_000_000 + 1000 * number)
        for number, line in enumerate(lines)
    ]
    records.add(groups[0], events, None)
    records.tally.unattributed = 4
    return rejects.Report(
        window=Window(1_773_480_000_000, 1_773_483_600_000, 24),
        top=3,
        records=records,
        groups=groups,
        unreadable=(
            Unreadable("eu-west-1", "vpc-3", "It has no flow log."),
            *(Unreadable("us-east-1", f"vpc-{n}", "It has no flow log.") for n in range(4, 10)),
        ),
        unread=(UNREAD,),
        interrupted=True,
    )


def test_rejects(golden: Golden) -> None:
    golden.check("rejects.txt", "".join(rejects.table(rejected())))
    golden.check("rejects.json", rejects.document(rejected()))


def test_no_rejects(golden: Golden) -> None:
    report = rejects.Report(Window(1_773_480_000_000, 1_773_483_600_000, 24), 10, Records())
    golden.check("rejects.none.txt", "".join(rejects.table(report)))
