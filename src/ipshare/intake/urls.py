"""The addresses of the API by which offices send."""

from __future__ import annotations

from django.urls import re_path

from ipshare.intake import api, receipts

RIGHTS = "trademark|patent|design"
KINDS = "Full_Extraction|Updates|Test"
REFERENCE = r"(?P<reference>[A-Z]{2}-[0-9]{6,9})"
UPLOAD = r"(?P<upload>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
REPORT = r"(?P<name>report\.json|report\.txt|findings\.jsonl|findings\.csv)"

urlpatterns = [
    re_path(r"^api/v1/submissions\Z", api.submissions, name="submissions"),
    re_path(
        rf"^api/v1/submissions/{REFERENCE}\Z", receipts.submission, name="submission-of-office"
    ),
    re_path(
        rf"^api/v1/submissions/{REFERENCE}/report/{REPORT}\Z",
        receipts.report,
        name="report-of-submission",
    ),
    re_path(
        rf"^api/v1/submissions/(?P<right>{RIGHTS})/(?P<kind>{KINDS})/(?P<name>[^/]+)\Z",
        api.whole,
        name="whole-file",
    ),
    re_path(r"^api/v1/submissions/(?P<rest>(?s:.*))\Z", api.no_folder, name="nothing-here"),
    re_path(rf"^api/v1/uploads/{UPLOAD}\Z", api.upload, name="upload"),
]
