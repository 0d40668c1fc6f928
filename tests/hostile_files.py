"""Files that somebody might send to hurt us, each made on the spot, with what has to become of it.

``HOSTILE``: name → (file name, how it is made, the sentence that refuses it or ``HARMLESS``). Whatever is taken in must
have lost ``MARK``, which each of them carries wherever its kind has room for words.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tickets.evidence import LIMIT_SENTENCE, MOST_BYTES
from tickets.evidence.developing import BROKEN, EMPTY, PDF_BROKEN, TOO_LARGE, UNKNOWN

from .evidence import PDF, encoded, picture

HARMLESS = "harmless"
MARK = b"<script>alert(1)</script>"
WORDS = MARK.decode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, depth: int = 8, colours: int = 0, interlaced: int = 0, more: bytes = b""
) -> bytes:
    """A valid PNG of nothing but zeros, of any size, without ever holding its points."""
    bits = depth * {0: 1, 2: 3, 6: 4}[colours]
    squeeze, row = zlib.compressobj(1), bytes(1 + (width * bits + 7) // 8)
    data = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(*segments: bytes, behind: bytes = b"", **options) -> bytes:
    """A JPEG with segments of our own in front, and something behind its end."""
    plain = encoded(picture((64, 48)), **options)
    return plain[:2] + b"".join(segments) + plain[2:] + behind


def resized_jpeg(width: int, height: int, **options) -> bytes:
    """A small JPEG that says it is large."""
    plain = bytearray(encoded(picture((64, 48)), **options))
    frame = next(plain.find(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in plain)
    plain[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(plain)


def resized_png(width: int, height: int) -> bytes:
    """A small PNG that says something else, with the right checksum."""
    rest = bytes([8, 0, 0, 0, 0])
    told = chunk(b"IHDR", struct.pack(">II", width, height) + rest)
    return png(8, 8).replace(chunk(b"IHDR", struct.pack(">II", 8, 8) + rest), told)


def resized_heic(width: int, height: int) -> bytes:
    """A small HEIC that says it is large."""
    plain = encoded(picture((64, 64)), "HEIF")
    size = struct.pack(">II", 64, 64)
    return plain.replace(b"ispe\0\0\0\0" + size, b"ispe\0\0\0\0" + struct.pack(">II", width, height))


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas is large and whose frame is small."""
    frame = encoded(picture((16, 16)), "WEBP")[12:]
    canvas = struct.pack("<I", 0) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zipped() -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w") as archive:
        archive.writestr("evil.html", HTML)
    return page.getvalue()


def exif(gps: bool = False) -> bytes:
    tags = Image.Exif()
    tags[0x010E] = tags[0x9286] = WORDS
    if gps:
        tags.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 10.0, 0.0), 29: WORDS})
    return tags.tobytes()


