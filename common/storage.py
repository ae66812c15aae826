"""Static files: content-hashed names, compressed once at collectstatic, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    manifest_strict = False  # a source map that a package names but does not ship must not stop the portal
