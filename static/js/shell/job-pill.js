// The running job in the top bar of every page: what, how far, how long, and a way to stop it. What the page's own strip
// tells of is left out: two counts of one thing never agree.
import { $ } from "../lib/dom.js";
import { get, cancel, ENDED } from "../lib/api.js";
import { count, seconds } from "../lib/format.js";
import { turns } from "../lib/turns.js";
import { complain } from "./toast.js";

const BUSY_MS = 700;
const IDLE_MS = 6000;
const asked = turns();
let timer = 0;
let shown = null;
let spoken = 0;
/** @type {(job: any) => boolean} */
let isOwn = () => false;

function draw(jobs) {
  const running = jobs.filter(job => !ENDED.has(job.status) && !isOwn(job));
  const pill = $("#job");
  shown = running.find(job => job.status === "running") || running[0] || null; // the newest comes first
  pill.hidden = !shown;
  if (!shown) return;
  const part = name => $(`[data-job="${name}"]`);
  const bar = part("bar");
  const known = shown.total > 0 && shown.done > 0;
  const percent = known ? Math.floor((100 * shown.done) / shown.total) : 0;
  const title = running.length > 1 ? `${shown.title} · ${count(running.length - 1, "more job")}` : shown.title;
  part("title").textContent = title;
  part("title").title = title; // the end is cut off where two models have names that begin alike
  if (known) bar.value = shown.done / shown.total;
  else bar.removeAttribute("value");
  part("percent").textContent = known ? `${percent} %` : "";
  part("left").textContent =
    Number.isFinite(shown.seconds_left) && shown.seconds_left !== null ? `${seconds(shown.seconds_left)} left` : "";
  part("cancel").setAttribute("aria-label", `Cancel job: ${shown.title}`);
  if (performance.now() - spoken > 5000) {
    part("live").textContent = known ? `${shown.title}: ${percent} percent` : shown.title;
    spoken = performance.now();
  }
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  const current = asked();
  try {
    const { jobs } = await get("/jobs");
    if (!current()) return;
    draw(jobs);
    dispatchEvent(new CustomEvent("innv:jobs", { detail: jobs }));
  } catch {
    if (current()) draw([]);
  }
  clearTimeout(timer);
  timer = setTimeout(look, shown ? BUSY_MS : IDLE_MS);
}

/** own(job): whether the page itself shows the progress of this job. */
export function startJobPill(own) {
  isOwn = own;
  $('[data-job="cancel"]').addEventListener("click", async () => {
    const job = shown;
    if (!job) return;
    try {
      await cancel(job);
      dispatchEvent(new CustomEvent("innv:cancelled", { detail: job }));
    } catch (error) {
      complain(error);
    }
    look();
  });
  addEventListener("innv:job", look);
  document.addEventListener("visibilitychange", look);
  look();
}
