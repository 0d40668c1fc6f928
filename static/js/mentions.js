// After an @ the people of one's own side are offered; the names are those of a <datalist> that the form names. Typing
// the name by hand does the same: the server reads the text.
import { insert, isComposing } from "./phrases.js";

const MOST = 8;

const attach = (field, people) => {
  const box = document.createElement("ul");
  box.className = "mentions";
  box.id = `${field.id}_mentions`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "提到同事");
  box.hidden = true;
  field.after(box);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", box.id);
  let from = 0;
  let at = 0;

  const close = () => {
    box.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = (index + box.children.length) % box.children.length;
    [...box.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
    field.setAttribute("aria-activedescendant", box.children[at].id);
    box.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (name) => {
    close();
    insert(field, `@${name} `, from, field.selectionStart);
  };
  const look = () => {
    const typed = /(?<![A-Za-z0-9])[@＠]([^\s@＠]{0,20})$/.exec(field.value.slice(0, field.selectionStart));
    const found = typed ? people.filter(({ name }) => name.includes(typed[1]) && name !== typed[1]).slice(0, MOST) : [];
    if (!found.length) return close();
    from = typed.index;
    box.replaceChildren(
      ...found.map(({ name, role }, index) => {
        const option = document.createElement("li");
        option.id = `${box.id}_${index}`;
        option.setAttribute("role", "option");
        option.append(Object.assign(document.createElement("strong"), { textContent: name }), ` ${role}`);
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(name));
        return option;
      }),
    );
    box.hidden = false;
    mark(0);
  };

  field.addEventListener("input", (event) => event.isComposing || look());
  field.addEventListener("compositionend", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (box.hidden || isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at + step);
    else if (event.key === "Enter" || event.key === "Tab") choose(box.children[at].querySelector("strong").textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
};

for (const form of document.querySelectorAll("[data-mentions]")) {
  const people = [...document.getElementById(form.dataset.mentions).options].map((option) => ({
    name: option.value,
    role: option.textContent,
  }));
  form.querySelectorAll("textarea").forEach((field) => attach(field, people));
}
