"""A VPC whose flow log another stack declares, as an exemption claims."""

import pulumi_aws as aws

aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
