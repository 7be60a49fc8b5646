"""Push to OpenSSH's sftp-server: WIPO's tree, temporary names, a pinned host key; hostile servers."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.utils import timezone

from ipshare.archive import names
from ipshare.domain.authorization import Conditions
from ipshare.domain.delivery import DestinationKind, PushError, Trouble
from ipshare.domain.office import Right
from ipshare.parse import withdrawn as withdrawn_list
from ipshare.share import authorizations, destinations, push_sftp
from ipshare.store.models.deliveries import Delivery, Destination
from push import peers
from push.conftest import again, deliver, keyscan, sftp
from share.histories import AT, a_record, publish, withdrawn

pytestmark = pytest.mark.django_db(transaction=True)


def tree(server):
    found = [path for path in server.folder.rglob("*") if path.is_file()]
    return sorted(path.relative_to(server.folder).as_posix() for path in found)


def members(server, path):
    with zipfile.ZipFile(io.BytesIO((server.folder / path).read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_first_packages_go_to_full_extraction_later_ones_to_updates(party, ssh):
    publish(1, [a_record("1"), a_record("2")])
    publish(2, [a_record("P", right=Right.PATENT)], right=Right.PATENT)
    destination = deliver(sftp(party, ssh))
    assert destination.trouble_words == ""
    assert tree(ssh) == [
        "Patents/Full_Extraction/XA_PT_000002.zip",
        "Trademarks/Full_Extraction/XA_TM_000001.zip",
    ]
    found = members(ssh, "Trademarks/Full_Extraction/XA_TM_000001.zip")
    assert list(found) == ["XA_TM_000001_00001.xml", "XA_TM_000001_00002.xml"]
    assert b"<tmk:TrademarkApplication" in found["XA_TM_000001_00001.xml"]
    publish(3, [a_record("3"), withdrawn("2"), withdrawn("1")])
    deliver(destination)
    [update] = [path for path in tree(ssh) if "Updates" in path]
    found = members(ssh, update)
    assert list(found) == ["XA_TM_000003_00001.xml", "withdrawn.txt"]
    records = withdrawn_list.read(
        found["withdrawn.txt"], file="withdrawn.txt", right=Right.TRADEMARK, office="XA"
    )
    assert sorted(record.number for record in records) == ["1", "2"]
    assert names.kind_of("withdrawn.txt") is names.MemberKind.WITHDRAWN


def test_erasures_are_a_small_json_file_beside_the_packages(party, ssh):
    publish(1, [a_record("1")])
    destination = deliver(sftp(party, ssh))
    authorizations.end(party, by="officer", reason="test", at=AT)
    deliver(destination)
    assert tree(ssh)[-1] == "Trademarks/Updates/XA_TM_000002_erase.json"
    assert json.loads((ssh.folder / tree(ssh)[-1]).read_text()) == {
        "erase": [{"type": "erase", "office": "XA", "right": "trademark", "groups": None}]
    }
    authorizations.save(
        party, Conditions(rights=frozenset(Right)), by="officer", reason="test", at=AT
    )
    deliver(destination)
    assert "Trademarks/Full_Extraction/XA_TM_000003.zip" in tree(ssh)


def test_another_host_key_is_not_trusted_and_nothing_is_sent(party, ssh, tmp_path):
    publish(1, [a_record("1")])
    destination = sftp(party, ssh)
    (tmp_path / "other").mkdir()
    with peers.openssh(tmp_path / "other") as other:
        other.let_in(destination.address["public_key"])
        address = {**destination.address, "port": other.port, "folder": str(other.folder)}
        Destination.objects.update(address=address)
        assert deliver(destination).trouble == Trouble.HOST_KEY
        assert tree(other) == []


def test_a_host_key_is_read_as_people_paste_it(party, ssh):
    pasted = {**ssh.address(), "host_key": keyscan(ssh.port)}
    added = destinations.add(party, "x", DestinationKind.SFTP, pasted, by="officer", at=AT)
    assert added.destination.address["host_key"].startswith("ssh-ed25519 AAAA")
    with pytest.raises(destinations.NotAcceptedError, match="public key"):
        destinations.add(
            party, "y", DestinationKind.SFTP, {**pasted, "host_key": "nonsense"}, by="o", at=AT
        )


def test_a_key_that_was_not_let_in_is_named(party, ssh):
    publish(1, [a_record("1")])
    destination = sftp(party, ssh)
    ssh.authorized.write_text("")
    with pytest.raises(PushError, match="did not let"):
        destinations.try_out(destination)
    assert deliver(destination).trouble == Trouble.REFUSED
    ssh.let_in(destination.address["public_key"])
    assert "write a file" in destinations.try_out(destination)
    assert tree(ssh) == []
    assert again(destination).failures == 0


def test_a_file_of_somebody_else_under_the_name_is_never_written_over(party, ssh):
    publish(1, [a_record("1")])
    destination = sftp(party, ssh)
    taken = ssh.folder / "Trademarks/Full_Extraction/XA_TM_000001.zip"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"theirs")
    destination = deliver(destination)
    assert (destination.trouble, taken.read_bytes()) == (Trouble.NAME_TAKEN, b"theirs")
    taken.unlink()
    assert again(destination).failures == 0


def test_a_cut_attempt_leaves_nothing_behind_once_the_next_one_is_done(party, ssh, monkeypatch):
    publish(1, [a_record("1")])
    destination = sftp(party, ssh)

    async def cut(sftp, part, target):
        raise OSError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(push_sftp, "_rename", cut)
        assert deliver(destination).trouble == Trouble.UNREACHABLE
    assert tree(ssh) == ["Trademarks/Full_Extraction/.XA_TM_000001.zip.1.part"]
    again(destination)
    assert tree(ssh) == ["Trademarks/Full_Extraction/XA_TM_000001.zip"]


def test_a_server_that_stores_less_than_it_says_is_found_out(party, ssh, monkeypatch):
    publish(1, [a_record("1")])
    destination = sftp(party, ssh)
    truthful = push_sftp.asyncssh.SFTPClient.rename

    async def lie(self, old, new, flags=0):
        await truthful(self, old, new, flags)
        await self.truncate(new, 10)

    monkeypatch.setattr(push_sftp.asyncssh.SFTPClient, "rename", lie)
    destination = deliver(destination)
    assert destination.trouble == Trouble.NOT_STORED
    assert Delivery.objects.get().state == "sending"


def test_a_full_disk_is_named(party, ssh, tmp_path):
    publish(1, [a_record("1", text="t" * 100_000)])
    destination = sftp(party, ssh)
    Destination.objects.update(address={**destination.address, "folder": "/dev/full"})
    assert deliver(destination).trouble in {Trouble.FULL, Trouble.REFUSED}


def test_a_delivery_that_arrived_before_the_conditions_changed_is_acknowledged(
    party, ssh, monkeypatch
):
    publish(1, [a_record("1", text="t")])
    destination = sftp(party, ssh)

    async def send_and_lose(to, secret, parcel):
        await sent(to, secret, parcel)
        raise PushError(Trouble.SILENT, "no answer")

    sent = push_sftp.send
    with monkeypatch.context() as patch:
        patch.setattr(push_sftp, "send", send_and_lose)
        assert deliver(destination).failures == 1
    authorizations.end(party, by="officer", reason="test", at=timezone.now())
    again(destination)
    states = list(Delivery.objects.order_by("number").values_list("state", "erasures"))
    assert states == [("delivered", 0), ("delivered", 1)]
    assert tree(ssh)[-1].endswith("XA_TM_000002_erase.json")


def test_a_delivery_that_had_not_arrived_is_given_up_without_beginning_anew(
    party, ssh, monkeypatch
):
    publish(1, [a_record("1", text="t")])
    destination = deliver(sftp(party, ssh))
    publish(2, [a_record("2")])

    async def lose(to, secret, parcel):
        raise PushError(Trouble.SILENT, "no answer")

    with monkeypatch.context() as patch:
        patch.setattr(push_sftp, "send", lose)
        assert deliver(destination).failures == 1
    authorizations.save(
        party, Conditions(rights=frozenset({Right.TRADEMARK})), by="officer", reason="t", at=AT
    )
    again(destination)
    assert tree(ssh) == [
        "Trademarks/Full_Extraction/XA_TM_000001.zip",
        "Trademarks/Updates/XA_TM_000003.zip",
    ]
    assert list(members(ssh, tree(ssh)[1])) == ["XA_TM_000003_00001.xml"]
