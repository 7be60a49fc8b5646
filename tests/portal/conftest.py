"""What the portal's tests share: the static files' folder, and clients that have signed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from django import conf
from django.db import connection
from django.test import Client

from portal import builders, kept


@pytest.fixture(autouse=True, scope="session")
def _static():
    """Whitenoise warns where the folder of collected files is missing; tests serve them from the sources."""
    Path(conf.settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _house(settings):
    """Passwords are hashed fast."""
    settings.PASSWORD_HASHERS = kept.FAST


@pytest.fixture(scope="session")
def _kept(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        one = kept.Kept()
        yield one
        one.forget()


@pytest.fixture
def office(_kept, db):
    """Office KH with everything that its pages show, office TH with nothing, and three people."""
    if conf.settings.OBJECTS_URL != kept.OBJECTS:  # the test has an object store of its own
        builders.cambodia()
        yield
    elif connection.in_atomic_block:
        with _kept.entered():
            yield
    else:
        _kept.put_back()
        yield


@pytest.fixture
def register(db):
    """Office KH with a small register: marks with content, some withdrawn, a block, findings; and office TH."""
    builders.small_register()


def signed_in(email):
    """A client of somebody who has signed in at the door, as a browser would."""
    client = Client()
    response = client.post("/sign-in", {"email": email, "password": builders.PASSWORD})
    assert response.status_code == 302, response.content
    return client


@pytest.fixture
def sokha(office):
    """An officer of KH."""
    return signed_in("sokha.chan@moc.example")


@pytest.fixture
def anong(office):
    """An officer of TH: must see nothing of KH."""
    return signed_in("anong@dip.example")


@pytest.fixture
def operator(office):
    """An operator of the hub: sees all, decides nothing."""
    return signed_in("operator@hub.example")
