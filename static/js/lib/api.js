// The only place that talks to the server. Every failure becomes an ApiError that reads as a sentence.

const ROOT = "/api/v1";

class ApiError extends Error {
  hint; field; allowed; retry; at; status;

  /** at: [start, end] of what was not understood in a text, in code points. */
  constructor({ message, hint = "", field = null, allowed = [], retry = false, at = null }, status = 0) {
    super(message);
    Object.assign(this, { hint, field, allowed, retry, at, status });
  }

  get sentence() {
    return [this.message, this.hint].filter(Boolean).join(" ");
  }
}

const SILENT = {
  message: "The server does not answer.",
  hint: "It may have been stopped. Start it again, then open the address it prints.",
  retry: true, // the next attempt may reach it
};

async function refusal(response) {
  const body = await response.json().catch(() => null);
  const error = body?.error;
  if (error && typeof error === "object") return new ApiError(error, response.status);
  return new ApiError(
    { message: `The server answered ${response.status} ${response.statusText}.`.replace(" .", "."), retry: true },
    response.status,
  );
}

async function send(method, path, body, signal) {
  const options = { method, signal, headers: { Accept: "application/json" } };
  if (body instanceof FormData) options.body = body;
  else if (typeof body === "string")
    Object.assign(options, { body, headers: { ...options.headers, "Content-Type": "text/csv" } });
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(path.startsWith("/") ? ROOT + path : path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError(SILENT);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

const json = async (...request) => {
  const response = await send(...request);
  return response.status === 204 ? null : response.json();
};

export const get = (path, signal) => json("GET", path, undefined, signal);
export const post = (path, body, signal) => json("POST", path, body, signal);
export const put = (path, body) => json("PUT", path, body);
export const patch = (path, body) => json("PATCH", path, body);
export const remove = path => json("DELETE", path);

/** One of the server's own pages, taken apart. */
export const page = async path => {
  const response = await send("GET", location.origin + path);
  return new DOMParser().parseFromString(await response.text(), "text/html");
};

export const bytes = async (path, signal) => (await send("GET", path, undefined, signal)).arrayBuffer();
export const file = async path => (await send("GET", path)).blob();

/** Addresses of pictures and files; the server makes them from opaque ids and numbers. */
const part = encodeURIComponent;
export const address = {
  thumbnail: (dataset, image, size_px = 96) =>
    `${ROOT}/datasets/${part(dataset)}/images/${image}/thumbnail?size=${size_px}`,
  picture: (dataset, image) => `${ROOT}/datasets/${part(dataset)}/images/${image}/picture`,
  asSeen: (dataset, image, model) => `${ROOT}/datasets/${part(dataset)}/images/${image}/as/${part(model)}`,
  map: (run, model, image, ending) => `${ROOT}/explanations/${part(run)}/maps/${part(model)}/${image}.${ending}`,
  difference: (run, model, image, against, ending) =>
    `${ROOT}/explanations/${part(run)}/differences/${part(model)}/${image}.${ending}?with=${part(against)}`,
  ranked: (ranking, model, image) => `${ROOT}/rankings/${part(ranking)}/maps/${part(model)}/${image}.png`,
  scores: (suggestion, ending) => `${ROOT}/suggestions/${part(suggestion)}/scores.${ending}`,
  ascent: (id, file) => `${ROOT}/maximizations/${part(id)}/${file}`,
  generated: (id, place, contrast, step) =>
    `${ROOT}/maximizations/${part(id)}/pictures/${place}.png?contrast=${contrast}&step=${step}`,
  run: run => `${ROOT}/explanations/${part(run)}/run.h5`,
  replaced: (trust, image, { model, method, fill, share, inserted = false }) =>
    `${ROOT}/trust/${part(trust)}/replaced/${image}.png?${new URLSearchParams({ model, method, fill, share, inserted: String(inserted) })}`,
  stage: (trust, image, { model, method, stage }) =>
    `${ROOT}/trust/${part(trust)}/maps/${image}.png?${new URLSearchParams({ model, method, stage })}`,
  trust: (trust, file) => `${ROOT}/trust/${part(trust)}/${file}`,
  export: (run, file) => `${ROOT}/explanations/${part(run)}/${file}`,
};

/** -> {shape: [H, W] or [H, W, C], values: Float32Array}, not normalised; against another run: what differs. */
export async function relevance({ run, model, image, against, target = 0 }, signal) {
  const place = against ? address.difference(run, model, image, against, "f32") : address.map(run, model, image, "f32");
  const path = place.slice(ROOT.length) + (target ? `${place.includes("?") ? "&" : "?"}target=${target}` : "");
  const response = await send("GET", path, undefined, signal);
  const shape = response.headers.get("X-Shape").split(",").map(Number);
  return { shape, values: new Float32Array(await response.arrayBuffer()) };
}

export const ENDED = new Set(["done", "failed", "cancelled"]);
export const pause = wait_ms => new Promise(done => setTimeout(done, wait_ms));

/**
 * Asks for a job until it has ended; tells every answer to `onstep`. Returns the job, also when it failed.
 * @param {any} job
 * @param {(job: any) => void} onstep
 */
export async function follow(job, onstep = () => {}, wait_ms = 300) {
  dispatchEvent(new CustomEvent("innv:job", { detail: job }));
  while (!ENDED.has(job.status)) {
    await pause(wait_ms);
    job = await get(`/jobs/${part(job.id)}`);
    onstep(job);
  }
  return job;
}

export const cancel = job => remove(`/jobs/${part(job.id ?? job)}`);
