/** Words of looking into a building: tree, sections, measuring; the search. */

export const zh = {
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
};
