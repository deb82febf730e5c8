"""A VPC without a flow log, and an exemption whose pattern fits every name."""

import pulumi_aws as aws

aws.ec2.Vpc("bare", cidr_block="10.0.0.0/16")
