// The staff desk: starts the session and hands the page to the shell.
import { render } from "preact";
import { App } from "./shell/app";
import "./style/tokens.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/shell.css";
import "./style/table.css";
import "./style/updates.css";
import "./style/print.css";

const root = document.getElementById("desk");
if (root === null) throw new Error('the page has no "desk"');
root.textContent = "";
render(<App />, root);
