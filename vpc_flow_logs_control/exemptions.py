"""The exemptions file: which VPCs need not be logged, why, who answers for it and until when.

Gate, stack and audit read the file here and match its entries here, so that an entry means the
same in all three. Each knows other things of a VPC: a declaration has a URN and a resource's name,
and often no id yet; a live VPC has an id, an account, a region and perhaps a Name tag. An entry is
matched by what it names, and whoever cannot know that leaves the entry alone.

`exemptions.schema.json` beside this module describes the file for editors.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from reprlib import Repr
from typing import Any, Protocol, cast

from vpc_flow_logs_control.files import read_regular
from vpc_flow_logs_control.requirements import REQUIREMENTS

LIFTABLE = tuple(id_ for id_, requirement in REQUIREMENTS.items() if requirement.of_vpc)
"""The requirements that an entry can lift: those that are about a VPC."""

LONGEST = timedelta(days=366)
"""How far ahead an entry may expire: a year, so that somebody looks at it again."""

_CLAIMED = "vpc-has-flow-log"
"""What an entry with `coveredBy` is about: that a flow log is there, not what it is like."""


class ExemptionsError(Exception):
    """The exemptions file cannot be used; the text names the file and every mistake in it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a VPC that an entry may be about; None for what is not.

    Attributes:
        urn: Its Pulumi URN, `urn:pulumi:prod::network::aws:ec2/vpc:Vpc::main`.
        name: Its Pulumi resource's name.
        id: `vpc-0a1b2c3d4e5f60718`.
        name_tag: The live VPC's `Name` tag; empty when it has none.
        account: The 12-digit account that owns it.
        region: Its region's code.
    """

    urn: str | None = None
    name: str | None = None
    id: str | None = None
    name_tag: str | None = None
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """An entry of the file.

    Attributes:
        reason: Why the VPCs are exempt.
        owner: Who answers for it.
        expires: The last day, in UTC, on which it holds.
        vpc: A VPC's id; a glob over the URN when it begins with `urn:pulumi:`; otherwise a glob
            over the Pulumi resource's name. None when `name_tag` is given.
        name_tag: A glob over the live VPC's `Name` tag. None when `vpc` is given.
        account: The only account in which it applies; None for any.
        region: The only region in which it applies; None for any.
        requirements: The requirements that it lifts; None for all.
        covered_by: When given, no exemption but a claim that this stack, `project/stack` or
            `organization/project/stack`, declares the flow log.
    """

    reason: str
    owner: str
    expires: date
    vpc: str | None = None
    name_tag: str | None = None
    account: str | None = None
    region: str | None = None
    requirements: tuple[str, ...] | None = None
    covered_by: str | None = None

    @property
    def about(self) -> str:
        """Which VPCs it is about, in words: `nameTag lab-* in 123456789012 eu-west-1`."""
        what = self.vpc if self.vpc is not None else f"nameTag {self.name_tag}"
        where = " ".join(place for place in (self.account, self.region) if place)
        return f"{what} in {where}" if where else what

    @property
    def is_live(self) -> bool:
        """Whether a live VPC can be told to be the one, which needs its id or its Name tag."""
        return self.vpc is None or _is_id(self.vpc)

    def matches(self, vpc: Identity) -> bool:
        """Tell whether it surely is about a VPC."""
        return (
            self._names(vpc)
            and self.account in {None, vpc.account}
            and self.region in {None, vpc.region}
        )

    def may_match(self, vpc: Identity) -> bool:
        """Tell whether it is about a VPC, or only an account or region not yet known decides."""
        return (
            self._names(vpc)
            and (self.account is None or vpc.account in {None, self.account})
            and (self.region is None or vpc.region in {None, self.region})
        )

    def concerns(self, requirement: str) -> bool:
        """Tell whether it is about a requirement."""
        if self.covered_by is not None and requirement != _CLAIMED:
            return False
        return self.requirements is None or requirement in self.requirements

    def _names(self, vpc: Identity) -> bool:
        if self.vpc is None:
            return bool(vpc.name_tag) and fnmatchcase(vpc.name_tag or "", self.name_tag or "")
        if _is_id(self.vpc):
            return vpc.id == self.vpc
        declared = vpc.urn if self.vpc.startswith(_URN) else vpc.name
        return declared is not None and fnmatchcase(declared, self.vpc)


class Defect(Enum):
    """Why an entry does not hold."""

    EXPIRED = "expired"
    TOO_FAR_AHEAD = "too far ahead"
    COVERED_BY_ITSELF = "covered by itself"
    UNMATCHED = "unmatched"


class Reach(Protocol):
    """How far the VPCs that were looked at reach, to tell entries that are about others."""

    def touches(self, entry: Exemption) -> bool:
        """Tell whether an entry may be about a VPC that was looked at."""
        ...

    def holds_all(self, entry: Exemption) -> bool:
        """Tell whether every VPC that an entry may be about was looked at."""
        ...


@dataclass(frozen=True, slots=True)
class LiveReach:
    """The live VPCs of accounts and regions.

    Attributes:
        accounts: The accounts that were read.
        regions: The regions that were asked for; None for every one that is enabled.
        selected: Whether only some of the accounts that share the file were asked for.
        unread: Account and region of what could not be read; a region of None stands for all, and
            what is no account's number (`organization`) for any account.
    """

    accounts: frozenset[str]
    regions: frozenset[str] | None = None
    selected: bool = False
    unread: frozenset[tuple[str, str | None]] = frozenset()

    def touches(self, entry: Exemption) -> bool:
        """Tell whether an entry may be about a VPC that was read."""
        return (
            entry.is_live
            and (entry.account is None or entry.account in self.accounts)
            and (entry.region is None or self.regions is None or entry.region in self.regions)
        )

    def holds_all(self, entry: Exemption) -> bool:
        """Tell whether every VPC that an entry may be about was read."""
        return (
            self.touches(entry)
            and (entry.account is not None or not self.selected)
            and (entry.region is not None or self.regions is None)
            and not any(
                (entry.account in {None, account} or not account.isdigit())
                and (entry.region is None or region in {None, entry.region})
                for account, region in self.unread
            )
        )


@dataclass(frozen=True, slots=True)
class DeclaredReach:
    """The VPCs that one Pulumi stack declares.

    What is narrowed to an account or a region, or names a live VPC, may be about another stack's.

    Attributes:
        project: The Pulumi project.
        stack: The Pulumi stack.
    """

    project: str
    stack: str

    def touches(self, entry: Exemption) -> bool:
        """Tell whether an entry can only be about VPCs of this stack."""
        if entry.is_live or entry.account is not None or entry.region is not None:
            return False
        if not (entry.vpc or "").startswith(_URN):
            return True
        # urn:pulumi:<stack>::<project>::<types>::<name>; a glob may end before its project.
        stack, separator, rest = (entry.vpc or "").removeprefix(_URN).partition("::")
        project = rest.partition("::")[0] if separator else "*"
        return fnmatchcase(self.stack, stack) and fnmatchcase(self.project, project)

    def holds_all(self, entry: Exemption) -> bool:
        """Tell the same: all VPCs of a stack are declared."""
        return self.touches(entry)


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The file's entries, on one day.

    Attributes:
        entries: In the file's order.
        today: The day, in UTC.
        stack: The Pulumi stack that is judged, `project/stack`; None where none is.
        sha256: The digest of the file's bytes, in hexadecimal digits; empty where there is no file.
    """

    entries: tuple[Exemption, ...] = ()
    today: date = date.max
    stack: str | None = None
    sha256: str = ""

    def lifting(self, vpc: Identity, requirement: str) -> Exemption | None:
        """Return the first entry that lifts a requirement for a VPC.

        An entry with `coveredBy` lifts nothing: see `claiming`.
        """
        holding = self._holding(vpc, requirement)
        return next((entry for entry in holding if entry.covered_by is None), None)

    def claiming(self, vpc: Identity, requirement: str) -> Exemption | None:
        """Return the first entry that claims that another stack declares a VPC's flow log.

        Whoever sees a declaration has to believe it; whoever sees the live VPC sees for himself.
        """
        holding = self._holding(vpc, requirement)
        return next((entry for entry in holding if entry.covered_by is not None), None)

    def defects(
        self, matched: Collection[Exemption], reach: Reach
    ) -> Iterator[tuple[Exemption, Defect]]:
        """Yield each entry that does not hold, and why; none that is about something else.

        Args:
            matched: The entries that are about a VPC that was looked at.
            reach: What was looked at.
        """
        for entry in self.entries:
            if entry not in matched and not reach.touches(entry):
                continue
            if defect := self.defect(entry):
                yield entry, defect
            elif entry not in matched and reach.holds_all(entry):
                yield entry, Defect.UNMATCHED

    def defect(self, entry: Exemption) -> Defect | None:
        """Return why an entry holds for no VPC at all, None where it may hold for one."""
        if entry.expires < self.today:
            return Defect.EXPIRED
        if entry.expires - self.today > LONGEST:
            return Defect.TOO_FAR_AHEAD
        if entry.covered_by is not None and self.stack is not None:
            # Of organization/project/stack, a URN does not tell the first.
            named = "/".join(entry.covered_by.split("/")[-2:])
            return Defect.COVERED_BY_ITSELF if named == self.stack else None
        return None

    def _holding(self, vpc: Identity, requirement: str) -> Iterator[Exemption]:
        return (
            entry
            for entry in self.entries
            if entry.matches(vpc) and entry.concerns(requirement) and not self.defect(entry)
        )


