"""What an audit was asked for, whatever it could then read of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExemptionsFile:
    """The file of exemptions that an audit went by.

    Attributes:
        path: As it was given.
        sha256: The digest of its content, in hexadecimal.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Requested:
    """The scope of an audit; two audits of the same scope can be compared.

    Attributes:
        source: Where the facts are from: `ec2`, or `config-aggregator NAME`.
        organization: Whether the accounts are the organization's.
        accounts: The accounts that were named; none stands for the caller's own, for all of the
            organization's, or for all that the aggregator collects from.
        regions: The regions that were named; none stands for every region that is enabled.
        exclude_regions: Regions that were excluded.
        exemptions: The exemptions that were applied.
        owner_tag: The tag that names the owner of a VPC.
        regions_at_least: How many regions every account of the partition has, at least.
    """

    source: str = "ec2"
    organization: bool = False
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    exclude_regions: tuple[str, ...] = ()
    exemptions: ExemptionsFile | None = None
    owner_tag: str | None = None
    regions_at_least: int = 0


@dataclass(frozen=True, slots=True)
class AccountRead:
    """An account that was visited.

    Attributes:
        id: The 12-digit account.
        name: Its name, where AWS Organizations was read.
        path: Where it is in its organization, `o-1/r-1/ou-1/ou-2/`, where AWS tells.
    """

    id: str
    name: str = ""
    path: str = ""
