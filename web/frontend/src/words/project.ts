/** Words of a project: reasons, curves, resources, tasks; an element on the day. */

export const zh = {
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
};
