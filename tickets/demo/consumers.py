"""Consumers who do not exist, at streets that do not exist."""

from random import Random

from orders.models import Customer

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
)
GIVEN = [
    "婉清",
    "思远",
    "晓彤",
    "若琳",
    "建国",
    "雨桐",
    "佳宁",
    "子墨",
    "诗涵",
    "文博",
    "雪梅",
    "志强",
    "静怡",
    "海燕",
    "俊杰",
    "丽娟",
    "梦瑶",
    "浩然",
    "欣怡",
    "春梅",
    "敏",
    "磊",
    "芳",
    "涛",
    "倩",
    "洁",
    "宇航",
    "美玲",
    "国栋",
    "可欣",
    "依诺",
    "凯",
    "秀英",
    "晨曦",
    "语嫣",
    "振华",
    "小雨",
    "亚楠",
    "嘉怡",
    "立新",
    "慧敏",
    "一鸣",
    "安琪",
    "冬梅",
    "明轩",
    "巧云",
    "旭",
    "蕾",
    "玉兰",
    "天佑",
]
# Prefixes which the numbering plan gives to no carrier, so that no number here rings anywhere.
PHONE_PREFIXES = ["154", "163", "164", "168", "169", "179", "194"]

BABIES = [
    "豆豆",
    "糖糖",
    "米粒",
    "果果",
    "小橙子",
    "年糕",
    "团团",
    "可乐",
    "汤圆",
    "安安",
    "多多",
    "一诺",
    "布丁",
    "小葡萄",
    "芒果",
    "悠悠",
    "墩墩",
    "朵朵",
    "乐乐",
    "饭团",
    "小石头",
    "泡芙",
]
PARENTS = ["妈妈", "爸爸", "麻麻", "粑粑", "姥姥", "外婆", "奶奶", "他姨"]

TOWNS = {
    "浙江省杭州市": ["西湖区", "余杭区", "萧山区", "临平区"],
    "浙江省宁波市": ["鄞州区", "海曙区", "慈溪市"],
    "江苏省南京市": ["江宁区", "鼓楼区", "建邺区"],
    "江苏省苏州市": ["吴中区", "虎丘区", "昆山市"],
    "广东省广州市": ["天河区", "番禺区", "白云区"],
    "广东省深圳市": ["南山区", "龙岗区", "宝安区"],
    "广东省佛山市": ["顺德区", "南海区"],
    "四川省成都市": ["武侯区", "青羊区", "双流区"],
    "湖北省武汉市": ["洪山区", "江汉区", "武昌区"],
    "湖南省长沙市": ["岳麓区", "雨花区", "长沙县"],
    "山东省青岛市": ["市南区", "黄岛区", "胶州市"],
    "山东省济南市": ["历下区", "章丘区"],
    "河南省郑州市": ["金水区", "二七区", "中牟县"],
    "陕西省西安市": ["雁塔区", "碑林区", "长安区"],
    "福建省厦门市": ["思明区", "集美区"],
    "安徽省合肥市": ["蜀山区", "包河区", "肥西县"],
    "辽宁省沈阳市": ["和平区", "铁西区"],
    "云南省昆明市": ["五华区", "官渡区"],
    "河北省石家庄市": ["长安区", "裕华区"],
    "北京市": ["朝阳区", "海淀区", "通州区", "昌平区"],
    "上海市": ["浦东新区", "闵行区", "宝山区"],
    "重庆市": ["渝北区", "南岸区"],
    "天津市": ["南开区", "滨海新区"],
}
STREETS = [
    "青苹果路",
    "布老虎街",
    "小木马巷",
    "蒲公英大道",
    "纸飞机路",
    "拨浪鼓胡同",
    "棉花糖路",
    "萤火虫街",
    "摇篮里",
    "大白鹅路",
    "橡皮泥街",
    "彩虹桥路",
    "风车巷",
    "小雨靴路",
    "万花筒街",
]
ESTATES = [
    "星星湾花园",
    "月亮船小区",
    "糖果屋公寓",
    "云朵城",
    "小鹿苑",
    "向日葵家园",
    "海豚湾",
    "松果新村",
    "四叶草公馆",
    "蓝鲸府",
    "麦芽里",
    "小满佳苑",
]

Household = tuple[Customer, str]


def move_in(rng: Random, how_many: int) -> list[Household]:
    """Write so many consumers; each with the address where parcels go."""
    customers = Customer.objects.bulk_create(invent_customers(rng, how_many))
    return [(customer, invent_address(rng)) for customer in customers]


def invent_customers(rng: Random, how_many: int) -> list[Customer]:
    """Unsaved consumers with a name, a phone and an account, each of them once."""
    tails = rng.sample(range(10**8), how_many)
    return [
        Customer(
            account=f"{rng.choice(BABIES)}{rng.choice(PARENTS)}_{tail % 9973:04d}{index}",
            name=invent_name(rng),
            phone=f"{rng.choice(PHONE_PREFIXES)}{tail:08d}",
        )
        for index, tail in enumerate(tails)
    ]


def invent_name(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def invent_phone(rng: Random) -> str:
    """A number as people write it down, in groups."""
    return f"{rng.choice(PHONE_PREFIXES)} {rng.randrange(10**4):04d} {rng.randrange(10**4):04d}"


def invent_address(rng: Random) -> str:
    town = rng.choice(list(TOWNS))
    building, floor, door = rng.randint(1, 28), rng.randint(1, 26), rng.randint(1, 4)
    return (
        f"{town}{rng.choice(TOWNS[town])}{rng.choice(STREETS)}{rng.randint(1, 399)}号"
        f"{rng.choice(ESTATES)}{building}幢{floor}{door:02d}室"
    )
