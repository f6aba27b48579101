/** Words of help and the first visit. */

export const zh = {
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
};
