// The words on the page: a click copies one, a box drawn with mouse or pen takes all inside, or has that part read again.

import { shaped } from "./review-checks.js";
import { desk, say, send } from "./review-desk.js";
import { put } from "./review-fields.js";
import { light } from "./review-page.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALL_PX = 5;
const asked = new Map(); // address of a page's words → promise of them; a paper fetched ahead brings its words along

export function wordsOf(figure) {
  const address = figure.dataset.words;
  if (!asked.has(address)) asked.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : { words: [] })));
  return asked.get(address);
}

function rect(kind, box) {
  const made = document.createElementNS(SVG, "rect");
  made.setAttribute("class", kind);
  size(made, box);
  return made;
}

function size(made, box) {
  made.setAttribute("x", Math.min(box.x0, box.x1));
  made.setAttribute("y", Math.min(box.y0, box.y1));
  made.setAttribute("width", Math.abs(box.x1 - box.x0));
  made.setAttribute("height", Math.abs(box.y1 - box.y0));
}

/** Lay the words of a page over its picture. */
export async function addWords(figure) {
  const page = await wordsOf(figure);
  const all = document.createDocumentFragment();
  for (const word of page.words) {
    const made = rect("word", word);
    made.word = word;
    all.append(made);
  }
  figure.words = page.words;
  figure.querySelector("g").prepend(all);
}

let drawing = null;

export function watchPointer(root) {
  root.addEventListener("pointerdown", begin);
  root.addEventListener("pointermove", draw);
  root.addEventListener("pointerup", end);
  root.addEventListener("pointercancel", () => stop());
}

function begin(event) {
  const svg = event.target.closest?.(".sheets svg");
  if (!svg || event.button !== 0 || !desk.current) return;
  const group = svg.querySelector("g");
  const back = group.getScreenCTM().inverse();
  const start = new DOMPoint(event.clientX, event.clientY).matrixTransform(back);
  drawing = { figure: svg.closest("figure"), group, back, event, start, box: null, word: event.target.word, touch: event.pointerType === "touch" };
  if (!drawing.touch) event.preventDefault(); // the field keeps the focus
}

function draw(event) {
  if (!drawing || drawing.touch) return;
  const far = Math.hypot(event.clientX - drawing.event.clientX, event.clientY - drawing.event.clientY);
  if (!drawing.box && far < SMALL_PX) return;
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.back);
  const box = { x0: drawing.start.x, y0: drawing.start.y, x1: point.x, y1: point.y };
  if (!drawing.box) drawing.group.append((drawing.box = rect("drawn", box)));
  size(drawing.box, box);
  drawing.sides = box;
}

function stop() {
  drawing?.box?.remove();
  const done = drawing;
  drawing = null;
  return done;
}

function end(event) {
  const done = stop();
  if (!done) return;
  if (done.box) return void takeBox(done.figure, done.group, done.sides);
  if (!done.word) return;
  const input = desk.current;
  const text = event.shiftKey && input.value ? `${input.value} ${done.word.text}` : shaped(input.dataset.kind, done.word.text);
  fill(input, text, done.figure, done.group, done.word);
}

async function takeBox(figure, group, sides) {
  const input = desk.current;
  const box = { x0: Math.min(sides.x0, sides.x1), y0: Math.min(sides.y0, sides.y1), x1: Math.max(sides.x0, sides.x1), y1: Math.max(sides.y0, sides.y1) };
  const inside = (figure.words ?? []).filter((word) => {
    const x = (word.x0 + word.x1) / 2;
    const y = (word.y0 + word.y1) / 2;
    return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;
  });
  let text = inside.map((word) => word.text).join(" ");
  if (!text) {
    say(input, desk.root.dataset.reading, true);
    for (const side of Object.keys(box)) box[side] = Math.max(0, box[side]);
    const answer = await send("POST", figure.dataset.region, box);
    const said = await answer.json();
    text = answer.ok ? said.text : "";
    if (!text) return say(input, answer.ok ? desk.root.dataset.nothing : said.detail);
  }
  fill(input, shaped(input.dataset.kind, text), figure, group, box);
}

function fill(input, text, figure, group, box) {
  const name = input.dataset.field;
  put(input, "");
  const mine = rect("evidence mine", box);
  mine.dataset.field = name;
  group.append(mine);
  desk.boxes.set(name, [mine, ...(desk.boxes.get(name) ?? [])]);
  const sides = [box.x0, box.y0, box.x1, box.y1].map((side) => Math.max(0, side).toFixed(1));
  put(input, text, `${figure.dataset.page} ${sides.join(" ")}`);
  input.focus();
  light(name);
}
