/** The shaders of `BimMeshLayer`. One uniform per line in the block: luma.gl reads its text. */

import type { ShaderModule } from "@luma.gl/shadertools";

const block = /* glsl */ `\
layout(std140) uniform bimUniforms {
  mat4 mvp;
  vec4 eye;
  vec4 up;
  vec4 sun;
  vec4 hoverColor;
  vec4 selectColor;
  vec4 lineColor;
  vec4 shadowPlane;
  vec4 section;
  vec4 cutColor;
  vec2 screen;
  float hoverRow;
  float selectRow;
  float clipBelow;
  float mode;
} bim;
`;

/**
 * clip and `content` frames; metres; colours sRGB. `up.w`: height of the frame's zero above the ground; `section`: what is
 * above this plane is cut away; `cutColor.a` 0: nothing is cut.
 */
export interface BimUniforms {
  mvp: readonly number[];
  eye: readonly number[];
  up: readonly number[];
  sun: readonly number[];
  hoverColor: readonly number[];
  selectColor: readonly number[];
  lineColor: readonly number[];
  shadowPlane: readonly number[];
  section: readonly number[];
  cutColor: readonly number[];
  screen: readonly number[];
  hoverRow: number;
  selectRow: number;
  clipBelow: number;
  mode: number;
}

export const MODES = { surface: 0, line: 1, xray: 2, shadow: 3, pick: 4 } as const;

export const bimUniforms = {
  name: "bim",
  vs: block,
  fs: block,
  uniformTypes: {
    mvp: "mat4x4<f32>",
    eye: "vec4<f32>",
    up: "vec4<f32>",
    sun: "vec4<f32>",
    hoverColor: "vec4<f32>",
    selectColor: "vec4<f32>",
    lineColor: "vec4<f32>",
    shadowPlane: "vec4<f32>",
    section: "vec4<f32>",
    cutColor: "vec4<f32>",
    screen: "vec2<f32>",
    hoverRow: "f32",
    selectRow: "f32",
    clipBelow: "f32",
    mode: "f32",
  },
} as const satisfies ShaderModule;

const place = /* glsl */ `\
// Lines lie on their faces: they are pulled a hair towards the eye.
const float LIFT = 3e-4;
in vec3 positions;
in vec4 normals;
in vec4 colors;
in float rows;
in vec4 instanceX;
in vec4 instanceY;
in vec4 instanceZ;
in float instanceRow;

uniform sampler2D bimPaint;

vec3 bim_place(vec3 p) {
  vec4 q = vec4(p, 1.0);
  return vec3(dot(instanceX, q), dot(instanceY, q), dot(instanceZ, q));
}

vec4 bim_paint(int row) {
  return texelFetch(bimPaint, ivec2(row & 1023, row >> 10), 0);
}

// See paint.ts: 0 hidden, low bits 1 material, high bit ghost.
int bim_code(vec4 paint) {
  return int(paint.a * 255.0 + 0.5);
}

// deck.gl's code of a row; its own function differs between 9.3 (of notebooks) and 9.4.
vec3 bim_pick(int row) {
  int code = row + 1;
  return vec3(float(code & 255), float((code >> 8) & 255), float((code >> 16) & 255));
}

float bim_cut(vec3 p) {
  return dot(bim.section.xyz, p) + bim.section.w;
}
`;

/**
 * lean: for solids of which nothing is cut, ghostly or below the ground: no pixel is dropped, so the GPU may test depths before
 * it shades, and little is handed from vertices to pixels.
 */
