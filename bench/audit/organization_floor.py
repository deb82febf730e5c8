"""The floor of an organization: the same calls as the audit's, and nothing else.

    python -m bench.audit.organization_floor ACCOUNTS

Forty regions at a time, as the audit.
"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench.audit import REGIONS
from bench.audit.floor import Roles, call, query, read_region

AT_ONCE = 40
STS = "2011-06-15"


def account(helpers: ThreadPoolExecutor, regions: ThreadPoolExecutor, account_id: str) -> int:
    """Read an account; return how many of its VPCs have a flow log."""
    home, key_id = "us-east-1", account_id
    if int(account_id):
        role = f"AssumeRole&RoleSessionName=x&RoleArn=arn:aws:iam::{account_id}:role/Audit"
        found = re.search(r"<AccessKeyId>(\w+)<", query("sts", home, role, STS))
        key_id = found[1] if found else ""
    listed = helpers.submit(query, "ec2", home, "DescribeRegions", key_id=key_id)
    roles = Roles(helpers, key_id)
    reading = [regions.submit(read_region, helpers, roles, name, key_id) for name in REGIONS]
    passing = sum(len(each.result()) for each in reading)
    roles.wait()
    listed.result()
    return passing


def main() -> None:
    """Read every account."""
    query("sts", "us-east-1", "GetCallerIdentity", STS)
    call("organizations", "us-east-1", b"{}", "AWSOrganizationsV20161128.ListAccounts")
    with (
        ThreadPoolExecutor(2 * AT_ONCE) as helpers,
        ThreadPoolExecutor(AT_ONCE) as regions,
        ThreadPoolExecutor(4) as accounts,
    ):
        ids = [f"{number:012}" for number in range(int(sys.argv[1]))]
        print(sum(accounts.map(partial(account, helpers, regions), ids)))


if __name__ == "__main__":
    main()
