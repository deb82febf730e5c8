"""Serves the components to programs in any language that Pulumi has."""

import sys
from pathlib import Path

from pulumi.provider import main

if not (Path(__file__).parent / "vpc_flow_logs_control").exists():
    # In the project's own checkout the control lies one folder up, not beside the components.
    sys.path.append(str(Path(__file__).resolve().parents[1]))

from vpc_flow_logs.package import Package

if __name__ == "__main__":
    main(Package("0.1.0"), sys.argv[1:])
