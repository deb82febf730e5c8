"""Errors that end the command, each with its exit code."""


class ConfigurationError(Exception):
    """What the user asked for cannot be done as asked; the message names the remedy."""

    exit_code = 2
