/** Words of keeping and sharing: pictures, reports, links. */

export const zh = {
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
};
