"""What a report covers, by whom and how, and what it says as a whole: for every format."""

from flowaudit.judging.changes import Earlier
from flowaudit.judging.finding import Report, Status
from flowaudit.judging.requested import AccountRead, Requested
from flowaudit.renderers.words import choice, counted, named_choice, some, unjudged


def headline(report: Report) -> str:
    """Return what the report says as a whole; it never claims more than was read."""
    vpcs, failing = sum(report.totals.vpcs.values()), report.totals.vpcs[Status.FAIL]
    judged = vpcs - report.totals.vpcs[Status.UNKNOWN] - report.totals.vpcs[Status.SHARED]
    if failing:
        text = f"{failing:,} of {counted(vpcs, 'VPC')} {'fails' if failing == 1 else 'fail'}"
    elif not report.totals.regions_read and not judged:
        text = "Nothing is proved: nothing could be read"
    elif not report.complete:
        text = "Nothing that was read fails"
    else:
        text = "No VPC fails" if vpcs else "There is no VPC"
    if chosen := choice(*_choice(report.requested)):
        text += f", in {chosen}"
    if report.findings:
        text += f", and {counted(len(report.findings), 'exemption')} without effect"
    return text


def changes(report: Report) -> tuple[str, list[tuple[str, Earlier]]]:
    """Return in one line what changed since the baseline, and each finding that is not there now.

    The line is empty when there is no baseline.
    """
    found = report.changes
    if found is None:
        return "", []
    gone = [("fixed", each) for each in found.fixed]
    gone += [("now exempt", each) for each in found.exempted]
    gone += [("not known, not read this time", each) for each in found.unknown]
    counts = [(len(found.new), "new"), (len(found.fixed), "fixed")]
    counts += [(len(found.unchanged), "unchanged"), (len(found.exempted), "now exempt")]
    counts += [(len(found.unknown), "not known")]
    text = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "no finding"
    line = f"Since {found.started[:16].replace('T', ' ')} ({found.baseline}): {text}."
    if not found.complete:
        line += " That audit was incomplete: what is new may have been there."
    return line, gone


def facts(report: Report) -> list[tuple[str, str]]:
    """Return what was looked at, by whom, when and by what; each with a label."""
    requested, criteria = report.requested, report.criteria
    traffic = {"REJECT": "rejected traffic", "ALL": "all traffic", "any": "any traffic"}
    exemptions = requested.exemptions
    found = [
        ("Accounts", _accounts(report)),
        ("Regions", _regions(report)),
        (
            "Required",
            (
                f"{traffic[criteria.traffic_type]} is recorded and kept for "
                f"{counted(criteria.min_retention_days, 'day')} or more"
            ),
        ),
        (
            "Exemptions",
            f"{exemptions.path}, SHA-256 {exemptions.sha256}" if exemptions else "none",
        ),
        ("Asked by", report.caller or "could not be read"),
        ("Asked at", f"{report.started:%Y-%m-%d %H:%M:%S} UTC"),
        ("Source", _source(report)),
        ("Tool", f"vpc-flow-logs {report.tool_version}"),
    ]
    if report.not_looked_at:
        found.append(("Not looked at", "; ".join(report.not_looked_at)))
    if skipped := unjudged(report):
        found.append(("Not judged", f"{', '.join(skipped)}: {report.source} does not tell"))
    return found


def _choice(requested: Requested) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    return requested.regions, requested.exclude_regions, requested.regions_at_least


def _regions(report: Report) -> str:
    totals = report.totals
    chosen = named_choice(*_choice(report.requested)) or "every enabled region"
    unread = f", {totals.regions_unread:,} not" if totals.regions_unread else ""
    over = ", over all accounts" if len(report.accounts) > 1 else ""
    return f"{chosen}; {totals.regions_read:,} read completely{unread}{over}"


def _accounts(report: Report) -> str:
    requested = report.requested
    what = " of the organization" if requested.organization else ""
    what += ", by choice" if requested.accounts else ""
    if not report.accounts:
        return f"none could be read{what}"
    names = some([_account(each) for each in report.accounts])
    if len(report.accounts) == 1:
        return names + what
    return f"{counted(len(report.accounts), 'account')}{what}: {names}"


def _account(account: AccountRead) -> str:
    """Return an account's id, with its name and where it is in its organization, if known."""
    known = [each for each in (account.name, account.path.strip("/")) if each]
    return f"{account.id} ({', '.join(known)})" if known else account.id


def _source(report: Report) -> str:
    if report.source == "ec2":
        return "the APIs of EC2 and CloudWatch Logs in each region, and of IAM"
    return f"AWS Config's aggregator {report.source.partition(' ')[2]}"
