/** City layers of a static copy: PMTiles archives, read by ranges where the server knows them, else as a whole. */

import { addProtocol } from "maplibre-gl";
import { PMTiles, Protocol, type RangeResponse, type Source } from "pmtiles";

import { bytesOf, type Part } from "../api";

const SCHEME = "pmtiles";

/** An archive beside the page. A server that ignores ranges (Python's http.server does) hands out all of it, once. */
export class Archive implements Source {
  private whole: Promise<ArrayBuffer | null> | null = null;

  constructor(private readonly url: string, private readonly ask: (url: string, start: number, length: number) => Promise<Part> = bytesOf) {}

  getKey(): string {
    return this.url;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    if (this.whole) {
      const known = await this.whole;
      return { data: known ? known.slice(offset, offset + length) : (await this.ask(this.url, offset, length)).data };
    }
    // What comes meanwhile waits for the first answer: it tells which kind of server this is.
    const first = this.ask(this.url, offset, length);
    this.whole = first.then(({ data, whole }) => (whole ? data : null));
    this.whole.catch(() => { this.whole = null; });
    const { data, whole } = await first;
    return { data: whole ? data.slice(offset, offset + length) : data };
  }
}

/** Let the map read sources whose address begins with `pmtiles://`. */
export function readArchives(): void {
  const protocol = new Protocol();
  addProtocol(SCHEME, (request, abort) => {
    const url = request.url.replace(`${SCHEME}://`, "").replace(/\/\d+\/\d+\/\d+$/, "");
    if (!protocol.get(url)) protocol.add(new PMTiles(new Archive(url)));
    return protocol.tilev4(request, abort) as Promise<{ data: ArrayBuffer }>;
  });
}
