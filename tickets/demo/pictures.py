"""Pictures for some of the stories, drawn when the demo is loaded: what consumers and shops photograph."""

import io
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import sin

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from .shops import Case

SIZE = (960, 720)
# Few are enough to show it, and each costs a tenth of a second.
PROBLEMS, RESULTS = {"heyu": 4, "tuanguo": 3}, 3
VISIBLE = {"商品质量", "发错漏发", "商品信息不符"}
CLOTHES_SHOP = "tuanguo"


class Album:
    """Hands out pictures to the first stories that have something to photograph."""

    def __init__(self) -> None:
        self.problems, self.results = dict(PROBLEMS), RESULTS

    def of_problem(self, shop_code: str, case: Case) -> list[tuple[SimpleUploadedFile, str]]:
        """What the consumer sent, with captions."""
        if case.category not in VISIBLE or not self.problems.get(shop_code):
            return []
        self.problems[shop_code] -= 1
        if case.category == "发错漏发":
            return [photo("开箱.jpg", opened_box, "开箱时里面只有这些")]
        if shop_code == CLOTHES_SHOP:
            return [photo("开线.jpg", torn_seam, "开线的地方"), photo("全身.jpg", garment, "整件衣服")]
        if "milk" in case.goods:
            return [photo("罐身.jpg", dented_can, "罐身凹陷的位置")]
        return [photo("收到时.jpg", opened_box, "收到时的样子")]

    def of_result(self, case: Case) -> list[tuple[SimpleUploadedFile, str]]:
        """What the shop shows with its answer."""
        if case.then != "reship" or not self.results:
            return []
        self.results -= 1
        return [photo("补发包裹.jpg", parcel, "补发的包裹，已贴好面单")]


def photo(name: str, draw: Callable[[], bytes], caption: str) -> tuple[SimpleUploadedFile, str]:
    return SimpleUploadedFile(name, draw(), "image/jpeg"), caption


def as_photographed(drawing: Image.Image) -> bytes:
    """A little soft, with light from above and the grain of a phone."""
    light = Image.linear_gradient("L").resize(SIZE).point(lambda value: 255 - value // 3)
    picture = Image.composite(drawing, Image.new("RGB", SIZE, "#20242c"), light)
    grain = Image.effect_noise(SIZE, 28).convert("RGB")
    picture = Image.blend(picture.filter(ImageFilter.GaussianBlur(1.2)), grain, 0.06)
    page = io.BytesIO()
    picture.save(page, "JPEG", quality=82)
    return page.getvalue()


@cache
def torn_seam() -> bytes:
    """Knitted cloth, and its seam open."""
    drawing = Image.new("RGB", SIZE, "#e9c4cd")
    pen = ImageDraw.Draw(drawing)
    for x in range(0, SIZE[0], 14):
        pen.line([(x, 0), (x + 40, SIZE[1])], fill="#dfb2bd", width=5)
    edge = [(x, 360 + 14 * sin(x / 60)) for x in range(0, SIZE[0] + 20, 20)]
    for (x, y), (next_x, next_y) in pairwise(edge):
        if not 300 < x < 660:
            pen.line([(x, y - 9), (next_x, next_y + 9)], fill="#a9677a", width=6)
    hole = [(300, 355), (420, 300), (560, 296), (660, 366), (560, 432), (400, 428)]
    pen.polygon(hole, fill="#5c3a44")
    for x in range(320, 650, 42):
        pen.line([(x, 320), (x + 18, 412)], fill="#c68a9a", width=3)
    return as_photographed(drawing)


@cache
def garment() -> bytes:
    """A onesie on a table."""
    drawing = Image.new("RGB", SIZE, "#c9b08c")
    pen = ImageDraw.Draw(drawing)
    body = [(330, 130), (250, 200), (190, 330), (270, 360), (320, 290), (330, 520), (400, 640), (480, 560)]
    outline = body + [(SIZE[0] - x, y) for x, y in reversed(body)]
    pen.polygon(outline, fill="#e9c4cd", outline="#b98594", width=5)
    pen.arc((400, 90, 560, 190), 0, 180, fill="#b98594", width=8)
    for y in range(250, 520, 70):
        pen.ellipse((470, y, 490, y + 20), fill="#f7f1ea", outline="#b98594")
    return as_photographed(drawing)


@cache
def dented_can() -> bytes:
    """A tin of milk powder with a dent in its side."""
    drawing = Image.new("RGB", SIZE, "#8f8577")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((300, 130, 660, 610), fill="#e8d9a8")
    pen.ellipse((300, 80, 660, 180), fill="#d7d7d7", outline="#9a9a9a", width=4)
    pen.ellipse((300, 560, 660, 660), fill="#e8d9a8")
    pen.rectangle((300, 280, 660, 460), fill="#2f6f9e")
    pen.ellipse((350, 310, 490, 430), fill="#f3ead0")
    pen.polygon([(660, 270), (560, 330), (540, 400), (600, 470), (660, 500)], fill="#7d6f4e")
    pen.line([(660, 270), (560, 330), (540, 400), (600, 470), (660, 500)], fill="#f6efd6", width=6)
    return as_photographed(drawing)


@cache
def opened_box() -> bytes:
    """A carton, open, with too little in it."""
    drawing = carton()
    pen = ImageDraw.Draw(drawing)
    pen.polygon([(230, 260), (730, 260), (660, 420), (300, 420)], fill="#5f4630")
    pen.rectangle((340, 330, 470, 420), fill="#cfe3ee", outline="#7fa4b8", width=4)
    pen.polygon([(230, 260), (160, 150), (360, 180), (420, 260)], fill="#c9a06b", outline="#8d6c42", width=4)
    pen.polygon([(730, 260), (810, 160), (600, 180), (540, 260)], fill="#c9a06b", outline="#8d6c42", width=4)
    return as_photographed(drawing)


@cache
def parcel() -> bytes:
    """A carton, taped, with its waybill; a barcode that says nothing."""
    drawing = carton()
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((230, 400, 730, 440), fill="#e3cfa6")
    pen.rectangle((350, 460, 620, 610), fill="#fbfbf8", outline="#888888", width=3)
    for index, x in enumerate(range(370, 600, 9)):
        pen.line([(x, 480), (x, 550)], fill="#222222", width=2 + index * 7 % 5)
    for y in (570, 588):
        pen.line([(370, y), (560, y)], fill="#bbbbbb", width=6)
    return as_photographed(drawing)


def carton() -> Image.Image:
    drawing = Image.new("RGB", SIZE, "#9aa3a8")
    pen = ImageDraw.Draw(drawing)
    pen.polygon([(230, 260), (730, 260), (730, 640), (230, 640)], fill="#b98d57", outline="#8d6c42", width=4)
    return drawing
