"""市第三人民医院, services: an IFC4 file in metres without any georeference; it shares the architecture's frame.

Mains run along the podium's street and the tower's corridor, branches leave them to the rooms, risers stand in the
shaft of the western core.
"""

from itertools import pairwise
from pathlib import Path

from sample_data.hospital_faults import mep_faults
from sample_data.hospital_frame import AXIS, BASEMENT, FLOORS, Floor, begin
from sample_data.hospital_plant import plant
from sample_data.hospital_services import DIFFUSER, GRILLE, HEAD, LAMP, Layers, Services, layers
from sample_data.writer import Point

STREET, WARD = "街", "病区"
# Middles of the mains across their corridor; half widths of the ducts and trays, radii of the pipes.
LANES = {
    STREET: {
        "送风": (34.2, 0.5),
        "桥架": (36.2, 0.2),
        "给水": (37.2, 0.05),
        "喷淋": (37.8, 0.075),
        "排风": (39.2, 0.4),
    },
    WARD: {"送风": (57.6, 0.3), "桥架": (58.25, 0.15), "给水": (58.6, 0.04), "喷淋": (58.8, 0.06), "排风": (59.2, 0.2)},
}
BREAKS = {STREET: (30.0, AXIS[3], AXIS[5], AXIS[7], 100.0), WARD: (38.6, AXIS[4], AXIS[6], 91.4)}
NAMES = {"送风": "送风干管", "排风": "排风干管", "给水": "给水干管", "喷淋": "喷淋干管", "桥架": "桥架干线"}
# Along a bay, from its western axis: where branches leave.
SUPPLY, EXHAUST, SPRAY, SECOND = 1.6, 3.2, 2.4, 6.3
RISERS = {"送风": (43.1, 43.9), "排风": (44.1, 44.6), "给水": (44.85, 0.05), "喷淋": (45.1, 0.08), "桥架": (45.3, 45.6)}
RISER_Y = 60.95


def write(path: Path) -> None:
    """Write the file."""
    p = begin("机电")
    s = Services(p)
    for floor in FLOORS:
        if floor.podium:
            _mains(s, floor, STREET)
            _street(s, floor)
        _mains(s, floor, WARD)
        _ward(s, floor)
        _risers(s, floor)
        if 1 <= floor.index <= 4:
            _links(s, floor)
    plant(s)
    mep_faults(s)
    s.groups()
    p.w.save(path)


def _mains(s: Services, floor: Floor, where: str) -> None:
    at = layers(floor)
    for system, (y, half) in LANES[where].items():
        if where == STREET and floor is BASEMENT and system not in {"喷淋", "桥架"}:
            continue
        for i, (x0, x1) in enumerate(pairwise(BREAKS[where]), 1):
            name = f"{floor.name}{NAMES[system]} {where}{i}"
            if system == "桥架":
                s.tray(name, floor, (x0, y - half, at.tray[0]), (x1, y + half, at.tray[1]))
            elif system in {"给水", "喷淋"}:
                s.pipe(name, floor, (x0, y, at.pipe), (x1, y, at.pipe), half, system)
            else:
                s.duct(name, floor, (x0, y - half, at.main[0]), (x1, y + half, at.main[1]), system)


def _branch(s: Services, floor: Floor, system: str, label: str, x: float, ends: Point, where: str) -> None:
    """Lead a duct from a main to y `ends[1]` in the layer below; a neck joins it to the main, an outlet ends it."""
    at, (start, stop), half = layers(floor), ends, 0.2 if system == "送风" else 0.15
    low, high = min(start, stop), max(start, stop)
    name = f"{floor.name}{system}支管 {label}"
    s.duct(name, floor, (x - half, low, at.branch[0]), (x + half, high, at.branch[1]), system)
    middle = LANES[where][system][0]
    low_, high_ = (x - 0.12, middle - 0.12, at.branch[1]), (x + 0.12, middle + 0.12, at.main[0])
    s.duct(f"{name} 接头", floor, low_, high_, system, fitting=True)
    inward = 0.4 if stop > start else -0.4
    look = DIFFUSER if system == "送风" else GRILLE
    use = "DIFFUSER" if system == "送风" else "GRILLE"
    place = (x, round(stop - inward, 3), floor.ceiling)
    s.box("IfcAirTerminal", f"{floor.name}{system}口 {label}", floor, place, system, use, look)


