/** What the server says of long work, files on their way, people and what the public sees. */

import type { Bounds, LedgerCounts, LedgerItem } from "../types";

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly project: string;
  readonly state: string;
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly created_by: string;
  readonly finished_at: string | null;
  readonly attempts: number;
  readonly cancel: boolean;
}

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

export interface Upload {
  readonly id: string;
  readonly project: string;
  readonly file: string;
  readonly discipline?: string | null;
  readonly size: number;
  readonly received: number;
  readonly state: string;
  readonly job: string | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly examined: Examined | null;
  /** Why it is not taken, or could not be published. */
  readonly refused: string | null;
}

export interface User {
  readonly name: string;
  readonly display_name: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly grants: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly has_password: boolean;
  readonly single_sign_on: boolean;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly role: string;
  readonly projects: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

export interface Publication {
  readonly what: string;
  readonly name: string;
  readonly fields: readonly string[];
  readonly published_at: string;
  readonly published_by: string;
}

export interface Entry {
  readonly id: number;
  readonly at: string;
  readonly who: string;
  readonly address: string;
  readonly action: string;
  readonly project: string;
  readonly what: string;
  readonly outcome: string;
}
