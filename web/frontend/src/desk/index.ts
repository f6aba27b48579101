/** The panels for work beside the map: loaded when one of them is opened. */

import "../styles/desk.css";

export { Account } from "./account";
export { Administration } from "./administration";
export { Uploads } from "./uploads";
