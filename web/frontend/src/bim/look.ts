/** How models are lit and marked; the theme changes it. Colours are sRGB, 0 to 1; `sun` points at the sun (east, north, up). */

type Rgba = readonly [number, number, number, number];

export interface Look {
  sun: readonly [number, number, number];
  hoverColor: Rgba;
  selectColor: Rgba;
  lineColor: Rgba;
  shadowColor: Rgba;
  shadowAlpha: number;
  /** Inner sides where a section cut something open; opacity: how much of the element's own colour it hides. */
  cutColor: Rgba;
  /** Solids only: lines, shadows and what is small are left out while the camera moves on a slow machine. */
  brief: boolean;
}

const length = Math.hypot(-0.62, -0.5, 1.05);
const SUN = [-0.62 / length, -0.5 / length, 1.05 / length] as const;

export const LOOKS: Readonly<Record<"light" | "dark", Look>> = {
  light: {
    sun: SUN,
    hoverColor: [0.42, 0.66, 0.84, 0.45],
    selectColor: [0.16, 0.49, 0.74, 0.86],
    lineColor: [0.16, 0.2, 0.23, 0.42],
    shadowColor: [0.2, 0.26, 0.3, 1],
    shadowAlpha: 0.13,
    cutColor: [0.36, 0.42, 0.46, 0.92],
    brief: false,
  },
  dark: {
    sun: SUN,
    hoverColor: [0.5, 0.76, 0.95, 0.5],
    selectColor: [0.3, 0.66, 0.94, 0.9],
    lineColor: [0.05, 0.07, 0.08, 0.5],
    shadowColor: [0, 0, 0, 1],
    shadowAlpha: 0.34,
    cutColor: [0.62, 0.68, 0.72, 0.92],
    brief: false,
  },
};

/** The look in use. */
export const look: Look = { ...LOOKS.light };

/** The front part of the depth buffer in which MapLibre draws what stands up: see `squeezed`. */
export const depth = { share: 1 };

export function useLook(theme: "light" | "dark"): void {
  Object.assign(look, LOOKS[theme]);
}
