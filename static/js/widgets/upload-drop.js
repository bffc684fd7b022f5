// Files from the person: dropped anywhere on the page (folders, too), or chosen. The drop field shows where they go.
import { $, $$ } from "../lib/dom.js";

const MOST_FILES = 100_000;
const paths = new WeakMap();

const wholePath = file => paths.get(file) || file.webkitRelativePath || file.name;
const topOf = path => path.split("/").slice(0, -1)[0] ?? "";

/**
 * Files as they are sent. A folder that all came in is the dataset, as on the command line, and no label: folder is its
 * name, or "". paths: "label/picture.png" below it, in the order of the files.
 */
export function placed(files) {
  const all = files.map(wholePath);
  const tops = new Set(all.map(topOf));
  const folder = tops.size === 1 ? topOf(all[0]) : "";
  return { folder, paths: folder ? all.map(path => path.slice(folder.length + 1)) : all };
}

const fileOf = entry => new Promise((done, failed) => entry.file(done, failed));
const entriesOf = reader => new Promise((done, failed) => reader.readEntries(done, failed));

/** All files below a dropped entry; the browser lists a folder in portions. */
async function walk(entry, found) {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await fileOf(entry);
    paths.set(file, entry.fullPath.replace(/^\//, ""));
    found.push(file);
    return;
  }
  const reader = entry.createReader();
  for (let portion = await entriesOf(reader); portion.length; portion = await entriesOf(reader))
    for (const below of portion) await walk(below, found);
}

async function dropped(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files];
  const found = [];
  if (!entries.some(entry => entry.isDirectory)) return files;
  for (const entry of entries) await walk(entry, found);
  return found.filter(file => !file.name.startsWith("."));
}

/** onfiles(File[]) is called with at least one file. Fields: #files and, where the page has it, #folder. */
export function acceptFiles(onfiles) {
  const drop = $("#drop");
  const hasFiles = event => [...(event.dataTransfer?.types || [])].includes("Files");
  addEventListener("dragover", event => {
    if (hasFiles(event)) {
      event.preventDefault();
      drop.classList.add("over");
    }
  });
  addEventListener("dragleave", event => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", async event => {
    drop.classList.remove("over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    const files = await dropped(event.dataTransfer);
    if (files.length) onfiles(files);
  });
  for (const input of $$("#files, #folder"))
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      if (files.length) onfiles(files);
    });
}
