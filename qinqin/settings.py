"""The one settings file.

Everything that differs between machines comes from the environment (a ``.env`` file beside ``manage.py`` is read
too). A value that cannot be understood, or a secret that is missing, stops the start with a sentence that names it.
"""

import re
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from qinqin.pooling import check_rested

BASE_DIR = Path(__file__).resolve().parent.parent

# The hosts of 钉钉, 企业微信 and 飞书 (two of them).
PLATFORMS = [
    "https://oapi.dingtalk.com",
    "https://qyapi.weixin.qq.com",
    "https://open.feishu.cn",
    "https://open.larksuite.com",
]

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def read_flag(name: str, default: bool) -> bool:
    """A yes/no setting; anything but the usual words for yes and no is an error, not a silent ``False``."""
    text = env.str(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")


def read_number(name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number within bounds (both included)."""
    text = env.str(name, str(default)).strip()
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}.")
    return int(text)


def read_secret_key() -> str:
    """``SECRET_KEY``, or the content of the file that ``SECRET_KEY_FILE`` names; there is no default."""
    secret = env.str("SECRET_KEY", "").strip()
    if not secret and (path := env.str("SECRET_KEY_FILE", "")):
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"SECRET_KEY_FILE cannot be read: {error}.") from error
    if not secret:
        raise ImproperlyConfigured(
            "Set SECRET_KEY (or SECRET_KEY_FILE): a long random text that nobody else knows."
        )
    return secret


def read_media_accel() -> str:
    """``MEDIA_ACCEL``: the internal location of a front server (nginx) that hands out ``MEDIA_ROOT``, if any."""
    location = env.str("MEDIA_ACCEL", "").strip()
    if location and not (location.startswith("/") and location.endswith("/") and location.isascii()):
        raise ImproperlyConfigured(f"MEDIA_ACCEL must look like /protected/, not {location!r}.")
    return location


def split_url(url: str) -> SplitResult | None:
    """The parts of a URL that names a host and, if any, a port that is a number; ``None`` for what is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def read_site_url() -> str:
    """``SITE_URL``: scheme and host under which people open the product, without a path."""
    url = env.str("SITE_URL", f"http://localhost:{PORT}").strip().rstrip("/")
    parts = split_url(url)
    if not parts or parts.scheme not in {"http", "https"} or url != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(f"SITE_URL must look like https://host, not {url!r}.")
    return url


def read_mailer() -> dict:
    """Django's ``MAILERS`` entry for ``EMAIL_URL`` (``smtp://``, ``smtp+tls://``, ``smtp+ssl://``, ``consolemail://``)."""
    text = env.str("EMAIL_URL", "consolemail://").strip()
    if text == "consolemail://":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    url = split_url(text)
    if not url or url.scheme not in {"smtp", "smtp+tls", "smtp+ssl"}:
        raise ImproperlyConfigured(
            "EMAIL_URL must begin with smtp://, smtp+tls://, smtp+ssl:// or consolemail://."
        )
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": url.hostname,
            "port": url.port or {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[url.scheme],
            "username": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "use_tls": url.scheme == "smtp+tls",
            "use_ssl": url.scheme == "smtp+ssl",
            "timeout": 10,
        },
    }


def read_sender() -> str:
    """``EMAIL_FROM``: from whom mails come; by default nobody at the site's own host."""
    sender = env.str("EMAIL_FROM", "").strip() or f"noreply@{urlsplit(SITE_URL).hostname}"
    address = parseaddr(sender)[1]
    if not sender.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ImproperlyConfigured(f"EMAIL_FROM must be an e-mail address, not {sender!r}.")
    return sender


def read_robot_origins() -> list[str]:
    """``ROBOT_ORIGINS``: where group robots may live (``https://host``); http only on this machine, for tests."""
    origins = [origin.strip().rstrip("/").lower() for origin in env.list("ROBOT_ORIGINS", default=PLATFORMS)]
    for origin in origins:
        parts = split_url(origin)
        is_plain = parts and parts.scheme == "http" and parts.hostname == "127.0.0.1"
        if (
            not parts
            or not (parts.scheme == "https" or is_plain)
            or origin != f"{parts.scheme}://{parts.netloc}"
        ):
            raise ImproperlyConfigured(f"ROBOT_ORIGINS must be addresses like https://host, not {origin!r}.")
    return origins


def read_database() -> dict:
    """Django's ``DATABASES`` entry for ``DATABASE_URL``: SQLite (the default, in ``var/``) or PostgreSQL."""
    url = env.str("DATABASE_URL", "").strip() or f"sqlite:///{BASE_DIR / 'var' / 'qinqin.sqlite3'}"
    try:
        database = env.db_url_config(url)
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}.") from error
    engine = database.get("ENGINE")
    if engine == "django.db.backends.sqlite3":
        # Opening the file anew for each request costs as much as a list's statements.
        database["CONN_MAX_AGE"] = 60
        database["OPTIONS"] = {
            # Writers queue for the lock at BEGIN instead of failing in the middle of a transaction.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # The cache is each thread's own, and stays with its connection: 4 MB.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;",
        }
        try:
            Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(f"DATABASE_URL names a place that cannot be made: {error}.") from error
    elif engine == "django.db.backends.postgresql":
        statement_seconds = read_number("DATABASE_STATEMENT_TIMEOUT", 15, 1, 86_400)
        database["CONN_HEALTH_CHECKS"] = True
        database["OPTIONS"] = {
            **database.get("OPTIONS", {}),
            "pool": {
                "min_size": 1,
                "max_size": read_number("DATABASE_POOL", 8, 1, 200),
                "timeout": 5,
                "check": check_rested,
            },
            # Only what asks for it is prepared (qinqin/prepared.py), and is planned once for each connection.
            "prepare_threshold": 0,
            "connect_timeout": 5,
            "application_name": "qinqin",
            "options": f"-c statement_timeout={statement_seconds}s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=60s -c plan_cache_mode=force_generic_plan",
        }
    else:
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://.")
    return database


