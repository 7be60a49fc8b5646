"""The hub's settings: environment in, Django out. docs/settings.md documents each variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ipshare.config import env

# --- Where things are kept
DATA = env.data_folder()
OBJECTS_URL = env.text("IPSHARE_OBJECTS_URL", str(DATA / "objects"))
UPLOADS = DATA / "uploads"
SCHEMAS = DATA / "schemas"
SECRET_KEY = env.secret("IPSHARE_SECRET_KEY", DATA)
SIGNING_KEY = env.signing_key("IPSHARE_SIGNING_KEY", DATA)
PUBLIC_URL = env.origin(
    "IPSHARE_PUBLIC_URL", f"http://localhost:{env.number('IPSHARE_HTTP_PORT', 8080)}"
)
HTTP_PORT = env.number("IPSHARE_HTTP_PORT", 8080)
HTTP_HOST = env.text("IPSHARE_HTTP_HOST", "127.0.0.1")
SFTP_PORT = env.number("IPSHARE_SFTP_PORT", 2222)
SFTP_HOST = env.text("IPSHARE_SFTP_HOST", "127.0.0.1")
SFTP_ADDRESS = env.host_and_port(
    "IPSHARE_SFTP_ADDRESS", f"{urlsplit(PUBLIC_URL).hostname or 'localhost'}:{SFTP_PORT}"
)
WORKERS = env.number("IPSHARE_WORKERS", max(1, os.cpu_count() or 1))
SHARD_BYTES = env.number("IPSHARE_SHARD_BYTES", 1024 * 1024)


def _database() -> dict[str, Any]:
    """DATABASE_URL, or the embedded server's address as ``ipshare`` wrote it when it started the server."""
    kept = DATA / "postgres.url"
    url = env.text("DATABASE_URL", "") or (kept.read_text("utf-8") if kept.exists() else "")
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "ipshare",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or str(DATA / "postgres")])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # prepared statements only where store.raw asks for one
        "OPTIONS": {"application_name": "ipshare", "prepare_threshold": 1_000_000},
        "TEST": {"NAME": f"test_{os.getpid()}"},
    }


DATABASES = {"default": _database()}

# --- Django
DEBUG = False
ALLOWED_HOSTS = env.text(
    "IPSHARE_ALLOWED_HOSTS", f"{urlsplit(PUBLIC_URL).hostname} localhost 127.0.0.1"
).split()
TRUSTED_PROXIES = env.networks("IPSHARE_TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "ipshare.config.urls"
AUTH_USER_MODEL = "store.User"
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "ipshare.store",
    "ipshare.portal",
    "ipshare.ops",
]
MIDDLEWARE = [
    "ipshare.http.entry.Entry",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ipshare.portal.headers.Headers",
    "ipshare.portal.confirming.Confirming",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
]
PASSWORD_RESET_TIMEOUT = 3600
CSRF_FAILURE_VIEW = "ipshare.portal.views.trouble.form_expired"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
FILE_UPLOAD_HANDLERS = ["ipshare.intake.receiving.NoFiles"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- What the outside may do
SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
# Monitors on the machine ask without the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^health(/|\Z)", r"^metrics\Z"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- How people sign in (django-allauth behind the pages of the portal)
MFA_REQUIRED = env.yes_or_no("IPSHARE_MFA_REQUIRED", default=SECURE)
ACCOUNT_ADAPTER = "ipshare.portal.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "ipshare.portal.adapter.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "ipshare"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
# Codes that were used once are kept here; the processes of the hub share it.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# --- OAuth2 (RFC 6749 client credentials only)
OAUTH2_PROVIDER_APPLICATION_MODEL = "store.Client"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"  # noqa: S105 (a model)
OAUTH2_PROVIDER = {
    "SCOPES": {
        "read": "Read what the originating office has authorized",
        "send": "Send an office's files and read what became of them",
    },
    "DEFAULT_SCOPES": ["read"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "OAUTH2_VALIDATOR_CLASS": "ipshare.accounts.bearer.Validator",
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # RFC 9700, as far as the toolkit asks for it by name; grants other than client credentials are refused anyway.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}

# --- What a client may ask for, where its office has set nothing else
REQUESTS_PER_MINUTE = env.number("IPSHARE_REQUESTS_PER_MINUTE", 6000)
BYTES_PER_DAY = env.number("IPSHARE_BYTES_PER_DAY", 100 * 1024**3)

# --- Push
PUSH_NETWORKS = env.networks("IPSHARE_PUSH_NETWORKS")
PLATFORM_URL = env.text("IPSHARE_PLATFORM_URL", "")

# --- Bulk exports
EXPORT_DAYS = env.number("IPSHARE_EXPORT_DAYS", 7)
EXPORT_PART_BYTES = env.number("IPSHARE_EXPORT_PART_BYTES", 256 * 1024 * 1024)

# --- Letters
LETTER_DAYS = env.number("IPSHARE_LETTER_DAYS", 90)
_MAIL = env.mail_server("IPSHARE_EMAIL_URL")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.mail_sender(
    "IPSHARE_EMAIL_FROM",
    None if EMAIL_HOST else f"ipshare@{urlsplit(PUBLIC_URL).hostname or 'localhost'}",
)

# --- The queue
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = [
    "ipshare.ingest.tasks",
    "ipshare.intake.upload_tasks",
    "ipshare.quality.tasks",
    "ipshare.share.tasks",
    "ipshare.share.push_tasks",
    "ipshare.share.search.tasks",
    "ipshare.share.bulk.tasks",
    "ipshare.share.shelf_tasks",
    "ipshare.accounts.tasks",
]

# --- Logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "ipshare.trace.log.Lines"},
        "bare": {"format": "%(message)s"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "lines"},
        "access": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["stderr"], "level": env.log_level("IPSHARE_LOG_LEVEL")},
    "loggers": {
        # One line per answer, upload and job, whatever else is logged.
        "ipshare.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "ipshare.requests": {"level": "INFO"},
        "ipshare.intake": {"level": "INFO"},
        "ipshare.jobs": {"level": "INFO"},
        # Django would say each address that was refused, and an address may name a record.
        "django.request": {"level": "CRITICAL"},
    },
}

# --- Metrics: each process counts in files of its own, which are added up when somebody asks (trace.counters)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA / "metrics"))
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
METRICS_NETWORKS = env.networks("IPSHARE_METRICS_NETWORKS") or env.LOOPBACK
METRICS_TOKEN = env.text("IPSHARE_METRICS_TOKEN", "")
