"""A small IFC file written as text, for tests that need one particular oddity."""

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
DATA;
#1=IFCPROJECT('0proj00000000000000001',$,'Project',$,$,$,$,(#5),#2);
#2=IFCUNITASSIGNMENT((#3));
#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#4=IFCAXIS2PLACEMENT3D(#6,$,$);
#5=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#4,$);
#6=IFCCARTESIANPOINT((0.,0.,0.));
#7=IFCLOCALPLACEMENT($,#4);
#8=IFCSITE('0site00000000000000001',$,'Site',$,$,#7,$,$,.ELEMENT.,(31,12,0),(121,30,0),4.,$,$);
#9=IFCRELAGGREGATES('0rela00000000000000001',$,$,$,#1,(#8));
"""
TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"


def box(
    first: int, global_id: str, name: str = "'Box'", ifc_class: str = "IFCBUILDINGELEMENTPROXY", at: float = 0.0
) -> str:
    """Return the lines of an element that is a 1 m × 2 m × 3 m box; it uses the numbers first to first + 9."""
    n = list(range(first, first + 10))
    return f"""#{n[0]}={ifc_class}({global_id},$,{name},$,$,#{n[1]},#{n[4]},$,$);
#{n[1]}=IFCLOCALPLACEMENT($,#{n[2]});
#{n[2]}=IFCAXIS2PLACEMENT3D(#{n[3]},$,$);
#{n[3]}=IFCCARTESIANPOINT(({at},0.,0.));
#{n[4]}=IFCPRODUCTDEFINITIONSHAPE($,$,(#{n[5]}));
#{n[5]}=IFCSHAPEREPRESENTATION(#5,'Body','SweptSolid',(#{n[6]}));
#{n[6]}=IFCEXTRUDEDAREASOLID(#{n[7]},#4,#{n[8]},3.);
#{n[7]}=IFCRECTANGLEPROFILEDEF(.AREA.,$,#{n[9]},1.,2.);
#{n[8]}=IFCDIRECTION((0.,0.,1.));
#{n[9]}=IFCAXIS2PLACEMENT2D(#{n[9]}0,$);
#{n[9]}0=IFCCARTESIANPOINT((0.,0.));
"""


def model(*parts: str, schema: str = "IFC4") -> bytes:
    """Return a whole file with `parts` in its data section."""
    return (HEAD.format(schema=schema) + "".join(parts) + TAIL).encode("utf-8", "surrogateescape")
