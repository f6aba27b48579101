"""Sketches of the schedules of works that are no houses: bridges, roads, lines, pipes, parks (see `fact_network`)."""


def viaduct() -> str:
    """Return the sketch of the viaduct: ramp, piers in four lots, girders in four lots, deck."""
    lines = [
        "VP|施工准备",
        "  VP10|交通导改与管线迁改|40|260|",
        "  VP20|临时用电、场站建设|25|90|",
        "VS|下部结构",
    ]
    lots = ((1, "1～4号墩"), (2, "5～8号墩"), (3, "9～13号墩"), (4, "14～17号墩"))
    for part, name, days, share in (("1", "钻孔灌注桩", 30, 300), ("2", "承台", 16, 160), ("3", "墩柱", 22, 230),
                                    ("4", "盖梁与支座", 24, 250)):  # fmt: skip
        for lot, where in lots:
            before = "VP10,VP20" if part == "1" and lot == 1 else f"VS{part}{lot - 1}" if lot > 1 else ""
            below = f"VS{int(part) - 1}{lot}" if part != "1" else ""
            waits = ",".join(filter(None, (before, below)))
            lines.append(f"  VS{part}{lot}|{where}{name}|{days}|{share}|{waits}")
    lines += ["  VS90|桥台施工|30|120|VS11", "VG|上部结构"]
    spans = ((1, "第1～4跨"), (2, "第5～8跨"), (3, "第9～13跨"), (4, "第14～17跨"))
    for lot, where in spans:
        waits = f"VS4{lot}" + (f",VG{lot - 1}" if lot > 1 else ",VS90")
        lines.append(f"  VG{lot}|{where}箱梁支架现浇与张拉|45|620|{waits}")
    lines += [
        "  VG90|主线贯通|0||VG4",
        "VR|西引道",
        "  VR10|挡土墙与路基填筑|45|240|VS90",
        "  VR20|引道路面结构|25|130|VR10",
        "VD|桥面系",
    ]
    for lot, where in spans:
        waits = f"VG{lot}+10" + (f",VD1{lot - 1}" if lot > 1 else "")
        lines.append(f"  VD1{lot}|{where}防撞护栏|18|110|{waits}")
    lines += [
        "  VD20|防水层与伸缩缝|20|90|VD14",
        "  VD30|沥青铺装|18|230|VD20,VR20",
        "  VD40|声屏障|30|130|VD14",
        "  VD50|照明、标志与标线|25|120|VD30",
        "VF|验收",
        "  VF10|荷载试验|12|20|VD30",
        "  VF20|交工验收整改|12|10|VF10,VD40,VD50",
        "  VF30|交工验收、开放交通|0||VF20",
    ]
    return "\n".join(lines)


def metro_station() -> str:
    """Return the sketch of the metro station: walls in the ground, dug from above, shields, fitting-out."""
    lines = [
        "MP|前期工程",
        "  MP10|管线迁改与交通疏解|60|320|",
        "  MP20|围挡与临建|20|60|",
        "MW|围护结构",
        "  MW10|北侧地下连续墙|55|520|MP10,MP20",
        "  MW20|南侧地下连续墙|55|520|MW10 SS+20",
        "  MW30|端头加固与降水|35|160|MW20",
        "ME|土方与支撑",
    ]
    for number, name in enumerate(("第一层土方与冠梁、混凝土支撑", "第二层土方与钢支撑", "第三层土方与钢支撑", "坑底土方与垫层"), 1):
        lines.append(f"  ME{number}0|{name}|24|210|{'MW30' if number == 1 else f'ME{number - 1}0'}")
    lines += [
        "MS|主体结构",
        "  MS10|底板与防水|30|420|ME40",
        "  MS20|站台层柱、侧墙|26|300|MS10",
        "  MS30|中板|22|260|MS20",
        "  MS40|站厅层柱、侧墙|26|280|MS30",
        "  MS50|顶纵梁与顶板|26|330|MS40",
        "  MS60|顶板防水与覆土回填|24|110|MS50",
        "  MS70|主体结构封顶|0||MS50",
        "MT|区间与轨道",
        "  MT10|左线盾构到达与管片|60|520|MS20",
        "  MT20|右线盾构到达与管片|60|520|MT10 SS+25,MS20",
        "  MT30|道床与铺轨|40|240|MT10,MT20",
        "MA|出入口与风亭",
        "  MA10|A、B 口结构|60|230|MS60",
        "  MA20|C、D 口结构|60|230|MA10 SS+25",
        "  MA30|风亭与出入口地面建筑|50|160|MA20",
        "MF|装修与设备",
        "  MF10|二次结构与设备用房|45|150|MS50+15",
        "  MF20|通风空调与给排水|80|330|MF10 SS+20",
        "  MF30|供电、照明与弱电|80|360|MF10 SS+25",
        "  MF40|屏蔽门|35|150|MT30",
        "  MF50|扶梯与电梯|60|240|MF10",
        "  MF60|公共区装修、售检票与导向|80|330|MF10,MF20 SS+30",
        "  MF70|站内楼梯与栏杆|30|60|MF10",
        "MV|调试与验收",
        "  MV10|单机与系统联调|40|60|MF20,MF30,MF40,MF50",
        "  MV20|消防与单位工程验收|20|20|MV10,MF60,MA30,MF70",
        "  MV30|空载试运行|20|20|MV20,MT30",
        "  MV40|移交运营|0||MV30",
    ]
    return "\n".join(lines)


