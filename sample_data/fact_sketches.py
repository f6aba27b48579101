"""Sketches of the schedules of buildings: how a house is put up, storey by storey (see `fact_network`)."""

HOSPITAL_FLOORS = ("一层", "二层", "三层", "四层", "五层", "六层", "七层", "八层", "九层", "十层")

_HOSPITAL_END = (
    "医疗|医疗专项",
    "  医疗-净化|手术部与检验科净化工程|50|620|装修-三层",
    "  医疗-气体|医用气体系统|40|180|机电-给排水-六层",
    "  医疗-防护|影像科辐射防护|30|160|装修-一层",
    "  医疗-设备|大型医疗设备安装|40|900|医疗-防护,医疗-净化 SS+20",
    "  医疗-家具|家具与标识|25|150|装修-十层",
    "室外|室外工程",
    "  室外-管网|室外管网与道路|45|210|主体-封顶+40",
    "  室外-绿化|绿化与景观|35|110|室外-管网",
    "验收|竣工验收",
    "  验收-消防|消防验收|15|10|机电-调试,装修-十层",
    "  验收-预验|竣工预验收与整改|20|20|验收-消防,医疗-设备,医疗-家具,医疗-气体,室外-绿化",
    "  验收-竣工|竣工验收|0||验收-预验",
)


def chain(ids: list[str], first: str, lag: int = 0) -> list[str]:
    """Return what each of a chain of tasks waits for: the one before it, the first for `first`."""
    after = f"+{lag}" if lag else ""
    return [first, *(f"{one}{after}" for one in ids[:-1])]


def hospital() -> str:
    """Return the sketch of the hospital: a basement, ten storeys, medical works."""
    floors = ["地下一层", *HOSPITAL_FLOORS]
    lines = [
        "准备|施工准备",
        "  准备-临建|临时设施与三通一平|25|60|",
        "  准备-图审|施工图审查与交底|20|20|",
        "  准备-许可|取得施工许可证|0||准备-图审,准备-临建",
        "基础|地基与基础",
        "  基础-支护|基坑支护桩与止水帷幕|45|420|准备-许可",
        "  基础-桩基|工程桩施工|40|520|基础-支护 SS+15",
        "  基础-降水|基坑降水|70|90|基础-支护 SS+25",
        "  基础-土方|土方开挖与外运|35|260|基础-支护,基础-桩基",
        "  基础-检测|桩基检测与截桩|12|40|基础-土方",
        "  基础-底板|基础底板、承台与防水|30|560|基础-检测",
        "  基础-验收|地基与基础验收|0||基础-底板",
        "主体|主体结构",
    ]
    names = [f"主体-{floor}" for floor in floors]
    for floor, wait in zip(floors, chain(names, "基础-底板"), strict=True):
        wide = floor in ("地下一层", "一层", "二层", "三层", "四层")
        lines.append(f"  主体-{floor}|{floor}柱、墙、梁板|{16 if wide else 11}|{330 if wide else 170}|{wait}")
    lines += [
        "  主体-屋面|屋面层及机房结构|12|90|主体-十层",
        "  主体-封顶|主体结构封顶|0||主体-屋面",
        "二次|二次结构",
    ]
    ids = [f"二次-{floor}" for floor in floors]
    for floor, wait, above in zip(floors, chain(ids, "主体-三层"), [*floors[3:], *["屋面"] * 3], strict=True):
        lines.append(f"  二次-{floor}|{floor}砌体与构造柱|11|75|{wait},主体-{above}")
    lines.append("外装|外立面与屋面")
    for floor, wait in zip(HOSPITAL_FLOORS, chain([f"外装-{f}" for f in HOSPITAL_FLOORS], "二次-二层"), strict=True):
        lines.append(
            f"  外装-{floor}|{floor}外窗与幕墙|9|{180 if floor in '一层二层三层四层' else 95}|{wait},二次-{floor}"
        )
    lines += ["  外装-屋面|屋面防水与保温|20|130|主体-封顶+10", "机电|机电安装"]
    for kind, after, share in (("暖通", "二次", 150), ("给排水", "二次", 110), ("电气", "二次", 120)):
        ids = [f"机电-{kind}-{floor}" for floor in floors]
        for floor, wait in zip(floors, chain(ids, f"{after}-地下一层"), strict=True):
            name = {"暖通": "风管与空调", "给排水": "给排水与消防管道", "电气": "桥架、配电与照明"}[kind]
            lines.append(f"  机电-{kind}-{floor}|{floor}{name}|10|{share}|{wait},{after}-{floor}")
    lines += [
        "  机电-屋面|屋面设备与冷却塔|20|160|外装-屋面",
        "  机电-电梯|电梯安装|45|260|主体-封顶+20",
        "  机电-调试|系统联动调试|30|90|机电-电气-十层,机电-暖通-十层,机电-给排水-十层,机电-屋面,机电-电梯",
        "装修|装饰装修",
    ]
    ids = [f"装修-{floor}" for floor in floors]
    for floor, wait in zip(floors, chain(ids, "机电-暖通-二层"), strict=True):
        waits = f"{wait},机电-电气-{floor},机电-给排水-{floor}"
        lines.append(f"  装修-{floor}|{floor}隔墙饰面、吊顶与门|13|{190 if floor != '地下一层' else 70}|{waits}")
    lines += [
        *_HOSPITAL_END,
    ]
    return "\n".join(lines)


