"""A stand-in for Pulumi's AWS provider plugin, which talks to an AWS API on this machine.

It has the few resource types and functions that this project uses, under the
names that Pulumi's AWS SDK has for them. It is made for trying out and testing,
refuses real credentials and endpoints elsewhere, and is never used by a
deployment to AWS.
"""
