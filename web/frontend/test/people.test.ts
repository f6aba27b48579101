import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { change, getJson, openDoor, pendingRequests, ServerProblem, waitOf, type Door } from "../src/api";
import { isVisitor, may, mayEverywhere, NOBODY, rank, roleIn, sees, signOnAddress } from "../src/identity";
import { sentenceOf } from "../src/store";
import type { Me } from "../src/types";
import { sayIn, type Word } from "../src/words/dictionary";

const ME: Me = { kind: "person", name: "li", display_name: "李", role: "viewer", users: true, csrf: "c1", has_password: true, limit: null, rights: { A: "manager", B: "" }, sign_in: { password: true, oidc: null } };

describe("who may what", () => {
  it("takes the greater of both roles", () => {
    expect([roleIn(ME, "A"), roleIn(ME, "B"), roleIn(ME, "C"), roleIn(null, "A")]).toEqual([3, 1, 1, 0]);
    expect([may(ME, "manager", "A"), may(ME, "manager", "B"), may(ME, "manager"), may(ME, "administrator"), mayEverywhere(ME, "engineer"), mayEverywhere(ME, "viewer")]).toEqual([true, false, true, false, false, true]);
    expect([rank("king"), rank(null), roleIn(ME, "constructor"), may(NOBODY, "viewer"), isVisitor(NOBODY), isVisitor({ ...ME, kind: "public" })]).toEqual([0, 0, 1, false, false, true]);
  });

  it("signs on at this server only, and comes back", () => {
    expect(signOnAddress("/oidc/login", "https://city.example", "/?project=A&lang=en")).toBe("/oidc/login?lang=zh&next=%2F%3Fproject%3DA%26lang%3Den");
    for (const url of ["https://elsewhere.example/oidc", "//elsewhere.example/x", "javascript:alert(1)", "http://"]) expect(signOnAddress(url, "https://city.example", "/")).toBeNull();
  });
});

describe("the door", () => {
  let answers: Response[];
  let asked: { url: string; how: RequestInit }[];
  const door = (more: Partial<Door> = {}): Door => ({ csrf: () => "c1", signIn: () => Promise.resolve(false), renew: () => Promise.resolve(false), ...more });
  const problem = (status: number, headers: Record<string, string> = {}): Response => new Response(JSON.stringify({ title: "T", status, detail: "no." }), { status, headers });
  const sent = (i: number): Record<string, string> => asked[i]?.how.headers as Record<string, string>;

  beforeEach(() => {
    [answers, asked] = [[], []];
    vi.stubGlobal("fetch", (url: string, how: RequestInit) => { asked.push({ url, how }); return Promise.resolve(answers.shift() ?? new Response("{}")); });
  });
  afterEach(() => { vi.unstubAllGlobals(); openDoor(null); });

  it("lets changes bring what shows that this page asks, and nothing else", async () => {
    openDoor(door());
    await change("PUT", "/api/users/li", "zh", { role: "viewer" });
    await getJson("/api/projects", "zh");
    expect([sent(0)["X-CSRF-Token"], sent(1)["X-CSRF-Token"]]).toEqual(["c1", undefined]);
  });

  it("asks to sign in once for all who wait, and goes on with what was asked", async () => {
    let signedIn: (was: boolean) => void = () => undefined;
    openDoor(door({ signIn: () => new Promise((resolve) => { signedIn = resolve; }) }));
    answers = [problem(401), new Response('{"a":1}')];
    const waiting = getJson<{ a: number }>("/api/clashes?project=A", "en");
    await vi.waitFor(() => expect(pendingRequests()).toBe(0)); // a question is nothing that is loading
    signedIn(true);
    expect((await waiting).a).toBe(1);
    expect(asked.map(({ url }) => url)).toEqual(["/api/clashes?project=A&lang=en", "/api/clashes?project=A&lang=en"]);
  });

  it("gives up where nobody signs in, and never asks at the door itself", async () => {
    openDoor(door());
    answers = [problem(401)];
    await expect(getJson("/api/clashes?project=A", "en")).rejects.toMatchObject({ status: 401 });
    const signIn = vi.fn(() => Promise.resolve(true));
    openDoor(door({ signIn }));
    answers = [problem(401)];
    await expect(change("POST", "/api/session", "en", { name: "li", password: "x" })).rejects.toMatchObject({ status: 401 });
    expect(signIn).not.toHaveBeenCalled();
    expect(asked).toHaveLength(2);
  });

  it("asks for a change again when somebody signed in anew elsewhere", async () => {
    let csrf = "old";
    openDoor(door({ csrf: () => csrf, renew: () => { csrf = "new"; return Promise.resolve(true); } }));
    answers = [problem(403), new Response("{}")];
    await change("POST", "/api/jobs/1/cancel", "en", {});
    expect([sent(0)["X-CSRF-Token"], sent(1)["X-CSRF-Token"]]).toEqual(["old", "new"]);
    answers = [problem(403)];
    await expect(getJson("/api/audit", "en")).rejects.toMatchObject({ status: 403 });
    expect(asked).toHaveLength(3);
  });

  it("says how long to wait", async () => {
    const say = (word: Word, values = {}): string => sayIn("en", word, values);
    answers = [problem(429, { "Retry-After": "12" }), problem(429), problem(403)];
    const found: string[] = [];
    for (let i = 0; i < 3; i++) found.push(sentenceOf(await getJson("/api/projects", "en").catch((error: Error) => error) as Error, say));
    expect(found).toEqual(["Too many requests. Try again in 12 s.", "Too many requests. Wait a little, then try again.", "no."]);
    expect([waitOf("0"), waitOf(""), waitOf(null), waitOf("soon"), waitOf(new Date(Date.now() + 5000).toUTCString())]).toEqual([1, null, null, null, expect.toBeOneOf([4, 5, 6])]);
    expect(new ServerProblem(429, { title: "T", status: 429 }, 3).wait).toBe(3);
  });
});

describe("what is shown of a project", () => {
  it("is all to those who have a role there, to others what is published; a copy has elements and no clashes", () => {
    const nobody: Me = { ...ME, kind: "public", role: "", rights: {} };
    const never = (): boolean => { throw new Error("asked"); };
    expect([sees(ME, "C", "clashes", never), sees(NOBODY, "C", "elements", never), sees(NOBODY, "C", "clashes", never), sees(null, "C", "elements", never)]).toEqual([true, true, false, false]);
    expect([sees(nobody, "C", "elements", () => true), sees(nobody, "C", "elements", () => false)]).toEqual([true, false]);
  });
});
