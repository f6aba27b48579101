/** Words of the city at a glance: counts, districts, the day bar, comparing two days. */

export const zh = {
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
};
