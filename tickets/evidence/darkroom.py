"""Makes a picture harmless: decodes it, and writes what is to be seen, and nothing else, into two new files.

Run as a program of its own (``python -I darkroom.py SOURCE PICTURE THUMBNAIL``), because decoders of foreign files
are where the holes are: it has limits of memory, time and file size of its own, no settings and no database, and when
it dies only this one file is lost. It prints one line of JSON: what was made, or why nothing was.

Nothing but points survives: EXIF with its position, XMP, comments, colour profiles (applied, then dropped), text
chunks, further frames, and whatever hangs behind the picture stay behind.
"""

import errno
import io
import json
import re
import resource
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024
# Writable memory of this process, decoders and all; with its libraries it stays below 200 MB.
MEMORY = 190 * MEGABYTE
CPU_SECONDS = 2
# The longest edge of what is kept, and of its thumbnail.
EDGE, THUMBNAIL_EDGE = 2560, 320
LONGEST = 20_000
# A picture longer than three times its width is a screenshot of a whole conversation.
LONG = 3
# Rows that are made smaller at a time.
STRIP = 256
# Points by format, asked of the header before anything is decoded: what each decoder can hold in MEMORY.
POINTS = {"JPEG": 50_000_000, "PNG": 27_000_000, "WEBP": 13_000_000, "HEIF": 25_000_000}
# A JPEG in passes is held whole, as coefficients, until the last pass: bytes for those and for its points.
PROGRESSIVE_BYTES = 168_000_000
# A camera tells a picture in ten scans at most; each costs a walk over all its points.
MOST_SCANS = 64
# A screenshot stays sharp as PNG; a PNG that needs more than this is a photo.
PNG_BYTES = 2 * MEGABYTE
# What is kept is never larger than what may be sent.
MOST_BYTES = 5 * MEGABYTE
PNG_EFFORT = 2
QUALITY, LOW_QUALITY, THUMBNAIL_QUALITY = 86, 60, 80

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
ORIENTATION = 0x0112
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# Within a scan 0xFF stands before 0, as itself, and before the marks of restarts.
NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")

# Words for the reasons; tickets/evidence/developing.py has the sentences.
UNKNOWN, BROKEN, TOO_LARGE, NO_SPACE = "unknown", "broken", "too_large", "no_space"


class Unusable(Exception):
    """The file gives no picture; the argument is one of the words above."""


