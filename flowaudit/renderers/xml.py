"""XML of any text: what XML cannot hold is replaced."""

import re
from xml.etree.ElementTree import Element, tostring

# https://www.w3.org/TR/xml/#charsets: not even an escaped one may stand in XML 1.0.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, text: str = "", /, **attributes: str) -> Element:
    """Return an element with its text and its attributes."""
    made = Element(tag, {name: _clean(value) for name, value in attributes.items()})
    made.text = _clean(text) or None
    return made


def as_text(of: Element) -> str:
    """Return an element with all that is in it."""
    return tostring(of, encoding="unicode")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
