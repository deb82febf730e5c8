"""Where a resource is deployed: its region, its account and its partition."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pulumi_policy import PolicyResource

from .properties import UNKNOWN, Unknown, text_of, value_of

_ACCOUNT = re.compile(r"\d{12}")
# With the wildcards that conditions of policies may have in place of any part.
_PART = r"[a-z0-9*?-]"
_ARN = re.compile(
    rf"arn:(?P<partition>{_PART}+):[^:]*:(?P<region>{_PART}*):(?P<account>{_PART}*):.*", re.DOTALL
)
# The beginnings of regions' names outside of the partition `aws` (AWS General Reference).
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


@dataclass(frozen=True)
class Region:
    """Where a resource is deployed.

    Attributes:
        name: The region's name, such as ``eu-west-1``; None where the program does not say it,
            `UNKNOWN` where it computes it.
        provider: The URN of the provider, whose region it is when the resource has none itself.
        is_own: Whether the resource has one itself.
    """

    name: str | Unknown | None
    provider: str | None
    is_own: bool

    def is_same_as(self, other: "Region") -> bool | None:
        """Whether both are the same region; None where that cannot be said."""
        if UNKNOWN in (self.name, other.name):
            return None
        if self.name is not None and other.name is not None:
            return self.name == other.name
        is_providers = not self.is_own and not other.is_own and self.provider is not None
        return True if is_providers and self.provider == other.provider else None

    @property
    def partition(self) -> str | None:
        """The partition that the region belongs to, such as ``aws``; None where it is not known."""
        if not isinstance(self.name, str):
            return None
        return next(
            (partition for begin, partition in _PARTITIONS.items() if self.name.startswith(begin)),
            "aws",
        )


@dataclass(frozen=True)
class Arn:
    """What an ARN says of a place: ``arn:partition:service:region:account:resource``.

    Attributes:
        partition: Such as ``aws``.
        region: Empty where the service's ARNs have none.
        account: Empty where the service's ARNs have none.
    """

    partition: str
    region: str
    account: str


def arn_of(text: object) -> Arn | None:
    """The place in an ARN; None for anything else."""
    match = _ARN.fullmatch(text) if isinstance(text, str) else None
    return Arn(match["partition"], match["region"], match["account"]) if match else None


def region_of(resource: PolicyResource) -> Region:
    """Where a resource is deployed.

    A region that is unknown, but that the program did not compute from another resource, is one
    that the provider is going to fill in: its own.
    """
    provider = resource.provider
    provider_urn = provider.urn if provider is not None else None
    region = text_of(resource.props, "region")
    if region is UNKNOWN and resource.property_dependencies.get("region"):
        return Region(UNKNOWN, provider_urn, is_own=True)
    is_own = isinstance(region, str)
    if not isinstance(region, str):
        arn = arn_of(text_of(resource.props, "arn"))
        region = arn.region or None if arn is not None else None
    if region is None and provider is not None:
        from_provider = text_of(provider.props, "region")
        region = from_provider if isinstance(from_provider, str) else None
    return Region(region, provider_urn, is_own)


def account_of(resource: PolicyResource) -> str | None:
    """The account that a resource is deployed in; None where that is not known.

    A resource that exists says it in its ARN. Before that a provider tells, if it takes on a role
    of the account, or allows no other account.
    """
    arn = arn_of(text_of(resource.props, "arn"))
    if arn is not None and arn.account:
        return arn.account
    if resource.provider is None:
        return None
    settings = resource.provider.props
    # The last of a chain of roles is the one that the provider works with.
    chain = [*_many(settings, "assumeRole"), *_many(settings, "assumeRoles")]
    if chain:
        last = chain[-1]
        role = (
            cast("Mapping[str, object]", last).get("roleArn") if isinstance(last, Mapping) else None
        )
        arn = arn_of(role)
        return arn.account if arn is not None else None
    allowed = _many(settings, "allowedAccountIds")
    # `pulumi config set` may have made a number of it.
    only = str(allowed[0]) if len(allowed) == 1 else ""
    return only if _ACCOUNT.fullmatch(only) else None


def _many(settings: Mapping[str, object], key: str) -> list[object]:
    """A provider's setting that is a list, or an object in place of a list of one."""
    value = value_of(settings, key)
    if isinstance(value, str):
        # Providers' settings arrive as JSON text where they are no text themselves.
        try:
            value = cast("object", json.loads(value))
        except ValueError:
            return [UNKNOWN]
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]
