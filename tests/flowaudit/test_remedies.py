"""What an error means, and what helps, in the terms of whoever shows it."""

import re
from itertools import product

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from flowaudit.audit.remedies import remedy_of
from flowaudit.facts import Cause, Unread
from flowaudit.reading import aws
from flowaudit.rejects.remedies import REMEDY
from flowaudit.remedies import Remedy
from flowaudit.verification.remedies import OF_ABSENCE, OF_DELIVERY
from vpc_flow_logs_stack.remedies import remedy as of_stack

COMMANDS = {
    "audit": remedy_of(),
    "verify": OF_DELIVERY,
    "verify --absent": OF_ABSENCE,
    "rejects": REMEDY,
    "stack": of_stack,
}
ONE_COMMAND = {
    Cause.ENDED: "audit",
    Cause.NOT_RECORDED: "audit",
    Cause.LOG_GROUP_CLASS: "rejects",
}
"""Causes that only one command meets."""


def refused(code: str, message: str = "No.", status: int = 400) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "DescribeVpcs")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (refused("ExpiredToken"), Cause.EXPIRED),
        (refused("ExpiredTokenException"), Cause.EXPIRED),
        (refused("RequestExpired"), Cause.EXPIRED),
        (botocore.exceptions.UnauthorizedSSOTokenError(), Cause.EXPIRED),
        (refused("RequestTimeTooSkewed", status=403), Cause.CLOCK),
        (
            refused(
                "SignatureDoesNotMatch",
                "Signature expired: 20261126T030000Z is now earlier than 20261126T040000Z",
                403,
            ),
            Cause.CLOCK,
        ),
        (
            refused("InvalidSignatureException", "Signature not yet current: 20261126T050000Z"),
            Cause.CLOCK,
        ),
        (refused("SignatureDoesNotMatch", "The signature does not match.", 403), Cause.CREDENTIALS),
        (refused("MissingAuthenticationToken", status=403), Cause.CREDENTIALS),
        (refused("UnauthorizedOperation", status=403), Cause.ACCESS_DENIED),
        (refused("SomethingNew", status=403), Cause.ACCESS_DENIED),
        (refused("SomethingNew"), Cause.REFUSED),
        (refused("SomethingNew", status=500), Cause.UNREACHABLE),
        (refused("407"), Cause.BAD_RESPONSE),
        (refused(""), Cause.BAD_RESPONSE),
        (refused("AuthFailure", status=401), Cause.REGION_DISABLED),
        (aws.LogGroupClassError("log group a"), Cause.LOG_GROUP_CLASS),
        (RuntimeError(), Cause.INTERNAL),
    ],
    ids=str,
)
def test_an_error_has_its_own_cause(error: Exception, cause: Cause) -> None:
    assert aws.unread(error, "123456789012", "eu-west-1", "ec2:DescribeVpcs").cause is cause


def test_no_region_can_be_enabled_for_what_is_about_an_account() -> None:
    unread = aws.unread(refused("AuthFailure"), "123456789012", None, "sts:GetCallerIdentity")
    assert unread.cause is Cause.CREDENTIALS


def test_the_message_is_of_aws_and_has_no_remedy_in_it() -> None:
    unread = aws.unread(refused("SomethingNew"), "123456789012", "eu-west-1", "ec2:DescribeVpcs")
    assert unread.message == "ec2:DescribeVpcs: No. (SomethingNew)"


def test_what_only_aws_can_decode_is_no_part_of_the_message() -> None:
    text = "Not authorized to do so. Encoded authorization failure message: uFkq-_4w"
    unread = aws.unread(refused("UnauthorizedOperation", text), "1", "eu-west-1", "ec2:No")
    assert unread.message == "ec2:No: Not authorized to do so. (UnauthorizedOperation)"


def unread_of(cause: Cause, action: str, region: str | None) -> Unread:
    return Unread("123456789012", region, action, cause, "No.")


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        (name, cause)
        for name, cause in product(COMMANDS, Cause)
        if ONE_COMMAND.get(cause, name) == name
    ],
)
def test_every_command_has_a_remedy_for_every_cause(name: str, cause: Cause) -> None:
    for action, region in product(("ec2:DescribeVpcs", "sts:AssumeRole"), ("eu-west-1", None)):
        text = COMMANDS[name](unread_of(cause, action, region))
        assert text[0].isupper() or text.startswith("`")
        assert text.endswith((".", "`."))
        assert not re.search(r"[{}]|None", text) or region is None
        if name == "stack":
            # The stack has neither of these options, and another policy.
            assert not re.search(r"--regions|--timeout|vpc-flow-logs permissions", text)


def denied(remedy: Remedy, action: str, region: str | None = "eu-west-1") -> str:
    return remedy(unread_of(Cause.ACCESS_DENIED, action, region))


def test_a_policy_is_printed_for_whoever_lacks_it() -> None:
    remedy = remedy_of(["--organization", "--role-name", "Audit"])

    listing = denied(remedy, "organizations:ListAccounts", None)
    assert "`vpc-flow-logs permissions --organization --role-name Audit` prints" in listing
    entering = denied(remedy, "sts:AssumeRole", None)
    assert "let the trust policy of the role name the caller" in entering
    reading = denied(remedy, "ec2:DescribeVpcs")
    assert "`vpc-flow-logs permissions` prints" in reading
    assert "use --exclude-regions eu-west-1" in reading
    named = denied(remedy_of(["--regions", "eu-west-1,us-east-1"]), "ec2:DescribeVpcs")
    assert "leave eu-west-1 out of --regions" in named
    assert "exclude" not in named
    assert "--regions" not in denied(remedy, "ec2:DescribeRegions", None)
