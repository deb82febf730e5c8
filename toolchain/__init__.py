"""How the Pulumi CLI is had.

`ensure` finds or makes one and says where it is; put that directory first on PATH:

1. ``pulumi`` on PATH, where its version suffices and its Python language host is with it;
2. what an earlier run has put into the per-user cache;
3. Pulumi's own download, tried once, into that cache;
4. a build from Pulumi's published Go modules into that cache, with this project's stand-in for the
   Python language host beside it (see ``toolchain.language_host``). That needs Go and, the first
   time, about 5 minutes on 2 cores.

`ensure_other_languages` puts beside it what programs in YAML, and generated SDKs, take.

The cache is the platform's folder for caches of the user, or ``$VPC_FLOW_LOGS_CACHE``; everything
in it is keyed by version and may be deleted at any time. For Linux and macOS.
"""

from .errors import ToolchainError
from .selection import PULUMI_VERSION, Toolchain, ensure, ensure_other_languages

__all__ = [
    "PULUMI_VERSION",
    "Toolchain",
    "ToolchainError",
    "ensure",
    "ensure_other_languages",
]
