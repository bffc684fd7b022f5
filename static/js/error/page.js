// A page that says what went wrong. Where the token is missing, the field takes it, alone or within the printed address.
import { $ } from "../lib/dom.js";
import { startShell } from "../shell/shell.js";

/** The address that innv-gui printed, ending in "?token=abc" -> "abc"; anything else is the token itself. */
const tokenIn = text => text.match(/[?&]token=([^&#\s]+)/)?.[1] ?? text.trim();

/** What stands behind the # is the view that was asked for: it goes along. */
function takeToken(form) {
  form.action = location.pathname + location.hash;
  form.addEventListener("submit", () => {
    $("#token").value = tokenIn($("#token").value);
  });
}

startShell({ jobs: false });
if ($("#token-form")) takeToken($("#token-form"));
