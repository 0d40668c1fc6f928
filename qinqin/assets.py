"""How static files are kept for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; JavaScript modules import each other by their hashed names, too, so that a browser never
    mixes modules of two versions.
    """

    support_js_module_import_aggregation = True
