"""BCF 2.0 as BCF 2.1: what moved or got another name, in the XML tree.

Statuses of comments and the thread of replies, which 2.1 has no place for, are left out and told.
"""

from xml.etree.ElementTree import Element, SubElement

RENAMED = {"DocumentReferences": "DocumentReference", "RelatedTopics": "RelatedTopic"}
NO = ("false", "0")


def markup_of_2_0(markup: Element) -> None:
    """Change a markup in place."""
    for topic in markup.iter("Topic"):
        for child in topic:
            child.tag = RENAMED.get(child.tag, child.tag)


def viewpoint_of_2_0(info: Element) -> None:
    """Change a viewpoint in place: 2.0 says of each component whether it is selected, visible and coloured."""
    for bitmaps in info.findall("Bitmaps"):
        bitmaps.tag = "Bitmap"
    old = info.find("Components")
    if old is None or old.find("Component") is None:
        return
    components = old.findall("Component")
    old[:] = []
    chosen = [c for c in components if c.get("Selected", "false").strip().lower() not in NO]
    seen = [c for c in components if c.get("Visible", "true").strip().lower() not in NO]
    hidden = [c for c in components if c.get("Visible", "true").strip().lower() in NO]
    if chosen:
        SubElement(old, "Selection").extend(map(_named, chosen))
    # with hidden ones all others are seen, else only those that are listed
    visibility = SubElement(old, "Visibility", {"DefaultVisibility": "true" if hidden else "false"})
    SubElement(visibility, "Exceptions").extend(map(_named, hidden or seen))
    colors: dict[str, list[Element]] = {}
    for component in components:
        if component.get("Color"):
            colors.setdefault(component.get("Color", ""), []).append(component)
    if colors:
        coloring = SubElement(old, "Coloring")
        for color, painted in colors.items():
            SubElement(coloring, "Color", {"Color": color}).extend(map(_named, painted))


def _named(component: Element) -> Element:
    """Return a component by its names only."""
    guid = component.get("IfcGuid")
    copy = Element("Component", {"IfcGuid": guid} if guid else {})
    copy.extend(child for child in component if child.tag in ("OriginatingSystem", "AuthoringToolId"))
    return copy
