"""Django's own list of what a hub on the internet must have: nothing of it is open where the address is https."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_django_finds_nothing_to_complain_of_where_the_address_is_https(tmp_path):
    environment = {
        **os.environ,
        "IPSHARE_DATA": str(tmp_path),
        "IPSHARE_PUBLIC_URL": "https://hub.example",
        "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_second_step_is_a_duty_where_the_address_is_https(tmp_path):
    for address, said in (("https://hub.example", "True"), ("http://localhost:8080", "False")):
        done = subprocess.run(
            [sys.executable, "-c", "from ipshare.config import settings; print(settings.MFA_REQUIRED)"],
            env={**os.environ, "IPSHARE_DATA": str(tmp_path), "IPSHARE_PUBLIC_URL": address},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [("/health/live", 200), ("/metrics", 404), ("/sign-in", 301), ("/api/v1/whoami", 301), ("/healthy", 301)],
)  # fmt: skip
def test_monitors_on_the_machine_are_answered_without_the_proxy(
    client, settings, tmp_path, path, status
):
    settings.STATIC_ROOT = tmp_path
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_NETWORKS = ()
    assert client.get(path).status_code == status
