"""A scene as one page that needs no network: deck.gl packed into it, the scene's JSON, a legend.

pydeck's own page asks five other servers for style sheets and scripts even when it is told to be offline, and carries
deck.gl unpacked in every copy: four megabytes for every cell of a notebook instead of one and a half.
"""

import base64
import gzip
import html
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from twin.judgement.legend import Entry
from twin.values.sentence import in_language

VIEWPORT = (1280.0, 720.0)  # pixels that a scene is fitted to; whoever shows it fits it to its own window
GROUND = "#f1f3f2"  # the page's own bare ground
OWN_LAYERS = ["BimTilesLayer"]  # which deck.gl does not bring

# Marks of lights, in a field of 12 by 12.
SHAPES = {
    "circle": '<circle cx="6" cy="6" r="5" fill="{colour}"/>',
    "triangle": '<path d="M6 .8L11.6 11H.4z" fill="{colour}"/>',
    "square": '<path d="M1.2 1.2h9.6v9.6H1.2z" fill="{colour}"/>',
    "ring": '<circle cx="6" cy="6" r="4.3" fill="#fff" stroke="{colour}" stroke-width="2.4"/>',
    "": '<rect x="1" y="1" width="10" height="10" rx="2" fill="{colour}"/>',
}

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
html, body, #deck {{ width: 100%; height: 100%; margin: 0; overflow: hidden; background: {ground}; }}
body {{ font: 13px/1.45 "Noto Sans SC", system-ui, sans-serif; color: #1d2529; }}
#legend {{ position: absolute; left: 12px; bottom: 12px; margin: 0; padding: 8px 12px; list-style: none;
  background: rgb(255 255 255 / 95%); border: 1px solid #dfe3e1; border-radius: 8px; z-index: 2;
  pointer-events: none; }}
#legend li {{ display: flex; align-items: center; gap: 7px; font-size: 12px; }}
#legend li.head {{ font-weight: 600; }}
</style>
</head>
<body>
<div id="deck"></div>
{legend}
<script type="application/json" id="scene">{scene}</script>
<script>
// Layers of a running server; without it the rest of the scene is shown.
const classesOf = async (libraries) => {{
  for (const {{ resourceUri }} of libraries) {{
    await new Promise((done) => {{
      const script = document.createElement("script");
      Object.assign(script, {{ src: resourceUri, onload: done, onerror: done }});
      document.head.append(script);
    }});
  }}
  return Object.assign({{}}, ...libraries.map(({{ libraryName }}) => window[libraryName]));
}};
(async () => {{
  const packed = Uint8Array.from(atob("{program}"), (c) => c.charCodeAt(0));
  const program = document.createElement("script");
  program.text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  document.head.append(program);
  const jsonInput = JSON.parse(document.getElementById("scene").textContent);
  // The scene was fitted to a window of {width} by {height}: fit it to this one.
  jsonInput.initialViewState.zoom += Math.log2(Math.min(innerWidth / {width}, innerHeight / {height}));
  const configuration = {{ classes: await classesOf({libraries}) }};
  const drawn = (type) => !{own}.includes(type) || configuration.classes[type];
  jsonInput.layers = jsonInput.layers.filter((layer) => drawn(layer["@@type"]));
  createDeck({{ container: document.getElementById("deck"), jsonInput, tooltip: {tooltip}, configuration }});
}})();
</script>
</body>
</html>
"""


def mark_svg(shape: str, colour: str, size: int = 12) -> str:
    """Return the mark of a light or, for no shape, of a class, as SVG text `size` pixels wide.

    >>> mark_svg("", "#009e73")[:60]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" '
    """
    body = SHAPES.get(shape, SHAPES[""]).format(colour=colour)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" width="{size}" height="{size}">{body}</svg>'


def scene_page(
    scene: str,
    program: str,
    *,
    tooltip: str,
    title: str,
    entries: Sequence[Entry],
    language: str,
    libraries: Sequence[Mapping[str, str]] = (),
) -> str:
    """Return the page.

    scene : the scene's JSON; program : the text of deck.gl's script; tooltip : JSON, or "true"
    entries : of the legend; none: no legend is drawn
    libraries : scripts with more layers, as `pydeck.settings.custom_libraries` lists them
    """
    return _PAGE.format(
        language="zh-CN" if language == "zh" else language,
        title=html.escape(title),
        ground=GROUND,
        legend=_legend(title, entries, language),
        # Names come from files that strangers wrote: none may end the script.
        scene=scene.replace("<", "\\u003c"),
        program=_packed(program),
        tooltip=tooltip.replace("<", "\\u003c"),
        libraries=json.dumps(list(libraries)).replace("<", "\\u003c"),
        own=json.dumps(OWN_LAYERS),
        width=VIEWPORT[0],
        height=VIEWPORT[1],
    )


def frame(page: str, width: str | int, height: int) -> str:
    """Return a page as a frame for the cell of a notebook."""
    return (
        f'<iframe width="{width}" height="{height}" frameborder="0" style="border: 0"'
        f' srcdoc="{html.escape(page)}"></iframe>'
    )


def _legend(title: str, entries: Sequence[Entry], language: str) -> str:
    if not entries:
        return ""
    rows = [
        f"<li>{mark_svg(entry.shape, entry.colour)}{html.escape(in_language(entry.label, language))}</li>"
        for entry in entries
    ]
    return f'<ul id="legend"><li class="head">{html.escape(title)}</li>{"".join(rows)}</ul>'


@lru_cache(maxsize=1)
def _packed(program: str) -> str:
    return base64.b64encode(gzip.compress(program.encode(), 9, mtime=0)).decode()
