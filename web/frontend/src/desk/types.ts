/** What the server says of long work, files on their way, people and what the public sees. */

import type { Bounds, LedgerCounts, LedgerItem } from "../types";
import type * as Server from "../types.gen";

export type Job = Server.Job;

/** Where a model would stand, as the server's audit says it; the source "none": nowhere, and no figures. */
export interface Placed {
  readonly source: string;
  readonly lo_geo_ref: number;
  readonly crs: string | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly orthogonal_height: number | null;
  readonly true_north_deg: number | null;
  readonly height_reference: string | null;
  readonly conflicts: readonly string[];
  readonly notices: readonly string[];
  readonly inside_city: boolean | null;
}

/** Against the revision that the city has: how many elements. */
export interface Changes {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly same: number;
}

/** What a look at a file found. */
export interface Examined {
  readonly model: string;
  readonly schema: string;
  readonly revision: number;
  readonly unchanged?: boolean;
  readonly ledger: LedgerCounts & { readonly items?: readonly LedgerItem[] };
  readonly georeference: Placed;
  /** Metres from where the revision before stands. */
  readonly moved?: number | null;
  readonly bounds?: Bounds | null;
  readonly notices: readonly string[];
  readonly changes?: Changes | null;
}

export interface Upload extends Omit<Server.Upload, "examined"> {
  readonly examined: Examined | null;
}

export type User = Server.User;

export type Token = Server.Token;

export type Publication = Server.Publication;

export type Entry = Server.Audit["entries"][number];
