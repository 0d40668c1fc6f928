"""Texts of an invented mall, by the million: sentences with slots, a few words that come often and many that are rare.

The words are ours (words.toml); brands and places are put together from syllables, so that thousands of them occur
only a few times. Nothing here touches the database.
"""

import tomllib
from itertools import product
from pathlib import Path
from random import Random
from typing import NamedTuple

SOURCE = Path(__file__).with_name("words.toml")
BRANDS, PLACES = 6_000, 6_000
HEADS = "安贝卡朵恩芙歌禾伊嘉可乐米诺欧佩奇瑞舒泰维希雅珠艾宝晨迪尔飞果航吉康蓝麦娜派琪柔桑糖唯熙阳哲棠翎"
TAILS = "比儿兔熊鹿鲸豆朵芽橙雀猫象羊鱼蜂蝶萤苗穗叶荷兰琳妮娃乐福优美佳奇多舟帆岸泉溪岚霁曦"
LATIN = [
    "Baby",
    "Mimi",
    "Nuo",
    "Kiwi",
    "Luna",
    "Pico",
    "Tata",
    "Joy",
    "Bee",
    "Owl",
    "Moon",
    "Tiny",
    "Coco",
    "Yoyo",
]
PLACE_HEADS = "翠锦望湖滨江金银碧云星月枫桂梅竹松柏梧桐紫丹凤龙鹤鹭燕麟瑞祥福禄寿康宁和顺德仁义礼智信"
PLACE_TAILS = [
    "花园",
    "苑",
    "小区",
    "新村",
    "公馆",
    "里",
    "家园",
    "府",
    "城",
    "湾",
    "庭",
    "大厦",
    "广场",
    "坊",
    "弄",
]
SIZES = [
    "66码",
    "73cm",
    "80cm",
    "90码",
    "100cm",
    "S码",
    "M号",
    "L号",
    "XL",
    "NB码",
    "240ml",
    "180ml",
    "3段",
    "2段",
]


class Sentences(NamedTuple):
    """One kind of text: how it begins, and what may follow."""

    first: list[list]
    more: list[list]


class Words:
    """Says things. The same ``Random`` hears the same."""

    def __init__(self, seed: int):
        source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
        shuffled = Random(f"words {seed}")
        self.lists: dict[str, list[str]] = {name: list(words) for name, words in source.pop("lists").items()}
        self.lists["brand"] = _brands(shuffled)
        self.lists["place"] = _places(shuffled)
        self.lists["size"] = SIZES
        self.kinds = {
            kind: Sentences(*([self._compiled(text) for text in told[part]] for part in ("first", "more")))
            for kind, told in source.items()
        }

    def text(self, random: Random, kind: str, sentences: float) -> str:
        """A text of about so many sentences, always at least one; now and then several times as long."""
        chance = random.random
        first, more = self.kinds[kind]
        said = [self._say(chance, first[int(len(first) * chance())])]
        length = int(sentences * chance() * 2)
        if chance() < 0.03:
            length *= 4
        for _ in range(min(length, 28)):
            said.append(self._say(chance, more[int(len(more) * chance())]))
            if chance() < 0.06:
                said.append("\n")
        return "".join(said).strip()

    def word(self, chance, name: str) -> str:
        """One of a list: the first of n words about as often as the second half of the list together."""
        words = self.lists[name]
        return words[int(len(words) ** chance()) - 1]

    def _say(self, chance, pieces: list) -> str:
        return "".join([piece if type(piece) is str else piece(chance) for piece in pieces])

    def _compiled(self, template: str) -> list:
        """Words that stay, and functions for those that are drawn."""
        pieces: list = []
        for part in template.split("{"):
            slot, closed, rest = part.partition("}")
            if not closed:
                pieces.append(slot)
                continue
            pieces.append(FIGURES.get(slot) or self._drawing(slot))
            pieces.append(rest)
        return [piece for piece in pieces if piece != ""]

    def _drawing(self, name: str):
        words = self.lists[name]
        size = len(words)
        return lambda chance: words[int(size ** chance()) - 1]


def _brands(random: Random) -> list[str]:
    made = [a + b for a, b in product(HEADS, TAILS)]
    made += [a + b + c for a, b, c in zip(HEADS * 90, TAILS * 90, HEADS[::-1] * 90, strict=False)]
    made += [f"{name}{a}" for name, a in product(LATIN, HEADS)]
    made = sorted(set(made))
    random.shuffle(made)
    return made[:BRANDS]


def _places(random: Random) -> list[str]:
    made = [a + b + tail for a, b, tail in product(PLACE_HEADS, PLACE_HEADS, PLACE_TAILS) if a != b]
    random.shuffle(made)
    return made[:PLACES]


def code(chance) -> str:
    """A batch or model number, Latin and digits."""
    number = int(chance() * 46_656_000)
    letters, digits = divmod(number, 100_000)
    return f"{chr(65 + letters % 26)}{chr(65 + letters // 26 % 26)}{digits:05d}"


def phone(chance) -> str:
    return f"1{3 + int(chance() * 7)}{int(chance() * 1_000_000_000):09d}"


FIGURES = {
    "count": lambda chance: str(1 + int(chance() * chance() * 12)),
    "money": lambda chance: f"{3 + int(900 * chance() ** 3)}.{int(chance() * 10)}",
    "code": code,
    "track": lambda chance: f"{'SF' if chance() < 0.4 else 'YT'}{int(chance() * 10**12):012d}",
    "clock": lambda chance: f"{8 + int(chance() * 13)}:{int(chance() * 6)}0",
    "phone": phone,
}
