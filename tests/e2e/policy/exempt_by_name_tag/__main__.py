"""A VPC without a flow log that is exempt by its Name tag, which only a live VPC has."""

import pulumi_aws as aws

aws.ec2.Vpc("bare", cidr_block="10.0.0.0/16", tags={"Name": "sandbox"})
