"""What a page holds on the GPU, and a flight over everything: for the tests of the engine and for the bench."""

# Put before every script of a page: bytes of buffers, textures and renderbuffers that are alive in all WebGL contexts.
COUNTER = """
(() => {
  const held = new Map();
  const sum = () => { let all = 0; for (const bytes of held.values()) all += bytes; return all; };
  const proto = WebGL2RenderingContext.prototype;
  const wrap = (name, after) => {
    const old = proto[name];
    proto[name] = function (...a) { const r = old.apply(this, a); after.call(this, a, r); return r; };
  };
  const bound = (gl, what) => gl.getParameter(what);
  const size = (v) => (typeof v === "number" ? v : v ? v.byteLength : 0);
  wrap("bufferData", function (a) {
    // what is bound to a target is asked for by another name
    const names = { 34962: 34964, 34963: 34965, 35345: 35368, 36662: 36662, 36663: 36663, 35051: 35053, 35052: 35055 };
    const key = names[a[0]];
    const buffer = key && bound(this, key);
    if (buffer) held.set(buffer, size(a[1]));
  });
  wrap("deleteBuffer", function (a) { held.delete(a[0]); });
  const texel = (gl, bytes) => {
    const texture = bound(gl, 32873);
    if (texture) held.set(texture, Math.max(held.get(texture) ?? 0, bytes));
  };
  wrap("texStorage2D", function (a) { if (a[0] === 3553) texel(this, a[3] * a[4] * 4); });
  wrap("texImage2D", function (a) {
    const source = a[a.length - 1];
    if (a[0] === 3553) texel(this, (a.length > 6 ? a[3] * a[4] : (source.width ?? 0) * (source.height ?? 0)) * 4);
  });
  wrap("deleteTexture", function (a) { held.delete(a[0]); });
  wrap("deleteVertexArray", function () { arrays -= 1; });
  wrap("createVertexArray", function () { arrays += 1; });
  let arrays = 0;
  window.gpu = () => ({ bytes: sum(), objects: held.size, arrays });
})();
"""

# Fly along the rows of a grid over a box, stopping at every step until what is near has come.
FLY = """
async ([west, south, east, north, rows, columns, zoom]) => {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
    const k = i % 2 ? columns - 1 - j : j;
    const longitude = west + ((k + 0.5) / columns) * (east - west);
    const latitude = south + ((i + 0.5) / rows) * (north - south);
    window.twin.go({ longitude, latitude, zoom, pitch: 55, bearing: 0 });
    await window.twin.idle();
    for (const { model } of window.twin.models()) (window.flown ??= new Set()).add(model);
  }
  return window.flown?.size ?? 0;
}
"""
