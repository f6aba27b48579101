/** The plotting library: a chunk of its own, asked for when the first curve is shown. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export default uPlot;
