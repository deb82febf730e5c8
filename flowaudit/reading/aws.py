"""How AWS is reached: the session, the settings of its clients, and what its errors mean.

Credentials, endpoints, partitions, proxies, retries and pages are botocore's.
"""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import botocore.exceptions as errors
from botocore.config import Config
from botocore.parsers import ResponseParserError

from flowaudit import __version__
from flowaudit.facts import Cause, Unread
from flowaudit.reading import internals

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

ATTEMPTS = 6
"""Requests per call at most: with the waits in between, up to half a minute of throttling."""

# From 20 March 2019 on, new regions have to be enabled by each account; these need not be, and
# cannot be switched off, so they can be read before AWS has said which regions are enabled.
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
DEFAULT_REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)


def home_region(session: "Session") -> str:
    """Return the region for the calls that are about the account: the configured one, if any."""
    region: str | None = session.get_config_variable("region")
    return region or "us-east-1"


def first_regions(session: "Session") -> tuple[str, ...]:
    """Return the regions that are certainly enabled, in the partition of the home region.

    GovCloud (US) and China have no regions that need to be enabled.
    """
    partition = session.get_partition_for_region(home_region(session))
    if partition == "aws":
        return DEFAULT_REGIONS
    return tuple(session.get_available_regions("ec2", partition_name=partition))


def known_regions(session: "Session") -> frozenset[str]:
    """Return every region of every partition that this version of botocore knows."""
    return frozenset(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition_name=partition)
    )


class Meter:
    """Counts the HTTP requests of the clients it is attached to.

    Threads add to it at once: appending to a list is atomic, adding to a number is not.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.calls: list[str] = []
        self.throttled: list[str] = []

    def attach(self, client: "BaseClient") -> None:
        """Count a client's requests (every attempt is one) and its throttled answers."""
        client.meta.events.register("before-send", self.sent)
        client.meta.events.register("response-received", self.received)

    def sent(self, event_name: str, **_: Any) -> None:
        """Count a request; the event is botocore's `before-send`."""
        service, operation = event_name.split(".")[1:]
        self.calls.append(_action(service, operation))

    def received(
        self, event_name: str, parsed_response: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Count an answer that is throttled; the event is botocore's `response-received`."""
        code = (parsed_response or {}).get("Error", {}).get("Code")
        if code in _THROTTLING:
            service, operation = event_name.split(".")[1:]
            self.throttled.append(_action(service, operation))


def make_client(
    session: "Session",
    service: str,
    region: str,
    meter: Meter,
    timeout: float = 20.0,
    config: Config | None = None,
) -> "BaseClient":
    """Return a client whose requests are counted.

    Sessions are not thread-safe: make all clients of a session in one thread.

    Args:
        session: Where credentials and configuration are from.
        service: `ec2`, `logs`, `sts` and so on.
        region: The region to call.
        meter: What counts the requests.
        timeout: Seconds to wait for an answer before a request is sent again.
        config: What is to be otherwise than for a client of one account.
    """
    client = session.create_client(
        service,
        region_name=region,
        config=Config(
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            connect_timeout=min(5.0, timeout),
            read_timeout=timeout,
            user_agent=_user_agent(session),
            user_agent_extra=f"vpc-flow-logs/{__version__}",
        ).merge(config or Config()),
    )
    internals.lighten(client)
    meter.attach(client)
    return client


def _user_agent(session: "Session") -> str | None:
    """Return what a client calls itself; None where botocore has to put that together.

    It does so twice for each request, which takes a fifth of what a call takes.
    """
    own_name = session.get_config_variable("user_agent_appid")
    return None if own_name else session.user_agent()


def unread(error: Exception, account_id: str, region: str | None, action: str) -> Unread:
    """Say what an error means for someone who wants an answer from AWS.

    Args:
        error: Any exception of a call; one that is not botocore's is our own defect.
        account_id: The account, or what is known of it.
        region: The region, None for calls about the account.
        action: The IAM action that was tried.
    """
    if isinstance(error, errors.ClientError):
        cause = _cause_of(error, region)
    else:
        cause = next(
            (cause for kinds, cause in _CAUSES if isinstance(error, kinds)), Cause.INTERNAL
        )
    text = _message_of(error)
    if cause is Cause.INTERNAL:
        text = f"{type(error).__name__}: {text}"
    message = f"{action}: {text}"
    return Unread(account_id, region, action, cause, message)


def _message_of(error: Exception) -> str:
    """Return what AWS says, else what botocore does, in one line."""
    text = str(error)
    if isinstance(error, errors.ClientError):
        answer = error.response.get("Error", {})
        if said := answer.get("Message"):
            text = f"{_ENCODED.sub('', said)} ({answer.get('Code', '')})"
    # Botocore puts an answer that it could not parse, of any length, behind its own first line.
    return printable(text.partition("\n")[0])


class InterruptedAuditError(Exception):
    """The user wanted the audit to stop."""


class ReaderEndedError(Exception):
    """A process that read ended before it was done."""


class ThrottledError(Exception):
    """Time was over while AWS asked to slow down."""


class NothingReadError(Exception):
    """There was no region to read, so nothing is proved."""


class LogGroupClassError(Exception):
    """A log group is of a class that does not allow the operation."""


class BadResponseError(Exception):
    """AWS (or something between it and us) answered with something else than what was asked."""


def printable(text: str) -> str:
    """Replace control and direction characters, which could rewrite what a terminal shows."""
    return text if text.isprintable() else _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def all_printable(answer: Any) -> Any:
    """Return a part of an answer with every text in it as `printable` returns it."""
    if isinstance(answer, str):
        return printable(answer)
    if isinstance(answer, dict):
        return {
            printable(key): all_printable(value)
            for key, value in cast("dict[str, Any]", answer).items()
        }
    if isinstance(answer, list):
        return [all_printable(each) for each in cast("list[Any]", answer)]
    return answer


_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)

