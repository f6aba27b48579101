/** Who changes something here: asked once, kept by the browser. */

const KEY = "twin.author";

export function author(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function rememberAuthor(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // storage may be forbidden: then it is asked again
  }
}
