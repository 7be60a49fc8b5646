"""What closes every register until it is dealt out again: what decides, and not how it is written."""

from __future__ import annotations

from ipshare.standards import grouping

DECIDES = b'''
"""Says which."""
GROUP = "goods"


def group_of(name):
    """The group of a name."""
    return GROUP if name else "text"
'''
WRITTEN_OTHERWISE = b'''"""Says in which group."""

GROUP = 'goods'
"""The first group."""
# A comment.
def group_of(name):
    return (
        GROUP if name else "text"  # another
    )
'''


def test_only_what_decides_counts():
    assert grouping._code(DECIDES) == grouping._code(WRITTEN_OTHERWISE)
    assert grouping._code(DECIDES) != grouping._code(DECIDES.replace(b'"goods"', b'"media"'))
    assert grouping._code(DECIDES) != grouping._code(DECIDES.replace(b"if name", b"if not name"))
    assert len(grouping.version()) == 16
