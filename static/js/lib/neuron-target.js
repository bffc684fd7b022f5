// Neurons as targets: how they are written in a request and an address.

export const GRIDS = [1, 4, 9, 16];

/** "top4" -> {top: 4}, "12" -> {index: 12}, anything else -> null. */
export function parsed(neurons) {
  if (!neurons) return null;
  if (neurons.startsWith("top")) return GRIDS.includes(Number(neurons.slice(3))) ? { top: Number(neurons.slice(3)) } : null;
  return /^\d{1,9}$/.test(neurons) ? { index: Number(neurons) } : null;
}