# What the machine says.
DEBUG = read_flag("DEBUG", default=False)
PORT = read_number("PORT", 8000, 1, 65_535)
SECRET_KEY = read_secret_key()
SITE_URL = read_site_url()
SITE_IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": read_database()}
MAILERS = {"default": read_mailer()}
DEFAULT_FROM_EMAIL = read_sender()
ROBOT_ORIGINS = read_robot_origins()
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))

MEDIA_ACCEL = read_media_accel()
# Consumers' data: when a ticket that is over becomes unchangeable, how long after it was over its consumer is kept, and
# how many times in an hour one person may look at what is masked.
ARCHIVE_AFTER_DAYS = read_number("ARCHIVE_AFTER_DAYS", 90, 1, 3_650)
CONSUMERS_KEPT_DAYS = read_number("CONSUMERS_KEPT_DAYS", 365, 1, 36_500)
REVEALS_PER_HOUR = read_number("REVEALS_PER_HOUR", 20, 1, 1_000)

# The application.
INSTALLED_APPS = [
    "qinqin",
    "merchants",
    "orders",
    "tickets",
    "django.forms",
    "django_htmx",
    "axes",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qinqin.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "merchants.middleware.AuthenticationMiddleware",
    "qinqin.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "qinqin.middleware.OneActMiddleware",
]
ROOT_URLCONF = "qinqin.urls"
WSGI_APPLICATION = "qinqin.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # django.forms brings its Jinja2 form templates this way
        "OPTIONS": {
            "environment": "qinqin.jinja.environment",
            "context_processors": ["qinqin.jinja.page_token"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    },
    {  # the Django admin is written in Django's own language
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Language and time. The clock on the wall is Shanghai's, for everybody.
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# People.
AUTH_USER_MODEL = "merchants.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "merchants.backends.ActivePeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "merchants.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_COOKIE_NAME = "qinqin_session"
CSRF_COOKIE_NAME = "qinqin_csrf"
CSRF_FAILURE_VIEW = "qinqin.errors.csrf_failure"

# Guessing passwords: ten wrong ones for a name from one address close that door for a quarter of an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "merchants.throttling.client_username"
AXES_CLIENT_IP_CALLABLE = "merchants.throttling.client_address"
AXES_LOCKOUT_CALLABLE = "merchants.throttling.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True

# Files. Static ones are hashed and compressed once, at start, and served by WhiteNoise.
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "qinqin.assets.HashedAssets"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# The browser's side of safety. Nothing inline, nothing from elsewhere.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE_IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SITE_IS_HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = ["tickets.evidence.receiving.BoundedUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "qinqin.logs.HarmlessFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A database that is away is said once, by whoever needed it, not at every attempt to reach it.
        "psycopg.pool": {"level": "ERROR"},
    },
}