def profile() -> bytes:
    """A valid colour profile with a script where it describes itself."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain + MARK


def texts() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", WORDS)
    info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{WORDS}</x:xmpmeta>")
    info.add_text("Long", WORDS * 200, zip=True)
    return info


def frames(kind: str) -> bytes:
    return encoded(
        picture(), kind, save_all=True, append_images=[picture(colour=c) for c in ("blue", "green")]
    )


def scan_bomb() -> bytes:
    """A progressive JPEG whose scans are told over and over again: each costs a walk over all its points."""
    plain = encoded(picture((2400, 2400)), progressive=True)
    start = plain.index(b"\xff\xda", plain.index(b"\xff\xda") + 2)
    end = plain.index(b"\xff\xda", start + 2)
    tables = plain.rfind(b"\xff\xc4", 0, end)
    scan = plain[start : tables if tables > start else end]
    return plain[:start] + scan * 4000 + plain[start:]


def broken_crc(kind: bytes) -> bytes:
    plain = bytearray(encoded(picture(), "PNG"))
    end_of_data = (
        plain.index(kind) + 4 + struct.unpack(">I", plain[plain.index(kind) - 4 : plain.index(kind)])[0]
    )
    plain[end_of_data] ^= 0xFF
    return bytes(plain)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def noise(size: int = 96) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((size, size), 90)] * 3)


XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARK + b"</x:xmpmeta>")
TEXT_BOMB = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))

HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    # What it says it is, it is not.
    "words": ("a.jpg", lambda: MARK * 4, UNKNOWN),
    "a program": ("a.png", lambda: b"MZ\x90\0" + bytes(200), UNKNOWN),
    "SVG": ("a.svg", lambda: SVG, UNKNOWN),
    "SVG called JPEG": ("a.jpg", lambda: SVG, UNKNOWN),
    "HTML called JPEG": ("a.jpg", lambda: HTML, UNKNOWN),
    "HTML behind a byte order mark": ("a.jpg", lambda: b"\xef\xbb\xbf" + HTML, UNKNOWN),
    "GIF": ("a.gif", lambda: encoded(picture(), "GIF"), UNKNOWN),
    "animated GIF called PNG": ("a.png", lambda: frames("GIF"), UNKNOWN),
    "BMP": ("a.bmp", lambda: encoded(picture(), "BMP"), UNKNOWN),
    "TIFF": ("a.tif", lambda: encoded(picture(), "TIFF"), UNKNOWN),
    "ICO": ("a.ico", lambda: encoded(picture(), "ICO"), UNKNOWN),
    "AVIF called HEIC": ("a.heic", lambda: encoded(picture((64, 64)), "AVIF"), UNKNOWN),
    "ZIP called PNG": ("a.png", zipped, UNKNOWN),
    "nothing": ("a.jpg", lambda: b"", EMPTY),
    "three bytes": ("a.jpg", lambda: b"\xff\xd8\xff", BROKEN),
    "more than 5 MB": ("a.jpg", lambda: jpeg(behind=bytes(MOST_BYTES)), LIMIT_SENTENCE),
    # Two kinds at once.
    "GIF that is JavaScript": ("a.jpg", lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", UNKNOWN),
    "JPEG that is HTML": ("a.jpg", lambda: jpeg(segment(0xFE, HTML), behind=HTML), HARMLESS),
    "JPEG that is ZIP": ("a.jpg", lambda: jpeg(behind=zipped() + MARK), HARMLESS),
    "JPEG that is PDF": ("a.jpg", lambda: jpeg(segment(0xFE, PDF + MARK), behind=PDF), HARMLESS),
    "PNG that is ZIP": ("a.png", lambda: encoded(picture(), "PNG") + zipped() + MARK, HARMLESS),
    "ZIP that holds PNG": ("a.png", lambda: zipped() + encoded(picture(), "PNG"), UNKNOWN),
    "PDF that is ZIP": ("a.pdf", lambda: PDF + zipped(), PDF_BROKEN),
    "PDF that is JPEG": ("a.jpg", lambda: PDF + jpeg(), PDF_BROKEN),
    "PDF behind other bytes": ("a.pdf", lambda: b"\0" * 10 + PDF, UNKNOWN),
    "PDF cut off": ("a.pdf", lambda: half(PDF), PDF_BROKEN),
    # Words where a picture has room for words.
    "script in a comment": ("a.jpg", lambda: jpeg(segment(0xFE, MARK)), HARMLESS),
    "script in EXIF": ("a.jpg", lambda: jpeg(exif=exif()), HARMLESS),
    "position in EXIF": ("a.jpg", lambda: jpeg(exif=exif(gps=True)), HARMLESS),
    "script in XMP": ("a.jpg", lambda: jpeg(XMP), HARMLESS),
    "script in a colour profile": ("a.jpg", lambda: jpeg(icc_profile=profile()), HARMLESS),
    "a colour profile that is none": ("a.jpg", lambda: jpeg(icc_profile=MARK * 9), HARMLESS),
    "script in segments of others": ("a.jpg", lambda: jpeg(*(segment(0xE2 + n, MARK) for n in range(12))), HARMLESS),
    "PNG with words": ("a.png", lambda: encoded(picture(), "PNG", pnginfo=texts()), HARMLESS),
    "PNG with EXIF and profile": (
        "a.png", lambda: encoded(picture(), "PNG", exif=exif(gps=True), icc_profile=profile()), HARMLESS
    ),
    "PNG with unknown chunks": ("a.png", lambda: png(8, 8, more=chunk(b"evIl", MARK)), HARMLESS),
    "WebP with EXIF and profile": (
        "a.webp", lambda: encoded(picture(), "WEBP", exif=exif(gps=True), icc_profile=profile(), xmp=MARK), HARMLESS
    ),
    "HEIC with position": (
        "a.heic", lambda: encoded(picture((64, 64)), "HEIF", exif=exif(gps=True), xmp=MARK), HARMLESS
    ),
    # Larger than they look.
    "PNG of 12,000²": ("a.png", lambda: png(12_000, 12_000), TOO_LARGE),
    "PNG of 20,000²": ("a.png", lambda: png(20_000, 20_000, depth=1), TOO_LARGE),
    "JPEG of 12,000²": ("a.jpg", lambda: resized_jpeg(12_000, 12_000), TOO_LARGE),
    "JPEG of 20,000²": ("a.jpg", lambda: resized_jpeg(20_000, 20_000), TOO_LARGE),
    "JPEG in passes of 5,500²": (
        "a.jpg", lambda: resized_jpeg(5_500, 5_500, progressive=True, subsampling=0), TOO_LARGE
    ),
    "WebP of 12,000²": ("a.webp", lambda: webp_of(12_000, 12_000), TOO_LARGE),
    "HEIC of 12,000²": ("a.heic", lambda: resized_heic(12_000, 12_000), TOO_LARGE),
    "HEIC of 20,000²": ("a.heic", lambda: resized_heic(20_000, 20_000), TOO_LARGE),
    "PNG 25,000 wide and 1 high": ("a.png", lambda: png(25_000, 1), TOO_LARGE),
    "PNG that claims 2³¹ points a row": ("a.png", lambda: resized_png(2**31 - 1, 2**31 - 1), TOO_LARGE),
    "text that unfolds to 80 MB": ("a.png", lambda: png(8, 8, more=TEXT_BOMB), BROKEN),
    "JPEG of 4,000 scans": ("a.jpg", scan_bomb, BROKEN),
    # Damaged.
    "JPEG cut off": ("a.jpg", lambda: half(encoded(noise())), BROKEN),
    "PNG cut off": ("a.png", lambda: half(encoded(noise(), "PNG")), BROKEN),
    "WebP cut off": ("a.webp", lambda: half(encoded(noise(), "WEBP")), BROKEN),
    "HEIC cut off": ("a.heic", lambda: half(encoded(noise(), "HEIF")), BROKEN),
    "PNG with a wrong checksum": ("a.png", lambda: broken_crc(b"IHDR"), BROKEN),
    "PNG with damaged points": ("a.png", lambda: broken_crc(b"IDAT"), HARMLESS),
    "PNG without width": ("a.png", lambda: resized_png(0, 8), BROKEN),
    "JPEG that says it is larger": ("a.jpg", lambda: resized_jpeg(3_000, 3_000), HARMLESS),
    # Strange, and yet pictures.
    "CMYK": ("a.jpg", lambda: encoded(picture(colour=(10, 200, 30, 40), mode="CMYK")), HARMLESS),
    "16 bits": ("a.png", lambda: encoded(Image.new("I;16", (40, 30), 40_000), "PNG"), HARMLESS),
    "interlaced": ("a.png", lambda: png(1, 1, interlaced=1), HARMLESS),
    "animated PNG": ("a.png", lambda: frames("PNG"), HARMLESS),
    "animated WebP": ("a.webp", lambda: frames("WEBP"), HARMLESS),
    "two pictures in one JPEG": ("a.jpg", lambda: frames("MPO"), HARMLESS),
    "palette with holes": ("a.png", lambda: encoded(picture(mode="P", colour=1), "PNG", transparency=1), HARMLESS),
}  # fmt: skip
