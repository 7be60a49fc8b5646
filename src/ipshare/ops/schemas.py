"""``ipshare schemas``: official XSD sets beside the hub's data."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ipshare.domain import plural
from ipshare.ops.refusal import RefusalError
from ipshare.standards import schemas
from ipshare.store import audit


def install(args: argparse.Namespace) -> int:
    """Copy an official set into the hub's folder of schemas."""
    folder = Path(args.folder)
    if not folder.is_dir():
        raise RefusalError(f"{folder} is no folder; give the folder of an unpacked XSD set")
    try:
        installed = schemas.install(folder, Path(settings.SCHEMAS))
    except (schemas.SchemaSetError, OSError) as trouble:
        raise RefusalError(str(trouble)) from trouble
    audit.write(
        "schemas.installed", at=timezone.now(), actor="ipshare schemas install", office=None,
        subject=installed.version, files=installed.files,
    )  # fmt: skip
    roots = ", ".join(installed.roots)
    print(
        f"{installed.version}: {plural.counted(installed.files, 'file')} in {installed.folder}, for {roots}"
    )
    return 0
