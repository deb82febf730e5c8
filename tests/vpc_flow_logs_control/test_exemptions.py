"""The exemptions file: what is right in it, what an entry is about, and when it does not hold."""

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpc_flow_logs_control import exemptions
from vpc_flow_logs_control.exemptions import (
    LIFTABLE,
    DeclaredReach,
    Defect,
    Exemption,
    Exemptions,
    ExemptionsError,
    Identity,
    LiveReach,
    parse,
    read,
)
from vpc_flow_logs_control.requirements import REQUIREMENTS

TODAY = date(2026, 11, 26)
ID = "vpc-0a1b2c3d4e5f60718"
URN = "urn:pulumi:prod::network::aws:ec2/vpc:Vpc::sandbox"
ACCOUNT, REGION = "123456789012", "eu-west-1"
ENTRY: dict[str, Any] = {
    "vpc": ID,
    "reason": "Nothing is attached to it",
    "owner": "net@example.com",
    "expires": "2027-03-31",
}
SCHEMA = json.loads(Path(exemptions.__file__).with_suffix(".schema.json").read_text("utf-8"))


def of(*entries: object) -> str:
    return json.dumps({"exemptions": entries})


def but(**changes: Any) -> dict[str, Any]:
    """Return the entry with some keys changed, or removed where they are None."""
    return {key: value for key, value in (ENTRY | changes).items() if value is not None}


RIGHT: dict[str, dict[str, Any]] = {
    "an id": but(),
    "a URN": but(vpc="urn:pulumi:prod::network::**::sandbox"),
    "every VPC of a stack": but(vpc="urn:pulumi:prod::network::**"),
    "a name": but(vpc="sandbox-*"),
    "what is no id": but(vpc="vpc-main"),
    "a Name tag": but(vpc=None, nameTag="sandbox-*"),
    "one account and region": but(account=ACCOUNT, region="us-gov-west-1"),
    "some requirements": but(requirements=["log-group-has-retention", "vpc-has-flow-log"]),
    "a claim": but(coveredBy={"stack": "acme/logs/prod"}),
    "a claim without an organization": but(coveredBy={"stack": "logs/prod"}),
    "a leap day": but(expires="2028-02-29"),
    "a name that is a wildcard": but(vpc="[*]"),
    "the default VPCs": but(vpc="urn:pulumi:*::aws:ec2/defaultVpc:DefaultVpc::*"),
    "letters of other alphabets": but(vpc="Ω", reason="später", owner="ö \N{GRINNING FACE}"),
}
WRONG: dict[str, tuple[object, str]] = {
    "no object": ("sandbox", "exemptions[0]: it must be an object, not 'sandbox'"),
    "an unknown key": (but(until="2027-03-31"), "there is no key 'until'; there is vpc, nameTag"),
    "a misspelt key": (but(expire="x"), "there is no key 'expire'; did you mean expires?"),
    "the gate's old word": (but(policies=["vpc-has-flow-log"]), "there is no key 'policies'"),
    "no VPC": (but(vpc=None), "it must have either vpc or nameTag"),
    "two VPCs": (but(nameTag="a"), "it must have either vpc or nameTag"),
    "no reason": (but(reason=None), "the key reason is missing"),
    "no owner": (but(owner=None), "the key owner is missing"),
    "no day": (but(expires=None), "the key expires is missing"),
    "an empty vpc": (but(vpc=""), "exemptions[0].vpc: it must be an id"),
    "every VPC": (but(vpc="*"), "that does not fit every VPC, not '*'"),
    "every VPC by two stars": (but(vpc="**"), "that does not fit every VPC"),
    "every URN": (but(vpc="urn:pulumi:*::**"), "that does not fit every VPC"),
    "every URN of a type": (
        but(vpc="urn:pulumi:*::*::aws:ec2/vpc:Vpc::*"),
        "that does not fit every VPC",
    ),
    "every VPC by a range": (but(vpc="[!~]*"), "that does not fit every VPC"),
    "every Name tag by a range": (but(vpc=None, nameTag="[ -~]*"), "exemptions[0].nameTag"),
    "every Name tag": (but(vpc=None, nameTag="?*"), "exemptions[0].nameTag"),
    "an empty Name tag": (but(vpc=None, nameTag=""), "exemptions[0].nameTag"),
    "a number for a VPC": (but(vpc=1), "not 1"),
    "a short account": (but(account="1234"), "exemptions[0].account: it must be the twelve digits"),
    "a number for an account": (but(account=123456789012), "as a string, not 123456789012"),
    "all regions": (but(region="all"), "exemptions[0].region: it must be a region's code"),
    "a blank reason": (but(reason=" "), "exemptions[0].reason: it must be a line of text"),
    "a terminal's command": (but(owner="\x1b[2J"), r"not '\x1b[2J'"),
    "text that turns around": (but(reason="\u202eabc"), "exemptions[0].reason"),
    "a word for a day": (but(expires="never"), "it must be a day, YYYY-MM-DD, not 'never'"),
    "a day of another form": (but(expires="31.03.2027"), "not '31.03.2027'"),
    "a time": (but(expires="2027-03-31T00:00:00Z"), "exemptions[0].expires"),
    "other digits": (but(expires="\u0662\u0660\u0662\u0667-03-31"), "exemptions[0].expires"),
    "a day that is not": (but(expires="2027-02-30"), "there is no day 2027-02-30"),
    "the year 0": (but(expires="0000-01-01"), "there is no day 0000-01-01"),
    "no requirements": (but(requirements=[]), "it must be a list of requirements"),
    "a requirement for a list": (but(requirements="vpc-has-flow-log"), "it must be a list"),
    "a requirement twice": (but(requirements=["vpc-has-flow-log"] * 2), "stands twice"),
    "a misspelt requirement": (
        but(requirements=["vpc-has-flowlog"]),
        "no requirement that can be lifted 'vpc-has-flowlog'; did you mean vpc-has-flow-log?",
    ),
    "a requirement that cannot be lifted": (
        but(requirements=["gate-is-sound"]),
        "no requirement that can be lifted 'gate-is-sound'",
    ),
    "a claim of nothing": (but(coveredBy={}), "exemptions[0].coveredBy: the key stack is missing"),
    "a claim as text": (but(coveredBy="logs/prod"), "coveredBy: it must be an object"),
    "a claim of a bare name": (but(coveredBy={"stack": "prod"}), "it must be project/stack or"),
    "a claim of more": (but(coveredBy={"stack": "a/b", "arn": "x"}), "there is no key 'arn'"),
}


