"""Writes what a checkout says of the permissions and of the configuration from the tables of both.

docs/permissions.md and docs/permissions/, and the table of the keys in docs/enforcement.md.

python -m vpc_flow_logs_stack.document
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vpc_flow_logs_stack.keys import KEYS
from vpc_flow_logs_stack.permissions import Grant, Purpose, Scope, grants, policy

DOCS = Path(__file__).parents[1] / "docs"
SCOPE = Scope(account_id="ACCOUNT_ID", stack="vpc-flow-logs/STACK")
"""The default configuration, with placeholders for what differs in every account."""

_PURPOSES = {
    Purpose.PREVIEW: """\
`pulumi preview`. It reads, and changes nothing. The program reads the account before it decides,
and Pulumi reads again what the stack has made (`refresh: always`).""",
    Purpose.DEPLOY: """\
`pulumi up`: what a preview reads, and what it takes to make and change flow logs, log groups and
the delivery role. It deletes flow logs of this stack alone, and no log group.""",
    Purpose.DESTROY: """\
`pulumi destroy`. Pulumi reads what the stack has made, and deletes it. The program does not run,
so nothing else is read.""",
    Purpose.AUDIT: """\
`vpc-flow-logs audit`. It reads. This is what `vpc-flow-logs permissions` prints; more in
[the audit](audit.md).""",
    Purpose.VERIFY: """\
`vpc-flow-logs verify`. It reads. This and the next two are what `vpc-flow-logs permissions`
prints with `--command` and the same names; more in [verify](verify.md).""",
    Purpose.ABSENT: """\
`vpc-flow-logs verify --absent`. It reads.""",
    Purpose.REJECTS: """\
`vpc-flow-logs rejects`. It reads, and is the one command that sees records; more in
[rejects](rejects.md).""",
}

_OPTIONS = {
    "`logGroupPerVpc: true`": replace(SCOPE, log_group_per_vpc=True),
    "`existing: import`": replace(SCOPE, adopts=True),
    "`permissionsBoundary`": replace(SCOPE, permissions_boundary="BOUNDARY_ARN"),
    "`kmsKeyIds`": replace(SCOPE, encrypts=True),
    "`deletionProtection`": replace(SCOPE, protects=True),
    "`destinationArn`, `destinationArns`": replace(SCOPE, delivers_elsewhere=True),
}

_HEAD = """\
# Permissions

The least that each command needs, as IAM policies, made by `vpc_flow_logs_stack/permissions.py`
for the default configuration; replace `ACCOUNT_ID`, and `STACK` by the stack's name. For another
configuration or partition, in a checkout:

```python
import json

from vpc_flow_logs_stack.keys import KEYS
from vpc_flow_logs_stack.permissions import Purpose, Scope, policy

scope = Scope(
    account_id="123456789012",
    stack="vpc-flow-logs/production",
    role_name="FlowLogsRole",
)
print(json.dumps(policy(Purpose.DEPLOY, scope), indent=2))
```

| to | policy |
|---|---|
"""

_PROOF = """
## What is proved

Rows with **tested** are. The tests run the real commands as a user that has the policy and nothing
else, against the embedded AWS, which then checks each call. Each policy is enough; and without any
one of its actions a call that was made is refused. moto, which the embedded AWS is, checks actions
alone. For which resources and tags a call is checked, and for which further actions
(`iam:PassRole` with `ec2:CreateFlowLogs`, say), the tests of the stack add as AWS's [Service
Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/) and
API references have it. AWS itself was not asked. In the policies for `vpc-flow-logs`, which actions
there are is tested, and on which log groups and roles is not.

