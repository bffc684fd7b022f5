// Runs before the first paint: the chosen theme, or none, so that the system decides.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  /* storage refused: the system decides */
}
