/** Who looks at the page: asked at the start, and whenever the server wants to know. */

import { change, getJson, isPreview, openDoor, ServerProblem } from "./api";
import { NOBODY } from "./identity";
import { isStatic } from "./static";
import type { Store } from "./store";
import type { Me } from "./types";

export class PageDoor {
  /** Requests that wait until somebody has signed in. */
  private waiting: ((signedIn: boolean) => void)[] = [];

  /** `changed`: somebody else looks at the page now, so all that it knows is to be asked anew. */
  constructor(private readonly store: Store, private readonly changed: () => void) {
    openDoor({ csrf: () => store.state.me?.csrf ?? "", signIn: () => this.needed(), renew: () => this.renew() });
  }

  private asking = false;

  /** Ask who it is; while that cannot be asked nothing is offered, and it is asked again when the server is back. */
  async ask(): Promise<void> {
    if (isStatic()) return this.store.update({ me: NOBODY });
    if (this.asking || this.store.state.me) return;
    this.asking = true;
    try {
      this.store.update({ me: await getJson<Me>("/api/me", this.store.state.language) });
    } catch {
      // Whatever else the page asks fails as well, and is said there.
    } finally {
      this.asking = false;
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    const me = await change<Me>("POST", "/api/session", this.store.state.language, { name, password });
    this.store.update({ me, signIn: null });
    this.settle(true);
    this.changed();
  }

  /** The page is loaded anew: nothing that was seen is left in its memory. */
  async signOut(): Promise<void> {
    await change("DELETE", "/api/session", this.store.state.language);
    location.assign(location.pathname);
  }

  /** The reader would rather not. */
  dismiss(): void {
    this.store.update({ signIn: null });
    this.settle(false);
  }

  private settle(signedIn: boolean): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const go of waiting) go(signedIn);
  }

  /** Somebody must sign in before the server answers: all who wait are served by one dialog. */
  private async needed(): Promise<boolean> {
    // The server no longer takes this browser for whom it took it.
    const me = await getJson<Me>("/api/me", this.store.state.language).catch(() => null);
    if (!me?.users || isPreview) return false;
    this.store.update({ me, signIn: "needed" });
    return new Promise((resolve) => { this.waiting.push(resolve); });
  }

  private async renew(): Promise<boolean> {
    const before = this.store.state.me?.csrf ?? "";
    const me = await getJson<Me>("/api/me", this.store.state.language).catch((error: Error) => { if (error instanceof ServerProblem) return null; throw error; });
    if (!me || me.csrf === before) return false;
    this.store.update({ me });
    return true;
  }
}
