"""How the formats for people put things."""


def counted(number: int, noun: str) -> str:
    """Return `1 region`, `2 regions`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
