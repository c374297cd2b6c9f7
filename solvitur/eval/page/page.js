
"use strict";
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const problems = Array.from(document.querySelectorAll("details.problem"));
  const texts = new Map();

  const textOf = (problem) => {
    if (!texts.has(problem)) texts.set(problem, problem.textContent.toLowerCase());
    return texts.get(problem);
  };

  const isWanted = (problem) => {
    const verdicts = problem.dataset.verdicts.split(" ");
    for (const select of form.querySelectorAll("select[data-letter]")) {
      if (select.value && !verdicts.includes(`${select.dataset.letter}-${select.value}`)) return false;
    }
    const tag = form.elements.tag;
    if (tag && tag.value && !problem.dataset.tags.split("\n").includes(tag.value)) return false;
    const flips = form.elements.flips;
    if (flips && flips.checked && !("flip" in problem.dataset)) return false;
    const text = form.elements.text.value.trim().toLowerCase();
    return !text || textOf(problem).includes(text);
  };

  const show = () => {
    let shown = 0;
    for (const problem of problems) {
      problem.hidden = !isWanted(problem);
      if (!problem.hidden) shown += 1;
    }
    count.textContent = `${shown} of ${problems.length}`;
    none.hidden = shown > 0;
  };

  const open = () => {
    const found = document.getElementById(location.hash.slice(1));
    if (!problems.includes(found)) return;
    found.hidden = false;
    found.open = true;
    found.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  window.addEventListener("hashchange", open);
  show();
  open();
})();
