// [text, contrast against what lies behind it (WCAG 2), font size in pixels] of every visible text.
() => {
  const parse = (color) => {
    const numbers = color.match(/[\d.]+/g).map(Number);
    return numbers.length > 3 ? numbers : [...numbers.slice(0, 3), 1];
  };
  const over = (a, b) => [0, 1, 2].map((k) => a[k] * a[3] + b[k] * (1 - a[3])).concat(1);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => sum + weight * linear(c[k] / 255), 0);
  const back = (e) => (e ? over(parse(getComputedStyle(e).backgroundColor), back(e.parentElement)) : [255, 255, 255, 1]);
  const seen = { visibilityProperty: true, opacityProperty: true };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility(seen) || element.closest(".hidden, .skip, script")) continue;
    const [a, b] = [light(over(parse(getComputedStyle(element).color), back(element))), light(back(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([text.slice(0, 40), contrast, parseFloat(getComputedStyle(element).fontSize)]);
  }
  return found;
};
