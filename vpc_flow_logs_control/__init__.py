"""The control itself: what is required of a VPC, and every fact that the four moments share.

Data and pure functions, on nothing but the standard library. The components, the policy pack, the
audit and the stack take their facts from here, so that none of them can say something else.
"""
