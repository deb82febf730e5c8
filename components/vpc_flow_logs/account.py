"""The AWS account, and its partition, that a component deploys into."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Account:
    """An account and its partition, from which ARNs are put together.

    The provider says both, so that they are right in GovCloud (``aws-us-gov``)
    and in China (``aws-cn``) too.

    Attributes:
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, …
        account_id: its twelve digits.
    """

    partition: pulumi.Output[str]
    account_id: pulumi.Output[str]

    @classmethod
    def of(cls, component: pulumi.ComponentResource) -> "Account":
        """Ask the provider that a component's children use, in previews as well."""
        options = pulumi.InvokeOptions(parent=component)
        return cls(
            partition=aws.get_partition_output(opts=options).partition,
            account_id=aws.get_caller_identity_output(opts=options).account_id,
        )

    def log_group_arn(
        self, region: pulumi.Input[str], log_group_name: pulumi.Input[str]
    ) -> pulumi.Output[str]:
        """Return the ARN of a log group of this account, without a trailing ``:*``.

        It is put together from the name, which is known while a deployment is
        only previewed; the log group's own ``arn`` is not. So the delivery
        role's policy can be read, and judged by a policy pack, before anything
        exists.
        """
        return pulumi.Output.format(
            "arn:{0}:logs:{1}:{2}:log-group:{3}",
            self.partition,
            region,
            self.account_id,
            log_group_name,
        )