# EC2 ends a denial with details of some thousand characters that only AWS can decode, and that are
# others in each answer.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")

_THROTTLING = frozenset(
    {
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
# What AWS answers to valid credentials in a region that the account has not enabled; the same
# codes everywhere mean that the credentials are not valid.
_NOT_ENABLED = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException"}
)
# EC2 answers RequestExpired to temporary credentials that have expired, too.
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_CREDENTIALS = frozenset(
    {
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
    }
)
_CLOCK = frozenset({"RequestInTheFuture", "RequestTimeTooSkewed"})
# Services that have no code for a wrong clock say so in the message of a wrong signature.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_SIGNED_AT_ANOTHER_TIME = re.compile(r"signature (expired|not yet current)", re.IGNORECASE)


def _action(service_id: str, operation: str) -> str:
    """The IAM action of an operation, whose service IAM calls by another name than botocore."""
    prefix = {"cloudwatch-logs": "logs", "config-service": "config"}.get(service_id, service_id)
    return f"{prefix}:{operation}"


def _cause_of(error: errors.ClientError, region: str | None) -> Cause:
    answer = error.response.get("Error", {})
    code = answer.get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _CREDENTIALS and _SIGNED_AT_ANOTHER_TIME.search(answer.get("Message", "")):
        return Cause.CLOCK
    by_code: tuple[tuple[frozenset[str], Cause], ...] = (
        (_THROTTLING, Cause.THROTTLED),
        (_DENIED, Cause.ACCESS_DENIED),
        (_NOT_ENABLED, Cause.REGION_DISABLED if region else Cause.CREDENTIALS),
        (_EXPIRED, Cause.EXPIRED),
        (_CREDENTIALS, Cause.CREDENTIALS),
        (_CLOCK, Cause.CLOCK),
    )
    for codes, cause in by_code:
        if code in codes:
            return cause
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Cause.UNREACHABLE
    if status == HTTPStatus.FORBIDDEN:
        return Cause.ACCESS_DENIED
    # Where an answer has no code that is a word, something else than AWS answered; botocore then
    # takes the status.
    return Cause.REFUSED if re.match(r"[A-Za-z]", code) else Cause.BAD_RESPONSE


_CAUSES: tuple[tuple[tuple[type[Exception], ...], Cause], ...] = (
    ((errors.UnauthorizedSSOTokenError, errors.TokenRetrievalError), Cause.EXPIRED),
    (
        (
            errors.NoCredentialsError,
            errors.PartialCredentialsError,
            errors.CredentialRetrievalError,
            errors.SSOError,
            errors.ProfileNotFound,
        ),
        Cause.CREDENTIALS,
    ),
    ((errors.ConnectTimeoutError, errors.ReadTimeoutError, TimeoutError), Cause.TIMEOUT),
    ((ResponseParserError, BadResponseError), Cause.BAD_RESPONSE),
    ((InterruptedAuditError,), Cause.INTERRUPTED),
    ((ReaderEndedError,), Cause.ENDED),
    ((ThrottledError,), Cause.THROTTLED),
    ((NothingReadError,), Cause.NOTHING),
    ((LogGroupClassError,), Cause.LOG_GROUP_CLASS),
    ((errors.BotoCoreError, OSError), Cause.UNREACHABLE),
)