def _spray(s: Services, floor: Floor, label: str, x: float, stop: float, where: str, opposite: bool = False) -> None:
    """Lead a sprinkler branch from the main to y = `stop`, a head every three to four metres.

    opposite : another branch leaves the main to the north of it and joins both to it
    """
    at: Layers = layers(floor)
    start = LANES[where]["喷淋"][0]
    low, high = min(start, stop), max(start, stop)
    name = f"{floor.name}喷淋支管 {label}"
    s.pipe(name, floor, (x, low, at.cross), (x, high, at.cross), 0.02, "喷淋")
    if stop > start or not opposite:
        foot, top = at.cross + 0.02, at.pipe - LANES[where]["喷淋"][1]  # from the branch's top to the main's underside
        s.pipe(f"{name} 立管", floor, (x, start, foot), (x, start, top), 0.02, "喷淋")
    step = 3.6 if stop > start else -3.6
    for i in range(max(1, int(abs(stop - start) / 3.6))):
        place = (x, round(stop - (0.3 if step > 0 else -0.3) - i * step, 3), floor.ceiling)
        s.box(
            "IfcFireSuppressionTerminal", f"{floor.name}喷头 {label}-{i + 1}", floor, place, "喷淋", "SPRINKLER", HEAD
        )


def _street(s: Services, floor: Floor) -> None:
    """Branches of the podium's street: rooms to the south of it but for the atrium, rooms to the north."""
    for n in range(1, 9):
        x = AXIS[n]
        south, north = n in {1, 2, 7, 8}, 2 <= n <= 7
        if floor.index and south:
            _branch(s, floor, "送风", f"南 {n}", x + SUPPLY - 0.5, (34.2, 27.6), STREET)
        if floor.index and north:
            _branch(s, floor, "送风", f"北 {n}", x + SUPPLY, (34.2, 46.2), STREET)
            _branch(s, floor, "排风", f"北 {n}", x + EXHAUST, (39.2, 44.6), STREET)
        if south or not floor.index:
            _spray(s, floor, f"南 {n}", x + SPRAY, 27.0, STREET, north)
        if north:
            _spray(s, floor, f"北 {n}", x + SPRAY, 47.0, STREET)
        for label, y in (("街", 35.4), ("北", 44.0)) if north else (("街", 35.4),):
            place = (x + 4.5, y, floor.ceiling)
            s.box("IfcLightFixture", f"{floor.name}灯 {label} {n}", floor, place, "照明", "DIRECTIONSOURCE", LAMP)
    if floor.index:
        _tap(s, floor, AXIS[2] + 5.2, (37.2, 48.0), STREET)


def _tap(s: Services, floor: Floor, x: float, ends: Point, where: str) -> None:
    """Lead water from a main to a wet room and down its wall."""
    at, (start, stop) = layers(floor), ends
    name, radius = f"{floor.name}给水支管 {where}", 0.025
    s.pipe(name, floor, (x, start, at.cross), (x, stop, at.cross), radius, "给水")
    foot, top = at.cross + radius, at.pipe - LANES[where]["给水"][1]
    s.pipe(f"{name} 接管", floor, (x, start, foot), (x, start, top), radius, "给水")
    s.pipe(f"{floor.name}给水立支管 {where}", floor, (x, stop, 0.5), (x, stop, at.cross - radius), 0.02, "给水")


def _ward(s: Services, floor: Floor) -> None:
    """Branches of the tower's corridor: wards to the south, rooms between the cores to the north."""
    for n in range(2, 8):
        x, between = AXIS[n], n in {3, 5, 6}
        if floor.index:
            _branch(s, floor, "送风", f"病区南 {n}a", x + SUPPLY, (57.6, 52.4), WARD)
            if not floor.podium:
                _branch(s, floor, "送风", f"病区南 {n}b", x + SECOND, (57.6, 52.4), WARD)
            if between:
                _branch(s, floor, "排风", f"病区北 {n}", x + EXHAUST, (59.2, 62.4), WARD)
            _spray(s, floor, f"病区南 {n}", x + SPRAY, 51.4, WARD, between)
            if between:
                _spray(s, floor, f"病区北 {n}", x + SPRAY, 65.0, WARD)
        place = (x + 4.5, 58.0, floor.ceiling)
        s.box("IfcLightFixture", f"{floor.name}灯 病区 {n}", floor, place, "照明", "DIRECTIONSOURCE", LAMP)
    if floor.index:
        _tap(s, floor, 80.5, (58.6, 62.0), WARD)


