// The page beside the fields: the box of the field in hand is lit and kept in view; zoom; pages.

import { desk } from "./review-desk.js";

let lit = [];

export function light(name) {
  for (const box of lit) box.classList.remove("now");
  lit = desk.boxes.get(name) ?? [];
  for (const box of lit) box.classList.add("now");
  if (lit.length) requestAnimationFrame(() => lit.length && reveal(lit[0])); // laid out once, with whatever else changed
}

/** Scroll the pane so that the box stands in its middle, unless it is well in view already. */
export function reveal(box) {
  const pane = desk.pane;
  const outer = pane.getBoundingClientRect();
  const inner = box.getBoundingClientRect();
  const high = Math.min(outer.height, window.innerHeight - outer.top);
  const edge = high * 0.12;
  const seen = inner.top >= outer.top + edge && inner.bottom <= outer.top + high - edge;
  const beside = inner.left >= outer.left && inner.right <= outer.right;
  if (seen && beside) return;
  const top = pane.scrollTop + inner.top - outer.top - (high - inner.height) / 2;
  const wide = inner.width > outer.width ? inner.left - outer.left - 20 : inner.left - outer.left - (outer.width - inner.width) / 2;
  pane.scrollTo({ top: Math.max(0, top), left: Math.max(0, pane.scrollLeft + wide) });
}

const zoom = () => Number(desk.pane.style.getPropertyValue("--zoom")) || 1;

function setZoom(factor) {
  desk.pane.style.setProperty("--zoom", String(Math.min(4, Math.max(0.5, factor))));
  if (lit.length) reveal(lit[0]);
}

export const zoomBy = (factor) => setZoom(zoom() * factor);

/** From fitting the pane to the field's print in reading size, and back. */
export function zoomToField() {
  setZoom(zoom() > 1.01 ? 1 : 2);
}

export function turnPage(step) {
  const top = desk.pane.getBoundingClientRect().top;
  const tops = desk.figures.map((figure) => figure.getBoundingClientRect().top - top);
  const now = tops.reduce((best, value, place) => (Math.abs(value) < Math.abs(tops[best]) ? place : best), 0);
  const next = Math.min(desk.figures.length - 1, Math.max(0, now + step));
  if (desk.figures.length > 1) desk.pane.scrollTo({ top: desk.pane.scrollTop + tops[next] });
  else desk.pane.scrollBy({ top: step * desk.pane.clientHeight * 0.85 });
}