def sniff(head: bytes) -> str:
    """What the first bytes say the file is; nobody asks its name."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "HEIF"
    raise Unusable(UNKNOWN)


def opened(source: Path):
    """The picture with its header read and judged, nothing decoded yet; never through a guess at the format."""
    with source.open("rb") as file:
        kind = sniff(file.read(16))
    if kind == "JPEG":
        from PIL.JpegImagePlugin import JpegImageFile as Opener
    elif kind == "PNG":
        from PIL.PngImagePlugin import PngImageFile as Opener
    elif kind == "WEBP":
        from PIL.WebPImagePlugin import WebPImageFile as Opener
    else:
        from pillow_heif import HeifImageFile as Opener
        from pillow_heif import options

        options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
        options.DECODE_THREADS = 1
    picture = Opener(source)
    width, height = picture.size
    if width < 1 or height < 1:
        raise Unusable(BROKEN)
    if width * height > POINTS[kind] or max(width, height) > LONGEST:
        raise Unusable(TOO_LARGE)
    if kind == "JPEG":
        if scans(source.read_bytes()) > MOST_SCANS:
            raise Unusable(BROKEN)
        coefficients = width * height * 2 * share_of_layers(picture) if picture.info.get("progressive") else 0
        # It decodes at a half, a quarter or an eighth, whatever still suffices.
        picture.draft(None, kept_size(width, height))
        if coefficients and coefficients + picture.width * picture.height * 4 > PROGRESSIVE_BYTES:
            raise Unusable(TOO_LARGE)
    return picture


def scans(jpeg: bytes) -> int:
    """How many scans a JPEG has up to its end; what hangs behind it is no part of it."""
    found, place = 0, 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] != END_OF_IMAGE:
        is_scan = jpeg[place + 1] == START_OF_SCAN
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
        if is_scan:
            found += 1
            marker = NEXT_MARKER.search(jpeg, place)
            place = marker.start() if marker else len(jpeg)
    return found


def share_of_layers(picture) -> float:
    """How many values a JPEG keeps for a point: 3 for full colour, 1.5 where colour has a quarter of the points."""
    layers = [across * down for _, across, down, _ in picture.layer]
    return sum(layers) / max(layers)


def developed(source: Path) -> tuple:
    """(the first frame in sRGB, upright, at most EDGE long, transparent only where it really is; the format it had)"""
    picture = opened(source)
    kind, orientation, profile = picture.format, turning(picture), picture.info.get("icc_profile")
    frame = first_frame(picture)
    picture.im = None  # what is decoded is held once
    frame = in_rgb(smaller(frame, kept_size(*frame.size)), profile)
    frame.info = {}  # Pillow writes what it finds there: a profile, a comment, a resolution
    return (frame.transpose(orientation) if orientation is not None else frame), kind


def first_frame(picture):
    """The first frame as it was decoded, without what its file says beside it."""
    from PIL import Image

    if picture.format == "WEBP":
        # As Pillow does it, but without a second and third copy of every point.
        decoder, picture._decoder = picture._decoder, None
        decoded = decoder.get_next()
        if decoded is None:
            raise Unusable(BROKEN)
        return Image.frombuffer(picture.rawmode, picture.size, decoded[0], "raw", picture.rawmode, 0, 1)
    picture.load()
    frame = Image.Image()._new(picture.im)
    if "transparency" in picture.info:
        frame.info["transparency"] = picture.info["transparency"]
    return frame


def kept_size(width: int, height: int) -> tuple[int, int]:
    """The size in points that is kept of a picture: EDGE at most, but a long screenshot stays readable."""
    share = EDGE / max(width, height)
    if max(width, height) > LONG * min(width, height):
        share = (EDGE * EDGE / (width * height)) ** 0.5
    return scaled((width, height), share)


def scaled(size: tuple[int, int], share: float) -> tuple[int, int]:
    """A size made smaller, never larger, and never nothing."""
    width, height = (max(1, round(length * min(1, share))) for length in size)
    return width, height


def smaller(frame, size: tuple[int, int]):
    """The frame at ``size``, which is not larger. In strips, because Pillow first copies what it makes smaller
    (colours of a palette unfolded, transparent ones multiplied), and a copy of the whole would not fit.
    """
    from PIL import Image

    if frame.size == size:
        return frame
    mode = frame.mode
    if mode in ("P", "1"):
        mode = "RGBA" if "transparency" in frame.info else "RGB"
    small = Image.new(mode, size)
    step = frame.height / size[1]
    margin = int(4 * step) + 4  # farther than the filter looks beyond the strip
    for row in range(0, size[1], STRIP):
        rows = min(STRIP, size[1] - row)
        top, bottom = row * step, min((row + rows) * step, frame.height)
        upper, lower = max(0, int(top) - margin), min(frame.height, int(bottom) + margin)
        strip = frame.crop((0, upper, frame.width, lower))
        if mode != frame.mode:
            strip.info = frame.info
            strip = strip.convert(mode)
        box = (0, top - upper, frame.width, bottom - upper)
        small.paste(strip.resize((size[0], rows), Image.Resampling.LANCZOS, box), (0, row))
    if mode == frame.mode:
        small.info = frame.info
    return small


def in_rgb(frame, profile: bytes | None):
    """In sRGB, by the profile where there is one that can be read; RGBA only where something shines through."""
    if frame.mode.startswith("I"):  # 16 bits, which convert() would clip
        frame = frame.convert("I").point(lambda value: value / 256).convert("L")
    if frame.mode in ("P", "PA", "La", "RGBa", "1") or "transparency" in frame.info:
        frame = frame.convert("RGBA")
    if profile and frame.mode in ("L", "RGB", "RGBA", "CMYK"):
        frame = by_profile(frame, profile)
    if frame.mode in ("LA", "RGBA"):
        frame = frame.convert("RGBA")
        if frame.getchannel("A").getextrema()[0] == 255:
            frame = frame.convert("RGB")
    elif frame.mode != "RGB":
        frame = frame.convert("RGB")
    return frame


def by_profile(frame, profile: bytes):
    """As its colour profile means it; a profile that makes no sense is passed over."""
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(
            frame,
            io.BytesIO(profile),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if frame.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, ValueError, OSError, TypeError):
        return frame


def turning(picture):
    """The turn that puts the picture upright, by its EXIF; HEIC is turned by its decoder."""
    from PIL.Image import Transpose

    if picture.format == "HEIF":
        return None
    try:
        orientation = picture.getexif().get(ORIENTATION)
    except Exception:  # EXIF is full of invention; a picture without it is still a picture
        return None
    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)


def on_white(frame):
    """Without transparency: on white, as a page shows it."""
    from PIL import Image

    if frame.mode != "RGBA":
        return frame
    ground = Image.new("RGB", frame.size, "white")
    ground.paste(frame, mask=frame.getchannel("A"))
    return ground


def write(frame, target: Path, was_png: bool) -> str:
    """Write the picture anew; the media type it has become."""
    if was_png:
        page = io.BytesIO()
        frame.save(page, "PNG", compress_level=PNG_EFFORT)
        if page.tell() <= PNG_BYTES:
            target.write_bytes(page.getbuffer())
            return "image/png"
    frame = on_white(frame)
    frame.save(target, "JPEG", quality=QUALITY, optimize=True)
    if target.stat().st_size > MOST_BYTES:  # noise; photos are far below
        frame.save(target, "JPEG", quality=LOW_QUALITY, optimize=True)
    return "image/jpeg"


def develop(source: Path, target: Path, thumbnail: Path) -> dict:
    """Read the picture at ``source``, write it to ``target`` and small to ``thumbnail``."""
    frame, kind = developed(source)
    media_type = write(frame, target, kind == "PNG")
    small = on_white(smaller(frame, scaled(frame.size, THUMBNAIL_EDGE / max(frame.size))))
    small.save(thumbnail, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    return {"media_type": media_type, "width": frame.width, "height": frame.height}


def limit() -> None:
    """Whatever a file does to a decoder, it does it to this process only, and not for long."""
    for what, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 20 * MEGABYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(source: str, target: str, thumbnail: str) -> dict:
    limit()
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = max(POINTS.values())
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return develop(Path(source), Path(target), Path(thumbnail))
    except Unusable as refusal:
        return {"refused": refusal.args[0]}
    except (MemoryError, Image.DecompressionBombError):
        return {"refused": TOO_LARGE}
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return {"refused": NO_SPACE if full else BROKEN}
    except Exception:  # decoders raise whatever they like; none of it is news about our own code
        return {"refused": BROKEN}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
