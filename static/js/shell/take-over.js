// What a page does with models and datasets that were opened, changed or removed elsewhere: its choice is of what is there.
import { ready } from "../lib/choices.js";
import { inWords } from "../lib/same.js";
import { toast } from "./toast.js";

/** chosen: ids of models and datasets; gone: id -> name of what is no longer open. */
export function sayRemoved(chosen, gone) {
  const names = chosen.filter(id => gone.has(id)).map(id => gone.get(id));
  const verbs = names.length > 1 ? "are no longer open: they have been removed" : "is no longer open: it has been removed";
  if (names.length) toast(`${inWords(names)} ${verbs} from the session.`);
}

/**
 * The catalog of now. A chosen dataset that is gone makes place for the first one, chosen models that are gone leave.
 * @param {import("../lib/store.js").Store} store with {catalog, dataset, models}
 * @param {{models: any[], datasets: any[]}} held
 * @param {Map<string, string>} gone id -> name of what is no longer open
 * @param {(id: string) => void} choose what choosing a dataset by hand does
 */
export function takeOver(store, held, gone, choose) {
  const { dataset, models } = store.state;
  sayRemoved([dataset, ...models], gone);
  store.set({ catalog: { ...store.state.catalog, ...held } });
  const [first] = ready(held.datasets);
  if (gone.has(dataset) && first) choose(first.id);
  const left = store.state.models.filter(id => !gone.has(id));
  if (left.length < store.state.models.length) store.set({ models: left });
}
