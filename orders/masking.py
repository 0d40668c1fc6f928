"""Consumers' data as screens may show it: a little, never the whole (product.md, Consumers' data)."""

import re

DASH = "—"
STARS = "****"

# ---- phone numbers, however somebody wrote them ----

# Between the digits of a number people put blanks, hyphens, dots, brackets, and characters that nobody sees.
ANY_DIGIT = re.compile(r"\d")
UNSEEN = "\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff"
GAP = rf"[\s\-‐-―－_.．·•*＊/~～()（）{UNSEEN}]{{0,3}}"
DIGIT = rf"(?:\d[{UNSEEN}]*)"
# What follows the first three digits, in the groups in which people write it. Not in just any groups: three prices or
# a date in a row are no phone number.
GROUPS = "|".join(
    [
        rf"{GAP}{DIGIT}{{4}}{GAP}{DIGIT}{{4}}",
        rf"{GAP}{DIGIT}{{3}}{GAP}{DIGIT}{{5}}",
        rf"{GAP}{DIGIT}{{3}}{GAP}{DIGIT}{{3}}{GAP}{DIGIT}{{2}}",
        rf"{GAP}{DIGIT}{{2}}{GAP}{DIGIT}{{3}}{GAP}{DIGIT}{{3}}",
        rf"{DIGIT}{GAP}{DIGIT}{{3}}{GAP}{DIGIT}{{4}}",
        rf"{DIGIT}{GAP}{DIGIT}{{4}}{GAP}{DIGIT}{{3}}",
        rf"{DIGIT}{{2}}{GAP}{DIGIT}{{6}}",
        r"(?:[\s-]\d\d){4}",
    ]
)
# A mainland mobile number, with or without +86; not part of a longer run of digits, as order and tracking numbers are.
MOBILE = re.compile(
    rf"(?<!\d)(?:[(（]?(?:00|[+＋])?86[)）]?{GAP})?"
    rf"([1１][{UNSEEN}]*[3-9３-９][{UNSEEN}]*{DIGIT}(?:{GROUPS})|[1１](?:[\s.-]\d){{10}})(?!\d)"
)
LANDLINE = re.compile(rf"(?<!\d)[(（]?(010|02\d|0[3-9]\d\d)[)）]?{GAP}\d{{3,4}}{GAP}(\d{{4}})(?!\d)")

# ---- identity cards and bank cards ----

# Whole numbers of these lengths, at most one blank or hyphen between two digits; not part of a longer run, and not
# behind Latin letters, as tracking numbers are.
LONG_NUMBER = re.compile(
    rf"(?<![\dA-Za-z*])\d(?:[\s\-{UNSEEN}]?\d){{13,17}}(?:[\s\-{UNSEEN}]?[\dXxＸｘ])(?:[\s\-]?\d)?(?![\dA-Za-z*])"
)
# What somebody says is an order or a parcel is none of these, what somebody says is one of these is one.
NO_PERSON = re.compile(r"(?:单号|订单|运单|工单|物流|快递|编号|货号|流水号?)\D{0,4}$")
IDENTITY_SAID = re.compile(r"(?:身份证|证件)\D{0,6}$")
BANK_SAID = re.compile(r"(?:银行卡|卡号|账号|账户)\D{0,6}$")
# The provinces of identity cards.
REGIONS = frozenset(
    {
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    }
)
BIRTH = re.compile(r"(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# What an export has masked already hides nothing more than it shows.
MASKED_ALREADY = re.compile(r"\d{0,3}\*{3,}\d{0,4}")


def mask_phone(phone: str | None) -> str:
    """``138****5678``; a number too short to keep both ends shows its last two digits only."""
    phone = (phone or "").strip()
    if not phone or MASKED_ALREADY.fullmatch(phone):
        return phone or DASH
    if mobile := MOBILE.search(phone):
        return _masked(mobile)
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= 11:
        digits = digits[-11:]
        return f"{digits[:3]}{STARS}{digits[-4:]}"
    return f"{STARS}{digits[-2:]}" if len(digits) > 4 else STARS


# Fewer digits than a landline number has are no number of anybody's.
FEWEST_DIGITS = 10
ANY_DIGIT = re.compile(r"\d")


def mask_text(text: str | None) -> str:
    """Free text with every phone number, identity card and bank card in it masked."""
    if not text or len(ANY_DIGIT.findall(text)) < FEWEST_DIGITS:
        return text or ""
    return LANDLINE.sub(rf"\1-{STARS}\2", MOBILE.sub(_masked, LONG_NUMBER.sub(_without_card, text or "")))


def _without_card(found: re.Match) -> str:
    """An identity card's first three and last two places, a bank card's last four; anything else as it is.

    Other numbers are as long (orders, parcels): a number counts as a card for its region, birthday and check digit,
    or because the words before it say so. Fifteen digits have no check digit.
    """
    number = "".join(
        str(int(character)) if character.isdecimal() else "X"
        for character in found.group()
        if character.isdecimal() or character in "XxＸｘ"
    )
    before = found.string[max(0, found.start() - 12) : found.start()]
    if NO_PERSON.search(before):
        return found.group()
    if IDENTITY_SAID.search(before) or _is_identity(number):
        return f"{number[:3]}{STARS}{number[-2:]}"
    if BANK_SAID.search(before) or (number.startswith("62") and _fits_luhn(number)):
        return f"{STARS}{number[-4:]}"
    return found.group()


def _is_identity(number: str) -> bool:
    if int(number[:2]) not in REGIONS:
        return False
    if len(number) == 15:
        return number.isdigit() and bool(BIRTH.fullmatch(number[6:12]))
    if len(number) != 18 or not BIRTH.fullmatch(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]


def _fits_luhn(number: str) -> bool:
    """The check that bank cards carry, of sixteen to nineteen digits."""
    if not number.isdigit() or len(number) < 16:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0


def _masked(mobile: re.Match) -> str:
    digits = "".join(str(int(character)) for character in mobile.group(1) if character.isdecimal())
    return f"{digits[:3]}{STARS}{digits[-4:]}"


# ---- names ----


def mask_name(name: str | None) -> str:
    """``张*``: the first letter or ideograph and one star, whatever the length."""
    if not name or not name.strip():
        return DASH
    first = re.search(r"\w", name)
    return f"{first.group()}*" if first else "*"


# The surnames of nine people in ten, traditional forms included; those of two characters; what stands behind a name.
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席"
    "卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解柴华车冉房边吉饶宋肖闫"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻戴鐘鍾譚鄒陸顧龍萬錢湯賴龔龐蘭顏嚴溫蘆韋畢聶叢齊莊塗關費紀項歐陽衛"
)
DOUBLE_SURNAMES = re.compile(
    "欧阳|歐陽|诸葛|諸葛|上官|司[马馬徒空]|东方|東方|夏侯|皇甫|尉[迟遲]|公[孙孫]|慕容|令狐|端木|南[宫宮]|宇文|[长長][孙孫]|"
    "[独獨]孤|轩辕|軒轅|百里|东郭|東郭|呼延|完[颜顏]|西[门門]|申屠|太史"
)
TITLED = re.compile(r"(?:先生|女士|小姐|太太|阿姨|妈妈|媽媽|爸爸|奶奶|爷爷|爺爺|宝妈|寶媽|老师|老師)$")


