"""An AWS to try things out and to test with, on this machine: moto's server, over HTTP.

With it comes a Pulumi home of its own, with a local-file backend and a stand-in
for Pulumi's AWS provider plugin. `start` runs one for a block of code,
``python -m localcloud run -- COMMAND`` for a command.
"""

from localcloud.cloud import LocalCloud, start
from localcloud.environment import LeakError, require_no_credentials

__all__ = ["LeakError", "LocalCloud", "require_no_credentials", "start"]