const vertexOf = (lean: boolean): string => /* glsl */ `#version 300 es
#define SHADER_NAME bim-vertex${lean ? "-lean\n#define BIM_LEAN" : ""}
${place}
#ifdef BIM_LEAN
out vec3 vColor;
#else
out vec4 vColor;
out vec2 vHeightAndCut;
out float vCover;
#endif

vec3 bim_normal() {
  // Columns of the cofactor matrix: right also where an instance dequantises with uneven scales.
  vec3 x = cross(instanceY.xyz, instanceZ.xyz);
  vec3 y = cross(instanceZ.xyz, instanceX.xyz);
  vec3 z = cross(instanceX.xyz, instanceY.xyz);
  return normalize(vec3(dot(x, normals.xyz), dot(y, normals.xyz), dot(z, normals.xyz)) + vec3(1e-9));
}

float bim_light(vec3 p) {
  vec3 n = bim_normal();
  vec3 toEye = bim.eye.xyz - p;
  if (dot(n, toEye) < 0.0) n = -n;
  float sky = 0.5 + 0.5 * dot(n, bim.up.xyz);
  float sun = max(dot(n, bim.sun.xyz), 0.0);
  return 0.72 + 0.16 * sky + 0.24 * sun;
}

void main(void) {
  vec3 p = bim_place(positions);
  int row = int(rows + instanceRow + 0.5);
  vec4 paint = bim_paint(row);
  bool selected = abs(float(row) - bim.selectRow) < 0.5;
  bool hovered = abs(float(row) - bim.hoverRow) < 0.5;

  vec4 color = colors;
  int code = bim_code(paint);
  bool ghost = code > 127;
  float cover = float((code & 127) - 1) / 126.0;
  // What can be seen through stays so, but shows its colour.
  if (cover > 0.0) color = vec4(mix(color.rgb, paint.rgb, cover), color.a > 0.99 ? 1.0 : max(color.a, 0.5 * cover));
  gl_Position = bim.mvp * vec4(p, 1.0);
  float light = bim_light(p);
#ifdef BIM_LEAN
  color.rgb *= light;
  if (selected) color.rgb = mix(color.rgb, bim.selectColor.rgb * light, bim.selectColor.a);
  else if (hovered) color.rgb = mix(color.rgb, bim.hoverColor.rgb, bim.hoverColor.a);
  if (code == 0) gl_Position = vec4(2.0, 2.0, 2.0, 0.0);
  vColor = color.rgb;
#else
  vHeightAndCut = vec2(bim.up.w + dot(bim.up.xyz, p), bim_cut(p));
  if (ghost) color.rgb = mix(color.rgb, vec3(0.7), 0.55); // quiet, or its dots would be noise
  vCover = ghost ? (selected || hovered ? 0.5 : 0.16) : 1.0;

  if (bim.mode < 0.5) {
    color.rgb *= light;
    if (selected) color = vec4(mix(color.rgb, bim.selectColor.rgb * light, bim.selectColor.a), max(color.a, 0.8));
    else if (hovered) color = vec4(mix(color.rgb, bim.hoverColor.rgb, bim.hoverColor.a), max(color.a, 0.6));
  } else if (bim.mode < 1.5) {
    float tone = color.a;
    color = bim.lineColor;
    color.a *= mix(0.6, 1.0, tone);
    if (selected) color = vec4(bim.selectColor.rgb * 0.6, 1.0);
    if (ghost) color.a *= selected || hovered ? 0.6 : 0.2;
    vCover = 1.0;
    gl_Position = bim.mvp * vec4(p + (bim.eye.xyz - p) * LIFT, 1.0);
  } else if (bim.mode < 3.5) {
    color = bim.selectColor;
    if (!selected || ghost) gl_Position = vec4(2.0, 2.0, 2.0, 0.0);
  } else if (ghost) {
    gl_Position = vec4(2.0, 2.0, 2.0, 0.0); // a click goes through it
  }
  if (code == 0) gl_Position = vec4(2.0, 2.0, 2.0, 0.0);
  vColor = color;
  geometry.pickingColor = bim_pick(row);
  DECKGL_FILTER_COLOR(vColor, geometry);
#endif
}
`;

/** Crease lines where `leanVertex` will do: one colour per line, no light, no normals. */
export const lineVertex = /* glsl */ `#version 300 es
#define SHADER_NAME bim-vertex-line
#define BIM_LEAN
${place}
flat out vec4 vColor;

void main(void) {
  vec3 p = bim_place(positions);
  int row = int(rows + instanceRow + 0.5);
  int code = bim_code(bim_paint(row));
  gl_Position = bim.mvp * vec4(p + (bim.eye.xyz - p) * LIFT, 1.0);
  if (code == 0) gl_Position = vec4(2.0, 2.0, 2.0, 0.0);
  vColor = bim.lineColor;
  if (colors.a < 0.99) vColor.a *= mix(0.6, 1.0, max(colors.a, 0.5 * float(code - 1) / 126.0));
  if (abs(float(row) - bim.selectRow) < 0.5) vColor = vec4(bim.selectColor.rgb * 0.6, 1.0);
}
`;

