// Visible controls that a screen reader could not name.
() => {
  const named = (e) => e.getAttribute("aria-label") || e.innerText?.trim() || e.labels?.length;
  const controls = [...document.querySelectorAll("button, input, [role=tree], canvas")];
  return controls.filter((e) => e.checkVisibility() && !named(e)).map((e) => e.outerHTML.slice(0, 120));
};
