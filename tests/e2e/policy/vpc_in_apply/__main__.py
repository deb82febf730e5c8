"""A VPC that only the deployment reveals."""

import pulumi_aws as aws

key = aws.kms.Key("key")
key.id.apply(lambda _: aws.ec2.Vpc("hidden", cidr_block="10.0.0.0/16"))