def _risers(s: Services, floor: Floor) -> None:
    """What stands in the shaft, from floor to floor, and how it joins the corridor's mains."""
    at, top = layers(floor), floor.under if floor is FLOORS[-1] else floor.height
    (d0, d1), lanes, y = at.branch, LANES[WARD], RISER_Y
    for system in ("送风", "排风"):
        x0, x1 = RISERS[system]
        s.duct(f"{floor.name}{system}立管", floor, (x0, y - 0.25, 0.0), (x1, y + 0.25, top), system)
        start = lanes[system][0]
        s.duct(f"{floor.name}{system}立管接管", floor, (x0, start, d0), (x1, y - 0.25, d1), system)
        neck = (x0 + 0.1, start - 0.15, d1), (x1 - 0.1, start + 0.15, at.main[0])
        s.duct(f"{floor.name}{system}立管接头", floor, *neck, system, fitting=True)
    for system in ("给水", "喷淋"):
        x, radius = RISERS[system]
        start, main = lanes[system]
        s.pipe(f"{floor.name}{system}立管", floor, (x, y, 0.0), (x, y, top), radius, system)
        s.pipe(f"{floor.name}{system}立管接管", floor, (x, start, at.cross), (x, y - radius, at.cross), 0.025, system)
        ends = (x, start, at.cross + 0.025), (x, start, at.pipe - main)
        s.pipe(f"{floor.name}{system}立管接头", floor, *ends, 0.025, system)
    x0, x1 = RISERS["桥架"]
    start = lanes["桥架"][0]
    s.tray(f"{floor.name}桥架立管", floor, (x0, y - 0.1, 0.0), (x1, y, top))
    s.tray(f"{floor.name}桥架接线", floor, (x0, start, d1 - 0.1), (x1, y - 0.1, d1))
    s.tray(f"{floor.name}桥架接头", floor, (x0, start - 0.1, d1), (x1, start + 0.1, at.tray[0]))


def _links(s: Services, floor: Floor) -> None:
    """How the street's mains are fed from the tower's corridor, in the layers below them."""
    at = layers(floor)
    (d0, d1), (street, ward) = at.branch, (LANES[STREET], LANES[WARD])
    for system, x, half in (("送风", 46.1, 0.25), ("排风", AXIS[6] + 4.9, 0.2)):
        low, high = (x - half, street[system][0], d0), (x + half, ward[system][0], d1)
        s.duct(f"{floor.name}{system}联络管", floor, low, high, system)
        for i, lane in enumerate((street, ward), 1):
            y = lane[system][0]
            neck = (x - 0.15, y - 0.15, d1), (x + 0.15, y + 0.15, at.main[0])
            s.duct(f"{floor.name}{system}联络管接头 {i}", floor, *neck, system, fitting=True)
    for system, x in (("喷淋", AXIS[6] + 4.6), ("给水", AXIS[6] + 5.1)):
        y0, y1 = street[system][0], ward[system][0]
        s.pipe(f"{floor.name}{system}联络管", floor, (x, y0, at.cross), (x, y1, at.cross), 0.03, system)
        for i, (y, main) in enumerate((street[system], ward[system]), 1):
            ends = (x, y, at.cross + 0.03), (x, y, at.pipe - main)
            s.pipe(f"{floor.name}{system}联络管接头 {i}", floor, *ends, 0.03, system)
    x0, x1 = AXIS[6] + 3.9, AXIS[6] + 4.2
    y0, y1 = street["桥架"][0], ward["桥架"][0]
    s.tray(f"{floor.name}桥架联络段", floor, (x0, y0, d1 - 0.1), (x1, y1, d1))
    for i, y in enumerate((y0, y1), 1):
        s.tray(f"{floor.name}桥架联络段接头 {i}", floor, (x0, y - 0.1, d1), (x1, y + 0.1, at.tray[0]))
