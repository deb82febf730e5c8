"""A stack without any VPC."""

import pulumi_aws as aws

bucket = aws.s3.Bucket("records")
