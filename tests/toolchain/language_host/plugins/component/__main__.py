"""A component plugin as its authors write it: one component, ``greeter:index:Greeter``."""

from typing import TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host


class GreeterArgs(TypedDict):
    name: pulumi.Input[str]


class Greeter(pulumi.ComponentResource):
    greeting: pulumi.Output[str]

    def __init__(self, name: str, args: GreeterArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("greeter:index:Greeter", name, {}, opts)
        self.greeting = pulumi.Output.concat("Hello, ", args["name"])
        self.register_outputs({"greeting": self.greeting})


component_provider_host(components=[Greeter], name="greeter", version="1.0.0")
