"""A million points on a map of Explore, as Chromium draws them: with WebGL2, and as cells on a canvas without it.

The page's own modules draw made-up points; each time is until a pixel of the canvas can be read back. On a machine
without a graphics card WebGL2 is computed by the processor, as the cells are.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.page import WAIT_MS, with_chromium
from bench.server import Running

CELLS_FIRST_S = 1.3  # what the first frame of the server's cells took
HOVER_MS = 16
TIMES = """async ({ base, n, card }) => {
  const load = name => import(`${base}/js/explore/map/${name}.js`);
  const [{ Plane }, { inksOf, paletteOf }, { colouringOf }] =
    await Promise.all(["plane", "drawing/palette", "colours"].map(load));
  let state = 1;
  const chance = () => ((state = Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const points = new Float32Array(2 * n);
  const labels = new Int32Array(n);
  for (let row = 0; row < n; row += 1) {
    labels[row] = row % 10;
    const far = 0.35 * Math.sqrt(-Math.log(1 - chance()));
    const turn = 2 * Math.PI * chance();
    points[2 * row] = 0.6 * Math.cos(labels[row]) + far * Math.cos(turn) * 0.5;
    points[2 * row + 1] = 0.6 * Math.sin(labels[row]) + far * Math.sin(turn) * 0.5;
  }
  const column = { name: "label", kind: "class", title: "label", values: [..."0123456789"] };
  const colouring = colouringOf(column, labels, "");
  const inks = inksOf();
  const scene = { points, codes: colouring.codes, palette: paletteOf(colouring, inks), strengths: null, chosen: null };
  const none = () => {};
  const acts = { draws: () => false, mode: () => "lasso", hovered: none, pressed: none, selected: none, seen: none,
    pictureOf: () => null, wrong: () => false };
  const plane = new Plane("Points", acts, card);
  for (const [name, value] of Object.entries({ position: "fixed", left: 0, top: 0, width: "560px", height: "560px" }))
    plane.root.style.setProperty(name, value);
  document.body.append(plane.root);
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const seen = () => {
    if (plane.kind !== "webgl2") return plane.points.getContext("2d").getImageData(0, 0, 1, 1);
    const gl = plane.points.getContext("webgl2");
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  };
  const timed = work => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  };
  const middle = all => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const drawn = () => (plane.draw("all"), seen());
  plane.show({ scene, inks });
  const first = timed(drawn);
  const redraw = middle([0, 1, 2, 3, 4].map(() => timed(() => {
    plane.view = { ...plane.view, k: plane.view.k * 1.05 };
    drawn();
  })));
  plane.rowAt(1, 1);
  const hover = timed(() => {
    for (let k = 0; k < 200; k += 1) plane.rowAt(560 * chance(), 560 * chance());
  }) / 200;
  const corners = Array.from({ length: 60 }, (_, k) =>
    [280 + 200 * Math.cos(k / 9.55), 280 + 200 * Math.sin(k / 9.55)]);
  const lasso = middle([0, 1, 2].map(() => timed(() => plane.within(corners))));
  const { kind } = plane;
  plane.root.remove();
  return { kind, first, redraw, hover_ms: 1000 * hover, lasso };
}"""


def measure(n: int) -> dict:
    """Seconds with WebGL2 and by cells; or `skipped`, a sentence, where a browser cannot be driven."""
    return with_chromium(lambda browser: _in(browser, n))


def _in(browser, n: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        server = Running(Path(folder))
        try:
            return _drawn(browser.new_page(), server, n)
        finally:
            server.process.terminate()
            server.process.wait()


def _drawn(page, server: Running, n: int) -> dict:
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{server.base}/?token={server.token}")
    page.goto(f"{server.base}/explore")
    page.locator("body[data-state]").wait_for()
    base = page.evaluate("() => document.querySelector('link[href*=tokens]').href.split('/css/')[0]")
    asked = {"base": base, "n": n}
    return {name: page.evaluate(TIMES, asked | {"card": card}) for name, card in (("card", True), ("cells", False))}
