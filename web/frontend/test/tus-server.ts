/** A server that takes files in parts, as far as the page asks it; it can lose answers, parts and itself. */

import type { send } from "../src/api";
import { base64 } from "../src/desk/tus";
import { ServerProblem, ServerUnreachable } from "../src/api";

interface Kept {
  metadata: Record<string, string>;
  size: number;
  bytes: Uint8Array;
}

export class TusServer {
  readonly kept = new Map<string, Kept>();
  readonly asked: string[] = [];
  /** What happens to the next requests: "" all is well, "lost" the server is not there, "deaf" it takes all and does not answer, a number: it says so. */
  fate: (string | number)[] = [];
  private count = 0;

  ask: typeof send = async (method, url, headers = {}, body) => {
    this.asked.push(method);
    const fate = this.fate.shift() ?? "";
    if (fate === "lost") throw new ServerUnreachable("lost");
    if (typeof fate === "number") throw new ServerProblem(fate, { title: "no", status: fate }, fate === 429 ? 7 : null);
    const answer = await this.answer(method, url, headers, body as ArrayBuffer | undefined);
    if (fate === "deaf") throw new ServerUnreachable("deaf");
    return answer;
  };

  private async answer(method: string, url: string, headers: Readonly<Record<string, string>>, body?: ArrayBuffer): Promise<Response> {
    if (headers["Tus-Resumable"] !== "1.0.0") throw new Error("no version");
    if (method === "POST") {
      const place = `/api/uploads/${++this.count}`;
      const metadata = Object.fromEntries((headers["Upload-Metadata"] ?? "").split(",").map((pair) => { const [name = "", value = ""] = pair.split(" "); return [name, new TextDecoder().decode(Uint8Array.from(atob(value), (c) => c.charCodeAt(0)))]; }));
      this.kept.set(place, { metadata, size: Number(headers["Upload-Length"]), bytes: new Uint8Array() });
      return new Response(null, { status: 201, headers: { Location: `http://elsewhere.example${place}` } });
    }
    const file = this.kept.get(url);
    if (!file) throw new ServerProblem(404, { title: "none", status: 404 });
    if (method === "HEAD") return new Response(null, { headers: { "Upload-Offset": String(file.bytes.length) } });
    if (method !== "PATCH" || !body) throw new Error(method);
    if (Number(headers["Upload-Offset"]) !== file.bytes.length) throw new ServerProblem(409, { title: "offset", status: 409 });
    const sum = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", body)));
    if (headers["Upload-Checksum"] !== `sha256 ${sum}`) throw new ServerProblem(460, { title: "sum", status: 460 });
    const joined = new Uint8Array(file.bytes.length + body.byteLength);
    joined.set(file.bytes);
    joined.set(new Uint8Array(body), file.bytes.length);
    file.bytes = joined;
    return new Response(null, { status: 204, headers: { "Upload-Offset": String(file.bytes.length) } });
  }
}
