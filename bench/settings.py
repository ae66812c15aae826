"""The portal's own settings, with one more address: the bare view that the pages are measured against."""

from rectify.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["testserver"]
SECURE_SSL_REDIRECT = False
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")  # type: ignore[index]  # noqa: F405
