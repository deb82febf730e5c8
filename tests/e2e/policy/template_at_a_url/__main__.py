"""CloudFormation stacks whose template is somewhere else."""

import pulumi
import pulumi_aws as aws

URL = "https://acme-templates.s3.amazonaws.com/network.yaml"
aws.cloudformation.Stack("far", template_url=URL)
pulumi.CustomResource("aws-native:cloudformation:Stack", "native", {"templateUrl": URL})
