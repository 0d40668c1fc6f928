"""What the web server keeps of an upload: bounded, and never an error when the disk is full."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.evidence import files_below, photo
from tickets.evidence import MOST_BYTES, MOST_FILES, NO_SPACE_SENTENCE, shelf
from tickets.evidence.developing import develop
from tickets.evidence.receiving import BoundedUploadHandler

CHUNK = 64 * 1024


@pytest.fixture
def handler() -> BoundedUploadHandler:
    return BoundedUploadHandler()


def received(handler: BoundedUploadHandler, content: bytes):
    """The file as a view finds it."""
    handler.new_file("files", "开线.jpg", "image/jpeg", None)
    for start in range(0, len(content), CHUNK):
        handler.receive_data_chunk(content[start : start + CHUNK], start)
    return handler.file_complete(len(content))


def test_an_honest_file_arrives_whole(handler):
    file = received(handler, photo())
    assert file.read() == photo()
    assert (file.size, file.disk_full) == (len(photo()), False)


def test_of_a_file_that_is_too_large_only_a_little_more_than_allowed_is_kept(handler):
    file = received(handler, bytes(3 * MOST_BYTES))
    assert file.size == 3 * MOST_BYTES
    assert MOST_BYTES < len(file.read()) <= MOST_BYTES + CHUNK


def test_files_beyond_what_a_form_may_bring_are_not_kept(handler):
    files = [received(handler, photo()) for _ in range(MOST_FILES + 3)]
    assert [len(file.read()) > 0 for file in files] == [True] * (MOST_FILES + 1) + [False, False]


def test_a_full_disk_is_told_in_words(handler, media):
    """The device /dev/full is a disk without space."""
    handler.new_file("files", "开线.jpg", "image/jpeg", None)
    with open("/dev/full", "r+b", buffering=0) as full:
        handler.file.file = full
        handler.receive_data_chunk(photo(), 0)
        assert handler.file.disk_full
        with shelf.workplace(uuid4()) as place, pytest.raises(ValidationError, match=NO_SPACE_SENTENCE):
            develop(handler.file, place)
    assert files_below(media) == []
