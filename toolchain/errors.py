"""The one error of this package."""


class ToolchainError(Exception):
    """No Pulumi CLI can be had here; the text says why and what to do."""
