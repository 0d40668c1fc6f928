"""What the web server takes in: every uploaded file goes to a temporary file, and never more of it than may be kept.

What is too long is read to its end, so that the browser hears the answer, but not kept; a full disk is remembered at
the file, so that the page can say so instead of breaking.
"""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from . import MOST_BYTES, MOST_FILES
from .shelf import FULL


def takes(most_bytes: int):
    """View decorator: a file sent to this page by somebody who is signed in may be so big."""

    def decorate(view):
        view.most_upload_bytes = most_bytes
        return view

    return decorate


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """``size`` of the file is what was sent; ``disk_full`` says that its content could not be kept."""

    seen = 0
    most_bytes = MOST_BYTES

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.seen += 1
        self.most_bytes = self._most_bytes()
        self.file.disk_full = False

    def receive_data_chunk(self, raw_data, start):
        if self.seen > MOST_FILES + 1 or start > self.most_bytes or self.file.disk_full:
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if error.errno not in FULL:
                raise
            self.file.disk_full = True

    def file_complete(self, file_size):
        try:
            self.file.flush()
        except OSError as error:
            if error.errno not in FULL:
                raise
            self.file.disk_full = True
        return super().file_complete(file_size)

    def _most_bytes(self) -> int:
        match = getattr(self.request, "resolver_match", None)
        most = getattr(match.func, "most_upload_bytes", MOST_BYTES) if match else MOST_BYTES
        return most if most <= MOST_BYTES or self.request.user.is_authenticated else MOST_BYTES
