"""The style sheet of the readable pages; calm, light or dark as the reader's system is."""

STYLE = """\
:root { color-scheme: light dark; --ink: #1d2529; --soft: #5c686e; --line: #dfe3e1; --ground: #f5f6f5; --panel: #ffffff;
  --accent: #1f5f8b; --area: #dbe6ee; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaeb; --soft: #a3afb4; --line: #354046; --ground: #151b1e;
  --panel: #1d2529; --accent: #7fb8de; --area: #263845; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.6 "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 24px; padding-top: 14px;
  font-size: 13px; color: var(--soft); }
nav a + a::before { content: "/"; padding: 0 8px; color: var(--soft); display: inline-block; }
nav.forms a + a::before { content: "·"; }
h1 { font-size: 24px; line-height: 1.3; margin: 18px 0 6px; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 28px 0 8px; font-weight: 600; }
p.lead { margin: 0 0 18px; color: var(--soft); }
a { color: var(--accent); text-decoration: none; overflow-wrap: anywhere; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 4px 16px;
  margin: 0 0 16px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0; border-top: 1px solid var(--line);
  max-width: 420px; overflow-wrap: anywhere; }
tr:first-child > * { border-top: 0; }
thead th, th[scope=row] { font-weight: 400; color: var(--soft); font-size: 13px; white-space: nowrap; }
td.none { color: var(--soft); }
code { font: 13px/1.5 ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
ul { margin: 8px 0; padding: 0; list-style: none; }
li { padding: 3px 0; }
.kinds { color: var(--soft); font-size: 13px; }
svg.map { display: block; width: 100%; height: auto; max-height: 440px; margin: 12px 0; }
svg.map .area { fill: var(--area); stroke: var(--accent); stroke-width: 1; fill-rule: evenodd; }
svg.map .line { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg.map .point { fill: var(--accent); }
svg.map a:hover .area, svg.map a:focus .area { fill: var(--accent); }
.turn { display: flex; gap: 20px; margin: 0 0 16px; }
footer { padding-top: 12px; padding-bottom: 28px; color: var(--soft); font-size: 13px; }
"""
