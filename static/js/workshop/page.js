// The page Workshop: joins request, training, runs, tour and address.
import { startShell } from "../shell/shell.js";

startShell();
