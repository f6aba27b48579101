/** What of an examined file is to be looked at before it is published. Pure. */

import { may } from "../identity";
import type { Footprint } from "../store";
import type { LedgerItem, Me } from "../types";
import type { Examined, Upload } from "./types";

export interface Reason {
  readonly state: LedgerItem["state"];
  readonly reason: string;
  readonly count: number;
  readonly classes: readonly string[];
}

const ORDER: readonly LedgerItem["state"][] = ["failed", "skipped", "empty"];

/** Why products are not drawn: each reason once with how many, the worst state first, then the most frequent. */
export function reasonsOf(items: readonly LedgerItem[]): Reason[] {
  const found = new Map<string, { state: LedgerItem["state"]; reason: string; count: number; classes: Set<string> }>();
  for (const { state, reason, ifc_class } of items) {
    if (state === "drawn") continue;
    const key = `${state} ${reason ?? ""}`;
    const known = found.get(key) ?? { state, reason: reason ?? "", count: 0, classes: new Set<string>() };
    known.count += 1;
    known.classes.add(ifc_class);
    found.set(key, known);
  }
  return [...found.values()].map((one) => ({ ...one, classes: [...one.classes].sort() })).sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.count - a.count);
}

/** Does it stand inside of the city; null: the city has no bounds, or it has no place. */
export function insideCity({ georeference }: Examined): boolean | null {
  return georeference.inside_city ?? null;
}

/** Where the map shows it; null where it has no place. */
export function footprintOf(upload: Upload): Footprint | null {
  const place = upload.examined?.georeference;
  if (!place || place.longitude === null || place.latitude === null) return null;
  return { name: upload.file, longitude: place.longitude, latitude: place.latitude, bounds: upload.examined?.bounds ?? null };
}

export function mayPublish(me: Me | null, upload: Upload): boolean {
  return upload.state === "waiting" && may(me, "manager", upload.project);
}

/** Whoever sent it may take it back, and managers any. */
export function mayWithdraw(me: Me | null, upload: Upload): boolean {
  if (!["receiving", "examining", "waiting"].includes(upload.state)) return false;
  return may(me, "manager", upload.project) || (may(me, "engineer", upload.project) && upload.created_by === me?.name);
}
