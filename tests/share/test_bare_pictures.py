"""A bare form that is much longer than the picture it was made of is not shown."""

from __future__ import annotations

from types import SimpleNamespace

from ipshare.archive import bare
from ipshare.share import images


def test_a_bare_form_much_longer_than_the_picture_is_not_let_out(monkeypatch):
    picture = SimpleNamespace(size=4, format="TIFF")
    monkeypatch.setattr(images, "_whole", lambda _: b"page")
    monkeypatch.setattr(bare, "parts", lambda _: [slice(0, 4), bytes(1 << 20)])
    assert images._bare(picture).size == 4 + (1 << 20)
    monkeypatch.setattr(bare, "parts", lambda _: [slice(0, 4), bytes((1 << 20) + 1)])
    assert images._bare(picture) is None
