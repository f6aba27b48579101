"""Words of map makers → the classes of `twin.values.layer.CLASSES`: OpenStreetMap's tags, Chinese terms, GB 50137."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from twin.values.layer import CLASSES

# A word that is the whole value; OpenStreetMap's tags and English terms.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "roads": {
        **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link", "expressway", "freeway"), "motorway"),
        **dict.fromkeys(("primary", "primary_link", "arterial"), "primary"),
        **dict.fromkeys(("secondary", "secondary_link"), "secondary"),
        **dict.fromkeys(("tertiary", "tertiary_link", "collector", "unclassified"), "tertiary"),
        **dict.fromkeys(("residential", "living_street", "minor", "local", "road", "busway"), "minor"),
        **dict.fromkeys(("service", "track", "services", "raceway"), "service"),
        **dict.fromkeys(
            ("path", "footway", "cycleway", "steps", "pedestrian", "bridleway", "corridor", "via_ferrata", "walk"),
            "path",
        ),
    },
    "rail": {
        **dict.fromkeys(("rail", "railway", "narrow_gauge", "preserved", "funicular", "monorail"), "rail"),
        **dict.fromkeys(("subway", "metro", "underground"), "subway"),
        **dict.fromkeys(("tram", "light_rail", "tramway"), "tram"),
    },
    "water": {
        **dict.fromkeys(("river", "riverbank", "tidal_channel"), "river"),
        **dict.fromkeys(("lake", "water", "pond", "reservoir", "basin", "lagoon", "oxbow"), "lake"),
        **dict.fromkeys(("canal", "dock", "moat"), "canal"),
        **dict.fromkeys(("stream", "drain", "ditch", "stream_pool"), "stream"),
        **dict.fromkeys(("sea", "bay", "ocean", "strait", "harbour"), "sea"),
        **dict.fromkeys(("pool", "swimming_pool", "fountain", "reflecting_pool"), "pool"),
    },
    "green": {
        **dict.fromkeys(("park", "nature_reserve", "playground", "recreation_ground", "dog_park", "square"), "park"),
        **dict.fromkeys(("forest", "wood", "scrub", "heath", "plant_nursery"), "forest"),
        **dict.fromkeys(("grass", "meadow", "grassland", "village_green", "greenfield", "fell"), "grass"),
        **dict.fromkeys(("farmland", "farm", "orchard", "vineyard", "farmyard", "greenhouse_horticulture"), "farmland"),
        **dict.fromkeys(("cemetery", "grave_yard"), "cemetery"),
        **dict.fromkeys(("pitch", "golf_course", "track", "stadium", "sports_centre"), "pitch"),
        **dict.fromkeys(("garden", "allotments", "flowerbed"), "garden"),
        **dict.fromkeys(("wetland", "marsh", "swamp", "reedbed", "bog"), "wetland"),
    },
    "land_use": {
        **dict.fromkeys(("residential", "housing"), "residential"),
        **dict.fromkeys(("commercial", "retail", "business", "office", "marketplace"), "commercial"),
        **dict.fromkeys(("industrial", "warehouse", "logistics", "quarry", "brownfield"), "industrial"),
        **dict.fromkeys(("public", "civic", "religious", "institutional", "military", "government"), "public"),
        **dict.fromkeys(("education", "school", "university", "college", "kindergarten", "library"), "education"),
        **dict.fromkeys(("medical", "hospital", "clinic", "healthcare"), "medical"),
        **dict.fromkeys(
            ("transport", "railway", "parking", "port", "garages", "aerodrome", "bus_station"), "transport"
        ),
        **dict.fromkeys(("utility", "utilities", "landfill", "depot"), "utility"),
        **dict.fromkeys(("green", "park", "grass", "forest"), "green"),
    },
    "utilities": {
        **dict.fromkeys(
            ("power", "line", "minor_line", "cable", "electricity", "substation", "tower", "pole"), "power"
        ),
        **dict.fromkeys(("water", "water_supply", "water_works", "water_tower", "water_well"), "water"),
        **dict.fromkeys(("sewage", "sewer", "drainage", "wastewater_plant", "stormwater"), "sewage"),
        **dict.fromkeys(("gas", "fuel", "oil", "natural_gas", "gasometer"), "gas"),
        **dict.fromkeys(("heat", "heating", "steam", "hot_water"), "heat"),
        **dict.fromkeys(("telecom", "telecommunication", "communication", "communications_tower", "mast"), "telecom"),
    },
}
# A Chinese term anywhere in the value; the first that is found counts.
_TERMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "roads": (
        *(("步行|人行|绿道|骑行|小径|台阶", "path"), ("高速|快速", "motorway"), ("次干|省道|二级", "secondary")),
        *(("主干|国道|一级", "primary"), ("支路|县道|三级|集散", "tertiary"), ("乡道|街坊|巷|胡同|四级", "minor")),
        *(("内部|辅路|匝道|便道", "service"),),
    ),
    "rail": (("地铁|轨道交通|城市轨道", "subway"), ("有轨电车|电车|轻轨", "tram"), ("铁路|高铁|城际|铁道", "rail")),
    "water": (
        *(
            ("运河|渠|沟", "canal"),
            ("海", "sea"),
            ("溪|涧", "stream"),
            ("湖|水库|塘|坑|池", "lake"),
            ("江|河", "river"),
        ),
        *(("泳池|喷泉", "pool"), ("水域|水面", "lake")),
    ),
    "green": (
        *(
            ("公园|广场", "park"),
            ("林|防护绿", "forest"),
            ("耕地|农田|园地|果园|水田|旱地", "farmland"),
            ("墓", "cemetery"),
        ),
        *(("运动|球场", "pitch"), ("花园|苗圃", "garden"), ("湿地|沼泽", "wetland"), ("草|绿", "grass")),
    ),
    "land_use": (
        *(("医疗|医院|卫生", "medical"), ("教育|学校|中小学|高等院校|科研", "education"), ("绿地|公园|广场", "green")),
        *(("公用设施|市政|供应|环卫|环境设施", "utility"), ("交通|道路|停车|枢纽|场站|铁路|港口|机场", "transport")),
        *(
            ("居住|住宅|宅基", "residential"),
            ("工业|物流|仓储|采矿", "industrial"),
            ("商|金融|旅馆|娱乐", "commercial"),
        ),
        *(("公共|行政|办公|文化|体育|社会福利|文物|宗教|外事|军事", "public"),),
    ),
    "utilities": (
        *(("电力|供电|输电|高压|路灯", "power"), ("污水|雨水|排水", "sewage"), ("燃气|煤气|天然气", "gas")),
        *(("热力|供热|供暖", "heat"), ("通信|电信|通讯|弱电|光缆", "telecom"), ("给水|供水|自来水", "water")),
    ),
}
# GB 50137-2011: land use of cities, the longest code first.
_LAND_CODES = {
    **{"A3": "education", "A5": "medical", "A": "public", "B": "commercial", "G": "green", "M": "industrial"},
    **{"R": "residential", "S": "transport", "U": "utility", "W": "industrial"},
}


@cache
def class_of(kind: str, value: str) -> str | None:
    """Return the class that a value of a source field means for a kind; None where it means none.

    >>> class_of("roads", "城市主干路"), class_of("roads", "trunk"), class_of("land_use", "A33")
    ('primary', 'motorway', 'education')
    """
    plain = unicodedata.normalize("NFKC", value).strip().lower()
    found = plain if plain in CLASSES.get(kind, ()) else _WORDS.get(kind, {}).get(plain.replace(" ", "_"))
    if found is None:
        found = next((name for terms, name in _TERMS.get(kind, ()) if re.search(terms, plain)), None)
    if found is None and kind == "land_use":
        code = re.match(r"([abgmrsuw])(\d*)[a-z*]?(?![a-z])", plain)
        if code is not None:
            letter = code[1].upper()
            found = _LAND_CODES.get(letter + code[2][:1]) or _LAND_CODES[letter]
    return found if found in CLASSES.get(kind, ()) else None
