"""The default VPC taken over, without a flow log."""

import pulumi_aws as aws

aws.ec2.DefaultVpc("default")
