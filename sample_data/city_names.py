"""Names of the sample city: streets by their bearing, parks, estates, towers; all of them invented."""

from dataclasses import replace

import numpy as np
import shapely

from sample_data.city_plan import MINOR, SECOND, THROUGH, VIADUCT_LINE, WALK
from sample_data.city_roads import Street

FIRST = "福康安和明新文春华永兴瑞锦翠枫桂兰竹梅松柳云凤龙金银玉长东望清碧青紫丹昌景祥嘉广德仁义信宏开建光朝星月海江湖石"
LAST = "安宁康和泰兴盛华园苑林溪泉湖桥塘港湾浦岭台门亭阳光辉明德仁义祥瑞丰乐平顺利达通远景秀怡荣茂"
OLD_FIRST = "鼓学仓盐米布灯油铁铜井槐柳马花文府县孔关双三半青朱乌石竹茶书豆鱼棉桑"
OLD_LAST = "楼前市行坊桥井树门后园湾塘仓营库亭牌庙宫祠"
WORKS = ("创业", "工业", "兴业", "振兴", "科技", "港务", "机电", "钢铁", "纺织", "物流", "化工", "船厂", "电子", "精工")
SCHOLARS = ("求是", "明德", "至善", "博学", "笃行", "弘毅", "格致", "厚德", "树人", "启智", "思源", "勤学")
VILLAGES = "陈李王张刘黄林周吴何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
VILLAGE_ENDS = ("家村", "屋村", "家桥", "家湾", "家塘", "村")
BRIDGES = {"人民路": "人民大桥", "中山路": "中山大桥", "江北路": "江北大桥", "江湾快速路": "江湾大桥",
           "南湖路": "南湖大桥", "振兴路": "南湖大桥", "环城快速路": "环城大桥"}  # fmt: skip
ESTATES = ("花园", "家园", "新村", "小区", "苑", "雅苑", "名邸", "华庭", "里", "公馆", "府", "湾")
GARDENS = ("公园", "游园", "绿地", "花园", "广场绿地", "街心公园")


class Names:
    """Gives out names, each once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.used: set[str] = set()

    def fresh(self, first: str, last: str, end: str) -> str:
        """Return a name of a character of `first`, one of `last`, and `end`, that was not given out before."""
        for _ in range(400):
            a, b = first[self.rng.integers(len(first))], last[self.rng.integers(len(last))]
            name = f"{a}{b}{end}"
            if a != b and name not in self.used:
                self.used.add(name)
                return name
        return self.numbered(f"{first[self.rng.integers(len(first))]}{last[self.rng.integers(len(last))]}", end)

    def numbered(self, word: str, end: str) -> str:
        """Return the first of 一…, 二… that was not given out before."""
        for number in range(1, 1000):
            name = f"{word}{chinese(number)}{end}"
            if name not in self.used:
                self.used.add(name)
                return name
        raise AssertionError(word)

    def estate(self) -> str:
        """Return the name of a housing estate."""
        return self.fresh(FIRST, LAST, ESTATES[self.rng.integers(len(ESTATES))])

    def garden(self) -> str:
        """Return the name of a small park."""
        return self.fresh(FIRST, LAST, GARDENS[self.rng.integers(len(GARDENS))])


def chinese(number: int) -> str:
    """Return a number below 1000 in Chinese.

    >>> chinese(7), chinese(12), chinese(30), chinese(145)
    ('七', '十二', '三十', '一百四十五')
    """
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def street_name(street: Street, names: Names) -> str:
    """Return a new name for a grown street: …路 from west to east, …街 from south to north, …巷 for old lanes."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(street.line)[[0, -1]]
    end = "路" if abs(x1 - x0) >= abs(y1 - y0) else "街"
    manner = street.manner
    if manner == "old":
        return names.fresh(OLD_FIRST, OLD_LAST, "巷" if street.rank == MINOR else end)
    if manner in {"industry", "port", "tech"}:
        return names.numbered(WORKS[names.rng.integers(len(WORKS))], end)
    if manner == "campus":
        return names.numbered(SCHOLARS[names.rng.integers(len(SCHOLARS))], end)
    if manner == "fringe":
        surname = VILLAGES[names.rng.integers(len(VILLAGES))]
        return names.numbered(surname + VILLAGE_ENDS[names.rng.integers(5)], end)
    return names.fresh(FIRST, LAST, "大街" if street.rank == SECOND and end == "街" else end)


def named(streets: list[Street], rng: np.random.Generator) -> list[Street]:
    """Return the streets with names; pieces of one street have one name, some lanes are one way."""
    names = Names(rng)
    names.used |= {street.name for street in streets}
    given: dict[str, str] = {}
    chance = {"old": 0.4, "cbd": 0.3, "core": 0.2, "mixed": 0.1}
    result = []
    for street in streets:
        if not street.name.startswith("#"):
            result.append(street)
            continue
        if street.name not in given:
            given[street.name] = street_name(street, names)
        one_way = street.rank in {MINOR, WALK} and bool(rng.random() < chance.get(street.manner, 0.0))
        result.append(replace(street, name=given[street.name], one_way=one_way))
    return result


def bridge_names(streets: list[Street], river_ground: "shapely.Polygon") -> list[Street]:
    """Return the streets, with the bridges over the river under their own names and the viaduct as a feature."""
    result = []
    for street in streets:
        if street.bridge and street.name in BRIDGES and street.line.intersects(river_ground):
            result.append(replace(street, name=BRIDGES[street.name]))
        elif street.name == THROUGH.name and street.line.distance(VIADUCT_LINE) < 1:
            near = shapely.buffer(VIADUCT_LINE, 2.0, cap_style="flat")
            for bridge, line in ((True, street.line.intersection(near)), (False, street.line.difference(near))):
                merged = shapely.get_parts(shapely.line_merge(line) if line.geom_type != "LineString" else line)
                name = "江湾高架桥" if bridge else street.name
                result += [replace(street, name=name, bridge=bridge, line=p) for p in merged if p.length > 5]
        else:
            result.append(street)
    return result
