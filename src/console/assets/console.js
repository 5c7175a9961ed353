// Keeps an open page current. Everything works without it: it only redraws what a reload would show.

const keyOf = (element) => element.id || element.dataset.key || "";

/** Typed text, an open form or the focus is somebody at work: leave it alone. */
const isInUse = (element) =>
  element.contains(document.activeElement) ||
  (element.matches("[popover]") && element.matches(":popover-open")) ||
  element.querySelector(":popover-open") !== null ||
  [...element.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);

const holdsState = (element) =>
  element.matches("details") ||
  element.querySelector("form, details, [popover], [id], [data-key]") !== null;

const syncAttributes = (from, to) => {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (name !== "open" && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
};

const matchOf = (fresh, left) => {
  const key = keyOf(fresh);
  return left.find(
    (old) => old.tagName === fresh.tagName && keyOf(old) === key && (key || !isInUse(old)),
  );
};

/** Each new child with the old one it continues; `left` keeps the old ones that nothing continues. */
const paired = (fresh, left) =>
  [...fresh.children].map((child) => {
    const old = matchOf(child, left);
    if (old) left.splice(left.indexOf(old), 1);
    return { child, old };
  });

/** Where a browser can only take out and put in, what is in use stays where it is: taking it out would close it. */
const put = (parent, child, before) => {
  if (child.parentNode !== parent) parent.insertBefore(child, before);
  else if (parent.moveBefore) parent.moveBefore(child, before);
  else if (!isInUse(child)) parent.insertBefore(child, before);
};

const redrawChildren = (from, to) => {
  const left = [...from.children];
  const pairs = paired(to, left);
  const staying = new Set(left.filter(isInUse));
  for (const gone of left) if (!staying.has(gone)) gone.remove();
  let at = from.firstElementChild;
  for (const { child, old } of pairs) {
    while (staying.has(at)) at = at.nextElementSibling;
    if (old && old === at) at = at.nextElementSibling;
    else put(from, old ?? child, at);
    if (old) redraw(old, child);
  }
};

/** Makes `from` show what `to` shows, touching nothing that is the same or in use. */
const redraw = (from, to) => {
  if (from.isEqualNode(to)) return;
  if (from.matches("form, [popover]")) {
    if (!isInUse(from)) from.replaceWith(to);
    return;
  }
  if (!holdsState(from) && !holdsState(to)) {
    if (!from.contains(document.activeElement)) from.replaceWith(to);
    return;
  }
  syncAttributes(from, to);
  redrawChildren(from, to);
};

const sayings = () =>
  new Map(
    [...document.querySelectorAll("#live [data-say]")].map((card) => [card.id, card.dataset.say]),
  );

const announce = (before) => {
  const news = [...sayings()].filter(([id, text]) => before.get(id) !== text);
  const place = document.getElementById("news");
  if (place && news.length > 0) place.textContent = news.map(([, text]) => text).join(" ");
};

const showDoubt = (page) => {
  const fresh = page.getElementById("doubt");
  const shown = document.getElementById("doubt");
  if (fresh && shown && !shown.isEqualNode(fresh)) shown.replaceChildren(...fresh.children);
};

const show = (markup) => {
  const page = new DOMParser().parseFromString(markup, "text/html");
  showDoubt(page);
  const fresh = page.getElementById("live");
  const live = document.getElementById("live");
  if (!fresh || !live) return;
  const before = sayings();
  redraw(live, fresh);
  announce(before);
  document.title = `${fresh.dataset.title} · Holdpoint`;
};

const mark = (state) => {
  document.documentElement.dataset.live = state;
};

let running = false;
let again = false;

const refresh = async () => {
  again = running;
  if (running) return;
  running = true;
  try {
    const response = await fetch(document.getElementById("live").dataset.fragment);
    if (response.ok) show(await response.text());
    mark(response.ok ? "yes" : "no");
  } catch {
    mark("no");
  }
  running = false;
  if (again) await refresh();
};

let events = null;

const hush = () => {
  events?.close();
  events = null;
};

const listen = () => {
  hush();
  events = new EventSource("/events");
  let known = false;
  events.addEventListener("open", () => {
    mark("yes");
    if (known) void refresh();
    known = true;
  });
  events.addEventListener("change", () => void refresh());
  events.addEventListener("error", () => mark("no"));
};

const listenAgain = () => {
  listen();
  void refresh();
};

// A browser opens six connections to one server: pages that nobody sees must not hold them all.
if (document.getElementById("live")) {
  listen();
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => {
    if (event.persisted) listenAgain();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hush();
    else listenAgain();
  });
}

// A file may be dropped anywhere on a form that asks for one; without this, only on its field.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const hover = (event, over) => {
    event.preventDefault();
    form.classList.toggle("over", over);
  };
  form.addEventListener("dragover", (event) => hover(event, true));
  form.addEventListener("dragleave", (event) => hover(event, false));
  form.addEventListener("drop", (event) => {
    hover(event, false);
    if (event.dataTransfer.files.length === 0) return;
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
