/** What the server did not answer, and the way on: it is asked again. */

import type { ComponentChildren, JSX } from "preact";

import { Warning } from "./parts";
import { useTwin } from "./twin";

export function Failed({ children }: { children: ComponentChildren }): JSX.Element {
  const { store, say } = useTwin();
  return <div class="failed"><Warning>{children}</Warning>
    <button class="button" type="button" data-focus="ask-again" onClick={() => store.forget("")}>{say("reload")}</button></div>;
}
