/* Quizzes: check what the reader chose or typed, and show the feedback that the page already
   holds in the folded answers. No server, no eval, no dependencies. The expected values of
   formulas come with the page (extensions/quiz.py); here is only a small parser for input. */
"use strict";

(() => {

const FUNCTIONS = {
  sqrt: Math.sqrt, sin: Math.sin, cos: Math.cos, tan: Math.tan,
  exp: Math.exp, log: Math.log, ln: Math.log, abs: Math.abs,
};
const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
const CLOSE = 1e-6;
const ENOUGH = 6;

/* --- formulas ------------------------------------------------------------------------------- */

/* Cut input into numbers, names and signs; names are those known, the longest first,
   so that "2xsin(x)" is 2, x, sin, (, x, ). */
function tokenise(text, names) {
  const known = [...Object.keys(names), ...Object.keys(FUNCTIONS), ...Object.keys(CONSTANTS)];
  known.sort((a, b) => b.length - a.length);
  const plain = text.replace(/\u2212/g, "-").replace(/[\u00b7\u00d7]/g, "*")
    .replace(/\u00f7/g, "/").replace(/\*\*/g, "^").replace(/\u00b2/g, "^2")
    .replace(/\u00b3/g, "^3").replace(/\u221a/g, "sqrt");
  const tokens = [];
  let at = 0;
  while (at < plain.length) {
    const rest = plain.slice(at);
    const number = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest);
    const name = known.find((one) => rest.startsWith(one));
    if (/^\s/.test(rest)) {
      at += 1;
    } else if (number) {
      tokens.push({ number: Number(number[0]), text: number[0] });
      at += number[0].length;
    } else if (name) {
      tokens.push({ name, text: name });
      at += name.length;
    } else if ("+-*/^()".includes(rest[0])) {
      tokens.push({ text: rest[0] });
      at += 1;
    } else if (rest[0] === ",") {
      throw new Error("Write a decimal point, not a comma.");
    } else if (rest[0] === "=") {
      throw new Error("Type only one side: no equals sign is needed.");
    } else {
      throw new Error(`I cannot read “${/^\p{L}+|./u.exec(rest)[0]}”.`);
    }
  }
  return tokens;
}

/* Turn input into a function of the variables' values, or throw an Error with a message to show. */
function compile(text, names = {}) {
  const tokens = tokenise(text, names);
  let at = 0;
  const next = () => (at < tokens.length ? tokens[at].text : "");
  const accept = (sign) => tokens[at]?.text === sign && ++at > 0;

  function sum() {
    let left = product();
    for (;;) {
      const a = left;
      if (accept("+")) { const b = product(); left = (p) => a(p) + b(p); }
      else if (accept("-")) { const b = product(); left = (p) => a(p) - b(p); }
      else return left;
    }
  }
  function product() {
    let left = signed();
    for (;;) {
      const a = left;
      const implied = tokens[at]?.name !== undefined || next() === "(";
      if (accept("*") || implied) { const b = signed(); left = (p) => a(p) * b(p); }
      else if (accept("/")) { const b = signed(); left = (p) => a(p) / b(p); }
      else return left;
    }
  }
  function signed() {
    if (accept("-")) { const a = signed(); return (p) => -a(p); }
    return accept("+") ? signed() : power();
  }
  function power() {
    const base = atom();
    if (!accept("^")) return base;
    const exponent = signed();
    return (p) => base(p) ** exponent(p);
  }
  function atom() {
    const token = tokens[at++];
    if (!token) throw new Error("The formula stops too early: something is missing at the end.");
    if (token.number !== undefined) return () => token.number;
    if (token.name in names) return (p) => p[names[token.name]];
    if (token.name in FUNCTIONS) {
      if (!accept("(")) throw new Error(`Write ${token.name} with brackets: ${token.name}(…).`);
      const inside = bracket();
      return (p) => FUNCTIONS[token.name](inside(p));
    }
    if (token.name in CONSTANTS) return () => CONSTANTS[token.name];
    if (token.text === "(") return bracket();
    throw new Error(`I did not expect “${token.text}” there.`);
  }
  function bracket() {
    const inside = sum();
    if (!accept(")")) throw new Error("A closing bracket is missing.");
    return inside;
  }

  if (!tokens.length) throw new Error("Type your answer first.");
  const result = sum();
  if (at < tokens.length) throw new Error(`I did not expect “${next()}” there.`);
  return result;
}

/* Compare values at the points where the reader's formula has any. */
function agree(expected, found) {
  const scale = Math.max(...expected.map(Math.abs));
  const defined = found.map((v, i) => [v, expected[i]]).filter(([v]) => Number.isFinite(v));
  return defined.length >= Math.min(ENOUGH, expected.length)
    && defined.every(([v, w]) => Math.abs(v - w) <= CLOSE * Math.abs(w) + 1e-9 * scale);
}

/* --- judging an answer: {right, lead, items} or an Error for input that cannot be read ---------- */

function judgeChoices(form, items) {
  const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
  if (!chosen.length) throw new Error("Choose an answer first.");
  const picked = items.filter((item) => chosen.includes(item.dataset.choice));
  const missed = items.filter((item) => item.dataset.right && !picked.includes(item)).length;
  const right = picked.every((item) => item.dataset.right) && !missed;
  const hint = missed && form.dataset.kind === "many"
    ? ` ${missed} right ${missed === 1 ? "choice is" : "choices are"} not ticked.` : "";
  return { right, lead: (right ? "Right." : "Not yet.") + hint, items: picked };
}

function judgeEntry(form, items) {
  const values = JSON.parse(form.dataset.values);
  const points = JSON.parse(form.dataset.points ?? "[[]]");
  const formula = compile(form.querySelector("input").value, JSON.parse(form.dataset.names ?? "{}"));
  const found = points.map(formula);
  if (!found.some(Number.isFinite)) throw new Error("That has no value: look for a division by 0.");
  const within = Number(form.dataset.tolerance);
  const matches = form.dataset.kind === "number"
    ? (expected) => Math.abs(found[0] - expected[0]) <= within * (1 + 1e-9)
    : (expected) => agree(expected, found);
  if (matches(values)) return { right: true, lead: "Right.", items: items.slice(0, 1) };
  const mistake = items.slice(1).filter((item) => matches(JSON.parse(item.dataset.values)));
  let hint = mistake.length ? "" : " That is not it.";
  if (hint && matches(values.map((v) => -v))) hint = " Look for a lost sign.";
  else if (hint && found.length === 1 && Math.abs(found[0] - values[0]) < 0.02 * Math.abs(values[0]))
    hint = " Close: keep more digits.";
  return { right: false, lead: `Not yet.${hint}`, items: mistake.slice(0, 1) };
}

/* --- the page ----------------------------------------------------------------------------------- */

/* The storage of the browser is a convenience: pages opened from a folder may have none. */
function remember(key, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(key)) ?? {};
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* the quiz works without */ }
  return {};
}

