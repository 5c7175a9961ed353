(() => ({
  outside: [...document.querySelectorAll("button")].flatMap((button) => {
    const { bottom, right, left } = button.getBoundingClientRect();
    const isInside = bottom <= innerHeight && right <= innerWidth && left >= 0;
    return isInside ? [] : [button.textContent];
  }),
  buttons: document.querySelectorAll("button").length,
  overflows: document.documentElement.scrollWidth > innerWidth,
}))();