def told(text: str) -> str:
    with pytest.raises(ValueError, match=r".") as error:
        parse(text)
    return str(error.value)


def accepts(document: object) -> bool:
    try:
        parse(json.dumps(document))
    except ValueError:
        return False
    return True


def valid(document: Any) -> bool:
    validator = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return validator.is_valid(document)  # pyright: ignore[reportUnknownMemberType] (its stubs)


# The file


@pytest.mark.parametrize("entry", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_read(entry: dict[str, Any]) -> None:
    [read] = parse(of(entry))

    assert (read.vpc, read.name_tag) == (entry.get("vpc"), entry.get("nameTag"))
    assert (read.account, read.region) == (entry.get("account"), entry.get("region"))
    assert (read.reason, read.owner) == (entry["reason"], entry["owner"])
    assert read.expires.isoformat() == entry["expires"]
    assert list(read.requirements or []) == entry.get("requirements", [])
    assert read.covered_by == entry.get("coveredBy", {}).get("stack")
    assert valid({"exemptions": [entry]})


@pytest.mark.parametrize(("entry", "text"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(entry: object, text: str) -> None:
    assert text in told(of(entry))
    assert not valid({"exemptions": [entry]})


def test_every_mistake_is_named_with_its_place() -> None:
    lines = told(of(but(), but(owner=""), but(expires=None, region="x"))).splitlines()

    assert [line.split(":")[0].strip() for line in lines] == [
        "exemptions[1].owner",
        "exemptions[2]",
        "exemptions[2].region",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "it is not JSON"),
        ("exemptions: []", "it is not JSON"),
        ("[]", "the file: it must be an object, not []"),
        ("{}", "the file: the key exemptions is missing"),
        ('{"exemptions": {}}', "exemptions: it must be a list"),
        ('{"exemptions": [], "exempt": []}', "there is no key 'exempt'; did you mean exemptions?"),
        ('{"exemptions": [], "exemptions": []}', "the key 'exemptions' stands twice"),
        (of(ENTRY).replace('"owner"', '"owner": "a", "owner"'), "the key 'owner' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"exemptions": ' * 100_000, "nested too deeply"),
        (of(but(owner="x")).replace('"x"', '"\\ud800"'), "exemptions[0].owner"),
        (of(but(owner="x")).replace('"x"', "1" * 5000), "it is not JSON"),
    ],
)
def test_a_text_that_is_no_such_file_is_refused(text: str, mistake: str) -> None:
    assert mistake in told(text)


_NAMES = st.sampled_from(["vpc", "nameTag", "account", "region", "reason", "owner", "expires"])
_VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=4),
    st.sampled_from(["*", "urn:pulumi:*", "a*", " ", ACCOUNT, REGION, "2027-02-29", "2027-02-28"]),
    st.lists(st.sampled_from([*LIFTABLE, "x"]), max_size=3),
    st.dictionaries(st.sampled_from(["stack", "x"]), st.sampled_from(["a/b", "a", 1])),
)


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(
        st.one_of(_NAMES, st.sampled_from(["requirements", "coveredBy", "x"])), _VALUES, max_size=2
    ),
    st.sets(_NAMES, max_size=1),
)
def test_the_schema_for_editors_agrees(changes: dict[str, Any], removed: set[str]) -> None:
    entry = {key: value for key, value in (ENTRY | changes).items() if key not in removed}
    # Half a character is no text to the schema's language, and a line's end is none to Python's $.
    texts = [value for value in entry.values() if isinstance(value, str)]
    if not any(re.search(r"[\ud800-\udfff]|\n$", text) for text in texts):
        assert accepts({"exemptions": [entry]}) is valid({"exemptions": [entry]})


