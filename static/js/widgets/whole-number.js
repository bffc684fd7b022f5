// A field for a whole number from 0. What is none is said below it and changes nothing.

export function wholeNumber(field, error, onchange) {
  field.addEventListener("change", () => {
    const text = field.value.trim();
    const fits = /^\d{1,9}$/.test(text);
    field.setAttribute("aria-invalid", String(!fits));
    error.hidden = fits;
    error.textContent = `Expected a whole number from 0, got “${text}”.`;
    if (fits) onchange(Number(text));
  });
}
