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
    for number, name in enumerate(
        ("第一层土方与冠梁、混凝土支撑", "第二层土方与钢支撑", "第三层土方与钢支撑", "坑底土方与垫层"), 1
    ):
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
    houses = (
        ("10", "送水泵房"),
        ("20", "加药间"),
        ("30", "变配电间"),
        ("40", "污泥脱水机房"),
        ("50", "综合楼"),
        ("60", "门卫"),
    )
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


def road() -> str:
    """Return the sketch of a road that is widened and raised."""
    return """
A|前期
  A010|征地拆迁与交通疏解|60|500
  A020|管线迁改|60|380|A010 SS+30
B|地下管线
  B010|雨污水主管|70|520|A020
  B020|电力通信管廊|60|300|B010 SS+30
C|节点立交
  C010|桥梁下部结构|80|480|A020
  C020|桥梁上部结构|80|620|C010
  C030|匝道|50|280|C020
D|道路
  D010|西段路基|60|260|B010
  D020|东段路基|60|260|D010
  D030|西段基层与沥青面层|50|330|D010,B020
  D040|东段基层与沥青面层|50|330|D020,D030
  D050|人行道与非机动车道|50|150|D030
E|附属与验收
  E010|照明与交通设施|45|200|D040,C030
  E020|绿化提升|40|120|D050
  E030|交工验收整改|15|20|E010,E020
  E040|交工验收|0||E030
"""


def river_bridge() -> str:
    """Return the sketch of a cable-stayed bridge over the river."""
    return """
A|施工准备
  A010|栈桥与水上平台|60|420
  A020|场站与预制场|45|180|A010 SS
B|基础
  B010|北岸主墩钢围堰与桩基|80|620|A010
  B020|南岸主墩钢围堰与桩基|80|620|B010 SS+20
  B030|引桥桩基与承台|90|420|A020
  B040|主墩承台|40|330|B010,B020
C|塔柱
  C010|北塔下塔柱与横梁|60|330|B040
  C020|南塔下塔柱与横梁|60|330|C010 SS+15
  C030|北塔上塔柱|70|360|C010
  C040|南塔上塔柱|70|360|C020
  C050|主塔封顶|0||C030,C040
D|主梁
  D010|引桥墩柱与箱梁|120|560|B030
  D020|北侧钢箱梁与斜拉索|100|980|C030 SS+35
  D030|南侧钢箱梁与斜拉索|100|980|C040 SS+35
  D040|主跨合龙|0||D020,D030
E|桥面与验收
  E010|桥面铺装与伸缩缝|40|330|D040,D010
  E020|照明、健康监测与护栏|45|210|D040
  E030|荷载试验|15|30|E010
  E040|交工验收|0||E020,E030
"""


def metro_line() -> str:
    """Return the sketch of the first phase of a metro line: six stations, five drives, depot, systems."""
    return """
A|前期工程
  A010|征地拆迁、管线迁改与绿化迁移|80|900
  A020|勘察与施工图|60|260|A010 SS
B|车站
  B010|江滨南站土建|220|900|A010
  B020|师范学院站土建|220|900|B010 SS+20
  B030|奥体站土建|220|900|B020 SS+20
  B040|高新园站土建|220|900|B030 SS+20
  B050|云台站土建|220|900|B040 SS+20
  B060|北苑东站土建|220|900|B050 SS+20
C|区间
  C010|第一区间盾构|120|620|B010 SS+130
  C020|第二区间盾构|120|620|B020 SS+130,C010 SS+25
  C030|第三区间盾构|120|620|B030 SS+130,C020 SS+25
  C040|第四区间盾构|120|620|B040 SS+130,C030 SS+25
  C050|第五区间盾构|120|620|B050 SS+130,C040 SS+25
D|车辆段
  D010|场坪与软基处理|90|320|A010
  D020|检修库与运用库|160|620|D010
  D030|综合楼|120|260|D010
E|轨道与系统
  E010|轨道铺设|110|620|C050+10,D010
  E020|供电与接触网|110|700|E010 SS+40
  E030|信号与通信|110|720|E010 SS+50
  E040|车站机电与装修|160|980|B060 SS+150
  E050|车辆购置与调试|180|1500|D020 SS+60
F|联调与验收
  F010|系统联调|40|120|E020,E030,E040,E050,D030
  F020|空载试运行|30|60|F010
  F030|初期运营前验收|0||F020
"""


def sewage_works() -> str:
    """Return the sketch of a sewage works that is enlarged while it runs."""
    return """
A|施工准备
  A010|围挡、临建与老系统保护|20|60
  A020|地基处理|35|220|A010
B|构筑物
  B010|粗格栅与提升泵房|45|260|A020
  B020|曝气沉砂池|30|130|B010 SS+15
  B030|生化池|70|620|A020
  B040|二沉池|55|360|B030 SS+35
  B050|深度处理与滤池|50|330|B040 SS+25
  B060|接触消毒池|30|120|B050
C|设备与管线
  C010|工艺设备安装|60|620|B030,B020,B010
  C020|厂区管线|60|230|B040 SS+30
  C030|变配电与自控|55|260|C010 SS+20
  C040|除臭系统|30|120|C010 SS+30
D|调试与验收
  D010|清水联动|20|30|C010,C020,C030,C040,B060
  D020|污泥培养与试运行|40|80|D010
  D030|环保验收|15|10|D020
  D040|竣工验收|0||D030
"""


