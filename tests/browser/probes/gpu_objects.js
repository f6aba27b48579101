// Counts the GPU objects that are alive.
window.alive = {};
for (const kind of ["Buffer", "Texture", "VertexArray"]) {
  window.alive[kind] = 0;
  const prototype = WebGL2RenderingContext.prototype;
  const made = prototype[`create${kind}`];
  const dropped = prototype[`delete${kind}`];
  prototype[`create${kind}`] = function (...given) {
    window.alive[kind] += 1;
    return made.apply(this, given);
  };
  prototype[`delete${kind}`] = function (...given) {
    window.alive[kind] -= given[0] ? 1 : 0;
    return dropped.apply(this, given);
  };
}