export const lineFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bim-fragment-line
precision highp float;
flat in vec4 vColor;
out vec4 fragColor;

void main(void) {
  fragColor = vColor;
}
`;

export const surfaceVertex = vertexOf(false);
export const leanVertex = vertexOf(true);

export const leanFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bim-fragment-lean
precision highp float;
in vec3 vColor;
out vec4 fragColor;

void main(void) {
  fragColor = vec4(vColor, 1.0);
}
`;

export const surfaceFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bim-fragment
precision highp float;
in vec4 vColor;
in vec2 vHeightAndCut;
in float vCover;
out vec4 fragColor;

// Ordered dither, 4 by 4: a ghost needs no sorting, and ghosts behind each other do not add up.
float bim_threshold() {
  ivec2 p = ivec2(gl_FragCoord.xy);
  int q = p.x ^ p.y;
  return (float(((q & 1) << 3) | ((p.y & 1) << 2) | (q & 2) | ((p.y >> 1) & 1)) + 0.5) / 16.0;
}

void main(void) {
  if (vHeightAndCut.x < bim.clipBelow || vHeightAndCut.y > 0.0) discard;
  if (vCover < 0.99 && vCover < bim_threshold()) discard;
  // Strongly coloured, what is hidden is hatched: the hatching leaves what hides it to be seen as well.
  if (bim.mode > 1.5 && bim.mode < 2.5 && bim.selectColor.a > 0.5 && ((int(gl_FragCoord.x) + int(gl_FragCoord.y)) & 4) == 0) discard;
  fragColor = vColor;
  // Inner sides are seen only where something was cut open: in one flat colour it looks filled.
  if (bim.cutColor.a > 0.0 && bim.mode < 0.5 && !gl_FrontFacing) fragColor = vec4(mix(bim.cutColor.rgb, vColor.rgb, 1.0 - bim.cutColor.a), vColor.a);
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;

export const shadowVertex = /* glsl */ `#version 300 es
#define SHADER_NAME bim-shadow-vertex
${place}
out vec2 vHeightAndCut;

void main(void) {
  vec3 p = bim_place(positions);
  int row = int(rows + instanceRow + 0.5);
  float height = bim.up.w + dot(bim.up.xyz, p);
  vec3 slant = bim.sun.xyz / max(dot(bim.sun.xyz, bim.up.xyz), 0.2);
  vec3 ground = height > 0.0 ? p - slant * height : p - bim.up.xyz * height;
  vHeightAndCut = vec2(height, bim_cut(p));
  gl_Position = bim.mvp * vec4(ground, 1.0);
  int code = bim_code(bim_paint(row));
  if (code == 0 || code > 127) gl_Position = vec4(2.0, 2.0, 2.0, 0.0);
}
`;

/**
 * All triangles of a shadow lie in one plane, so its depth follows from the pixel alone: the first one that arrives
 * writes it, the others fail `less`, and overlapping triangles darken the ground once.
 */
export const shadowFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bim-shadow-fragment
precision highp float;
in vec2 vHeightAndCut;
out vec4 fragColor;

void main(void) {
  if (vHeightAndCut.x < 0.0 || vHeightAndCut.y > 0.0) discard; // what lies below the ground or is cut away casts none
  vec2 ndc = gl_FragCoord.xy / bim.screen * 2.0 - 1.0;
  float z = bim.shadowPlane.x * ndc.x + bim.shadowPlane.y * ndc.y + bim.shadowPlane.z;
  gl_FragDepth = clamp(0.5 + 0.5 * z, 0.0, 1.0);
  fragColor = vec4(bim.lineColor.rgb, bim.shadowPlane.w);
}
`;
