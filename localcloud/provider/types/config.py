"""Rules of AWS Config (AWS Config API reference)."""

from typing import Any

from localcloud.provider import tags
from localcloud.provider.aws import Aws
from localcloud.provider.resource_type import Properties, ResourceType
from localcloud.provider.types.ec2 import RefusedError

_SOURCE = {"owner": "Owner", "sourceIdentifier": "SourceIdentifier"}


def _rule(inputs: Properties) -> dict[str, Any]:
    """Return the rule as the API has it."""
    source = inputs["source"]
    if more := sorted(set(source) - set(_SOURCE)):
        raise RefusedError(
            f"the stand-in for the AWS provider has no {', '.join(more)} in a rule's source; it "
            f"has {', '.join(_SOURCE)}"
        )
    optional = {
        "Description": inputs.get("description"),
        "InputParameters": inputs.get("inputParameters"),
        "MaximumExecutionFrequency": inputs.get("maximumExecutionFrequency"),
    }
    return {
        "ConfigRuleName": inputs["name"],
        "Source": {_SOURCE[key]: value for key, value in source.items()},
        **{key: value for key, value in optional.items() if value},
    }


def _create(aws: Aws, inputs: Properties) -> str:
    aws.client("config").put_config_rule(
        ConfigRule=_rule(inputs), Tags=tags.to_list(tags.wanted(inputs))
    )
    return inputs["name"]


def _read(aws: Aws, name: str) -> dict[str, Any] | None:
    config = aws.client("config")
    try:
        rules = config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    except config.exceptions.NoSuchConfigRuleException:
        return None
    if not rules:  # which is moto's answer where there is no rule at all
        return None
    (rule,) = rules
    optional = {
        "description": rule.get("Description"),
        "inputParameters": rule.get("InputParameters"),
        "maximumExecutionFrequency": rule.get("MaximumExecutionFrequency"),
    }
    arn = rule["ConfigRuleArn"]
    return {
        "arn": arn,
        "name": name,
        "ruleId": rule["ConfigRuleId"],
        # moto leaves it out; this is what AWS has for a rule that was made without.
        "evaluationModes": [{"mode": "DETECTIVE"}],
        "source": {
            key: rule["Source"][theirs]
            for key, theirs in _SOURCE.items()
            if theirs in rule["Source"]
        },
        **{key: value for key, value in optional.items() if value},
        "tags": tags.to_mapping(config.list_tags_for_resource(ResourceArn=arn)["Tags"]),
    }


def _update(aws: Aws, name: str, old: Properties, new: Properties) -> None:
    del name
    config = aws.client("config")
    # This leaves tags alone (API reference, PutConfigRule).
    config.put_config_rule(ConfigRule=_rule(new))
    before, after = old.get("tagsAll", {}), tags.wanted(new)
    if gone := tags.removed(before, after):
        config.untag_resource(ResourceArn=old["arn"], TagKeys=gone)
    if after:
        config.tag_resource(ResourceArn=old["arn"], Tags=tags.to_list(after))


def _delete(aws: Aws, name: str, state: Properties) -> None:
    del state
    config = aws.client("config")
    try:
        config.delete_config_rule(ConfigRuleName=name)
    except config.exceptions.NoSuchConfigRuleException:
        return


RULE = ResourceType(
    token="aws:cfg/rule:Rule",  # noqa: S106 (a type token)
    inputs=frozenset(
        {
            "description",
            "inputParameters",
            "maximumExecutionFrequency",
            "name",
            "region",
            "source",
            "tags",
        }
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