def looks_like_name(word: str) -> bool:
    """Whether a short word in Chinese may be a person's name, alone or with a title.

    A guess for cells of a table, which stand without a sentence; it takes some words for names (安装), too.
    """
    word = "".join(word.split())
    if TITLED.search(word) or re.search(r"\w[·•‧・]\w", word):
        return True
    if DOUBLE_SURNAMES.match(word):
        return len(word) in (3, 4)
    # A married name may have two surnames.
    longest = 4 if SURNAMES.issuperset(word[:2]) else 3
    return word[:1] in SURNAMES and 2 <= len(word) <= longest


# ---- addresses ----

PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
HAN = r"[\u3400-\u9fff]"
PROVINCE = re.compile(
    rf"(?:中国)?\s*(?:{PROVINCES})(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区|(?!{HAN}{{0,4}}[路街道巷]))"
)
CITY = re.compile(rf"{HAN}{{2,4}}?市|{HAN}{{2,8}}?(?:自治州|地区|盟)|市辖区")
DISTRICT = re.compile(
    rf"{HAN}{{1,5}}?[区县市旗]|{HAN}{{2,14}}?(?:自治县|自治旗|族区|联合旗|[左右]翼[前中后]?旗|[前中后左右]旗)"
)
# Streets, villages, compounds and shops end like districts, too: 幸福小区, 文三路科技园区, 家乐福超市. Where the two
# cannot be told apart, less is shown.
SMALLER = re.compile(
    r"[街巷弄号栋幢座室层苑]|.[道镇]|路(?![桥南北]区)|楼(?!区)|[村庄](?!区)|.乡(?![市县])|[超夜菜早]市$"
    r"|[小社园校厂院景片库宅街业税假商活属舍货场]区$|别墅区$|..[东西南北前后一二三四五六七八九十]区$"
)


def mask_address(address: str | None) -> str:
    """The address down to the district, then ``****``; an address without a known head keeps nothing."""
    address = (address or "").strip()
    if not address:
        return DASH
    province = PROVINCE.match(address)
    city_from = _blanks(address, province.end() if province else 0)
    city = _part(CITY, address, city_from)
    district = _part(DISTRICT, address, _blanks(address, city.end() if city else city_from))
    if not province and not (city and district):
        return STARS
    head = address[: (district or city or province).end()]
    return head if len(head) == len(address) else f"{head}{STARS}"


def _part(kind: re.Pattern, address: str, start: int) -> re.Match | None:
    part = kind.match(address, start)
    return None if part is None or SMALLER.search(part.group()) else part


def _blanks(address: str, start: int) -> int:
    """Where the next word begins."""
    return start + len(address[start:]) - len(address[start:].lstrip())
