// Makes what is too wide for the screen scroll in its own box, by keyboard too.
(() => {
  const KINDS = [
    ["div.math, span.math", "Formula"],
    ["pre", "Code"],
    [".pst-scrollable-table-container, .cell_output .text_html", "Table"],
    [".cell_output .output", "Output"],
  ];
  const made = new Map();

  const tooWide = (box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth;
  // the width of a line is that of the nearest box that is not itself in a line
  const inlineTooWide = (box) => {
    let line = box.parentElement;
    while (line && !line.clientWidth) line = line.parentElement;
    return box.firstElementChild && line && box.getBoundingClientRect().width > line.clientWidth + 1;
  };

  function mark(box, name) {
    if (made.has(box) || box.hasAttribute("tabindex")) return;
    const before = [box.getAttribute("role"), box.getAttribute("aria-label")];
    made.set(box, before);
    box.classList.add("scroll-x");
    box.tabIndex = 0;
    if (!before[0]) box.setAttribute("role", "group");
    if (!before[1]) box.setAttribute("aria-label", `${name}, scrolls sideways`);
  }

  function unmark(box) {
    const [role, label] = made.get(box);
    made.delete(box);
    box.classList.remove("scroll-x");
    box.removeAttribute("tabindex");
    if (!role) box.removeAttribute("role");
    if (!label) box.removeAttribute("aria-label");
  }

  function look() {
    for (const box of [...made.keys()]) unmark(box);
    const wide = [];
    for (const [selector, name] of KINDS) {
      for (const box of document.querySelectorAll(selector)) {
        const inline = box.matches("span.math");
        if (inline ? inlineTooWide(box) : tooWide(box)) wide.push([box, name]);
      }
    }
    for (const [box, name] of wide) mark(box, name);
  }

  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 100);
  };
  window.addEventListener("resize", soon);
  document.addEventListener("toggle", soon, true); // a fold that opens shows new boxes
  document.addEventListener("click", soon);
  window.addEventListener("load", look);
  // the theme wraps tables when it is ready: look again when boxes come and go
  new MutationObserver(soon).observe(document.querySelector("article") || document.body, {
    childList: true,
    subtree: true,
  });
  document.fonts.ready.then(look);
  look();
})();
