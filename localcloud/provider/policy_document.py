"""The function that writes a policy document: it asks nothing of AWS."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any


def policy_document(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document, as the real provider does but for its line breaks.

    Args:
        args: The function's arguments (Pulumi Registry, aws.iam.getPolicyDocument). Those that
            merge documents are not taken here.
    """
    document = {
        "Version": args.get("version", "2012-10-17"),
        **({"Id": args["policyId"]} if "policyId" in args else {}),
        "Statement": [_statement(one) for one in args.get("statements", ())],
    }
    # The provider's way to name IAM's variables, which its own language would resolve itself.
    minified = json.dumps(document, separators=(",", ":")).replace("&{", "${")
    return {
        **args,
        "id": str(int(sha256(minified.encode()).hexdigest()[:8], 16)),
        "json": json.dumps(json.loads(minified), indent=2),
        "minifiedJson": minified,
    }


def _statement(args: Mapping[str, Any]) -> dict[str, Any]:
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
        "Principal": _principals(args.get("principals", ())),
        "NotPrincipal": _principals(args.get("notPrincipals", ())),
        "Condition": conditions,
    }
    return {key: value for key, value in statement.items() if value}


def _principals(args: Sequence[Mapping[str, Any]]) -> Any:
    found: dict[str, list[str]] = {}
    for one in args:
        if one["type"] == "*" and one["identifiers"] == ["*"]:
            return "*"
        found.setdefault(one["type"], []).extend(one["identifiers"])
    return {kind: _one_or_many(identifiers) for kind, identifiers in found.items()}


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)