Rows with **read** are not. The embedded AWS has a stand-in for Pulumi's AWS provider, and the real
one makes a few calls more. They are from the source of
[terraform-provider-aws](https://github.com/hashicorp/terraform-provider-aws), on which it stands,
or from AWS's documentation. They are in statements of their own, `ProviderOnly` and some of the
last section's, so that they can be left out and tried.

`sts:GetCallerIdentity` is called too. It needs no permission.
"""

_OTHER = """
## With other settings

These statements are added, or take the place of those for the same actions. A deployment and a
destroy with the first three settings at once are tested.

"""

_TAIL = """
A customer managed key needs a key policy besides, which lets `logs.REGION.amazonaws.com` use it
for these log groups ([AWS](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html)).
A bucket needs a bucket policy. A Firehose stream needs `firehose:TagDeliveryStream` on it, and the
first one of an account `iam:CreateServiceLinkedRole` for `delivery.logs.amazonaws.com`
([AWS](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-Firehose.html)).
This is read, not tested.

**Several accounts** (`accounts`): each role that is assumed needs the policy for its own account.
Whoever runs Pulumi needs `sts:AssumeRole` on these roles and nothing else: `vpc-flow-logs
permissions --role-arn ARN` prints that policy. A deployment with one other account is tested.

**A delivery role with a path**, which this stack does not make but uses, has the path in its ARN.
Put that ARN in place of the role's.

**A stack that was renamed**: its flow logs and log groups have the old name in their tag until the
next `pulumi up`. For that one, `ChangeOwnFlowLogs` and `SetRetentionOfOwnLogGroups` need the old
name.

## What they do not prevent

- Who may deploy writes the delivery role's policy and says who may assume it, and so can give that
  role any permission and use it. Set `permissionsBoundary`: the policy then lets the role be made,
  and its policy written, only with that boundary, and lets nobody take the boundary off.
- Who may deploy can delete the stack's flow logs, and set the retention of its log groups to a
  day, which deletes records. Who may destroy can delete the log groups.
- Who may deploy can put the stack's tag on a log group that somebody else made under the stack's
  name for it. The program does not do that.
"""


def pages() -> dict[str, str]:
    """Return every file by its path in docs/."""
    written = {
        f"permissions/{purpose}.json": json.dumps(policy(purpose, SCOPE), indent=2) + "\n"
        for purpose in Purpose
    }
    return {"permissions.md": _page(), **written}


def _page() -> str:
    index = "".join(
        f"| [{purpose}](#{purpose}) | [{purpose}.json](permissions/{purpose}.json) |\n"
        for purpose in Purpose
    )
    sections = "".join(
        f"\n## {purpose.capitalize()}\n\n{text}\n\n{_table(grants(purpose, SCOPE))}"
        for purpose, text in _PURPOSES.items()
    )
    return f"{_HEAD}{index}{_PROOF}{sections}{_OTHER}{_options()}{_TAIL}"


def _table(of: Iterable[Grant]) -> str:
    rows = "".join(f"| {row} |\n" for grant in of for row in _rows(grant))
    return f"| action | on | only if | for | |\n|---|---|---|---|---|\n{rows}"


def _options() -> str:
    rows = "".join(
        f"| {option} | {', '.join(to)} | {row} |\n"
        for option, scope in _OPTIONS.items()
        for grant, to in _additions(scope)
        for row in _rows(grant)
    )
    head = "| setting | to | action | on | only if | for | |\n|---|---|---|---|---|---|---|\n"
    return head + rows


def _additions(scope: Scope) -> list[tuple[Grant, list[Purpose]]]:
    """Return the grants that the default configuration has not, each with its purposes."""
    found: list[tuple[Grant, list[Purpose]]] = []
    for purpose in Purpose:
        default = grants(purpose, SCOPE)
        for grant in grants(purpose, scope):
            if grant in default:
                continue
            same = [purposes for each, purposes in found if each == grant]
            if same:
                same[0].append(purpose)
            else:
                found.append((grant, [purpose]))
    return found


def _rows(grant: Grant) -> Iterator[str]:
    resources = "<br>".join(f"`{resource}`" for resource in grant.resources)
    condition = "<br>".join(f"`{key}` is `{value}`" for key, value in grant.equals.items())
    proof = "read" if grant.from_source else "tested"
    for action, why in sorted(grant.why.items()):
        yield f"`{action}` | {resources} | {condition} | {why} | {proof}"


def page_of_keys(text: str) -> str:
    """Return the text of docs/enforcement.md with the table of keys."""
    head, _, rest = text.partition("| configuration | type | default |")
    _, _, tail = rest.partition("\n\n")
    rows = [
        "| configuration | type | default | what it does | a change replaces |",
        "| --- | --- | --- | --- | --- |",
    ]
    for key in KEYS.values():
        kind = {"list": "list of strings", "map": "object"}.get(key.kind, key.kind)
        default = "[all]" if key.default == ["all"] else json.dumps(key.default)
        shown = "" if key.default == "" else f"`{default.strip(chr(34))}`"
        rows.append(f"| `{key.name}` | {kind} | {shown} | {key.says} | {key.change.value} |")
    return head + "\n".join(rows) + "\n\n" + tail


def main() -> None:
    """Write the pages and the policies."""
    keys = DOCS / "enforcement.md"
    keys.write_text(page_of_keys(keys.read_text("utf-8")), encoding="utf-8")
    (DOCS / "permissions").mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
