/** What deck.gl's bundle brings but does not name: the tileset loader, as its own layer has it. */

import { Tile3DLayer } from "@deck.gl/geo-layers";

export const Tiles3DLoader = (Tile3DLayer as unknown as { defaultProps: { loader: object } }).defaultProps.loader;
