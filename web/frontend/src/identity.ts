/** Who looks at the page, and what they may. Pure. */

import type { Me } from "./types";

export const ROLES = ["", "viewer", "engineer", "manager", "administrator"] as const;
export type RoleName = (typeof ROLES)[number];

/** How much a role may; what is unknown may nothing. */
export function rank(role: string | null | undefined): number {
  return Math.max(0, ROLES.indexOf((role ?? "") as RoleName));
}

/** A static copy: nobody asks, nothing can be changed. */
export const NOBODY: Me = { kind: "copy", name: "", display_name: "", role: "", users: false, csrf: "", has_password: false, limit: null, rights: {}, sign_in: { password: false, oidc: null } };

/** What somebody may in a project, as a rank. */
export function roleIn(me: Me | null, project: string): number {
  if (!me) return 0;
  return Math.max(rank(me.role), Object.hasOwn(me.rights, project) ? rank(me.rights[project]) : 0);
}

/** May they do what needs a role: in a project, or in any. */
export function may(me: Me | null, role: RoleName, project: string | null = null): boolean {
  if (!me) return false;
  const most = project === null ? Math.max(rank(me.role), ...Object.values(me.rights).map(rank)) : roleIn(me, project);
  return most >= rank(role);
}

/** Are elements of a project, or its clashes, shown to them: all to those who have a role there, to others where they are published. */
export function sees(me: Me | null, project: string, what: "elements" | "clashes", published: () => boolean): boolean {
  if (!me) return false;
  if (me.kind === "copy") return what === "elements";
  return may(me, "viewer", project) || published();
}

/** May they in every project, also in one that is not there yet. */
export function mayEverywhere(me: Me | null, role: RoleName): boolean {
  return rank(me?.role) >= rank(role);
}

/** Nobody signed in, where others may. */
export function isVisitor(me: Me | null): boolean {
  return me?.kind === "public";
}

/** What somebody is called. */
export function nameOf(me: Pick<Me, "name" | "display_name">): string {
  return me.display_name || me.name;
}

/** Where single sign-on leads: only to this server, back to the view that is open. */
export function signOnAddress(url: string, origin: string, here: string, language = "zh"): string | null {
  let target: URL;
  try {
    target = new URL(url, origin);
  } catch {
    return null;
  }
  if (target.origin !== origin) return null;
  target.searchParams.set("lang", language);
  target.searchParams.set("next", here);
  return target.pathname + target.search;
}
