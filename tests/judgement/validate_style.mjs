// Runs MapLibre's style validator and evaluates expressions. stdin: {styles: [style], asked: [{style, layer, property, zoom,
// type, properties}]}; stdout: {errors: [[message]], answers: [value]} ("filter" as property asks whether it lets through).
// argv[2] is the folder that holds the page's node_modules.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const spec = require("@maplibre/maplibre-gl-style-spec");
const { styles, asked } = JSON.parse(readFileSync(0, "utf8"));
const errors = styles.map((style) => spec.validateStyleMin(style).map((error) => error.message));
const answers = asked.map(({ style, layer, property, zoom, type, properties }) => {
  const found = styles[style].layers.find((one) => one.id === layer);
  const feature = { type, properties, id: 1 };
  if (property === "filter") return spec.featureFilter(found.filter, "filter").filter({ zoom }, feature);
  const group = property in found.paint ? "paint" : "layout";
  const made = spec.expression.createPropertyExpression(found[group][property], property, spec.latest[`${group}_${found.type}`][property]);
  if (made.result === "error") throw new Error(JSON.stringify(made.value));
  const value = made.value.evaluate({ zoom }, feature, {});
  return value?.toString && typeof value === "object" ? value.toString() : value;
});
process.stdout.write(JSON.stringify({ errors, answers }));