def embankment() -> str:
    """Return the sketch of a river embankment: foot, wall, crest, greenway, in three stretches."""
    return """
A|施工准备
  A010|临时道路与料场|25|60
B|上游段
  B010|上游段围堰与护脚抛石|40|230|A010
  B020|上游段挡墙与防渗墙|60|380|B010
  B030|上游段堤身填筑与堤顶路|50|240|B020
  B040|上游段绿道与亲水平台|45|160|B030
C|中游段
  C010|中游段围堰与护脚抛石|40|230|B010
  C020|中游段挡墙与防渗墙|60|380|C010
  C030|中游段堤身填筑与堤顶路|50|240|C020
  C040|中游段绿道与亲水平台|45|160|C030
D|下游段
  D010|下游段围堰与护脚抛石|40|230|C010
  D020|下游段挡墙与防渗墙|60|380|D010
  D030|下游段堤身填筑与堤顶路|50|240|D020
  D040|下游段绿道与亲水平台|45|160|D030
E|闸站与验收
  E010|排涝闸站|120|420|B020
  E020|监测与亮化|40|110|D040
  E030|完工验收|12|10|E010,E020
  E040|竣工验收|0||E030
"""


def renewal() -> str:
    """Return the sketch of an old quarter that is renewed street by street."""
    return """
A|前期
  A010|入户意愿征集与方案公示|40|60
  A020|房屋安全鉴定|30|60|A010 SS+15
  A030|首批居民过渡安置|30|220|A020
B|基础设施
  B010|东片雨污分流与三线下地|70|320|A030
  B020|西片雨污分流与三线下地|70|320|B010
C|房屋
  C010|东片危旧房加固|90|420|B010 SS+25
  C020|西片危旧房加固|90|420|B020 SS+25,C010
  C030|历史建筑修缮|130|520|C010 SS+20
  C040|临街立面整治|80|260|C010
D|公共空间
  D010|街巷铺装|60|210|C020 SS+45,B020
  D020|口袋公园与停车|45|180|D010 SS+20
  D030|社区服务用房|80|230|C030 SS+60
E|验收
  E010|居民回迁与综合验收|25|60|D010,D020,D030,C040,C020
  E020|竣工验收|0||E010
"""


def park() -> str:
    """Return the sketch of a park that is renewed."""
    return """
A|准备与水体
  A010|围挡与苗木保护|15|40
  A020|湖底清淤|45|260|A010
  A030|生态驳岸|50|320|A020 SS+20
B|园路与建筑
  B010|园路与广场铺装|60|330|A020
  B020|木栈道与桥|40|180|A030
  B030|驿站与公厕|60|220|B010 SS+10
C|绿化与设施
  C010|乔木补植|40|260|B010
  C020|地被与花境|40|180|C010
  C030|智慧照明与监控|40|150|B010 SS+30
D|验收
  D010|竣工预验收|10|10|B020,B030,C020,C030
  D020|竣工验收、开园|0||D010
"""


def pipes(kind: str) -> str:
    """Return the sketch of pipes that are laid anew, in four lots."""
    return f"""
A|准备
  A010|管线物探与施工图|30|60
  A020|占道审批与交通疏解|25|40|A010
B|管道敷设
  B010|第一标段{kind}|60|300|A020
  B020|第二标段{kind}|60|300|B010 SS+40
  B030|第三标段{kind}|60|300|B020 SS+40
  B040|第四标段{kind}|60|300|B030 SS+40
C|附属与恢复
  C010|检查井与设备|60|220|B020
  C020|压力与闭水试验|40|60|B040
  C030|路面恢复|60|240|B030,C010
D|验收
  D010|系统通水（气）调试|20|20|C020,C030
  D020|竣工验收|0||D010
"""


def siding() -> str:
    """Return the sketch of a railway siding to the harbour."""
    return """
A|前期
  A010|征地拆迁|60|420
  A020|既有线施工手续|40|60|A010 SS
B|路基桥涵
  B010|软基处理|70|420|A010
  B020|路基填筑|80|360|B010 SS+40
  B030|跨渠桥|90|430|A010
  B040|涵洞|40|120|B010
C|站场
  C010|装卸线与堆场|90|560|B020
  C020|信号楼与库房|80|210|B020 SS+40
D|轨道与四电
  D010|铺轨与道岔|60|430|B020,B030,B040
  D020|信号与通信|60|330|D010 SS+25
  D030|接触网与供电|60|300|D010 SS+30
E|验收
  E010|静态验收|15|20|D020,D030,C010,C020
  E020|联调联试|20|40|E010
  E030|开通|0||E020
"""