def water_plant() -> str:
    """Return the sketch of the waterworks: its basins and houses one after another, then pipes and machines."""
    lines = ["WP|施工准备", "  WP10|场地平整与临时设施|25|60|", "  WP20|桩基与地基处理|35|260|WP10", "WT|水处理构筑物"]
    basins = (("10", "絮凝沉淀池", 55, 520), ("20", "V 型滤池", 50, 460), ("30", "清水池", 55, 520),
              ("40", "机械加速澄清池", 45, 330), ("50", "污泥浓缩池", 35, 200))  # fmt: skip
    before = "WP20"
    for number, name, days, share in basins:
        lines.append(f"  WT{number}|{name}结构|{days}|{share}|{before}")
        lines.append(f"  WT{int(number) + 5}|{name}满水试验与池内设备|25|{share // 3}|WT{number}")
        before = f"WT{number} SS+25"
    lines += ["WB|建筑物"]
    houses = (("10", "送水泵房"), ("20", "加药间"), ("30", "变配电间"), ("40", "污泥脱水机房"), ("50", "综合楼"), ("60", "门卫"))
    before = "WT30 SS+15"
    for number, name in houses:
        days, share = (70, 260) if name == "综合楼" else (15, 25) if name == "门卫" else (40, 120)
        lines.append(f"  WB{number}|{name}土建|{days}|{share}|{before}")
        before = f"WB{number} SS+12"
    lines += [
        "WI|安装工程",
        "  WI10|厂区工艺管道与阀门|60|380|WT20,WT30",
        "  WI20|水泵与起重设备|35|300|WB10",
        "  WI30|加药与储罐设备|25|130|WB20",
        "  WI40|供配电与自控|60|360|WB30",
        "  WI50|泥处理设备|30|180|WB40,WT55",
        "WX|室外与验收",
        "  WX10|围墙与大门|30|60|WB60",
        "  WX20|厂区道路与绿化|40|160|WI10,WB50",
        "  WX30|联动调试与试生产|35|60|WI20,WI30,WI40,WI50,WT15,WT25,WT35,WT45",
        "  WX40|竣工验收|0||WX30,WX10,WX20",
    ]
    return "\n".join(lines)


def _simple(groups: tuple[tuple[str, str, tuple[tuple[str, float, float, str], ...]], ...]) -> str:
    """Return a sketch of groups of tasks numbered A010, A020, …; a task without a wait follows the one before it."""
    lines, last = [], ""
    for letter, name, tasks in groups:
        lines.append(f"{letter}|{name}")
        for number, (task, days, share, wait) in enumerate(tasks, 1):
            code = f"{letter}{number:02d}0"
            lines.append(f"  {code}|{task}|{days:g}|{share or ''}|{wait or last}")
            last = code
    return "\n".join(lines)


def road() -> str:
    """Return the sketch of a road that is widened and raised."""
    return _simple((
        ("A", "前期", (("征地拆迁与交通疏解", 60, 500, ""), ("管线迁改", 60, 380, "A010 SS+30"))),
        ("B", "地下管线", (("雨污水主管", 70, 520, "A020"), ("电力通信管廊", 60, 300, "B010 SS+30"))),
        ("C", "节点立交", (("桥梁下部结构", 80, 480, "A020"), ("桥梁上部结构", 80, 620, ""), ("匝道", 50, 280, ""))),
        ("D", "道路", (("西段路基", 60, 260, "B010"), ("东段路基", 60, 260, ""), ("西段基层与沥青面层", 50, 330, "D010,B020"),
                       ("东段基层与沥青面层", 50, 330, "D020,D030"), ("人行道与非机动车道", 50, 150, "D030"))),
        ("E", "附属与验收", (("照明与交通设施", 45, 200, "D040,C030"), ("绿化提升", 40, 120, "D050"),
                             ("交工验收整改", 15, 20, "E010,E020"), ("交工验收", 0, 0, ""))),
    ))  # fmt: skip


