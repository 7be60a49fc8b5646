"""A third party's machine that asks for exports, downloads them and reads what is in them."""

from __future__ import annotations

import io
import json
from hashlib import sha256

import pyarrow.parquet as pq
import zstandard


def ask(reader, form="ndjson", *, office="", **more):
    """POST /api/v1/exports."""
    return reader.browser.post(
        f"/api/v1/exports{office and f'?office={office}'}",
        json.dumps({"format": form, **more}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {reader.token}"},
    )


def delete(reader, address):
    """DELETE of an export."""
    return reader.browser.delete(address, headers={"Authorization": f"Bearer {reader.token}"})


def look(reader, address):
    """The export as it is described at its address."""
    answer = reader.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def download(reader, manifest):
    """The parts by name, each compared with its size and digest in the manifest."""
    parts = {}
    for part in manifest["parts"]:
        answer = reader.get(part["href"])
        assert answer.status_code == 200, answer.getvalue()
        content = parts[part["name"]] = answer.getvalue()
        assert len(content) == part["size"] == int(answer["Content-Length"])
        assert sha256(content).hexdigest() == part["sha256"]
        assert answer["ETag"] == f'"{part["sha256"]}"'
    return parts


def items_of(content):
    """The items in an NDJSON part."""
    lines = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    return [json.loads(line) for line in lines.splitlines()]


def rows_of(content):
    """The rows of a Parquet part."""
    return pq.read_table(io.BytesIO(content)).to_pylist()


def load(reader, manifest):
    """Fill the reader's store from an NDJSON export, and go on with the feed from its cursor."""
    reader.records = {}
    for content in download(reader, manifest).values():
        for item in items_of(content):
            reader.apply(item)
    reader.cursor = manifest["cursor"]
    return reader.records
