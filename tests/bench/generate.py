"""Models for the benchmark, written as text: fast, deterministic, the same on every machine.

`write_block` writes a block of flats and offices with as many elements as asked for; `repeat_building` writes a model
that holds the same building many times, each with GlobalIds of its own.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
BAY, HEIGHT = 6.0, 3.5
SHARED = ("IFCPROJECT", "IFCSITE")

HEADER = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('block.ifc','2026-01-01T00:00:00',('City Twin'),('City Twin'),'City Twin bench','City Twin bench','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
"""
FOOTER = "ENDSEC;\nEND-ISO-10303-21;\n"


def global_id(name: str) -> str:
    """Return a GlobalId that stands for `name` (128 bits of a hash in IFC's base 64).

    >>> len(global_id("wall 1")), global_id("wall 1") == global_id("wall 1")
    (22, True)
    """
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    letters = []
    for _ in range(22):
        number, digit = divmod(number, 64)
        letters.append(DIGITS[digit])
    return "".join(reversed(letters))


class Block:
    """A block in the making: lines of a STEP file."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.storey_members: dict[int, list[int]] = {}

    def put(self, text: str) -> int:
        """Add an entity; return its number."""
        self.lines.append(text)
        return len(self.lines)

    def rooted(self, ifc_class: str, name: str, rest: str) -> int:
        """Add an IfcRoot; `rest` is what follows its owner history."""
        return self.put(f"{ifc_class}('{global_id(f'{len(self.lines)} {name}')}',#5,{rest})")

    def frame(self) -> None:
        """Add project, units, contexts, site and building: entities 1 to 24."""
        self.put("IFCPERSON($,'Bench',$,$,$,$,$,$)")
        self.put("IFCORGANIZATION($,'City Twin',$,$,$)")
        self.put("IFCPERSONANDORGANIZATION(#1,#2,$)")
        self.put("IFCAPPLICATION(#2,'1','City Twin bench','bench')")
        self.put("IFCOWNERHISTORY(#3,#4,$,.ADDED.,$,$,$,1767196800)")
        self.put("IFCCARTESIANPOINT((0.,0.,0.))")
        self.put("IFCAXIS2PLACEMENT3D(#6,$,$)")
        self.put("IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#7,$)")
        self.put("IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Body','Model',*,*,*,*,#8,$,.MODEL_VIEW.,$)")
        self.put("IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.)")
        self.put("IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.)")
        self.put("IFCUNITASSIGNMENT((#10,#11))")
        self.rooted("IFCPROJECT", "project", "'Block',$,$,$,$,(#8),#12")
        self.put("IFCLOCALPLACEMENT($,#7)")
        self.rooted("IFCSITE", "site", "'Site',$,$,#14,$,$,.ELEMENT.,(22,32,24,0),(114,3,36,0),0.,$,$")
        self.put("IFCCARTESIANPOINT((0.,0.,0.))")
        self.put("IFCAXIS2PLACEMENT3D(#16,$,$)")
        self.put("IFCLOCALPLACEMENT(#14,#17)")
        self.rooted("IFCBUILDING", "building", "'Building',$,$,#18,$,$,.ELEMENT.,$,$,$")
        self.rooted("IFCRELAGGREGATES", "project-site", "$,$,#13,(#15)")
        self.rooted("IFCRELAGGREGATES", "site-building", "$,$,#15,(#19)")
        self.put("IFCDIRECTION((0.,0.,1.))")
        self.put("IFCDIRECTION((0.,1.,0.))")
        self.put("IFCDIRECTION((1.,0.,0.))")

    def storey(self, index: int) -> tuple[int, int]:
        """Add a storey; return its number and its placement's."""
        placement = self.place((0, 0, index * HEIGHT), 18)
        rest = f"'Level {index}',$,$,#{placement},$,$,.ELEMENT.,{index * HEIGHT}"
        storey = self.rooted("IFCBUILDINGSTOREY", f"storey {index}", rest)
        self.storey_members[storey] = []
        return storey, placement

    def point(self, *values: float) -> int:
        """Add a point, metres."""
        return self.put(f"IFCCARTESIANPOINT(({','.join(f'{value:.4f}' for value in values)}))")

    def place(self, at: tuple[float, float, float], within: int, turned: bool = False) -> int:
        """Add a local placement; `turned` turns x to y."""
        axes = "#22,#23" if turned else "$,$"
        return self.put(f"IFCLOCALPLACEMENT(#{within},#{self.put(f'IFCAXIS2PLACEMENT3D(#{self.point(*at)},{axes})')})")

    def solid(self, profile: int, depth: float) -> int:
        """Extrude a profile upwards; return its body representation."""
        solid = self.put(f"IFCEXTRUDEDAREASOLID(#{profile},#7,#22,{depth:.4f})")
        return self.put(f"IFCSHAPEREPRESENTATION(#9,'Body','SweptSolid',(#{solid}))")

    def rectangle(self, width: float, depth: float) -> int:
        """Add a rectangle whose corner is the origin."""
        middle = self.put(f"IFCAXIS2PLACEMENT2D(#{self.point(width / 2, depth / 2)},$)")
        return self.put(f"IFCRECTANGLEPROFILEDEF(.AREA.,$,#{middle},{width:.4f},{depth:.4f})")

    def element(self, ifc_class: str, name: str, placement: int, body: int, storey: int | None, tail: str = "") -> int:
        """Add an element with its body."""
        shape = self.put(f"IFCPRODUCTDEFINITIONSHAPE($,$,(#{body}))")
        made = self.rooted(ifc_class, name, f"'{name}',$,$,#{placement},#{shape},$,.NOTDEFINED.{tail}")
        if storey is not None:
            self.storey_members[storey].append(made)
        return made

    def properties(self, name: str, element: int, fire: str) -> None:
        """Give an element a property set of its own."""
        values = [
            self.put(f"IFCPROPERTYSINGLEVALUE('Reference',$,IFCLABEL('{name}'),$)"),
            self.put(f"IFCPROPERTYSINGLEVALUE('FireRating',$,IFCLABEL('{fire}'),$)"),
            self.put("IFCPROPERTYSINGLEVALUE('LoadBearing',$,IFCBOOLEAN(.T.),$)"),
        ]
        listed = ",".join(f"#{value}" for value in values)
        made = self.rooted("IFCPROPERTYSET", f"pset {name}", f"'Pset_Common',$,({listed})")
        self.rooted("IFCRELDEFINESBYPROPERTIES", f"has {name}", f"$,$,(#{element}),#{made}")

    def close(self) -> str:
        """Return the file."""
        storeys = ",".join(f"#{storey}" for storey in self.storey_members)
        self.rooted("IFCRELAGGREGATES", "building-storeys", f"$,$,#19,({storeys})")
        for storey, members in self.storey_members.items():
            listed = ",".join(f"#{member}" for member in members)
            self.rooted("IFCRELCONTAINEDINSPATIALSTRUCTURE", f"in {storey}", f"$,$,({listed}),#{storey}")
        body = "".join(f"#{number}={line};\n" for number, line in enumerate(self.lines, 1))
        return HEADER + body + FOOTER


