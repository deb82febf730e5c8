"""A VPC without a flow log that is exempt by its id, which it does not have before it exists."""

import pulumi
import pulumi_aws as aws

sandbox = aws.ec2.Vpc("sandbox", cidr_block="10.0.0.0/16")
pulumi.export("sandbox", sandbox.id)
