// The glossary and the methods: the server has written all of it.
import { startShell } from "../shell/shell.js";

startShell();
