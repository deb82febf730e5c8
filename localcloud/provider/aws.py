"""The stand-in's way to the AWS API: its configuration, checked, and clients made from it."""

import json
import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.session import new_session

ACCESS_KEY_ID = "localcloud"
SECRET_ACCESS_KEY = "not-a-secret"  # noqa: S105 (it opens nothing)
ACCOUNT_ID = "123456789012"
"""The account of these credentials in moto."""

# Settings of the real provider that change nothing against an AWS API on this machine, whose
# credentials are the same for everybody.
_WITHOUT_EFFECT = frozenset(
    {
        "maxRetries",
        "profile",
        "s3UsePathStyle",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "version",
    }
)
SETTINGS = _WITHOUT_EFFECT | {
    "accessKey",
    "allowedAccountIds",
    "assumeRoles",
    "defaultTags",
    "endpoints",
    "forbiddenAccountIds",
    "region",
    "secretKey",
}
"""The provider settings that the stand-in takes."""

# What it takes of each role to assume, and the API's names.
_ASSUME_ROLE = {
    "externalId": "ExternalId",
    "roleArn": "RoleArn",
    "sessionName": "RoleSessionName",
}


class SettingsError(Exception):
    """The provider's configuration cannot be used with the stand-in; the text has the remedy."""


def parse_settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return provider settings with nested values decoded.

    The engine hands over nested settings, booleans and numbers as JSON text.

    Raises:
        SettingsError: for a setting that the stand-in does not have, and for
            credentials or endpoints that lead away from this machine.
    """
    if unknown := sorted(key for key in set(raw) - SETTINGS if raw[key] is not None):
        raise SettingsError(
            f"The stand-in for the AWS provider has no setting {', '.join(unknown)}. "
            f"It has {', '.join(sorted(SETTINGS))}."
        )
    settings = {key: _decoded(key, value) for key, value in raw.items() if value is not None}
    for key, dummy in (("accessKey", ACCESS_KEY_ID), ("secretKey", SECRET_ACCESS_KEY)):
        if settings.get(key, dummy) != dummy:
            raise SettingsError(
                f"The provider is configured with {key}, but credentials that could be real have "
                f"no place in an embedded AWS. Remove {key}."
            )
    for endpoint in settings.get("endpoints", []):
        for service, url in endpoint.items():
            require_loopback(f"the endpoint of {service}", url)
    for role in settings.get("assumeRoles", []):
        _require_only(_ASSUME_ROLE, "assumeRoles", role)
    _require_only({"tags"}, "defaultTags", settings.get("defaultTags", {}))
    return settings


def _require_only(known: Collection[str], setting: str, value: Mapping[str, Any]) -> None:
    if unknown := sorted(set(value) - set(known)):
        raise SettingsError(
            f"The stand-in for the AWS provider has no {', '.join(unknown)} in {setting}. "
            f"It has {', '.join(sorted(known))}."
        )


def require_loopback(what: str, url: str) -> None:
    """Check that a URL leads to this machine.

    Raises:
        SettingsError: when it does not.
    """
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            f"{what} is {url}, but the stand-in for the AWS provider talks to an AWS API on this "
            "machine only. Run it inside `python -m localcloud run -- COMMAND`."
        )


def error_code(error: ClientError) -> str:
    """Return the code of an error that the AWS API answered with."""
    return error.response.get("Error", {}).get("Code", "")


def _decoded(key: str, value: Any) -> Any:
    if isinstance(value, str) and key not in (
        "region",
        "accessKey",
        "profile",
        "secretKey",
        "version",
    ):
        try:
            return json.loads(value)
        except ValueError:
            raise SettingsError(f"The provider's setting {key} is not understood.") from None
    return value


@dataclass(frozen=True)
class Provider:
    """One configured provider: its session and what it knows of its account."""

    settings: Mapping[str, Any]
    region: str
    session: botocore.session.Session
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    _making_client: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def configured(cls, settings: Mapping[str, Any]) -> "Provider":
        """Make a provider from checked settings.

        Raises:
            SettingsError: when there is no region or no local endpoint, or when
                the account is not one that the settings allow.
        """
        region = settings.get("region") or os.environ.get("AWS_REGION")
        if not region:
            raise SettingsError("There is no region. Set `pulumi config set aws:region eu-west-1`.")
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        require_loopback("AWS_ENDPOINT_URL", endpoint or "unset")
        provider = cls(settings, region, new_session(ACCESS_KEY_ID, SECRET_ACCESS_KEY))
        for role in settings.get("assumeRoles", []):
            provider = provider._assume(role)
        provider.check_account()
        return provider

    def client(self, service: str, region: str) -> Any:
        """Return the botocore client of a service in a region; clients are shared by threads."""
        key = (service, region)
        # Sessions are not safe to make clients with from several threads.
        with self._making_client:
            if key not in self._clients:
                self._clients[key] = self.session.create_client(
                    cast("Any", service),
                    region_name=region,
                    endpoint_url=self._endpoint(service),
                    config=Config(
                        retries={"mode": "standard"},
                        max_pool_connections=32,
                        s3={"addressing_style": "path"},
                    ),
                )
            return self._clients[key]

    def caller(self) -> dict[str, str]:
        """Return what STS says of who calls: Account, Arn and UserId."""
        answer = self.client("sts", self.region).get_caller_identity()
        return {key: answer[key] for key in ("Account", "Arn", "UserId")}

    @cached_property
    def account_id(self) -> str:
        """The account; it cannot change, so STS is asked once."""
        return self.caller()["Account"]

    @property
    def default_tags(self) -> dict[str, str]:
        """The tags that every resource gets."""
        return dict(self.settings.get("defaultTags", {}).get("tags", {}))

    def _endpoint(self, service: str) -> str:
        for endpoint in self.settings.get("endpoints", []):
            if service in endpoint:
                return str(endpoint[service])
        return os.environ["AWS_ENDPOINT_URL"]

    def _assume(self, role: Mapping[str, Any]) -> "Provider":
        named = {_ASSUME_ROLE[key]: value for key, value in role.items()}
        answer = self.client("sts", self.region).assume_role(
            **{"RoleSessionName": "localcloud", **named}
        )["Credentials"]
        session = new_session(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
        )
        return Provider(self.settings, self.region, session)

    def check_account(self) -> None:
        """Check that the settings let the provider work in its account.

        Raises:
            SettingsError: when they do not.
        """
        allowed = self.settings.get("allowedAccountIds")
        forbidden = self.settings.get("forbiddenAccountIds", [])
        if allowed is None and not forbidden:
            return
        account = self.account_id
        if account in forbidden or (allowed is not None and account not in allowed):
            raise SettingsError(
                f"The provider's allowedAccountIds and forbiddenAccountIds do not let it work in "
                f"account {account}."
            )


@dataclass(frozen=True)
class Aws:
    """The AWS API as one resource sees it: a provider and the resource's region."""

    provider: Provider
    region: str

    def client(self, service: str) -> Any:
        """Return the botocore client of a service in the resource's region."""
        return self.provider.client(service, self.region)

    @property
    def account_id(self) -> str:
        """The account that the provider works in."""
        return self.provider.account_id

    @property
    def partition(self) -> str:
        """The partition of the region."""
        return self.provider.session.get_partition_for_region(self.region)
