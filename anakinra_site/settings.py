"""All settings. What differs between machines comes from the environment.

With PUBLIC_ORIGIN the site is in production; without it, on this machine only.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from anakinra_site.environment import (
    SettingRefusedError,
    read_database,
    read_flag,
    read_frame_origins,
    read_keys,
    read_link,
    read_minutes,
    read_public_origin,
    read_secret,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# Where it runs

PUBLIC_ORIGIN = read_public_origin("PUBLIC_ORIGIN")
IN_PRODUCTION = bool(PUBLIC_ORIGIN)
DEBUG = read_flag("DEBUG")
if DEBUG and IN_PRODUCTION:
    raise SettingRefusedError(
        "DEBUG shows the site's insides to its readers. Unset DEBUG or PUBLIC_ORIGIN."
    )
SECRET_KEY = read_secret(
    "SECRET_KEY", required=IN_PRODUCTION, fallback=BASE_DIR / ".secret_key"
)
# By which a drawn page is known as the site's own; never in the database.
DRAWN_PAGES_KEYS = read_keys("DRAWN_PAGES_KEYS", secret=SECRET_KEY)
DATABASES = {"default": read_database("DATABASE_URL", default=BASE_DIR / "db.sqlite3")}
DRAW_PDF = read_flag("DRAW_PDF", default=True)  # at the start and after each act
DRAW_PAGES = read_flag("DRAW_PAGES", default=not DEBUG)  # at the start, in each act
# How long readers are given what cannot be rechecked while the database is down.
UNCHECKED_FOR = read_minutes("UNCHECKED_FOR_MINUTES", default=60, most=60)
REPORT_ERRORS_TO = read_link("REPORT_ERRORS_TO")  # where readers report an error
FRAMED_BY = read_frame_origins("FRAMED_BY")  # whose pages may show it in a frame
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WSGI_APPLICATION = "anakinra_site.wsgi.application"
ROOT_URLCONF = "anakinra_site.urls"

# Parts

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "django_htmx",
    "reference",
    "anakinra_site",
]
MIDDLEWARE = [
    # Outermost, so that redirects, static files and errors carry the headers too.
    "anakinra_site.http.security_headers.SecurityHeadersMiddleware",
    "anakinra_site.http.caching.CachingMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anakinra_site.http.conditional_get.PolicyKeepingConditionalGet",
    "anakinra_site.http.compression.CompressionMiddleware",
    "anakinra_site.http.no_cookies.NoCookiesMiddleware",
    "anakinra_site.http.desk_middleware.DeskSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "anakinra_site.http.desk_middleware.DeskUserMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "anakinra_site.http.desk_middleware.DeskMessageMiddleware",
    "anakinra_site.accounts.admin_access.AdminAccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reference.pages.unreadable.UnreadableMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {  # the desk
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "desk"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Nearly every template has words in it.
            "builtins": ["django.templatetags.i18n"],
        },
    },
    {  # the public pages
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "reference.template_names.PageEnvironments",
        },
    },
]
# Not while they are edited.
COMPILED_TEMPLATES = None if DEBUG else BASE_DIR / ".compiled-templates"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Static files: names carry a hash of their content, so they are kept for ever

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("manual", BASE_DIR / "docs" / "images"),  # the pictures of the desk's manual
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # no uploads
    "staticfiles": {"BACKEND": "anakinra_site.starting.static_names.CollectedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# By its name: a file of an earlier release, which pages at readers still ask for, is in
# no list any more, and to look for it there would count as a file that is missing.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.[a-z0-9]+$"
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Language and time: numbers are read and written in one way, whoever asks

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
USE_TZ = True
TIME_ZONE = "UTC"

# Accounts

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation"
        ".UserAttributeSimilarityValidator"
    },
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: refuses before a hash is computed
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "admin:login"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECOND_FACTOR_REQUIRED = read_flag("SECOND_FACTOR_REQUIRED", default=IN_PRODUCTION)
OTP_TOTP_ISSUER = urlsplit(PUBLIC_ORIGIN).hostname or "Biologic guides"

ADMIN_SESSION_IDLE = timedelta(minutes=30)
ADMIN_SESSION_LENGTH = timedelta(hours=12)
SESSION_COOKIE_AGE = int(ADMIN_SESSION_LENGTH.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# A user and an address together: a stranger cannot lock a colleague out elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "anakinra_site.accounts.throttling.client_address"
AXES_LOCKOUT_CALLABLE = "anakinra_site.accounts.throttling.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Transport and cookies; the headers of answers are in http/security_headers.py

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# The machine itself asks /healthz and /readyz by a loopback name, in production too.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if IN_PRODUCTION:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_ORIGIN).hostname or "")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = urlsplit(PUBLIC_ORIGIN).netloc
    # Asked by the machine itself, over http.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
BEHIND_TLS_PROXY = read_flag("BEHIND_TLS_PROXY")
if BEHIND_TLS_PROXY:
    # Only when a proxy in front sets this header and drops one sent by the client.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Limits: nothing here takes a file, and the largest form is an edition's regimens

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 0

# Logs: acts, warnings and errors, without what may hold a weight

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "asked for": {"()": "anakinra_site.logs.asked_for"},
        "line": {"()": "anakinra_site.logs.LineFormatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "asked for"},
        "requests": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # What people did; reading leaves no line.
        "anakinra_site.events": {"level": "INFO"},
        # Its own lines repeat each failure; accounts/throttling.py writes one a
        # lockout.
        "axes": {"level": "ERROR"},
        # It remarks on each rule of the style sheet that is meant for screens.
        "weasyprint": {"level": "ERROR"},
        # The development server's line for each request.
        "django.server": {
            "handlers": ["requests"],
            "level": "INFO",
            "propagate": False,
        },
    },
}
