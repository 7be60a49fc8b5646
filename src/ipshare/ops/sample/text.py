"""Text as XML content."""

from __future__ import annotations


def escape(text: str) -> str:
    """The text as XML element content or attribute value."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;") if '"' in text else text


def element(name: str, content: str) -> str:
    """An element with this text, or nothing for no text."""
    return f"<{name}>{escape(content)}</{name}>" if content else ""
