(() => {
  const inside = ({ bottom, right, left }) =>
    bottom <= innerHeight && right <= innerWidth && left >= 0;
  const frame = document.querySelector(".thread, .message, .modal, .home");
  const edge = Math.min(innerWidth, frame.getBoundingClientRect().right) + 1;
  // A button cuts its own words, as Slack's do.
  const wide = [...frame.querySelectorAll("*:not(button *)")].filter(
    (one) => one.getBoundingClientRect().right > edge,
  );
  const buttons = [...document.querySelectorAll("button")];
  return {
    outside: buttons
      .filter((button) => !inside(button.getBoundingClientRect()))
      .map(({ textContent }) => textContent),
    buttons: buttons.length,
    overflows: document.documentElement.scrollWidth > innerWidth || wide.length > 0,
  };
})();
