// How many parts of panels would move.
() => {
  const moves = (style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
  return [...document.querySelectorAll(".panel, .panel *")].filter((e) => moves(getComputedStyle(e))).length;
};