def river_bridge() -> str:
    """Return the sketch of a cable-stayed bridge over the river."""
    return _simple((
        ("A", "施工准备", (("栈桥与水上平台", 60, 420, ""), ("场站与预制场", 45, 180, "A010 SS"))),
        ("B", "基础", (("北岸主墩钢围堰与桩基", 80, 620, "A010"), ("南岸主墩钢围堰与桩基", 80, 620, "B010 SS+20"),
                       ("引桥桩基与承台", 90, 420, "A020"), ("主墩承台", 40, 330, "B010,B020"))),
        ("C", "塔柱", (("北塔下塔柱与横梁", 60, 330, "B040"), ("南塔下塔柱与横梁", 60, 330, "C010 SS+15"),
                       ("北塔上塔柱", 70, 360, "C010"), ("南塔上塔柱", 70, 360, "C020"), ("主塔封顶", 0, 0, "C030,C040"))),
        ("D", "主梁", (("引桥墩柱与箱梁", 120, 560, "B030"), ("北侧钢箱梁与斜拉索", 100, 980, "C030 SS+35"),
                       ("南侧钢箱梁与斜拉索", 100, 980, "C040 SS+35"), ("主跨合龙", 0, 0, "D020,D030"))),
        ("E", "桥面与验收", (("桥面铺装与伸缩缝", 40, 330, "D040,D010"), ("照明、健康监测与护栏", 45, 210, "D040"),
                             ("荷载试验", 15, 30, "E010"), ("交工验收", 0, 0, "E020,E030"))),
    ))  # fmt: skip


def metro_line() -> str:
    """Return the sketch of the first phase of a metro line: six stations, five drives, depot, systems."""
    stations = tuple(
        (f"{name}站土建", 220, 900, "A010" if not i else f"B{i:02d}0 SS+20")
        for i, name in enumerate(("江滨南", "师范学院", "奥体", "高新园", "云台", "北苑东"))
    )
    drives = tuple(
        (f"第{n}区间盾构", 120, 620, f"B{i:02d}0 SS+130" + (f",C{i - 1:02d}0 SS+25" if i > 1 else ""))
        for i, n in enumerate("一二三四五", 1)
    )
    return _simple((
        ("A", "前期工程", (("征地拆迁、管线迁改与绿化迁移", 80, 900, ""), ("勘察与施工图", 60, 260, "A010 SS"))),
        ("B", "车站", stations),
        ("C", "区间", drives),
        ("D", "车辆段", (("场坪与软基处理", 90, 320, "A010"), ("检修库与运用库", 160, 620, ""), ("综合楼", 120, 260, "D010"))),
        ("E", "轨道与系统", (("轨道铺设", 110, 620, "C050+10,D010"), ("供电与接触网", 110, 700, "E010 SS+40"),
                             ("信号与通信", 110, 720, "E010 SS+50"), ("车站机电与装修", 160, 980, "B060 SS+150"),
                             ("车辆购置与调试", 180, 1500, "D020 SS+60"))),
        ("F", "联调与验收", (("系统联调", 40, 120, "E020,E030,E040,E050,D030"), ("空载试运行", 30, 60, ""),
                             ("初期运营前验收", 0, 0, ""))),
    ))  # fmt: skip


def sewage_works() -> str:
    """Return the sketch of a sewage works that is enlarged while it runs."""
    return _simple((
        ("A", "施工准备", (("围挡、临建与老系统保护", 20, 60, ""), ("地基处理", 35, 220, ""))),
        ("B", "构筑物", (("粗格栅与提升泵房", 45, 260, "A020"), ("曝气沉砂池", 30, 130, "B010 SS+15"), ("生化池", 70, 620, "A020"),
                         ("二沉池", 55, 360, "B030 SS+35"), ("深度处理与滤池", 50, 330, "B040 SS+25"), ("接触消毒池", 30, 120, ""))),
        ("C", "设备与管线", (("工艺设备安装", 60, 620, "B030,B020,B010"), ("厂区管线", 60, 230, "B040 SS+30"),
                             ("变配电与自控", 55, 260, "C010 SS+20"), ("除臭系统", 30, 120, "C010 SS+30"))),
        ("D", "调试与验收", (("清水联动", 20, 30, "C010,C020,C030,C040,B060"), ("污泥培养与试运行", 40, 80, ""),
                             ("环保验收", 15, 10, ""), ("竣工验收", 0, 0, ""))),
    ))  # fmt: skip


