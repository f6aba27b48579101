/** Where the panels for work beside the map stand. What they are made of is loaded when one is opened. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { sentenceOf } from "../store";
import { Skeleton, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";

type Parts = typeof import("../desk");

let coming: Promise<Parts> | null = null;

/** A part of the late chunk; until it is there, that it is coming. */
function Late({ part, className }: { part: keyof Parts; className: string }): JSX.Element {
  const { say } = useTwin();
  const [parts, setParts] = useState<Parts | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    coming ??= import("../desk");
    coming.then(setParts, (failed: Error) => { coming = null; setError(failed); });
  }, []);
  if (parts) {
    const Part: ComponentType = parts[part];
    return <Part />;
  }
  return <section class={`panel ${className}`} aria-label={say("loading")}>{error ? <div class="section"><Warning>{sentenceOf(error, say)}</Warning></div> : <Skeleton label={say("loading")} />}</section>;
}

export function DeskPlace(): JSX.Element | null {
  const { state } = useTwin();
  if (state.desk === "uploads") return <Late key="uploads" part="Uploads" className="desk-panel" />;
  return state.desk === "administration" ? <Late key="administration" part="Administration" className="desk-panel wide" /> : null;
}

export function AccountPlace(): JSX.Element | null {
  const { state } = useTwin();
  return state.accountOpen && state.me ? <Late part="Account" className="account-panel" /> : null;
}
