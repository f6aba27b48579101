"""Names of city layers, and the kind that a name tells."""

import re
import unicodedata

from twin.errors import InvalidInput
from twin.values.layer import KINDS

MAX_NAME = 100
_TAKEN = {"projects"}  # the live layer of the key projects

# Words that name a kind; the first match counts, so that "建筑用地" is land and "道路绿地" is green.
_WORDS = (
    ("land_use", r"land.?use|landuse|zoning|用地|地类|土地利用|规划地块|控规|ydxz"),
    ("parcels", r"parcel|cadast|plot|宗地|地块|地籍|权属|zd(?![a-z])"),
    ("rail", r"rail|metro|subway|tram|铁路|轨道|地铁|高铁|tielu|guidao|ditie"),
    ("utilities", r"utilit|pipe|sewer|power.?line|管线|管网|管道|燃气|给水|排水|污水|雨水|电力|通信|guanxian"),
    ("green", r"green|park(?!ing)|forest|wood|vegetation|绿地|公园|绿化|林地|森林|植被|ludi|lvdi|gongyuan"),
    ("water", r"water|river|lake|hydro|水系|河流|湖泊|水域|水体|河|湖|shuixi|heliu"),
    ("districts", r"district|admin|boundar|ward|行政区|区划|区县|市界|县界|街道界|乡镇|社区|政区|xzq|xingzheng"),
    ("buildings", r"building|footprint|house|建筑|房屋|楼栋|楼|房|jianzhu|fangwu|(?<![a-z])jz(?![a-z])"),
    ("roads", r"road|street|highway|道路|路网|公路|街道|街巷|路|daolu|luwang"),
)


def check_name(name: str) -> None:
    """Refuse a name that no layer may have; it is part of addresses and of styles.

    >>> check_name("道路-2024.v1")
    """
    signs = all(unicodedata.category(sign)[0] in "LNM" or sign in "-_." for sign in name)
    if not (1 <= len(name) <= MAX_NAME and signs and name[0] not in ".-"):
        raise InvalidInput(
            "{name} cannot be the name of a layer: use up to {limit} letters, digits, - _ and ., beginning "
            "with a letter or digit.",
            name=repr(name)[:60],
            limit=MAX_NAME,
        )
    if name.lower() in _TAKEN:
        raise InvalidInput("The name {name} is taken by the layer of key projects: choose another one.", name=name)


def check_kind(kind: str | None) -> None:
    """Refuse a kind that is none."""
    if kind is not None and kind not in KINDS:
        raise InvalidInput(
            "There is no kind {kind}: the kinds are {kinds}.", kind=repr(kind)[:40], kinds=", ".join(KINDS)
        )


def kind_named(text: str) -> str | None:
    """Return the kind that a name tells.

    >>> kind_named("中心城区_道路_polyline"), kind_named("a1"), kind_named("parking")
    ('roads', None, None)
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return next((kind for kind, words in _WORDS if re.search(words, plain)), None)
