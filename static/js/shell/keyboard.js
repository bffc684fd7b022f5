// Keys. Letters and digits never fire inside a text field; arrows are left to the control that has the focus.

const TEXT =
  'input:not([type="radio"]):not([type="checkbox"]):not([type="range"]), select, textarea, [contenteditable]';
const CONTROL = "input, select, textarea";
const STEPPED = 'input:not([type="checkbox"]), select, textarea'; // arrows mean nothing to a checkbox
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", " "]);
const PAGES = {
  m: "/models",
  i: "/images",
  v: "/visualize",
  s: "/suggest",
  e: "/explore",
  f: "/features",
  w: "/workshop",
};

const free = (event, name) =>
  !event.target.matches?.(TEXT) &&
  !document.querySelector("dialog[open]") &&
  !(ARROWS.has(name) && event.target.matches?.(name === " " ? CONTROL : STEPPED));

/** keys: {name: act(event)}; "Ctrl+Enter" works everywhere. An act that returns false leaves the key to the browser. */
export function onKeys(keys) {
  addEventListener("keydown", event => {
    if (event.altKey || event.isComposing || event.defaultPrevented) return;
    const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const name = event.ctrlKey || event.metaKey ? `Ctrl+${plain}` : plain;
    const act = keys[name];
    if (!act || (!name.startsWith("Ctrl+") && !free(event, name))) return;
    if (act(event) !== false) event.preventDefault();
  });
}

/** "G then a letter" goes to a page. */
export function startPageKeys() {
  let armed = -Infinity; // when G was pressed; the clock begins with the page
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !free(event, event.key)) return;
    const key = event.key.toLowerCase();
    if (performance.now() - armed < 1500 && PAGES[key]) {
      event.preventDefault();
      location.href = PAGES[key];
    }
    armed = key === "g" ? performance.now() : -Infinity;
  });
}