def write_block(path: Path, elements: int = 5000) -> int:
    """Write a block of at least `elements` drawn elements; return how many it has.

    A storey is a grid of bays, each with a slab, two walls (one with a window in its opening), two columns, four pipes.
    """
    block = Block()
    block.frame()
    window = _window(block)
    column = block.rectangle(0.4, 0.4)
    ring = block.put("IFCAXIS2PLACEMENT2D(#" + str(block.point(0, 0)) + ",$)")
    pipe = block.put(f"IFCCIRCLEHOLLOWPROFILEDEF(.AREA.,$,#{ring},0.0550,0.0050)")
    count, level = 0, 0
    while count < elements:
        storey, placement = block.storey(level)
        for bay in range(50):
            if count >= elements:
                break
            at = (bay % 10 * BAY, bay // 10 * BAY)
            count += _bay(block, (storey, placement), (level, bay), at, (window, column, pipe))
        level += 1
    path.write_text(block.close(), encoding="ascii", newline="\n")
    return count


def _window(block: Block) -> int:
    """Add the shape that all windows share: a frame with a hole, and a pane."""
    outer = ",".join(f"#{block.point(*p)}" for p in ((0, 0), (1.8, 0), (1.8, 1.5), (0, 1.5), (0, 0)))
    inner = ",".join(
        f"#{block.point(*p)}" for p in ((0.06, 0.06), (1.74, 0.06), (1.74, 1.44), (0.06, 1.44), (0.06, 0.06))
    )
    curves = [block.put(f"IFCPOLYLINE(({points}))") for points in (outer, inner)]
    frame = block.put(f"IFCARBITRARYPROFILEDEFWITHVOIDS(.AREA.,$,#{curves[0]},(#{curves[1]}))")
    back = block.put("IFCDIRECTION((0.,-1.,0.))")
    upright = block.put(f"IFCAXIS2PLACEMENT3D(#{block.point(0, 0.04, 0)},#{back},#24)")
    solid = block.put(f"IFCEXTRUDEDAREASOLID(#{frame},#{upright},#22,0.0800)")
    thin = block.put(f"IFCAXIS2PLACEMENT3D(#{block.point(0.06, -0.01, 0.06)},$,$)")
    pane = block.put(f"IFCEXTRUDEDAREASOLID(#{block.rectangle(1.68, 0.02)},#{thin},#22,1.3800)")
    for item, colour, transparency in ((solid, "0.3,0.3,0.3", 0.0), (pane, "0.6,0.75,0.8", 0.6)):
        rgb = block.put(f"IFCCOLOURRGB($,{colour})")
        shading = block.put(f"IFCSURFACESTYLERENDERING(#{rgb},{transparency},$,$,$,$,$,$,.NOTDEFINED.)")
        style = block.put(f"IFCSURFACESTYLE($,.BOTH.,(#{shading}))")
        block.put(f"IFCSTYLEDITEM(#{item},(#{style}),$)")
    body = block.put(f"IFCSHAPEREPRESENTATION(#9,'Body','SweptSolid',(#{solid},#{pane}))")
    return block.put(f"IFCREPRESENTATIONMAP(#7,#{body})")


def _bay(
    block: Block,
    storey: tuple[int, int],
    where: tuple[int, int],
    at: tuple[float, float],
    shapes: tuple[int, int, int],
) -> int:
    (number, within), (level, bay), (x, y) = storey, where, at
    window, column, pipe = shapes
    label = f"{level}-{bay}"
    slab = block.solid(block.rectangle(BAY, BAY), 0.2)
    block.element("IFCSLAB", f"Slab {label}", block.place((x, y, -0.2), within), slab, number)
    for turned in (False, True):
        body = block.solid(block.rectangle(BAY - 0.4 - bay % 5 * 0.01, 0.2), HEIGHT - 0.2)
        placement = block.place((x + 0.4, y, 0) if not turned else (x + 0.2, y + 0.4, 0), within, turned)
        wall = block.element("IFCWALL", f"Wall {label}{'b' if turned else 'a'}", placement, body, number)
        block.properties(f"wall {label}{turned}", wall, "1.0h")
        if not turned:
            _opening(block, (wall, placement), label, number, window)
    for i in range(2):
        body = block.solid(column, HEIGHT - 0.2)
        made = block.element("IFCCOLUMN", f"Column {label}{i}", block.place((x + i * 3, y, 0), within), body, number)
        block.properties(f"column {label}{i}", made, "2.0h")
    for i in range(4):
        body = block.solid(pipe, HEIGHT - 0.4 - bay % 7 * 0.05)
        placement = block.place((x + 1 + i * 0.3, y + 0.5 + i * 0.1, 0.1), within)
        block.element("IFCPIPESEGMENT", f"Pipe {label}{i}", placement, body, number)
    return 10


def _opening(block: Block, host: tuple[int, int], label: str, storey: int, window: int) -> None:
    wall, within = host
    placement = block.place((1.5, -0.1, 0.9), within)
    body = block.solid(block.rectangle(1.8, 0.4), 1.5)
    hole = block.element("IFCOPENINGELEMENT", f"Opening {label}", placement, body, None)
    block.rooted("IFCRELVOIDSELEMENT", f"voids {label}", f"$,$,#{wall},#{hole}")
    target = block.put("IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#6,$,$)")
    item = block.put(f"IFCMAPPEDITEM(#{window},#{target})")
    mapped = block.put(f"IFCSHAPEREPRESENTATION(#9,'Body','MappedRepresentation',(#{item}))")
    place = block.place((0, 0.2, 0), placement)
    tail = ",$,$"
    shape = block.put(f"IFCPRODUCTDEFINITIONSHAPE($,$,(#{mapped}))")
    made = block.rooted(
        "IFCWINDOW", f"Window {label}", f"'Window {label}',$,$,#{place},#{shape},$,1.5,1.8,.NOTDEFINED.{tail}"
    )
    block.storey_members[storey].append(made)
    block.rooted("IFCRELFILLSELEMENT", f"fills {label}", f"$,$,#{hole},#{made}")


ENTITY = re.compile(r"^#(\d+)\s*=\s*(\w+)\((.*)\);\s*$", re.MULTILINE)
REFERENCE = re.compile(r"#(\d+)")
ROOT_ID = re.compile(r"^'([0-9A-Za-z_$]{22})'")


def repeat_building(source: Path, target: Path, copies: int, apart: float = 100.0) -> None:
    """Write `source` with all it holds but project and site `copies` times, `apart` metres from one another along x.

    Every copy has GlobalIds of its own.  The file must be one entity a line, with one IfcBuilding.
    """
    text = source.read_text(encoding="ascii")
    entities = {int(number): (name, rest) for number, name, rest in ENTITY.findall(text)}
    shared = _shared(entities)
    step = max(entities)
    moved = _origin_of_building(entities)
    with target.open("w", encoding="ascii", newline="\n") as file:
        file.write(text[: text.index("DATA;")] + "DATA;\n")
        for copy in range(copies):
            file.writelines(_copied(entities, shared if copy else set(), copy, step, moved, apart))
        file.write(FOOTER)


def _shared(entities: dict[int, tuple[str, str]]) -> set[int]:
    """Return what the project and the site need, and what relates only these."""
    pending = [number for number, (name, _) in entities.items() if name in SHARED]
    found: set[int] = set()
    while pending:
        number = pending.pop()
        if number not in found:
            found.add(number)
            pending += [int(reference) for reference in REFERENCE.findall(entities[number][1])]
    for number, (name, rest) in entities.items():
        if name == "IFCRELAGGREGATES" and all(int(reference) in found for reference in REFERENCE.findall(rest)):
            found.add(number)
    return found


def _origin_of_building(entities: dict[int, tuple[str, str]]) -> int:
    """Return the number of the point at which the building is placed."""

    def references(number: int) -> list[int]:
        return [int(reference) for reference in REFERENCE.findall(entities[number][1])]

    (building,) = (number for number, (name, _) in entities.items() if name == "IFCBUILDING")
    placement = next(number for number in references(building) if entities[number][0] == "IFCLOCALPLACEMENT")
    axes = references(placement)[-1]
    return references(axes)[0]


def _copied(
    entities: dict[int, tuple[str, str]], shared: set[int], copy: int, step: int, moved: int, apart: float
) -> Iterator[str]:
    def number_of(number: int) -> int:
        return number if number in shared else number + copy * step

    for number, (name, rest) in entities.items():
        if number in shared:
            continue
        stated = f"({copy * apart:.1f},0.,0.)" if number == moved else rest
        renumbered = REFERENCE.sub(lambda match: f"#{number_of(int(match[1]))}", stated)
        renamed = ROOT_ID.sub(lambda match: f"'{global_id(f'{copy} {match[1]}') if copy else match[1]}'", renumbered)
        yield f"#{number_of(number)}={name}({renamed});\n"
