/** What the server is asked of clashes, and told. A static copy has none. */

import { getJson, part, post } from "./api";
import type { ClashDetails, ClashesAnswer, ClashGroups, LoadedBcf } from "./types";
import type { Language } from "./words/dictionary";

export const clashApi = {
  list: (project: string | null, query: string, language: Language) => getJson<ClashesAnswer>(`/api/clashes${project === null ? "" : `?project=${part(project)}${query}`}`, language),
  groups: (project: string, query: string, language: Language) => getJson<ClashGroups>(`/api/clash-groups?project=${part(project)}${query}`, language),
  one: (id: string, language: Language) => getJson<ClashDetails>(`/api/clashes/${part(id)}`, language),
  change: (id: string, change: object, language: Language) => post<unknown>(`/api/clashes/${part(id)}`, language, JSON.stringify(change), "application/json"),
  changeGroup: (group: string, change: object, language: Language) => post<unknown>(`/api/clash-groups/${part(group)}`, language, JSON.stringify(change), "application/json"),
  loadBcf: (project: string, file: File, by: string, language: Language) =>
    post<LoadedBcf>(`/api/clashes.bcf?project=${part(project)}&name=${part(file.name)}&by=${part(by)}`, language, file, "application/octet-stream"),
};
