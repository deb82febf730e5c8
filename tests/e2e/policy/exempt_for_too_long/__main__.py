"""A VPC without a flow log that is to be exempt for more than a year."""

import pulumi_aws as aws

aws.ec2.Vpc("sandbox", cidr_block="10.0.0.0/16")
