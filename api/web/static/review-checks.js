// Doubts about a value as it is typed, in plain sentences. They never hold a key back; only a day that does not exist stops.

const answer = await fetch("/static/review-formats.json");
const { kinds, fields } = await answer.json();
const NONE = new Set(["", "-", "–", "—"]);

function realDay(text) {
  const parts = text.split(/[/.-]/).map(Number);
  const [day, month, year] = text.includes("-") && text.indexOf("-") === 4 ? parts.reverse() : parts;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A sentence about the value of an input, empty when there is nothing to say. */
export function doubtAbout(input) {
  const value = input.value.trim().normalize("NFC");
  if (NONE.has(value)) return "";
  const says = document.getElementById("sayings").dataset;
  const kind = fields[input.dataset.field] ? input.dataset.field : input.dataset.kind;
  const pattern = fields[kind] ?? kinds[kind];
  if (!pattern) return "";
  if (!new RegExp(pattern, "u").test(value)) return says[kind] ?? "";
  return kind === "date" && !realDay(value) ? says.date_real : "";
}

/** Text from a page in the form its field wants: a written-out day as figures, codes without spaces. */
export function shaped(kind, text) {
  if (kind === "date") {
    const found = /(\d{1,2})\D+(\d{1,2})\D+(\d{4})/.exec(text);
    if (found) return `${found[1].padStart(2, "0")}/${found[2].padStart(2, "0")}/${found[3]}`;
  }
  return ["personal_id", "tax_code", "number", "code"].includes(kind) ? text.replace(/\s+/g, "") : text;
}
