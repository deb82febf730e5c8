"""A VPC whose flow log the stack itself declares, as an exemption claims, and does not."""

import pulumi_aws as aws

aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
