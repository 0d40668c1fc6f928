"""How static files are kept for serving."""

from collections.abc import Callable, Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from lightningcss import process_stylesheet
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Ours, not those of the admin and of packages, which come as their authors made them.
MINIFIERS: dict[str, Callable[[str], str]] = {"css/": process_stylesheet, "js/": jsmin}


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Hashed and compressed, ours without comments and blanks; JavaScript modules import each other by their hashed
    names, too, so that a browser never mixes modules of two versions.

    The sources keep their comments: only what is served under a hashed name is smaller.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict, dry_run: bool = False, **options) -> Iterator:
        if not dry_run:
            for name, (storage, path) in paths.items():
                minify = next((act for folder, act in MINIFIERS.items() if name.startswith(folder)), None)
                if minify:
                    paths[name] = (Smaller(storage, minify), path)
        yield from super().post_process(paths, dry_run=dry_run, **options)


class Smaller(Storage):
    """Reads the files of another storage as ``minify`` makes them."""

    def __init__(self, storage: Storage, minify: Callable[[str], str]) -> None:
        self.storage, self.minify = storage, minify

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        with self.storage.open(name) as source:
            return ContentFile(self.minify(source.read().decode()).encode(), name=name)
