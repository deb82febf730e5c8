// Filters the table of VPCs. Without this script the page shows all of them.
"use strict";
const form = document.getElementById("filters");
const count = document.getElementById("count");
const rows = Array.from(document.querySelectorAll(".vpcs > tbody > tr"), (element) => ({
  element,
  text: element.textContent.toLowerCase(),
}));

function matches(row, wanted) {
  const { status, account, region, requirement } = row.element.dataset;
  return (
    row.text.includes(wanted.text.trim().toLowerCase()) &&
    (!wanted.status || wanted.status === status) &&
    (!wanted.account || wanted.account === account) &&
    (!wanted.region || wanted.region === region) &&
    (!wanted.requirement || requirement.split(" ").includes(wanted.requirement))
  );
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  let shown = 0;
  for (const row of rows) {
    row.element.hidden = !matches(row, wanted);
    shown += row.element.hidden ? 0 : 1;
  }
  const all = rows.length.toLocaleString("en");
  count.value = `${shown.toLocaleString("en")} of ${all} listed VPCs shown.`;
}

form.addEventListener("input", filter);
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// The fields are empty only after the event.
form.addEventListener("reset", () => setTimeout(filter));
form.hidden = rows.length === 0;
