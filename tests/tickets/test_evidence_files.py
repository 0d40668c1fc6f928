"""What becomes of a file: a hostile one is refused or made harmless, an honest one becomes what is seen of it."""

import io
import struct
import subprocess
import sys
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageChops, ImageStat

from tests.evidence import PDF, encoded, files_below, photo, picture, upload
from tests.hostile_files import HARMLESS, HOSTILE, HTML, MARK, profile, segment
from tickets.evidence import NO_SPACE_SENTENCE, shelf
from tickets.evidence.darkroom import EDGE, PNG_BYTES, THUMBNAIL_EDGE, kept_size, scans, smaller
from tickets.evidence.developing import DARKROOM, PDF_BROKEN, develop
from tickets.evidence.names import NAME_LENGTH, clean_name

# What a JPEG and a PNG of ours consist of: their points, and what it takes to read them.
JPEG_MARKERS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xD9}
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
TRACES = [MARK, HTML, b"alert", b"%PDF", b"PK\x03\x04", b"http://ns.adobe.com", b"Exif"]


def developed(content: bytes, name: str = "a.jpg"):
    """(what was found out, the picture's bytes, the thumbnail's bytes)"""
    with shelf.workplace(uuid4()) as place:
        made = develop(upload(content, name), place)
        thumbnail = made.thumbnail.read_bytes() if made.thumbnail else b""
        return made, made.file.read_bytes(), thumbnail


