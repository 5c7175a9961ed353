// Runs in the page: texts whose contrast to their ground is below 4.5 (WCAG 2.2, 1.4.3).
(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const linear = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map(linear);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const color = getComputedStyle(element ?? document.body).backgroundColor;
    return element && channels(color)[3] === 0 ? ground(element.parentElement) : color;
  };
  const contrast = (element) => {
    const [dark, bright] = [
      luminance(getComputedStyle(element).color),
      luminance(ground(element)),
    ].toSorted((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getClientRects().length > 0 && element.tagName !== "OPTION")
    .filter((element) => hasText(element) && contrast(element) < 4.5)
    .map((element) => `${element.className}: ${element.textContent}`);
})();