def community() -> str:
    """Return the sketch of the community centre; nobody prices its tasks, so they count by their length."""
    floors = ["首层", "二层", "三层"]
    lines = ["A|施工准备与基础", "  A010|场地平整与临时设施|15|15|", "  A020|基坑、独立基础与地梁|28|28|A010",
             "  A030|室外平台与首层地坪|12|12|A020", "B|主体结构"]  # fmt: skip
    last = "A020"
    for number, floor in enumerate(floors, 1):
        lines.append(f"  B{number}10|{floor}柱、梁|16|16|{last}")
        lines.append(f"  B{number}20|{floor}楼板与楼梯|12|12|B{number}10")
        last = f"B{number}20"
    lines += ["  B910|屋面结构与坡屋顶|25|25|B320", "  B990|主体结构封顶|0||B910", "C|围护与门窗"]
    last = "B220"
    for number, floor in enumerate(floors, 1):
        lines.append(f"  C{number}10|{floor}外墙与内隔墙|16|16|{last},B{number}20")
        lines.append(f"  C{number}20|{floor}门窗与遮阳|12|12|C{number}10")
        last = f"C{number}10"
    lines += ["  C910|入口幕墙|20|20|C120,B990", "D|机电与装修"]
    last = "C120"
    for number, floor in enumerate(floors, 1):
        lines.append(f"  D{number}10|{floor}水电与装修|28|28|{last},C{number}20")
        last = f"D{number}10"
    lines += [
        "  D910|家具与设备|18|18|D310",
        "E|室外与验收",
        "  E010|入口台阶、坡道与绿化|30|30|C910",
        "  E020|消防与竣工验收准备|15|15|D910,E010",
        "  E030|竣工验收|0||E020",
    ]
    return "\n".join(lines)


def school() -> str:
    """Return the sketch of the school: four storeys without a basement."""
    floors = ["一层", "二层", "三层", "四层"]
    lines = [
        "准备|施工准备",
        "  准备-临建|临时设施与场地平整|15|30|",
        "基础|地基与基础",
        "  基础-土方|土方开挖|12|60|准备-临建",
        "  基础-承台|独立基础与地梁|22|240|基础-土方",
        "  基础-回填|回填土与首层地坪|10|60|基础-承台",
        "主体|主体结构",
    ]
    for floor, wait in zip(floors, chain([f"主体-{f}" for f in floors], "基础-回填"), strict=True):
        lines.append(f"  主体-{floor}|{floor}柱、梁板与楼梯|16|260|{wait}")
    lines += [
        "  主体-屋面|屋面结构|12|90|主体-四层",
        "  主体-封顶|主体结构封顶|0||主体-屋面",
        "围护|砌体与外立面",
    ]
    for floor, wait in zip(floors, chain([f"围护-{f}" for f in floors], "主体-三层"), strict=True):
        lines.append(f"  围护-{floor}|{floor}墙体与外窗|12|130|{wait}")
    lines += ["  围护-屋面|屋面防水与栏板|14|70|主体-封顶", "机电|机电安装"]
    for floor, wait in zip(floors, chain([f"机电-{f}" for f in floors], "围护-一层"), strict=True):
        lines.append(f"  机电-{floor}|{floor}水电与弱电|11|100|{wait},围护-{floor}")
    lines.append("装修|装饰装修")
    for floor, wait in zip(floors, chain([f"装修-{f}" for f in floors], "机电-一层"), strict=True):
        lines.append(f"  装修-{floor}|{floor}门、饰面与吊顶|14|140|{wait},机电-{floor}")
    lines += [
        "  装修-家具|课桌椅与教学设备|15|150|装修-四层",
        "室外|室外工程",
        "  室外-操场|运动场与校园道路|40|260|主体-封顶+10",
        "  室外-绿化|校园绿化|15|50|室外-操场",
        "验收|竣工验收",
        "  验收-检测|室内空气检测与消防验收|12|10|装修-家具,室外-绿化",
        "  验收-竣工|竣工验收|0||验收-检测",
    ]
    return "\n".join(lines)


