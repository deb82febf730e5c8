// Filters the VPCs. Without this script the page shows all of them.
"use strict";
const form = document.getElementById("filters");
const count = document.getElementById("count");
const cases = Array.from(document.querySelectorAll(".case"), (element) => ({
  element,
  rows: Array.from(element.querySelectorAll("tbody > tr"), (row) => ({ element: row })),
}));
const chunks = document.querySelectorAll(".chunk");
const listed = cases.reduce((sum, each) => sum + each.rows.length, 0);

function matches({ element }, wanted) {
  const { status, account, region, requirement } = element.dataset;
  return (
    (!wanted.status || wanted.status === status) &&
    (!wanted.account || wanted.account === account) &&
    (!wanted.region || wanted.region === region) &&
    (!wanted.requirement || requirement.split(" ").includes(wanted.requirement))
  );
}

// Text is taken from the page when it is first looked for: in a large report that takes a while.
function has(part, element, text) {
  part.text ??= element.textContent.toLowerCase();
  return part.text.includes(text);
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const text = wanted.text.trim().toLowerCase();
  let shown = 0;
  for (const each of cases) {
    const fits = matches(each, wanted);
    const all = fits && (!text || has(each, each.element.querySelector("thead"), text));
    const before = shown;
    for (const row of each.rows) {
      row.element.hidden = !(all || (fits && has(row, row.element, text)));
      shown += row.element.hidden ? 0 : 1;
    }
    each.element.hidden = shown === before;
  }
  for (const chunk of chunks) {
    chunk.hidden = !chunk.querySelector(".case:not([hidden])");
  }
  count.value = `${shown.toLocaleString("en")} of ${listed.toLocaleString("en")} VPCs shown.`;
}

form.addEventListener("input", filter);
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// The fields are empty only after the event.
form.addEventListener("reset", () => setTimeout(filter));
form.hidden = listed === 0;
