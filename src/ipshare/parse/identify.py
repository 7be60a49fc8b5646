"""What names a record, and the files it refers to, read from its ST.97 values."""

from __future__ import annotations

import re
from typing import Any

from ipshare.domain.office import Right
from ipshare.domain.record import Tree

LONGEST = 200
"""No application number has more characters; what has names nothing that an address or a cursor could hold."""
LONGEST_FILE = 1024
"""The longest name that a member of a package may have (archive.limits)."""
_FILE_NAMES = re.compile(r"<com:FileName>([^<]+)</com:FileName>")


def number_of(tree: Tree, right: Right) -> str:
    """The application number as the office wrote it; of a patent without one the publication number.

    Space around it is not part of a number; nothing else is cleaned. Empty where there is none, and where
    what stands there is too long to be one.
    """
    if right is not Right.PATENT:
        return _number_in(tree)
    data = tree.get("bibliographicData", tree)
    if isinstance(data, dict) and "patentLegalStatus" in data:
        data = _first(data["patentLegalStatus"])
    if not isinstance(data, dict):
        return ""
    number = _number_in(_first(data.get("applicationIdentification")))
    if number:
        return number
    published = _first(data.get("patentPublicationIdentification"))
    return _number(published.get("publicationNumber", "")) if isinstance(published, dict) else ""


def images_of(values: list[Any]) -> tuple[str, ...]:
    """The names of the files that these values refer to, in their order, each once."""
    names: dict[str, None] = {}
    for value in values:
        _file_names(value, names)
    names.pop("", None)
    return tuple(name for name in names if len(name) <= LONGEST_FILE)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _number_in(holder: Any) -> str:
    if not isinstance(holder, dict):
        return ""
    numbers = holder.get("applicationNumber", ())
    for number in numbers if isinstance(numbers, list) else (numbers,):
        if isinstance(number, dict):
            text = _number(number.get("applicationNumberText", ""))
            text = text or _number(number.get("st13ApplicationNumber", ""))
            if text:
                return text
    return ""


def _number(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= LONGEST else ""


def _text(value: Any) -> str:
    return str(value.get("$", "") if isinstance(value, dict) else value).strip()


def _file_names(value: Any, names: dict[str, None]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "fileName":
                names[_text(item)] = None
            else:
                _file_names(item, names)
    elif isinstance(value, list):
        for item in value:
            _file_names(item, names)
    elif "<com:FileName>" in value:
        names.update(dict.fromkeys(_FILE_NAMES.findall(value)))
