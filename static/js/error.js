import { startShell } from "./shell.js";

startShell({ jobs: false });
