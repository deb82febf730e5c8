"""Serves the policies to the Pulumi engine, which starts this file and ends it again."""

import gc
import sys
from pathlib import Path

try:
    from pulumi_policy import PolicyPack
except ImportError as error:
    # Ends the preview or the deployment with an error, as it should: a gate that is not there
    # must not look like one that is open.
    sys.exit(
        f"The policy pack needs {error.name}, which {sys.executable} does not have. "
        "Install it with: python -m pip install -r requirements.txt (of the policy pack's folder)"
    )

if not (Path(__file__).parent / "vpc_flow_logs_control").exists():
    # In the project's own checkout the control lies one folder up, not beside the policies.
    sys.path.append(str(Path(__file__).resolve().parents[1]))

from vpc_flow_logs_policies import REQUIREMENTS
from vpc_flow_logs_policies.gate import Gate

if __name__ == "__main__":
    # The process judges a stack once or twice, and ends. Looking for garbage among the many objects
    # of a large stack, of which none is any yet, would take longer than the judging.
    gc.disable()
    # Starts a server, and returns when the engine ends it.
    PolicyPack(name="vpc-flow-logs", policies=Gate(REQUIREMENTS).policies())
