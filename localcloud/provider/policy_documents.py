"""Policy documents: as the real provider writes them, and which of them mean the same to AWS.

Source: the IAM JSON policy reference, and what Terraform's AWS provider takes for equivalent,
github.com/hashicorp/awspolicyequivalence.
"""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, cast

_ROOT = re.compile(r"arn:[^:]+:iam::(\d{12}):root")
# Where one string may stand for a list of one, and order is of no matter.
_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})


def same_policy(one: Any, other: Any) -> bool:
    """Tell whether two texts are policies that mean the same, however they are written."""
    if one == other:
        return True
    try:
        return _policy(json.loads(one)) == _policy(json.loads(other))
    except (TypeError, ValueError):
        return False


def _policy(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    policy = cast("dict[str, Any]", document)
    statements = _sorted([_statement(one) for one in _list(policy.get("Statement", []))])
    return {**policy, "Statement": statements}


def _statement(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    return {key: _element(key, value) for key, value in cast("dict[str, Any]", raw).items()}


def _element(key: str, value: Any) -> Any:
    if key in _LISTS:
        return _sorted(_list(value))
    if key in _PRINCIPALS and isinstance(value, dict):
        return {
            kind: _sorted([_account(one) for one in _list(who)])
            for kind, who in cast("dict[str, Any]", value).items()
        }
    if key == "Condition" and isinstance(value, dict):
        return {
            operator: {name: _sorted(_texts(wanted)) for name, wanted in keys.items()}
            for operator, keys in cast("dict[str, dict[str, Any]]", value).items()
        }
    return value


def _account(principal: Any) -> Any:
    """Return the account for its root user, which AWS takes for the same."""
    match = _ROOT.fullmatch(principal) if isinstance(principal, str) else None
    return match[1] if match else principal


def _texts(value: Any) -> list[str]:
    return [one if isinstance(one, str) else json.dumps(one) for one in _list(value)]


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True))


def write_policy(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document, as the real provider does but for its line breaks.

    Args:
        args: The function's arguments (Pulumi Registry, aws.iam.getPolicyDocument). Those that
            merge documents are not taken here.
    """
    document = {
        "Version": args.get("version", "2012-10-17"),
        **({"Id": args["policyId"]} if "policyId" in args else {}),
        "Statement": [_written(one) for one in args.get("statements", ())],
    }
    # The provider's way to name IAM's variables, which its own language would resolve itself.
    minified = json.dumps(document, separators=(",", ":")).replace("&{", "${")
    return {
        **args,
        "id": str(int(sha256(minified.encode()).hexdigest()[:8], 16)),
        "json": json.dumps(json.loads(minified), indent=2),
        "minifiedJson": minified,
    }


def _written(args: Mapping[str, Any]) -> dict[str, Any]:
    conditions: dict[str, dict[str, Any]] = {}
    for one in args.get("conditions", ()):
        conditions.setdefault(one["test"], {})[one["variable"]] = _one_or_many(one["values"])
    statement = {
        "Sid": args.get("sid"),
        "Effect": args.get("effect", "Allow"),
        "Action": _one_or_many(args.get("actions", ())),
        "NotAction": _one_or_many(args.get("notActions", ())),
        "Resource": _one_or_many(args.get("resources", ())),
        "NotResource": _one_or_many(args.get("notResources", ())),
        "Principal": _named(args.get("principals", ())),
        "NotPrincipal": _named(args.get("notPrincipals", ())),
        "Condition": conditions,
    }
    return {key: value for key, value in statement.items() if value}


def _named(args: Sequence[Mapping[str, Any]]) -> Any:
    found: dict[str, list[str]] = {}
    for one in args:
        if one["type"] == "*" and one["identifiers"] == ["*"]:
            return "*"
        found.setdefault(one["type"], []).extend(one["identifiers"])
    return {kind: _one_or_many(identifiers) for kind, identifiers in found.items()}


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)