def embankment() -> str:
    """Return the sketch of a river embankment: foot, wall, crest, greenway, in three stretches."""
    groups = []
    for letter, name in (("B", "上游段"), ("C", "中游段"), ("D", "下游段")):
        first = "A010" if letter == "B" else f"{chr(ord(letter) - 1)}010"
        groups.append((letter, name, (
            (f"{name}围堰与护脚抛石", 40, 230, first), (f"{name}挡墙与防渗墙", 60, 380, ""),
            (f"{name}堤身填筑与堤顶路", 50, 240, ""), (f"{name}绿道与亲水平台", 45, 160, ""),
        )))  # fmt: skip
    start = ("A", "施工准备", (("临时道路与料场", 25, 60, ""),))
    end = ("E", "闸站与验收", (("排涝闸站", 120, 420, "B020"), ("监测与亮化", 40, 110, "D040"),
                             ("完工验收", 12, 10, "E010,E020"), ("竣工验收", 0, 0, "")))  # fmt: skip
    return _simple((start, *groups, end))


def renewal() -> str:
    """Return the sketch of an old quarter that is renewed street by street."""
    return _simple((
        ("A", "前期", (("入户意愿征集与方案公示", 40, 60, ""), ("房屋安全鉴定", 30, 60, "A010 SS+15"), ("首批居民过渡安置", 30, 220, ""))),
        ("B", "基础设施", (("东片雨污分流与三线下地", 70, 320, "A030"), ("西片雨污分流与三线下地", 70, 320, ""))),
        ("C", "房屋", (("东片危旧房加固", 90, 420, "B010 SS+25"), ("西片危旧房加固", 90, 420, "B020 SS+25,C010"),
                       ("历史建筑修缮", 130, 520, "C010 SS+20"), ("临街立面整治", 80, 260, "C010"))),
        ("D", "公共空间", (("街巷铺装", 60, 210, "C020 SS+45,B020"), ("口袋公园与停车", 45, 180, "D010 SS+20"), ("社区服务用房", 80, 230, "C030 SS+60"))),
        ("E", "验收", (("居民回迁与综合验收", 25, 60, "D010,D020,D030,C040,C020"), ("竣工验收", 0, 0, ""))),
    ))  # fmt: skip


def park() -> str:
    """Return the sketch of a park that is renewed."""
    return _simple((
        ("A", "准备与水体", (("围挡与苗木保护", 15, 40, ""), ("湖底清淤", 45, 260, ""), ("生态驳岸", 50, 320, "A020 SS+20"))),
        ("B", "园路与建筑", (("园路与广场铺装", 60, 330, "A020"), ("木栈道与桥", 40, 180, "A030"), ("驿站与公厕", 60, 220, "B010 SS+10"))),
        ("C", "绿化与设施", (("乔木补植", 40, 260, "B010"), ("地被与花境", 40, 180, ""), ("智慧照明与监控", 40, 150, "B010 SS+30"))),
        ("D", "验收", (("竣工预验收", 10, 10, "B020,B030,C020,C030"), ("竣工验收、开园", 0, 0, ""))),
    ))  # fmt: skip


def pipes(kind: str) -> str:
    """Return the sketch of pipes that are laid anew, in four lots."""
    lots = tuple(
        (f"第{n}标段{kind}", 60, 300, "A020" if i == 1 else f"B{i - 1:02d}0 SS+40") for i, n in enumerate("一二三四", 1)
    )
    return _simple((
        ("A", "准备", (("管线物探与施工图", 30, 60, ""), ("占道审批与交通疏解", 25, 40, ""))),
        ("B", "管道敷设", lots),
        ("C", "附属与恢复", (("检查井与设备", 60, 220, "B020"), ("压力与闭水试验", 40, 60, "B040"), ("路面恢复", 60, 240, "B030,C010"))),
        ("D", "验收", (("系统通水（气）调试", 20, 20, "C020,C030"), ("竣工验收", 0, 0, ""))),
    ))  # fmt: skip


def siding() -> str:
    """Return the sketch of a railway siding to the harbour."""
    return _simple((
        ("A", "前期", (("征地拆迁", 60, 420, ""), ("既有线施工手续", 40, 60, "A010 SS"))),
        ("B", "路基桥涵", (("软基处理", 70, 420, "A010"), ("路基填筑", 80, 360, "B010 SS+40"), ("跨渠桥", 90, 430, "A010"), ("涵洞", 40, 120, "B010"))),
        ("C", "站场", (("装卸线与堆场", 90, 560, "B020"), ("信号楼与库房", 80, 210, "B020 SS+40"))),
        ("D", "轨道与四电", (("铺轨与道岔", 60, 430, "B020,B030,B040"), ("信号与通信", 60, 330, "D010 SS+25"), ("接触网与供电", 60, 300, "D010 SS+30"))),
        ("E", "验收", (("静态验收", 15, 20, "D020,D030,C010,C020"), ("联调联试", 20, 40, ""), ("开通", 0, 0, ""))),
    ))  # fmt: skip
