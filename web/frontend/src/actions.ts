/** What panels may ask of the map. The controller (`app.ts`) does it; without a map (no WebGL2) nothing happens. */

import type { Bounds, Model } from "./types";

export interface Actions {
  flyToProject: (code: string) => void;
  flyToModel: (model: Model) => void;
  flyToElement: () => void;
  /** A box in degrees; a point is a box without width. */
  flyToBounds: (bounds: Bounds) => void;
  /** Select an element and fly there when it is out of sight. */
  pick: (globalId: string, project: string) => void;
  /** Look at a clash again, wherever the camera went meanwhile. */
  flyToClash: () => void;
  /** Highlight a feature row; -1: none. */
  hover: (model: string, row: number) => void;
  /** Say a sentence where notices stand. */
  tell: (sentence: string) => void;
  /** The map as it is on the screen, PNG; null without a map. */
  picture: () => Promise<Blob | null>;
  signIn: (name: string, password: string) => Promise<void>;
  dismissSignIn: () => void;
  signOut: () => Promise<void>;
  /** Models or projects are there that were not, or are gone: ask for the city again. */
  cityChanged: () => Promise<void>;
}
