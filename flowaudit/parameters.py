"""How the command line's values are read, where commands have them in common."""

import re

import click

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def words(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Split words at commas."""
    if value is None:
        return None
    found = tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    if not found:
        raise click.BadParameter("an empty list", ctx, param)
    return found


def duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of a duration like `90s`, `15m`, `1h` or `2d`."""
    if value is None:
        return None
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", value)
    if not match:
        message = f"{value!r} is no duration: a number and its unit, such as 90s, 15m, 1h or 2d."
        raise click.BadParameter(message, ctx, param)
    seconds = int(match[1]) * _UNITS[match[2]]
    if not 0 < seconds <= _LONGEST:
        raise click.BadParameter(f"{value} is out of range: above 0, up to 3650d.", ctx, param)
    return seconds


_LONGEST = 3650 * _UNITS["d"]  # the longest retention of a log group, about
