// Light or dark, as the person chose it or as the system has it.

export function themeNow() {
  const { theme } = document.documentElement.dataset;
  return theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** After each change of it. */
export function onTheme(act) {
  new MutationObserver(act).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}
