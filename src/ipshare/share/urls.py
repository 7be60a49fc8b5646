"""The addresses of the API and of the token endpoint."""

from __future__ import annotations

from django.urls import path, re_path

from ipshare.accounts.bearer import Token
from ipshare.share import api, collections, proof_api, vocabularies
from ipshare.share.bulk import api as bulk

RIGHTS = "trademark|patent|design"
ONE_EXPORT = r"(?P<office>[A-Z]{2})/(?P<export>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    path("oauth/token", Token.as_view(), name="token"),
    path(".well-known/jwks.json", api.public_keys, name="public-keys"),
    path("api/v1/openapi.yaml", api.openapi, name="openapi"),
    path("api/v1/whoami", api.whoami, name="whoami"),
    path("api/v1/policy", api.odrl, name="policy"),
    path("api/v1/changes", api.changes, name="changes"),
    path("api/v1/exports", bulk.collection, name="exports"),
    re_path(rf"^api/v1/exports/{ONE_EXPORT}\Z", bulk.one, name="export"),
    re_path(
        rf"^api/v1/exports/{ONE_EXPORT}/parts/(?P<part>[^/]+)\Z",
        bulk.part,
        name="export-part",
    ),
    path("api/v1/proof", proof_api.whole, name="proof"),
    re_path(r"^api/v1/proof/(?P<branch>[0-9]+)\Z", proof_api.branch, name="proof-branch"),
    re_path(
        r"^api/v1/proof/(?P<branch>[0-9]+)/(?P<twig>[0-9]+)\Z", proof_api.twig, name="proof-twig"
    ),
    path("api/v1/vocabularies", vocabularies.listed, name="vocabularies"),
    re_path(r"^api/v1/vocabularies/(?P<name>[^/]+)\Z", vocabularies.one, name="vocabulary"),
    re_path(rf"^api/v1/(?P<plural>(?:{RIGHTS})s)\Z", collections.collection, name="collection"),
    re_path(
        rf"^api/v1/(?P<plural>(?:{RIGHTS})s)/(?P<office>[^/]+)\Z",
        collections.collection,
        name="collection-of-office",
    ),
    # An application number may hold slashes (KH/49703/13); %2F arrives here as one.
    re_path(
        rf"^api/v1/(?P<plural>(?:{RIGHTS})s)/(?P<office>[^/]+)/(?P<number>(?s:.+))\Z",
        api.record,
        name="record",
    ),
    re_path(
        rf"^api/v1/images/(?P<office>[^/]+)/(?P<right>{RIGHTS})/(?P<name>(?s:.+))\Z",
        api.image,
        name="image",
    ),
    re_path(r"^api(?:/(?P<rest>(?s:.*)))?\Z", api.nothing_here, name="nothing-here"),
]
