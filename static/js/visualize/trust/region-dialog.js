// Boxes around the evidence, drawn on the chosen images: by mouse or finger, and by keys.
import { $, h, icon, replace } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { fileName } from "../../lib/format.js";
import { requestOf } from "../request.js";
import { boxBetween, moved, regionsForm, resized } from "./regions.js";

const STEP = 0.02;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const NEW_BOX = [0.3, 0.3, 0.7, 0.7];
const SIDES = ["left", "top", "width", "height"];

/**
 * Places of a box in percent of the image.
 * @param {HTMLElement} element
 * @param {number[]} box
 */
function put(element, box) {
  const [left, top, right, bottom] = box;
  [left, top, right - left, bottom - top].forEach((share, k) => element.style.setProperty(SIDES[k], `${100 * share}%`));
}

const words = ([left, top, right, bottom]) => [left, top, right, bottom].map(share => `${Math.round(100 * share)} %`).join(", ");

/** The first model with these images in the Workshop, where a part is painted out instead; the boxes are painted already. */
export function retrainLink({ dataset, models }, image, boxes) {
  const asked = new URLSearchParams({ mode: "own", dataset: dataset ?? "", image: String(image), ...(models[0] ? { model: models[0] } : {}) });
  const painted = regionsForm.write({ 0: boxes }).replace(/^0:/, "");
  return `/workshop?${asked}${painted ? `#regions=${painted}` : ""}`;
}

/** A link that leads nowhere until there is something to paint out. */
function drawRetrain(link, href, has) {
  if (has) {
    link.href = href;
    for (const name of ["aria-disabled", "data-tip"]) link.removeAttribute(name);
    return;
  }
  link.removeAttribute("href");
  link.setAttribute("aria-disabled", "true");
  link.dataset.tip = "Draw a box first: what is in it is painted out, and the model learns to do without.";
}

export function createRegionDialog(store) {
  const dialog = $("#regions");
  const stage = $("#regions-stage");
  let place = 0;
  let drawing = null; // {from, element} while the mouse is down

  const images = () => requestOf(store.state).images;
  const index = () => images()[place];
  const boxes = () => store.state.regions[index()] ?? [];
  const keep = list => store.set({ regions: { ...store.state.regions, [index()]: list } });

  function boxElement(box, k) {
    const change = next => {
      keep(boxes().with(k, next));
      draw(k);
    };
    const remove = () => {
      keep(boxes().filter((_, other) => other !== k));
      draw(Math.min(k, boxes().length - 1));
    };
    const element = h("button", {
      class: "region-box",
      type: "button",
      "aria-label": `Box ${k + 1}: left, top, right, bottom ${words(box)}. Arrows move it, with Shift they resize it, Delete removes it.`,
      onkeydown: event => {
        const [by_x, by_y] = ARROWS[event.key] ?? [];
        if (by_x !== undefined) change((event.shiftKey ? resized : moved)(box, by_x, by_y));
        else if (["Delete", "Backspace"].includes(event.key)) remove();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    });
    put(element, box);
    return element;
  }

  /** focus: the box that has the focus then. */
  function draw(focus = -1) {
    const name = store.state.names.get(index()) ?? `image ${index() + 1}`;
    const picture = h("img", {
      class: "px",
      alt: `${name}, to draw on`,
      draggable: "false",
      src: address.picture(store.state.dataset, index()),
    });
    const known = $("img", stage);
    if (known?.getAttribute("src") !== picture.getAttribute("src")) {
      picture.addEventListener("load", () =>
        stage.style.setProperty("--ratio", String(picture.naturalWidth / picture.naturalHeight)),
      );
      replace(stage, picture, h("div", { class: "region-boxes" }));
    }
    const layer = $(".region-boxes", stage);
    replace(layer, boxes().map(boxElement));
    layer.children[focus]?.focus();
    $("#regions-place").textContent = `${place + 1} of ${images().length}`;
    $("#regions-name").textContent = fileName(name);
    $("#regions-clear").disabled = !boxes().length;
    drawRetrain($("#regions-retrain"), retrainLink(store.state, index(), boxes()), boxes().length > 0);
    $("#regions-everywhere").disabled = !boxes().length;
  }

  function step(by) {
    place = (place + by + images().length) % images().length;
    draw();
  }

  const pointOf = event => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };

  function begin(event) {
    if (event.button || event.target.closest(".region-box")) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    drawing = { from: pointOf(event), element: h("span", { class: "region-box drawn" }) };
    $(".region-boxes", stage).append(drawing.element);
  }

  function pull(event) {
    const box = drawing && boxBetween(drawing.from, pointOf(event));
    if (box) put(drawing.element, box);
  }

  function end(event) {
    if (!drawing) return;
    const box = boxBetween(drawing.from, pointOf(event));
    drawing.element.remove();
    drawing = null;
    if (box) add(box);
  }

  function add(box) {
    keep([...boxes(), box]);
    draw(boxes().length - 1);
  }

  stage.addEventListener("pointerdown", begin);
  stage.addEventListener("pointermove", pull);
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  $("#regions-back").addEventListener("click", () => step(-1));
  $("#regions-next").addEventListener("click", () => step(1));
  $("#regions-add").addEventListener("click", () => add(NEW_BOX));
  $("#regions-clear").addEventListener("click", () => {
    keep([]);
    draw();
    $("#regions-add").focus();
  });
  $("#regions-everywhere").addEventListener("click", () => {
    store.set({ regions: Object.fromEntries(images().map(image => [image, boxes()])) });
    $("#regions-done").focus();
  });
  dialog.addEventListener("keydown", event => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  replace($("#regions-back"), icon("left"));
  replace($("#regions-next"), icon("right"));

  function open() {
    if (!images().length) return;
    place = Math.min(place, images().length - 1);
    dialog.showModal();
    draw();
    $("#regions-add").focus();
  }
  return { open };
}
