/**
 * Stands in for the glTF, Draco and texture codecs that deck.gl's stock tile layer would bring along (see vite.config.ts).
 *
 * `bim/glb.ts` reads our tiles; the codecs would add 100 kB and compile WebAssembly at start-up, which a strict
 * Content-Security-Policy refuses.  Whoever calls one of these meets the error, not silence.
 */

function absent(): never {
  throw new Error("This codec is left out of the page: only tiles written by this product are read (src/vendor/no-codecs.ts).");
}

const loader = { id: "absent", name: "absent", module: "absent", version: "0", extensions: [], mimeTypes: [], parse: absent, options: {} };

export const GLTFLoader = loader;
export const GLBWriter = loader;
export const DracoLoader = loader;
export const postProcessGLTF = absent;
export const _getMemoryUsageGLTF = absent;
export const parsePBRMaterial = absent;
export const createScenegraphsFromGLTF = absent;
export const loadImageTexture = absent;
