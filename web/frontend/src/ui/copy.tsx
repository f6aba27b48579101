/** A text that can be taken along: selected as a whole, or copied with a button. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { IconButton } from "./parts";
import { useTwin } from "./twin";

const TOLD_MS = 2000;

/** `name` is what is copied, for those who only hear it; `focus` names the button for the keyboard and tests. */
export function CopyLine({ text, name, focus }: { text: string; name: string; focus: string }): JSX.Element {
  const { say } = useTwin();
  return <div class="copied-line">
    <input class="mono" type="text" readonly value={text} aria-label={name} onFocus={(event) => event.currentTarget.select()} />
    <CopyButton text={text} label={say("copy_of", { what: name })} focus={focus} />
  </div>;
}

/** Copies a text, and says for a moment that it did. */
export function CopyButton({ text, label, focus, ...rest }: { text: string; label: string; focus: string; class?: string }): JSX.Element {
  const { say } = useTwin();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), TOLD_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return <>
    <IconButton icon={copied ? "check" : "copy"} label={copied ? say("copied") : label} focus={focus} onClick={() => void copyText(text).then(() => setCopied(true))} {...rest} />
    <span class="hidden" role="status">{copied ? say("copied") : ""}</span>
  </>;
}

/** Put a text on the clipboard. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over plain http only localhost has a clipboard; elsewhere the old way still works.
  const area = document.createElement("textarea");
  area.value = text;
  const active = document.activeElement;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  if (active instanceof HTMLElement) active.focus();
}
