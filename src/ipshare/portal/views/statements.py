"""Statements of revocation: one as a page to read and print, and the signed file to keep and pass on."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from ipshare.accounts.permissions import Permission
from ipshare.domain.narrowing import RevocationKind
from ipshare.http.signing import NotSignedError
from ipshare.portal import guard
from ipshare.portal import statements as told
from ipshare.portal.shell import page
from ipshare.share import statements
from ipshare.store.models.credentials import RevocationStatement
from ipshare.store.models.sharing import Authorization


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, number: int, statement: int) -> HttpResponse:
    """What a statement says; where the hub's key is another one by now, only that it is kept."""
    authorization, found = _of(request, code, number, statement)
    try:
        said = told.of(statements.content_of(found))
    except NotSignedError:
        said = None
    context = {
        "office": authorization.office,
        "authorization": authorization,
        "statement": found,
        "kind": told.KINDS[RevocationKind(found.kind)],
        "said": said,
    }
    return page(request, "portal/statement.html", context, here="authorizations")


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def signed(request: HttpRequest, code: str, number: int, statement: int) -> HttpResponse:
    """The signed file, for keeping and passing on."""
    authorization, found = _of(request, code, number, statement)
    # whose, from whom, when; the time keeps two of a day apart, of one version too
    party = slugify(authorization.third_party.name) or "third-party"
    made = f"{timezone.localtime(found.made_at):%Y-%m-%d-%H%M%S}"
    name = f"{authorization.office_id}-{party}-revocation-{made}-version-{found.version}.jws"
    return HttpResponse(
        found.signed + "\n",
        content_type="application/jose",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _of(
    request: HttpRequest, code: str, number: int, statement: int
) -> tuple[Authorization, RevocationStatement]:
    authorization = guard.authorization_of(guard.office_of(request, code), number)
    found = authorization.statements.filter(pk=statement).first()
    if found is None:
        raise Http404(guard.NOT_YOURS)
    return authorization, found
