// Runs Khronos' gltf-validator over many glbs in one process: paths come on stdin, one a line; a JSON object
// {path: {errors, warnings, messages}} goes to stdout.  argv[2] is the folder that holds gltf-validator.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const validator = require("gltf-validator");
const reports = {};
for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const report = await validator.validateBytes(new Uint8Array(readFileSync(path)), { ignoredIssues: ["UNUSED_OBJECT", "UNSUPPORTED_EXTENSION"] });
  const { numErrors: errors, numWarnings: warnings, messages } = report.issues;
  reports[path] = { errors, warnings, messages };
}
process.stdout.write(JSON.stringify(reports));