def test_the_schema_lists_what_can_be_lifted() -> None:
    entry = SCHEMA["properties"]["exemptions"]["items"]["properties"]
    listed = entry["requirements"]["items"]["enum"]
    assert sorted(listed) == sorted(LIFTABLE), "exemptions.schema.json"


def test_what_is_about_a_vpc_can_be_lifted_and_nothing_else() -> None:
    assert set(REQUIREMENTS) - set(LIFTABLE) == {
        "exemption-is-valid",
        "gate-is-sound",
        "waiver-is-visible",
    }


# Reading it


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exemptions.json"


def test_a_file_is_read_with_and_without_a_byte_order_mark(file: Path) -> None:
    file.write_text(of(ENTRY), encoding="utf-8")
    plain = read(file, TODAY)
    file.write_text(of(ENTRY), encoding="utf-8-sig")

    assert read(file, TODAY).entries == plain.entries
    assert plain.today == TODAY
    assert len(plain.entries) == 1


def test_mistakes_in_a_file_name_the_file(file: Path) -> None:
    file.write_text(of(but(owner="")))

    with pytest.raises(ExemptionsError, match=r"exemptions\.json is not valid:\n +exemptions\[0\]"):
        read(file, TODAY)


def unreadable(file: Path) -> str:
    with pytest.raises(ExemptionsError) as error:
        read(file, TODAY)
    assert str(file) in str(error.value)
    return str(error.value)


def test_what_cannot_be_read_is_an_error(file: Path) -> None:
    assert "cannot be read: No such file" in unreadable(file)
    assert "cannot be read: Is a directory" in unreadable(file.parent) or "regular" in unreadable(
        file.parent
    )
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read: 'utf-8' codec" in unreadable(file)


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_a_device_and_a_pipe_are_refused_without_waiting(file: Path) -> None:
    os.mkfifo(file)

    assert "it is not a regular file" in unreadable(file)
    assert "it is not a regular file" in unreadable(Path("/dev/zero"))


def test_a_file_of_any_length_is_read_no_further_than_a_megabyte(file: Path) -> None:
    with file.open("wb") as endless:
        endless.truncate(1_000_000_000_000)  # takes no room on the disk

    assert "it is longer than 1,000,000 bytes" in unreadable(file)


# Whom an entry is about


def entry(**more: Any) -> Exemption:
    given: dict[str, Any] = {"expires": TODAY, "reason": "empty", "owner": "net"} | more
    return Exemption(**given)


