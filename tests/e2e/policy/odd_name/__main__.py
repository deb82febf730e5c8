"""A VPC whose name has quotation marks."""

import pulumi_aws as aws

aws.ec2.Vpc('größe "net"', cidr_block="10.0.0.0/16")
