// Words that are on the page and cannot be read: out of the screen sideways, or cut by something around them.
(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cuts = (one) => getComputedStyle(one).overflow !== "visible";
  const inside = (inner, outer) =>
    inner.left >= outer.left - 1 &&
    inner.right <= outer.right + 1 &&
    inner.top >= outer.top - 1 &&
    inner.bottom <= outer.bottom + 1;
  const isCut = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
    if (rects.some(({ left, right }) => left < 0 || right > innerWidth + 1)) return true;
    for (let one = node.parentElement; one && one !== document.body; one = one.parentElement)
      if (cuts(one) && rects.some((rect) => !inside(rect, one.getBoundingClientRect())))
        return true;
    return false;
  };
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const home = node.parentElement;
    const isSeen =
      node.data.trim() !== "" && !home.closest("script, style, textarea, .unseen, .skip");
    if (isSeen && home.checkVisibility({ visibilityProperty: true }) && isCut(node))
      found.push(node.data.trim());
  }
  return found;
})();
