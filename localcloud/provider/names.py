"""Names that a program leaves to the provider."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pulumi.runtime.proto import provider_pb2

from localcloud.provider.facts import Facts
from localcloud.provider.values import DEFAULTS_KEY

_RANDOM_CHARACTERS = 7


class NameRefusedError(Exception):
    """No name can be generated."""


def autonamed(
    facts: Facts,
    request: provider_pb2.CheckRequest,
    news: Mapping[str, Any],
    olds: Mapping[str, Any],
) -> dict[str, str]:
    """Return the generated name, by its property; nothing where the program says how to name.

    Args:
        facts: the resource type.
        request: has the engine's words about names.
        news: the program's inputs.
        olds: the inputs of last time, whose generated name is kept.

    Raises:
        NameRefusedError: when it would be too long, or the program has turned this off.
    """
    auto = facts.autoname
    if auto is None or {auto.property, *facts.properties[auto.property].conflicts_with} & set(news):
        return {}
    if auto.property in olds.get(DEFAULTS_KEY, []):
        return {auto.property: olds[auto.property]}
    if request.HasField("autonaming"):
        if request.autonaming.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE:
            raise NameRefusedError(f"{auto.property} is missing, and autonaming is disabled")
        return {auto.property: request.autonaming.proposed_name}
    prefix = f"{request.name}-"
    if len(prefix) + _RANDOM_CHARACTERS > auto.max:
        raise NameRefusedError(
            f"could not make instance of '{request.type}': name '{prefix}' plus "
            f"{_RANDOM_CHARACTERS} random chars is longer than maximum length {auto.max}"
        )
    # The engine's seed makes the same name in a preview and in the update that follows it.
    generator = random.Random(request.randomSeed)  # noqa: S311 (a name, not a secret)
    name = prefix + "".join(generator.choices("0123456789abcdef", k=_RANDOM_CHARACTERS))
    return {auto.property: name.lower() if auto.lowercase else name}


def named_by_prefix(facts: Facts, inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the name that Terraform makes of the prefix that a program gave; it may give none.

    It is known only when the object is made: the prefix, the time and a number.
    """
    auto = facts.autoname
    if auto is None or auto.property in inputs:
        return {}
    (prefix,) = facts.properties[auto.property].conflicts_with
    now = datetime.now(UTC)
    number = random.randrange(2**32)  # noqa: S311 (a name, not a secret)
    return {auto.property: f"{inputs[prefix]}{now:%Y%m%d%H%M%S}{now:%f}"[:-2] + f"{number:08x}"}
