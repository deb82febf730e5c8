"""The stack: every VPC of an account, in every region, logs its rejected traffic.

`vpc_flow_logs_stack/keys.py` has the configuration. The program reads AWS first, decides about
every VPC, and only then declares anything: what cannot be read or done ends the run with nothing
changed.
"""

from vpc_flow_logs_stack.run import run

run()
