"""Where the hub's own PostgreSQL cannot lie, one line says so before anything is made."""

from __future__ import annotations

import pytest

from ipshare.ops import embedded
from ipshare.ops.refusal import RefusalError


@pytest.mark.parametrize("name", ["with space", "it's", "50%", "a#b"])
def test_a_folder_that_the_server_cannot_be_told_is_refused(tmp_path, name):
    with pytest.raises(RefusalError) as refused:
        embedded.start(tmp_path / name)
    assert f"({tmp_path / name})" in str(refused.value)
    assert "--data /srv/ipshare" in str(refused.value)
    assert not (tmp_path / name).exists()