function show(form, status, judged) {
  const lead = document.createElement("p");
  lead.className = "quiz-lead";
  lead.textContent = judged.lead;
  const copies = judged.items.map((item) => {
    const copy = document.createElement("div");
    copy.append(...[...item.childNodes].map((node) => node.cloneNode(true)));
    copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
    if (form.querySelector(".quiz-entry")) copy.querySelector(".quiz-verdict")?.remove();
    return copy;
  });
  status.replaceChildren(lead, ...copies);
  status.dataset.state = judged.state;
}

function start(quiz) {
  const forms = [...quiz.querySelectorAll(".quiz-question")].filter((f) => f.querySelector("ul"));
  const progress = quiz.querySelector(".quiz-progress");
  const stored = remember(quiz.id);
  const right = new Set();
  const report = () => { progress.textContent = `${right.size} of ${forms.length} right`; };

  const inputs = (form) => [...form.querySelectorAll("input")];
  const judge = (form) => {
    const items = [...form.querySelectorAll(".quiz-answer > ul > li")];
    return (form.querySelector(".quiz-entry") ? judgeEntry : judgeChoices)(form, items);
  };
  const given = (form) => inputs(form).map((i) => (i.type === "text" ? i.value : i.checked));

  forms.forEach((form) => {
    const status = form.querySelector(".quiz-status");
    const again = form.querySelector("button[type=reset]");
    const field = form.querySelector("input[type=text]");
    if (Array.isArray(stored[form.id]) && stored[form.id].length === inputs(form).length) {
      inputs(form).forEach((input, i) => {
        input[input.type === "text" ? "value" : "checked"] = stored[form.id][i];
      });
      try { if (judge(form).right) right.add(form); } catch { /* nothing to count */ }
      again.hidden = false;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      right.delete(form);
      field?.removeAttribute("aria-invalid");
      try {
        const judged = judge(form);
        if (judged.right) right.add(form);
        show(form, status, { ...judged, state: judged.right ? "right" : "wrong" });
        stored[form.id] = given(form);
        again.hidden = false;
      } catch (error) {
        field?.setAttribute("aria-invalid", "true");
        show(form, status, { lead: error.message, items: [], state: "unread" });
      }
      remember(quiz.id, stored);
      report();
    });
    form.addEventListener("reset", () => {
      right.delete(form);
      delete stored[form.id];
      remember(quiz.id, stored);
      field?.removeAttribute("aria-invalid");
      status.replaceChildren();
      delete status.dataset.state;
      form.querySelector(".quiz-answer").open = false;
      inputs(form)[0].focus();
      again.hidden = true;
      report();
    });
  });
  report();
  quiz.classList.add("quiz-ready");
}

document.querySelectorAll(".quiz").forEach(start);

})();