LIVE = Identity(id=ID, name_tag="sandbox-1", account=ACCOUNT, region=REGION)
DECLARED = Identity(urn=URN, name="sandbox", region=REGION)


@pytest.mark.parametrize(
    ("found", "live", "declared"),
    [
        (entry(vpc=ID), True, False),
        (entry(vpc=ID[:-1]), False, False),
        (entry(vpc="sandbox*"), False, True),
        (entry(vpc="sand"), False, False),
        (entry(vpc="Sandbox"), False, False),
        (entry(vpc="urn:pulumi:prod::network::**::sandbox"), False, True),
        (entry(vpc="urn:pulumi:dev::network::**"), False, False),
        (entry(name_tag="sandbox-*"), True, False),
        (entry(name_tag="sandbox"), False, False),
        (entry(vpc=ID, account=ACCOUNT, region=REGION), True, False),
        (entry(vpc=ID, account="210987654321"), False, False),
        (entry(vpc=ID, region="us-east-1"), False, False),
        (entry(vpc="sandbox", region=REGION), False, True),
        (entry(vpc="sandbox", region="us-east-1"), False, False),
        (entry(vpc="sandbox", account=ACCOUNT), False, False),
    ],
)
def test_an_entry_is_about_what_it_names(found: Exemption, *, live: bool, declared: bool) -> None:
    assert found.matches(LIVE) is live
    assert found.matches(DECLARED) is declared
    assert Exemptions((found,), TODAY).lifting(LIVE, "vpc-has-flow-log") == (
        found if live else None
    )


def test_what_is_not_known_decides_nothing() -> None:
    for_account = entry(vpc="sandbox", account=ACCOUNT)

    assert for_account.may_match(DECLARED)
    assert not for_account.may_match(Identity(name="sandbox", account="210987654321"))
    assert not entry(vpc=ID).may_match(DECLARED)
    assert not entry(name_tag="a").matches(Identity(id=ID, name_tag=""))


@pytest.mark.parametrize("requirement", LIFTABLE)
def test_a_claim_stands_for_a_flow_log_and_for_nothing_else(requirement: str) -> None:
    claim = entry(vpc=ID, covered_by="logs/prod")
    file = Exemptions((claim,), TODAY)

    assert file.lifting(LIVE, requirement) is None
    assert file.claiming(LIVE, requirement) == (
        claim if requirement == "vpc-has-flow-log" else None
    )


def test_an_entry_lifts_the_requirements_that_it_names() -> None:
    some = entry(vpc=ID, requirements=("log-group-has-retention",))
    file = Exemptions((some,), TODAY)

    assert file.lifting(LIVE, "log-group-has-retention") == some
    assert file.lifting(LIVE, "vpc-has-flow-log") is None


# What does not hold


@pytest.mark.parametrize(
    ("days", "defect"),
    [(-1, Defect.EXPIRED), (0, None), (366, None), (367, Defect.TOO_FAR_AHEAD)],
)
def test_an_entry_holds_from_a_year_before_through_its_last_day(
    days: int, defect: Defect | None
) -> None:
    one, other = entry(vpc=ID, expires=TODAY + timedelta(days)), entry(vpc=ID, owner="other")
    file = Exemptions((one, other), TODAY)

    assert file.lifting(LIVE, "vpc-has-flow-log") == (other if defect else one)
    found = list(file.defects({one, other}, LiveReach(frozenset({ACCOUNT}))))
    assert found == ([(one, defect)] if defect else [])


@pytest.mark.parametrize("named", ["network/prod", "acme/network/prod"])
def test_no_stack_covers_itself(named: str) -> None:
    claim = entry(vpc=URN, covered_by=named)
    itself = Exemptions((claim,), TODAY, "network/prod")
    another = Exemptions((claim,), TODAY, "network/dev")

    assert itself.claiming(DECLARED, "vpc-has-flow-log") is None
    assert another.claiming(DECLARED, "vpc-has-flow-log") == claim
    reach = DeclaredReach("network", "prod")
    assert list(itself.defects({claim}, reach)) == [(claim, Defect.COVERED_BY_ITSELF)]


ANOTHER_ACCOUNT, ANOTHER_REGION = "210987654321", "us-east-1"
HERE = frozenset({ACCOUNT})


