// The filter and the folding of everything at once. The page reads and prints without this script.
(() => {
  "use strict";
  const form = document.querySelector(".filter");
  const folded = [...document.querySelectorAll("details")];
  if (form) {
    const module = form.elements.namedItem("module");
    const sitting = form.elements.namedItem("sitting");
    const words = form.elements.namedItem("words");
    const questions = [...document.querySelectorAll("article[data-module]")];
    const texts = new Map();
    const textOf = (question) => {
      if (!texts.has(question)) texts.set(question, question.textContent.toLowerCase());
      return texts.get(question);
    };
    const matches = (question, wanted) =>
      (!module.value || question.dataset.module === module.value) &&
      (!sitting.value || question.dataset.sittings.split(" ").includes(sitting.value)) &&
      wanted.every((word) => textOf(question).includes(word));
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const question of questions) {
        question.hidden = !matches(question, wanted);
        count += question.hidden ? 0 : 1;
        const entry = document.querySelector(`[data-entry="${question.id}"]`);
        if (entry) entry.hidden = question.hidden;
      }
      for (const section of document.querySelectorAll("[data-section]")) {
        const empty = !section.querySelector("article:not([hidden]), li[data-entry]:not([hidden])");
        section.hidden = empty;
      }
      form.querySelector("output").value = `${count} of ${questions.length} questions`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("[data-fold]").addEventListener("click", (event) => {
      const open = folded.some((one) => !one.open);
      for (const one of folded) one.open = open;
      event.target.textContent = open ? "Hide all answers" : "Show all answers";
    });
    form.hidden = false;
    apply();
  }
  // What is wider than the window is scrolled, so the keyboard must reach it.
  const reach = () => {
    for (const one of document.querySelectorAll(".formula, .table")) {
      if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
    }
  };
  document.addEventListener("toggle", reach, true);
  addEventListener("resize", reach);
  reach();
  // For browsers whose style sheets cannot open what is folded.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folded.filter((one) => !one.open);
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
