"""The live side: what AWS says about the flow logs of every VPC in every region."""

# Written here as well as in pyproject.toml (a test compares them), because to look up the version
# of the installed package takes longer than all of `vpc-flow-logs --version`.
__version__ = "0.1.0"
