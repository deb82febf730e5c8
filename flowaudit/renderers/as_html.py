"""For auditors: one HTML page that needs nothing else.

The page is `html/report.html.jinja`. Its style and its script are in the page, and its content
security policy allows these two alone, by their hashes, and no request to anywhere. Jinja escapes
all text. Without JavaScript the page has no filters, and is otherwise the same.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from flowaudit.gaps import gaps
from flowaudit.judging.finding import Report, Status, Verdict
from flowaudit.judging.requirements import REQUIREMENTS
from flowaudit.renderers import scope
from flowaudit.renderers.cases import cases
from flowaudit.renderers.order import WORST_FIRST, worst_first
from flowaudit.renderers.words import counted, owner, unjudged
from vpc_flow_logs_control.standards import Control

_ARN = re.compile(r"arn:[^:]*:[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):(?P<resource>.+)")
_REGION_CODE = re.compile(r"\b[a-z]{2,4}(?:-[a-z]+)+-\d\b")  # ap-southeast-2, us-gov-east-1


@dataclass(slots=True)
class Region:
    """A row of the chart: one region, over all accounts."""

    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(WORST_FIRST, 0))
    unread: bool = False

    @property
    def total(self) -> int:
        """How many VPCs were found."""
        return sum(self.counts.values())


def render(report: Report) -> Iterator[str]:
    """Yield the page, with one region's verdicts at a time in memory."""
    regions = _regions(report)
    line, gone = scope.changes(report)
    style, script = _read("report.css"), _read("report.js")
    stream = (
        _environment()
        .get_template("report.html.jinja")
        .stream(
            report=report,
            counted=counted,
            headline=scope.headline(report),
            changes=line,
            gone=gone,
            facts=scope.facts(report),
            statuses=WORST_FIRST,
            regions=regions,
            without_vpcs=[
                name for name, region in regions.items() if not (region.total or region.unread)
            ],
            widest=max((region.total for region in regions.values()), default=0),
            requirements=[each.control for each in REQUIREMENTS.values()],
            standards=_standards(),
            names={account.id: account.name for account in report.accounts},
            owner=owner,
            gaps=gaps(report.unread, report.remedy),
            unjudged=unjudged(report),
            cases=cases(report, worst_first(report)),
            brief=_brief,
            style=Markup(style),  # noqa: S704 (ours, and no text of the report is in it)
            script=Markup(script),  # noqa: S704 (likewise)
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )
    stream.enable_buffering(100)
    yield from stream
    yield "\n"


def _regions(report: Report) -> dict[str, Region]:
    """Count each region's verdicts: one pass over the results."""
    regions: dict[str, Region] = {}
    for result in report.results:
        region = regions.setdefault(result.region, Region())
        for verdict in result.verdicts:
            region.counts[verdict.status] += 1
    for unread in report.unread:
        if unread.region:
            regions.setdefault(unread.region, Region()).unread = True
    return dict(sorted(regions.items()))


def _standards() -> list[tuple[tuple[Control, ...], list[str]]]:
    """Return each set of controls once, with the requirements that help to prove it; none last."""
    found: dict[tuple[Control, ...], list[str]] = {}
    for id_, audited in REQUIREMENTS.items():
        found.setdefault(audited.control.standards, []).append(id_)
    return sorted(found.items(), key=lambda item: not item[0])


def _brief(arn: str, verdict: Verdict) -> str:
    """Return an ARN without what a VPC's account and region tell; any other text as it is.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    found = _ARN.fullmatch(arn)
    if found and found["region"] in ("", verdict.region) and found["account"] == verdict.account_id:
        return found["resource"]
    return arn


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flowaudit.renderers", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole_codes"] = _whole_codes
    return environment


def _whole_codes(text: str) -> Markup:
    """Return a text whose regions' codes no line's end splits: a browser breaks at hyphens."""
    marked = _REGION_CODE.sub(r'<span class="region">\g<0></span>', str(escape(text)))
    return Markup(marked)  # noqa: S704 (escaped, and the code of a region needs no escaping)


def _read(name: str) -> str:
    return (files("flowaudit.renderers") / "html" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what allows an inline style or script: https://www.w3.org/TR/CSP3/#hash-source."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
