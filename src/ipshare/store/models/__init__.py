"""The small tables, one file per subject; imported here so that Django finds them."""

from __future__ import annotations

import ipshare.store.models.accounts
import ipshare.store.models.audit
import ipshare.store.models.credentials
import ipshare.store.models.deliveries
import ipshare.store.models.disclosures
import ipshare.store.models.exports
import ipshare.store.models.holdings
import ipshare.store.models.invitations
import ipshare.store.models.jobs
import ipshare.store.models.letters
import ipshare.store.models.notices
import ipshare.store.models.outages
import ipshare.store.models.proposals
import ipshare.store.models.sharing
import ipshare.store.models.signins
import ipshare.store.models.submissions
import ipshare.store.models.uploads  # noqa: F401