def housing() -> str:
    """Return the sketch of the estate: a garage, three towers of eighteen storeys, a nursery school."""
    lines = [
        "准备|施工准备",
        "  准备-临建|临时设施|20|40|",
        "车库|地下车库",
        "  车库-支护|基坑支护与降水|30|260|准备-临建",
        "  车库-土方|土方开挖|25|160|车库-支护",
        "  车库-底板|桩基与车库底板|35|480|车库-土方",
        "  车库-结构|车库墙柱与顶板|30|420|车库-底板",
        "主体|塔楼主体结构",
    ]
    ids = [f"主体-{floor}层" for floor in range(1, 19)]
    for floor, wait in zip(range(1, 19), chain(ids, "车库-结构"), strict=True):
        lines.append(f"  主体-{floor}层|1～3号楼{floor}层结构|7|95|{wait}")
    lines += [
        "  主体-屋面|屋面层、机房与构架|12|90|主体-18层",
        "  主体-封顶|塔楼结构封顶|0||主体-屋面",
        "外窗|外窗与阳台",
    ]
    ids = [f"外窗-{floor}层" for floor in range(1, 19)]
    for floor, wait in zip(range(1, 19), chain(ids, "主体-8层"), strict=True):
        built = f",主体-{floor + 6}层" if floor <= 12 else ",主体-屋面"
        lines.append(f"  外窗-{floor}层|{floor}层外窗与阳台栏板|5|42|{wait}{built}")
    lines += [
        "机电|机电与装修",
        "  机电-下段|1～9层水电与消防|60|330|外窗-4层",
        "  机电-上段|10～18层水电与消防|60|330|机电-下段,外窗-13层",
        "  装修-下段|1～9层室内装修与入户门|80|420|机电-下段 SS+25",
        "  装修-上段|10～18层室内装修与入户门|80|420|装修-下段,机电-上段 SS+25",
        "  装修-外墙|外墙面砖与涂料|70|260|主体-封顶+10",
        "  机电-电梯|电梯与屋面水箱|35|210|主体-封顶+15",
        "配套|幼儿园与门卫",
        "  配套-结构|幼儿园、门卫结构与墙体|60|190|车库-结构+30",
        "  配套-装修|幼儿园、门卫装修与门窗|45|120|配套-结构",
        "室外|室外工程",
        "  室外-管网|小区管网、道路与围墙|40|230|装修-外墙",
        "  室外-绿化|绿化与儿童活动场|30|90|室外-管网",
        "验收|竣工验收",
        "  验收-分户|分户验收与整改|20|20|装修-上段,机电-电梯,配套-装修,室外-绿化",
        "  验收-竣工|竣工验收|0||验收-分户",
    ]
    return "\n".join(lines)


def building(floors: int, special: str = "设备安装", share: float = 300, basement: bool = True) -> str:
    """Return the sketch of a building that has no model: structure in lifts of three storeys, one special trade."""
    lifts = [f"{low}～{min(low + 2, floors)}层" if low < floors else f"{low}层" for low in range(1, floors + 1, 3)]
    lines = [
        "A|前期与准备",
        "  A010|施工准备与临时设施|20|40|",
        "  A020|取得施工许可证|0||A010",
        "B|地基与基础",
        f"  B010|{'基坑支护与降水' if basement else '场地平整与强夯'}|30|180|A020",
        f"  B020|土方开挖|{24 if basement else 12}|120|B010",
        "  B030|桩基与基础底板|32|420|B020",
    ]
    last = "B030"
    if basement:
        lines.append("  B040|地下室结构|26|300|B030")
        last = "B040"
    lines.append("C|主体结构")
    for number, lift in enumerate(lifts, 1):
        lines.append(f"  C{number:02d}0|{lift}主体结构|30|260|{last}")
        last = f"C{number:02d}0"
    middle = f"C{(len(lifts) + 1) // 2:02d}0"
    lines += [
        f"  C990|主体结构封顶|0||{last}",
        "D|围护与机电",
        f"  D010|二次结构|45|190|{middle}+5",
        f"  D020|外立面与门窗|50|330|{last},D010 SS+15",
        "  D030|屋面防水与保温|20|80|C990",
        "  D040|给排水、暖通与消防|70|340|D010 SS+15",
        "  D050|强弱电与电梯|70|330|D010 SS+20",
        "E|装修与专项",
        "  E010|室内装修|80|420|D010,D040 SS+25",
        f"  E020|{special}|50|{share:g}|E010 SS+45,D050",
        "F|室外与验收",
        "  F010|室外管网、道路与绿化|50|200|D020",
        "  F020|联动调试与消防验收|20|20|E010,E020,D040,D050",
        "  F030|竣工预验收与整改|15|10|F010,F020",
        "  F040|竣工验收|0||F030",
    ]
    return "\n".join(lines)