@pytest.mark.parametrize(
    ("found", "reach", "unmatched"),
    [
        (entry(vpc=ID), LiveReach(HERE), True),
        (entry(name_tag="a"), LiveReach(HERE), True),
        (entry(vpc=ID), LiveReach(HERE, selected=True), False),
        (entry(vpc=ID, account=ACCOUNT), LiveReach(HERE, selected=True), True),
        (entry(vpc=ID, account=ANOTHER_ACCOUNT), LiveReach(HERE), False),
        (entry(vpc=ID), LiveReach(HERE, frozenset({REGION})), False),
        (entry(vpc=ID, region=REGION), LiveReach(HERE, frozenset({REGION})), True),
        (entry(vpc=ID, region=ANOTHER_REGION), LiveReach(HERE, frozenset({REGION})), False),
        (entry(vpc=ID, region=ANOTHER_REGION), LiveReach(HERE), True),
        (entry(vpc=URN), LiveReach(HERE), False),
        (entry(vpc="sandbox"), LiveReach(HERE), False),
        (entry(vpc=URN), DeclaredReach("network", "prod"), True),
        (entry(vpc="sandbox"), DeclaredReach("network", "prod"), True),
        (entry(vpc="urn:pulumi:p*"), DeclaredReach("network", "prod"), True),
        (entry(vpc=URN), DeclaredReach("network", "dev"), False),
        (entry(vpc=URN), DeclaredReach("shop", "prod"), False),
        (entry(vpc="sandbox", account=ACCOUNT), DeclaredReach("network", "prod"), False),
        (entry(vpc=URN, region=REGION), DeclaredReach("network", "prod"), False),
        (entry(vpc=ID), DeclaredReach("network", "prod"), False),
        (entry(name_tag="a"), DeclaredReach("network", "prod"), False),
    ],
)
def test_an_entry_about_something_else_is_never_unmatched(
    found: Exemption, reach: exemptions.Reach, *, unmatched: bool
) -> None:
    defects = list(Exemptions((found,), TODAY).defects((), reach))
    assert defects == ([(found, Defect.UNMATCHED)] if unmatched else [])
    assert not list(Exemptions((found,), TODAY).defects((found,), reach))


@pytest.mark.parametrize(
    ("unread", "found", "unmatched"),
    [
        ((ACCOUNT, REGION), entry(vpc=ID), False),
        ((ACCOUNT, None), entry(vpc=ID, account=ACCOUNT, region=REGION), False),
        ((ACCOUNT, REGION), entry(vpc=ID, account=ACCOUNT, region=ANOTHER_REGION), True),
        ((ANOTHER_ACCOUNT, REGION), entry(vpc=ID, account=ACCOUNT), True),
        ((ANOTHER_ACCOUNT, REGION), entry(vpc=ID), False),
        (("organization", None), entry(vpc=ID, account=ACCOUNT), False),
    ],
)
def test_what_could_not_be_read_may_hold_the_vpc(
    unread: tuple[str, str | None], found: Exemption, *, unmatched: bool
) -> None:
    reach = LiveReach(frozenset({ACCOUNT, ANOTHER_ACCOUNT}), unread=frozenset({unread}))
    assert reach.holds_all(found) is unmatched


def test_an_expired_entry_about_something_else_is_left_alone() -> None:
    expired = entry(vpc=ID, account=ANOTHER_ACCOUNT, expires=date(2020, 1, 1))
    of_here = entry(vpc=ID, expires=date(2020, 1, 1))

    assert not list(Exemptions((expired,), TODAY).defects((), LiveReach(HERE)))
    found = list(Exemptions((expired, of_here), TODAY).defects((), LiveReach(HERE)))
    assert found == [(of_here, Defect.EXPIRED)]
    here = LiveReach(frozenset({ANOTHER_ACCOUNT}), frozenset({REGION}))
    assert list(Exemptions((expired,), TODAY).defects((), here)) == [(expired, Defect.EXPIRED)]


def test_an_entry_says_in_words_whom_it_is_about() -> None:
    assert entry(vpc=ID).about == ID
    narrow = entry(name_tag="lab-*", account=ACCOUNT, region=REGION)
    assert narrow.about == f"nameTag lab-* in {ACCOUNT} {REGION}"
