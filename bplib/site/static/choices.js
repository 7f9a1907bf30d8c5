// A question with options is answered on the page, from what it shows and what is folded away below it: the first letter
// there is the right option's, and each item of the list says what is wrong with another.
addEventListener("DOMContentLoaded", () => {
  const letter = (one) => one.querySelector(":scope > b:first-child")?.textContent;

  for (const answer of document.querySelectorAll("article .output details")) {
    const question = answer.parentElement;
    const options = [...question.querySelectorAll(":scope > p")].filter((one) => /^[A-H]$/.test(letter(one)));
    const [right, ...why] = answer.querySelectorAll(":scope > p");
    if (options.length < 2 || !right) continue;

    const told = document.createElement("div");
    told.className = "choice-told";
    told.role = "status";
    answer.before(told);
    question.querySelector(":scope > p > small")?.parentElement.remove();

    const items = new Map([...answer.querySelectorAll("li")].map((one) => [letter(one), one]));
    const sentences = (one) => [...one.cloneNode(true).childNodes].filter((node) => node.textContent !== letter(one));
    for (const option of options) {
      const button = document.createElement("button");
      button.className = "choice";
      button.append(...option.childNodes);
      button.addEventListener("click", () => {
        const chosen = letter(button), good = chosen === letter(right);
        for (const other of question.querySelectorAll(".choice")) other.ariaPressed = String(other === button);
        button.dataset.outcome = good ? "right" : "wrong";
        const said = good ? why : [items.get(chosen)].filter(Boolean);
        told.replaceChildren(good ? "✓ " : "✗ ", ...said.flatMap(sentences));
        if (good) answer.open = true;
      });
      option.replaceWith(button);
    }
  }
});