# Reading

_LONGEST_FILE = 1_000_000  # bytes: some 4,000 entries


def read(
    file: Path, today: date, stack: str | None = None, sha256: str | None = None
) -> Exemptions:
    """Return the exemptions of a file.

    Args:
        file: A regular file of a megabyte at most.
        today: The day, in UTC.
        stack: The Pulumi stack that is judged, `project/stack`; None where none is.
        sha256: The digest that its bytes must have, in hexadecimal digits; None for any.

    Raises:
        ExemptionsError: When it cannot be read, has another digest, or something in it is not
            right.
    """
    try:
        content = read_regular(file, _LONGEST_FILE)
        found = hashlib.sha256(content).hexdigest()
        if sha256 is not None and found != sha256.lower():
            raise ExemptionsError(
                f"The exemptions file {file} is not the one that is pinned: its SHA-256 is {found}."
            )
        return Exemptions(parse(content.decode("utf-8-sig")), today, stack, found)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ExemptionsError(f"The exemptions file {file} cannot be read: {reason}.") from error
    except ValueError as error:
        raise ExemptionsError(f"The exemptions file {file} is not valid:\n{error}") from error


def parse(text: str) -> tuple[Exemption, ...]:
    """Return the entries of an exemptions file's text.

    Raises:
        ValueError: When something in it is not right; its text has a line for each mistake.
    """
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(key for key, _ in pairs)
        twice.extend(key for key, count in counts.items() if count > 1)
        return dict(pairs)

    try:
        document: object = json.loads(text, object_pairs_hook=unique)
    except RecursionError as error:
        raise ValueError("  it is nested too deeply to be an exemptions file") from error
    except ValueError as error:
        raise ValueError(f"  it is not JSON: {error}") from error
    mistakes = [f"the key {_shown(key)} stands twice in one object" for key in twice]
    entries: list[Exemption] = []
    keys = _object(document, "the file", ("exemptions",), ("exemptions",), mistakes)
    items: object = keys.get("exemptions", [])
    if isinstance(items, list):
        for index, item in enumerate(cast("list[object]", items)):
            before = len(mistakes)
            values = _entry(item, f"exemptions[{index}]", mistakes)
            if len(mistakes) == before:
                entries.append(_exemption(values))
    else:
        mistakes.append("exemptions: it must be a list of entries")
    if mistakes:
        raise ValueError("\n".join(f"  {mistake}" for mistake in mistakes))
    return tuple(entries)


