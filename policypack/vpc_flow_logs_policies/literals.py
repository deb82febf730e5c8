"""What programs and templates write, in a form that can stand in a message.

As it is, a line break would let a program write lines of its own into the gate's verdict, and an
escape sequence would let it rewrite those that a terminal shows already.
"""

import json


def quoted(text: str) -> str:
    """A text as a literal of Python."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """What stands between the quotes of a literal of Python."""
    literal = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}"
        for character in literal
    )
