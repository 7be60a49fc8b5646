"""The contract: every route is in it, nothing else is, and every answer is as it says."""

from __future__ import annotations

import re

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from intake.packages import package
from intake.senders import a_sender
from ipshare.accounts.permissions import OF_SENDERS
from ipshare.domain.digest import digest
from ipshare.domain.office import Right
from ipshare.http import contract, waiting
from ipshare.http.problem import TABLE
from ipshare.intake import tus
from ipshare.intake import urls as sending
from ipshare.quality import report
from ipshare.share import urls
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission
from ipshare.store.stage import ImageFile
from share.histories import AT, a_reader, a_record, publish

DOCUMENT = yaml.safe_load(contract.content())


def test_the_routes_are_those_of_the_contract():
    routes = set()
    for pattern in [*urls.urlpatterns, *sending.urlpatterns]:
        address = str(pattern.pattern)
        address = re.sub(r"\(\?P<plural>[^)]*\)s\)", "{plural}", address)
        address = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", address)
        address = "/" + address.lstrip("^").removesuffix(r"\Z")
        if "{plural}" in address:
            routes |= {address.replace("{plural}", f"{right.value}s") for right in Right}
        elif pattern.name != "nothing-here":
            routes.add(address)
    assert routes == set(DOCUMENT["paths"])


def test_every_route_is_guarded_or_public_as_the_contract_says():
    for pattern in urls.urlpatterns:
        if pattern.name in {"token", "nothing-here"}:
            continue
        guarded = pattern.callback.permission is not None
        address = {"record": "/api/v1/trademarks/{office}/{number}"}.get(pattern.name)
        for path, operations in DOCUMENT["paths"].items():
            if path == address or path.startswith(f"/api/v1/{pattern.name}"):
                assert guarded == (operations["get"].get("security") != [])


def test_every_route_for_sending_asks_for_a_client_that_sends():
    assert {pattern.callback.permission for pattern in sending.urlpatterns} <= OF_SENDERS
    of_senders = [
        operation
        for path, operations in DOCUMENT["paths"].items()
        for name, operation in operations.items()
        if path.startswith(("/api/v1/submissions", "/api/v1/uploads")) and name != "parameters"
    ]
    assert all(one["security"] == [{"clientCredentials": ["send"]}] for one in of_senders)


def test_the_codes_of_problems_are_those_of_the_contract():
    assert set(DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(
        TABLE
    )


@pytest.mark.django_db
def test_the_contract_is_served_to_anyone(client):
    answer = client.get(DOCUMENT["x-oas-url"])
    assert answer.content == contract.content()
    assert answer["Content-Type"] == "application/yaml"


def test_nothing_else_of_the_oauth_toolkit_is_routed():
    names = {pattern.name for pattern in get_resolver().url_patterns if hasattr(pattern, "name")}
    assert not names & {"authorize", "introspect", "revoke-token"}


@pytest.fixture
def api(cast, tmp_path, settings, monkeypatch):
    """The contract over the WSGI application, with a register and a third party's token."""
    monkeypatch.setattr(waiting, "pause", lambda _seconds: None)
    settings.OBJECTS_URL = str(tmp_path)
    settings.UPLOADS = tmp_path / "uploads"
    objects.put("package", b"picture")
    Office.objects.create(code="KH", name="Cambodia", created_at=AT)
    picture = ImageFile(
        name="49703.jpg", object="package", place=0, stored_size=7, size=7, method=0,
        digest=digest(b"picture"), format="JPEG", width=1, height=1,
    )  # fmt: skip
    for place, right in enumerate(Right):
        records = [
            a_record(number, right=right, office="KH", media="m", images=("49703.jpg",))
            for number in ("KH/49703/13", "1", "2", "3")
        ]
        publish(place, records, right=right, office="KH", images=[picture])
    reader = a_reader(office="KH")
    cursors = [reader.page(limit=limit)["next"] for limit in (1, 5, 500)]
    GIVEN[:] = cursors
    machine = a_sender("KH")
    SENT["reference"] = machine.put(package()).json()["reference"]
    SENT["upload"] = machine.begin(package(1, 900), filename="b.zip")["Location"].rpartition("/")[2]
    report.write(Submission.objects.get().pk)
    tokens = {"read": reader.token, "send": machine.token}
    # As Django's own test client does: the connection is that of the test's transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield tokens
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


GIVEN: list[str] = []
SENT: dict[str, str] = {}
SEARCH = re.compile(r"/api/v1/(trademarks|patents|designs)(/\{office\})?")
REFUSALS = {411, 412, 413, 460}
"""By these, too, tus and HTTP refuse what is not as the contract says."""
schemathesis.serializer.alias(tus.BODY, "application/octet-stream")
schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = get_wsgi_application()


@schema.hook
def map_query(context, query):
    """A cursor cannot be made up: in requests that are to be right, it is one that was given."""
    after = (query or {}).get("after")
    if isinstance(after, str) and GIVEN and re.fullmatch("[A-Za-z0-9_-]+", after):
        return {**query, "after": GIVEN[len(after) % len(GIVEN)]}
    return query


@schema.hook
def map_path_parameters(context, path_parameters):
    """Nor can a reference and an upload: in requests that are to be right, they are those of the office."""
    named = {
        name: SENT.get(name, value) if re.fullmatch("[0-9A-Za-z-]{9,36}", str(value)) else value
        for name, value in (path_parameters or {}).items()
    }
    return named or path_parameters


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_every_answer_is_as_the_contract_says(case, api):
    token = case.path == "/oauth/token"
    sends = case.path.startswith(("/api/v1/submissions", "/api/v1/uploads"))
    headers = {} if token else {"Authorization": f"Bearer {api['send' if sends else 'read']}"}
    # Of a made-up client, of a made-up cursor and of made-up words to search for, well-formed as they are, 400 and
    # 401 are the right answers.
    made_up = token or sends or "after" in (case.query or {}) or SEARCH.fullmatch(case.path)
    excluded = [positive_data_acceptance] if made_up else []
    answer = case.call(headers=headers)
    if answer.status_code in REFUSALS:
        excluded.append(negative_data_rejection)
    sent = {"headers": headers}
    case.validate_response(answer, headers=headers, excluded_checks=excluded, transport_kwargs=sent)
