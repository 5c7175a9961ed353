// Runs in the page: buttons of the first card that a person could not press without scrolling, or not with a thumb.
(() => {
  const card = document.querySelector(".card");
  const floor = document.querySelector(".composer")?.getBoundingClientRect().top ?? innerHeight;
  const isOut = (button) => {
    const { left, right, top, bottom, height, width } = button.getBoundingClientRect();
    const seen = left >= 0 && right <= innerWidth && top >= 0 && bottom <= floor;
    return !seen || height < 44 || width < 44;
  };
  return [...(card?.querySelectorAll(".buttons > .row .button") ?? [])]
    .filter((button) => button.closest("[popover]") === null && isOut(button))
    .map((button) => button.textContent);
})();
