"""The live side: what AWS says about the flow logs of every VPC in every region."""
