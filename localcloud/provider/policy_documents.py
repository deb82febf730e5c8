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

    Documents are merged in this order: the sources, the function's own statements, the overrides.
    A statement takes the place of the one with its Sid; two sources may not have the same.

    Args:
        args: The function's arguments (Pulumi Registry, aws.iam.getPolicyDocument).

    Raises:
        ValueError: When the real provider would refuse them.
    """
    merged: dict[str, Any] = {}
    sids: set[str] = set()
    for text in args.get("sourcePolicyDocuments", ()):
        source = _read("source", text)
        _add_sids(sids, source["Statement"])
        _merge(merged, source)
    _merge(merged, _own(args))
    for text in args.get("overridePolicyDocuments", ()):
        _merge(merged, _read("override", text))
    order = ("Version", "Id", "Statement")
    document = {key: merged[key] for key in order if merged.get(key)}
    minified = json.dumps(document, separators=(",", ":"))
    return {
        **args,
        "id": str(int(sha256(minified.encode()).hexdigest()[:8], 16)),
        "json": json.dumps(document, indent=2),
        "minifiedJson": minified,
    }


def _own(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of the arguments that are no documents themselves."""
    version = args.get("version", "2012-10-17")
    if version not in {"2008-10-17", "2012-10-17"}:
        raise ValueError(f"there is no version {version} of IAM's policies")
    statements = [_written(one) for one in args.get("statements", ())]
    _add_sids(set(), statements)
    # The provider's way to name IAM's variables, which its own language would resolve itself.
    text = json.dumps(statements)
    if "&{" in text and version == "2008-10-17":
        raise ValueError(f"version {version} has no variables (&{{)")
    document = {"Version": version, "Statement": json.loads(text.replace("&{", "${"))}
    return document | ({"Id": args["policyId"]} if "policyId" in args else {})


def _read(kind: str, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        statements = document.setdefault("Statement", [])
        for one in statements:
            one.get("Sid")
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"the {kind} document is no policy with statements: {text}") from error
    return document


def _add_sids(sids: set[str], statements: Sequence[Mapping[str, Any]]) -> None:
    for sid in filter(None, (one.get("Sid") for one in statements)):
        if sid in sids:
            raise ValueError(f"duplicate Sid ({sid})")
        sids.add(sid)


def _merge(into: dict[str, Any], document: Mapping[str, Any]) -> None:
    into["Id"] = document.get("Id") or into.get("Id")
    into["Version"] = max(into.get("Version", ""), document.get("Version", ""))
    statements: list[Any] = into.setdefault("Statement", [])
    for one in document["Statement"]:
        places = [n for n, other in enumerate(statements) if other.get("Sid") == one.get("Sid")]
        if one.get("Sid") and places:
            statements[places[0]] = one
        else:
            statements.append(one)


def _written(args: Mapping[str, Any]) -> dict[str, Any]:
    conditions: dict[str, dict[str, list[str]]] = {}
    for one in args.get("conditions", ()):
        values = conditions.setdefault(one["test"], {}).setdefault(one["variable"], [])
        values += one["values"]
    statement = {
        "Sid": args.get("sid"),
        "Effect": args.get("effect", "Allow"),
        "Action": _one_or_many(_set(args.get("actions", ()))),
        "NotAction": _one_or_many(_set(args.get("notActions", ()))),
        "Resource": _one_or_many(_set(args.get("resources", ()))),
        "NotResource": _one_or_many(_set(args.get("notResources", ()))),
        "Principal": _named(args.get("principals", ())),
        "NotPrincipal": _named(args.get("notPrincipals", ())),
        "Condition": {
            test: {variable: _one_or_many(values) for variable, values in variables.items()}
            for test, variables in conditions.items()
        },
    }
    return {key: value for key, value in statement.items() if value}


def _named(args: Sequence[Mapping[str, Any]]) -> Any:
    found: dict[str, list[str]] = {}
    for one in args:
        if one["type"] == "*" and one["identifiers"] == ["*"] and len(args) == 1:
            return "*"
        found.setdefault(one["type"], []).extend(_set(one["identifiers"]))
    return {kind: _one_or_many(identifiers) for kind, identifiers in found.items()}


def _set(values: Sequence[str]) -> list[str]:
    """Return the values of a set in the order in which the provider writes them."""
    return sorted(set(values), reverse=True)


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)
