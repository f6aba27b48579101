/** How many plain buildings a model hides. Pure. */

import type { Replaced } from "../types";

export function hiddenBy(model: string, replaced: Replaced | undefined): number {
  const layers = Object.values(replaced?.layers ?? {});
  return layers.reduce((sum, { by }) => sum + Object.values(by).filter((one) => one === model).length, 0);
}
