// What every page has: theme, help, tooltips, the running job, page keys, the folding panel.
import { $ } from "../lib/dom.js";
import { onKeys, startPageKeys } from "./keyboard.js";
import { startMenus } from "./menu.js";
import { startJobPill } from "./job-pill.js";
import { createSessionMenu } from "./session-menu.js";
import { startAbout } from "./about.js";
import { startTips } from "./tip.js";

const root = document.documentElement;

const dark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

function switchTheme() {
  root.dataset.theme = dark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    /* not kept, still switched */
  }
}

function foldPanel() {
  const panel = $(".panel");
  const narrow = matchMedia("(max-width: 1000px)");
  if (!panel) return;
  const fold = () => {
    panel.open = !narrow.matches;
  };
  narrow.addEventListener("change", fold);
  fold();
}

/** Radio groups give the focus back after a mouse press, so that the arrows move images and not the group. */
function releaseRadios() {
  document.addEventListener("click", event => {
    const pressed = /** @type {HTMLElement} */ (event.target);
    if (event.detail > 0 && pressed.matches('.toolbar input[type="radio"]')) pressed.blur();
  });
}

/**
 * jobs: whether running jobs are shown; own(job): whether the page itself shows how far it is.
 * @param {{jobs?: boolean, own?: (job: any) => boolean}} options
 */
export function startShell({ jobs = true, own = () => false } = {}) {
  const help = $("#help");
  $("#theme").addEventListener("click", switchTheme);
  $("#help-open").addEventListener("click", () => help.showModal());
  $("#tour-start").addEventListener("click", () => {
    help.close();
    if (document.body.dataset.page === "visualize") dispatchEvent(new CustomEvent("innv:tour"));
    else location.assign("/visualize?tour");
  });
  $("[data-close]", help).addEventListener("click", () => help.close());
  help.addEventListener("click", event => {
    if (event.target === help) help.close();
  });
  onKeys({ "?": () => help.showModal(), t: switchTheme });
  startPageKeys();
  startMenus();
  startTips();
  startAbout();
  createSessionMenu();
  foldPanel();
  releaseRadios();
  if (jobs) startJobPill(own);
}