def parts(content: bytes) -> set:
    """The kinds of segments of a JPEG, or of chunks of a PNG."""
    found, place = set(), 2
    if content.startswith(b"\x89PNG"):
        place = 8
        while place < len(content):
            (length,) = struct.unpack(">I", content[place : place + 4])
            found.add(content[place + 4 : place + 8])
            place += 12 + length
        return found
    found.add(content[1])
    while content[place + 1] != 0xDA:
        found.add(content[place + 1])
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    assert content.endswith(b"\xff\xd9")
    return found | {0xDA, 0xD9}


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_there_are_more_than_forty_of_them():
    assert len(HOSTILE) > 40


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence_or_made_harmless(what, media):
    name, make, expected = HOSTILE[what]
    content = make()
    if expected != HARMLESS:
        with pytest.raises(ValidationError) as refusal:
            developed(content, name)
        assert refusal.value.messages == [expected]
        assert files_below(media) == []
        return
    made, kept, thumbnail = developed(content, name)
    for page in (kept, thumbnail):
        assert parts(page) <= (PNG_CHUNKS if page.startswith(b"\x89PNG") else JPEG_MARKERS)
        assert [trace for trace in TRACES if trace in page] == []
        frame = seen(page)
        frame.load()
        assert dict(frame.getexif()) == {}
        assert getattr(frame, "n_frames", 1) == 1
        assert frame.mode in ("RGB", "RGBA")
    assert seen(kept).size == (made.width, made.height)
    assert seen(kept).get_format_mimetype() == made.media_type
    assert files_below(media) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_an_honest_picture_keeps_its_look(kind, media):
    made, kept, thumbnail = developed(photo(kind, (64, 48)))
    assert made.media_type == ("image/png" if kind == "PNG" else "image/jpeg")
    for page in (kept, thumbnail):
        red, green, blue = seen(page).convert("RGB").getpixel((32, 24))
        assert (abs(red - 200) < 8, abs(green - 30) < 8, abs(blue - 60) < 8) == (True, True, True)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (1, 0)), (8, (0, 1))])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(kind, orientation, corner, media):
    tall = picture((120, 80), "white")
    tall.paste("black", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    made, kept, _ = developed(encoded(tall, kind, exif=exif))
    upright = seen(kept).convert("L")
    assert upright.size == ((80, 120) if orientation in (6, 8) else (120, 80)) == (made.width, made.height)
    right, bottom = corner
    at = (upright.width - 10 if right else 10, upright.height - 10 if bottom else 10)
    assert upright.getpixel(at) < 60


def test_a_large_picture_becomes_as_large_as_a_screen(media):
    made, kept, thumbnail = developed(encoded(picture((5_200, 2_600))))
    assert (made.width, made.height) == seen(kept).size == (EDGE, EDGE // 2)
    assert seen(thumbnail).size == (THUMBNAIL_EDGE, THUMBNAIL_EDGE // 2)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((40, 30), (40, 30)),
        ((5_200, 2_600), (2_560, 1_280)),
        ((1_290, 2_796), (1_181, 2_560)),
        ((1_290, 5_000), (1_290, 5_000)),
        ((1_290, 20_000), (650, 10_080)),
        ((9_000, 1), (9_000, 1)),
    ],
)
def test_a_long_screenshot_stays_readable(size, kept):
    assert kept_size(*size) == kept


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_making_it_smaller_in_strips_is_not_to_be_seen(mode):
    noise = [Image.effect_noise((90, 700), 90) for _ in range(len(mode))]
    drawing = Image.merge(mode, noise)
    whole = drawing.resize((71, 600), Image.Resampling.LANCZOS)
    # Pillow keeps the edges of a strip in single precision: even of pure noise, few points differ, and by little.
    assert max(ImageStat.Stat(ImageChops.difference(smaller(drawing, (71, 600)), whole)).mean) < 0.5


def test_a_small_picture_stays_as_it_is(media):
    made, _, thumbnail = developed(photo(size=(40, 30)))
    assert (made.width, made.height) == seen(thumbnail).size == (40, 30)


def test_a_png_that_is_a_photo_becomes_jpeg(media):
    noise = Image.merge("RGB", [Image.effect_noise((1_000, 900), 90) for _ in range(3)])
    content = encoded(noise, "PNG")
    assert len(content) > PNG_BYTES
    assert developed(content)[0].media_type == "image/jpeg"


def test_what_is_transparent_is_white_where_there_is_no_transparency(media):
    made, kept, thumbnail = developed(
        encoded(picture(colour=(0, 0, 0, 0), mode="RGBA"), "WEBP", lossless=True)
    )
    assert made.media_type == "image/jpeg"
    assert seen(kept).getpixel((5, 5)) == seen(thumbnail).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_become_eight_without_clipping(media):
    _, kept, _ = developed(encoded(Image.new("I;16", (40, 30), 0x8000), "PNG"))
    assert seen(kept).convert("L").getpixel((5, 5)) in (127, 128, 129)


def test_a_colour_profile_is_applied_before_it_is_dropped(media):
    swapped = encoded(picture(colour=(200, 30, 60)), icc_profile=swapping_profile())
    red, _, blue = seen(developed(swapped)[1]).getpixel((5, 5))
    assert blue > red


def swapping_profile() -> bytes:
    """sRGB with red and blue exchanged."""
    plain = profile().removesuffix(MARK)
    return plain.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


def test_scans_are_counted_up_to_the_end_of_the_picture():
    baseline = photo()
    assert scans(baseline) == 1
    assert scans(baseline + segment(0xDA, b"1234") * 99) == 1
    assert 1 < scans(encoded(picture(), progressive=True)) < 20
    assert scans(b"\xff\xd8") == scans(b"\xff\xd8\xff\xda") == 0


def test_a_pdf_is_kept_to_the_byte(media):
    made, kept, thumbnail = developed(PDF, "发票.pdf")
    assert kept == PDF
    assert (made.media_type, made.size, thumbnail, made.width) == ("application/pdf", len(PDF), b"", None)


def test_blanks_behind_the_end_of_a_pdf_are_no_harm(media):
    assert developed(PDF + b"\r\n \0\n")[0].media_type == "application/pdf"
    with pytest.raises(ValidationError, match=PDF_BROKEN):
        developed(PDF + b"\n.")


def test_a_full_disk_is_told_apart_from_a_broken_file(tmp_path):
    """The device /dev/full is a disk without space."""
    source = tmp_path / "a"
    source.write_bytes(photo())
    command = [sys.executable, "-I", str(DARKROOM), str(source), "/dev/full", str(tmp_path / "small")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b'{"refused": "no_space"}'


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_disk_that_fills_up_while_filing_leaves_nothing_behind(failing, media, monkeypatch):
    import os

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with shelf.workplace(uuid4()) as place:
        made = develop(upload(), place)
        with pytest.raises(ValidationError, match=NO_SPACE_SENTENCE):
            shelf.put({"evidence/a.jpg": made.file, "evidence/b.jpg": made.thumbnail})
    assert files_below(media) == []


JPEG = "image/jpeg"
NAMES = {
    "开线.jpg": "开线.jpg",
    "IMG_2041.HEIC": "IMG_2041.jpg",
    "../../etc/passwd": "passwd.jpg",
    "..\\..\\windows\\system32\\a.jpg": "a.jpg",
    "/": "图片.jpg",
    "..": "图片.jpg",
    "": "图片.jpg",
    ".htaccess": "图片.jpg",
    "a.jpg.exe": "a.jpg.jpg",
    "evil.html": "evil.jpg",
    "a\u202egpj.exe": "agpj.jpg",
    "\u2067a\u2069.png": "a.jpg",
    "a\u200b\u200d\ufeff\u2060b.jpg": "ab.jpg",
    "\u3164\u2800\u115f.jpg": "图片.jpg",
    "a\x00b\r\nc\t.jpg": "abc.jpg",
    "a\ud800b.jpg": "ab.jpg",
    'a"<b>|?*:%41.jpg': "ab41.jpg",
    "  a   b  . .jpg": "a b.jpg",
    "x" * 500: "x" * (NAME_LENGTH - 4) + ".jpg",
    "宝" * 500 + ".jpg": "宝" * (NAME_LENGTH - 4) + ".jpg",
    "cafe\u0301.jpg": "café.jpg",
    "🧸 吊牌.jpg": "🧸 吊牌.jpg",
}


@pytest.mark.parametrize("raw", NAMES, ids=ascii)
def test_a_name_is_a_name_and_never_a_place(raw):
    assert clean_name(raw, JPEG) == NAMES[raw]


def test_a_name_ends_as_what_the_file_is():
    assert clean_name("a.jpg", "application/pdf") == "a.pdf"
    assert clean_name("\u200b", "application/pdf") == "文件.pdf"
    assert clean_name("a.jpg", "image/png") == "a.png"
