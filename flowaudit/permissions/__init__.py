"""`vpc-flow-logs permissions`: the least-privilege IAM policy for each command."""