# A pattern that holds for everything is no exemption but the end of the requirement; and so is one
# of nothing but wildcards, ranges and the types of VPCs.
_ANY = r"[*?:]|\[![^\]]+\]|\[[^\]]*-[^\]]*\]"
_NOT_ALL = rf"(?!(?:{_ANY})*$)"
_ANY_URN = rf"(?:{_ANY}|aws:ec2/vpc:Vpc|aws-native:ec2:Vpc)*"
_URN = "urn:pulumi:"
# No control characters, which could rewrite what a terminal shows, and no half of a character.
_PLAIN = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
# Compiled when a file is read: most audits and previews have none.
_TEXTS: Mapping[str, tuple[str, str]] = {
    "vpc": (
        rf"(?!{_URN}{_ANY_URN}$){_NOT_ALL}{_PLAIN}+",
        "an id (vpc-…) or a glob over URNs or resources' names that does not fit every VPC",
    ),
    "nameTag": (
        rf"{_NOT_ALL}{_PLAIN}+",
        "a glob over Name tags that does not fit every VPC",
    ),
    "account": (r"[0-9]{12}", "the twelve digits of an account, as a string"),
    "region": (r"[a-z]+(-[a-z]+)+-[0-9]+", "a region's code, such as eu-west-1"),
    "reason": (rf"(?=.*\S){_PLAIN}+", "a line of text: why the VPC is exempt"),
    "owner": (rf"(?=.*\S){_PLAIN}+", "a line of text: who answers for the exemption"),
    "expires": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day, YYYY-MM-DD"),
}
_STACK = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){1,2}"
_KEYS = (*_TEXTS, "requirements", "coveredBy")
_REQUIRED = ("reason", "owner", "expires")


