/** The map as a picture to keep: what is on the screen, the pins, and a footer with the title, the day and the legend. */

import type { LegendEntry } from "../types";

/** A pin as it stands on the screen: its mark's middle and its place, pixels from the map's top left. */
export interface DrawnPin {
  x: number;
  y: number;
  ground: number;
  shape: string;
  colour: string;
  /** null: there is no room for it. */
  name: string | null;
  left: boolean;
}

/** One side of the map. */
export interface DrawnSide {
  frame: HTMLCanvasElement;
  pins: readonly DrawnPin[];
}

export interface PictureParts {
  /** Of the map, CSS pixels. */
  width: number;
  height: number;
  main: DrawnSide;
  /** What lies left of a share of the width. */
  other: { side: DrawnSide; split: number } | null;
  title: string;
  day: string;
  legendTitle: string;
  legend: readonly LegendEntry[];
  credits: string;
  colours: Colours;
}

export interface Colours {
  ink: string;
  soft: string;
  line: string;
  back: string;
}

const FAMILY = '"Noto Sans SC Variable", "Noto Sans SC", sans-serif';
const [PAD, ROW, MARK, GAP] = [16, 22, 11, 18];

/** Where the entries of a legend stand: rows of labels with their marks, none wider than `width`. Returns how many rows. */
export function rowsOf(widths: readonly number[], width: number): { places: { x: number; row: number }[]; rows: number } {
  const places: { x: number; row: number }[] = [];
  let [x, row] = [0, 0];
  for (const label of widths) {
    const needed = MARK + 6 + label;
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    places.push({ x, row });
    x += needed + GAP;
  }
  return { places, rows: widths.length ? row + 1 : 0 };
}

/** Compose the picture; null when the browser gives no canvas. */
export function compose(parts: PictureParts): Promise<Blob | null> {
  const { width, height, main, other, colours } = parts;
  const ratio = main.frame.width / width || 1;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  pen.font = `400 13px ${FAMILY}`;
  const title = `${parts.legendTitle}  `;
  const start = PAD + pen.measureText(title).width;
  const { places, rows } = rowsOf(parts.legend.map(({ label }) => pen.measureText(label).width), width - start - PAD);
  const footer = PAD + 24 + Math.max(1, rows) * ROW + PAD / 2;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round((height + footer) * ratio) });
  pen.scale(ratio, ratio);
  pen.textBaseline = "middle";
  drawSide(pen, main, parts, 0, width);
  if (other) {
    const edge = other.split * width;
    drawSide(pen, other.side, parts, 0, edge);
    pen.fillStyle = colours.ink;
    pen.fillRect(edge - 1, 0, 2, height);
  }
  pen.fillStyle = colours.back;
  pen.fillRect(0, height, width, footer);
  pen.fillStyle = colours.line;
  pen.fillRect(0, height, width, 1);
  drawFooter(pen, parts, title, start, places);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function drawFooter(pen: CanvasRenderingContext2D, { width, height, title, day, legend, credits, colours }: PictureParts, legendTitle: string, start: number, places: readonly { x: number; row: number }[]): void {
  const first = height + PAD + 6;
  pen.fillStyle = colours.ink;
  pen.font = `700 16px ${FAMILY}`;
  pen.fillText(title, PAD, first, width * 0.6);
  const after = PAD + Math.min(width * 0.6, pen.measureText(title).width) + 14;
  pen.font = `400 13px ${FAMILY}`;
  pen.fillStyle = colours.soft;
  pen.fillText(day, after, first, Math.max(1, width - after - PAD));
  const owed = pen.measureText(credits).width;
  if (credits && after + pen.measureText(day).width + owed + 2 * PAD < width) pen.fillText(credits, width - PAD - owed, first);
  const second = first + 28;
  pen.fillText(legendTitle, PAD, second);
  legend.forEach((entry, i) => {
    const place = places[i] ?? { x: 0, row: 0 };
    const [x, y] = [start + place.x, second + place.row * ROW];
    drawMark(pen, entry.shape ?? "square", entry.colour, x + MARK / 2, y, MARK);
    pen.fillStyle = colours.ink;
    pen.fillText(entry.label, x + MARK + 6, y);
  });
}

function drawSide(pen: CanvasRenderingContext2D, { frame, pins }: DrawnSide, { width, height, colours }: PictureParts, from: number, to: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(from, 0, to - from, height);
  pen.clip();
  pen.drawImage(frame, 0, 0, width, height);
  pen.font = `500 13px ${FAMILY}`;
  for (const pin of [...pins].reverse()) drawPin(pen, pin, colours);
  pen.restore();
}

function drawPin(pen: CanvasRenderingContext2D, { x, y, ground, shape, colour, name, left }: DrawnPin, { ink, soft, back }: Colours): void {
  pen.fillStyle = soft;
  pen.fillRect(x - 0.5, y + 7, 1, Math.max(0, ground - y - 7));
  drawMark(pen, shape, back, x, y, 19);
  drawMark(pen, shape, colour, x, y, 15);
  if (name === null) return;
  pen.textAlign = left ? "right" : "left";
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = back;
  pen.fillStyle = ink;
  const at = left ? x - 14 : x + 14;
  pen.strokeText(name, at, y);
  pen.fillText(name, at, y);
  pen.textAlign = "left";
}

/** A mark of the legend's shape around a middle; size: pixels. */
function drawMark(pen: CanvasRenderingContext2D, shape: string, colour: string, x: number, y: number, size: number): void {
  const half = size / 2;
  pen.beginPath();
  if (shape === "triangle") {
    pen.moveTo(x, y - half);
    pen.lineTo(x + half, y + half * 0.9);
    pen.lineTo(x - half, y + half * 0.9);
    pen.closePath();
  } else if (shape === "square") pen.rect(x - half * 0.85, y - half * 0.85, size * 0.85, size * 0.85);
  else pen.arc(x, y, shape === "ring" ? half * 0.75 : half * 0.9, 0, 2 * Math.PI);
  if (shape === "ring") {
    pen.strokeStyle = colour;
    pen.lineWidth = size * 0.16;
    pen.stroke();
  } else {
    pen.fillStyle = colour;
    pen.fill();
  }
}
