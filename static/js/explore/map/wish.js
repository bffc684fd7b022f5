// Which map a side wants.
import { fittingMaps } from "../request.js";

/** As it is asked of the server: of a model that is there, with whole settings. */
export const wishOf = ({ models, dataset }, maps, side) =>
  fittingMaps({ maps: maps ?? {}, models: models.map(({ id }) => id) }, dataset.n)[side];