def _is_id(vpc: str) -> bool:
    return re.fullmatch(r"vpc-[0-9a-f]+", vpc) is not None


def _object(
    value: object,
    where: str,
    known: Collection[str],
    required: Collection[str],
    mistakes: list[str],
) -> Mapping[str, object]:
    """Return an object's known keys; note everything else that is wrong with its keys."""
    if not isinstance(value, dict):
        mistakes.append(f"{where}: it must be an object, not {_shown(value)}")
        return {}
    keys = cast("dict[str, object]", value)
    mistakes += [f"{where}: {_unknown('key', key, known)}" for key in keys if key not in known]
    mistakes += [f"{where}: the key {key} is missing" for key in required if key not in keys]
    return {key: item for key, item in keys.items() if key in known}


def _entry(item: object, where: str, mistakes: list[str]) -> Mapping[str, Any]:
    """Return an entry's keys; note what is wrong with it."""
    keys = _object(item, where, _KEYS, _REQUIRED, mistakes)
    if isinstance(item, dict) and ("vpc" in keys) == ("nameTag" in keys):
        mistakes.append(f"{where}: it must have either vpc or nameTag")
    for key, (pattern, what) in _TEXTS.items():
        value = keys.get(key, None)
        if key in keys and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            mistakes.append(f"{where}.{key}: it must be {what}, not {_shown(value)}")
        elif key == "expires" and isinstance(value, str):
            try:
                date.fromisoformat(value)
            except ValueError as error:
                mistakes.append(f"{where}.expires: there is no day {value}: {error}")
    if "requirements" in keys:
        _requirements(keys["requirements"], f"{where}.requirements", mistakes)
    if "coveredBy" in keys:
        claim = _object(keys["coveredBy"], f"{where}.coveredBy", ("stack",), ("stack",), mistakes)
        stack = claim.get("stack", "project/stack")
        if not (isinstance(stack, str) and re.fullmatch(_STACK, stack)):
            what = "project/stack or organization/project/stack"
            mistakes.append(f"{where}.coveredBy.stack: it must be {what}, not {_shown(stack)}")
    return keys


def _requirements(value: object, where: str, mistakes: list[str]) -> None:
    if not isinstance(value, list) or not value:
        mistakes.append(f"{where}: it must be a list of requirements; without it, all are lifted")
        return
    names = cast("list[object]", value)
    mistakes += [
        f"{where}: {_unknown('requirement that can be lifted', name, LIFTABLE)}"
        for name in names
        if name not in LIFTABLE
    ]
    mistakes += [f"{where}: {name} stands twice" for name in LIFTABLE if names.count(name) > 1]


def _exemption(values: Mapping[str, Any]) -> Exemption:
    requirements = values.get("requirements")
    return Exemption(
        reason=values["reason"],
        owner=values["owner"],
        expires=date.fromisoformat(values["expires"]),
        vpc=values.get("vpc"),
        name_tag=values.get("nameTag"),
        account=values.get("account"),
        region=values.get("region"),
        requirements=None if requirements is None else tuple(requirements),
        covered_by=values["coveredBy"]["stack"] if "coveredBy" in values else None,
    )


def _unknown(what: str, name: object, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1) if isinstance(name, str) else []
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
    return f"there is no {what} {_shown(name)}; {hint}"


_brief = Repr()
_brief.maxstring = _brief.maxother = 80


def _shown(value: object) -> str:
    """Return a value as one short line without control characters."""
    return _brief.repr(value)
