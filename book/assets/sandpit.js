// A pit to be poked: by mouse, by touch, or by typing where. It runs without a server.
(() => {
  const LIMIT = 25;
  const NEAR = 0.15;
  const SVG = "http://www.w3.org/2000/svg";
  const COMPASS = ["east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east"];

  const height = (pit, x, y) => {
    let f = -((x - pit.hill[0]) ** 2) - (y - pit.hill[1]) ** 2;
    let gx = -2 * (x - pit.hill[0]);
    let gy = -2 * (y - pit.hill[1]);
    for (const [a, b, deep, wide] of pit.hollows) {
      const bell = deep * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / wide);
      f -= bell;
      gx += (2 * bell * (x - a)) / wide;
      gy += (2 * bell * (y - b)) / wide;
    }
    for (const [p, q, r, phase] of pit.ripples) {
      f += r * Math.cos(p * x + q * y + phase);
      gx -= r * p * Math.sin(p * x + q * y + phase);
      gy -= r * q * Math.sin(p * x + q * y + phase);
    }
    return { depth: -9 + pit.scale * (f - pit.low), slope: [pit.scale * gx, pit.scale * gy] };
  };

  const make = (name, attributes, text) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const draw = (group, name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    group.append(node);
    return node;
  };

  const start = (box) => {
    const pits = JSON.parse(box.dataset.pits);
    const svg = box.querySelector("svg");
    const pokes = box.querySelector(".pokes");
    let pit = pits[0];
    let tries = [];
    let over = false;

    const form = make("form", { class: "sandpit-form" });
    const choice = make("select", {});
    pits.forEach((p, k) => choice.append(make("option", { value: k }, p.name)));
    const mode = make("select", {});
    mode.append(make("option", { value: "slope" }, "depth and downhill"), make("option", { value: "depth" }, "depth alone"));
    const where = ["x", "y"].map(() => make("input", { type: "number", min: 0, max: 6, step: 0.01, value: 3, required: "" }));
    const label = (text, node) => {
      const outer = make("label", {}, text);
      outer.append(node);
      return outer;
    };
    const poke = make("button", { type: "submit" }, "Poke");
    const again = make("button", { type: "button" }, "Begin again");
    form.append(label("Pit", choice), label("The stick tells", mode), label("x", where[0]), label("y", where[1]), poke, again);
    const said = make("p", { class: "sandpit-said", role: "status" }, "Poke the pit: click on it, or type a place. The lowest point is 9 m deep.");
    const list = make("ol", { class: "sandpit-list" });
    const record = make("details", {});
    record.append(make("summary", {}, "All pokes"), list);
    box.append(form, said, record);
    box.classList.add("playable");

    const clear = () => {
      tries = [];
      over = false;
      poke.disabled = false;
      pokes.replaceChildren();
      list.replaceChildren();
      svg.setAttribute("aria-label", "A square of 6 by 6 metres with a grid. Nothing is poked yet.");
      pit = pits[Number(choice.value)];
    };

    const finish = (words) => {
      over = true;
      poke.disabled = true;
      const [x, y] = pit.minimum;
      draw(pokes, "circle", { cx: x, cy: 6 - y, r: NEAR, class: "goal" });
      said.textContent = `${words} The lowest point is at (${x.toFixed(2)}, ${y.toFixed(2)}).`;
    };

    const tryAt = (x, y) => {
      if (over) return;
      if (!tries.length) clear();
      const { depth, slope } = height(pit, x, y);
      tries.push([x, y]);
      const n = tries.length;
      const steep = Math.hypot(...slope);
      let words = `Poke ${n} at (${x.toFixed(2)}, ${y.toFixed(2)}): ${(-depth).toFixed(2)} m deep`;
      if (mode.value === "slope") {
        const [dx, dy] = slope.map((s) => -s / (steep || 1));
        const long = 0.15 + 0.35 * Math.min(1, steep / 5);
        const tip = [x + long * dx, 6 - y - long * dy];
        draw(pokes, "path", { d: `M${x},${6 - y}L${tip[0]},${tip[1]}`, class: "downhill" });
        const turn = Math.round(Math.atan2(dy, dx) / (Math.PI / 4));
        words += `, downhill to the ${COMPASS[(turn + 8) % 8]}, falling ${steep.toFixed(2)} m a metre`;
      }
      draw(pokes, "circle", { cx: x, cy: 6 - y, r: 0.08 });
      draw(pokes, "text", { x: x + 0.12, y: 6 - y - 0.1 }, `${n}: ${(-depth).toFixed(1)}`);
      list.append(make("li", {}, words.replace(/^Poke \d+ at /, "")));
      svg.setAttribute("aria-label", `A square of 6 by 6 metres with ${n} numbered pokes, listed below`);
      if (Math.hypot(x - pit.minimum[0], y - pit.minimum[1]) <= NEAR) finish(`Found with poke ${n}!`);
      else if (n === LIMIT) finish(`${LIMIT} pokes, and not found.`);
      else said.textContent = `${words}.${n >= 22 ? ` Hurry up: ${LIMIT - n} left.` : ""}`;
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      tryAt(...where.map((input) => Number(input.value)));
    });
    svg.addEventListener("click", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const place = [point.x, 6 - point.y];
      if (place.some((v) => v < -0.1 || v > 6.1)) return;
      const [x, y] = place.map((v) => Math.round(100 * Math.min(6, Math.max(0, v))) / 100);
      [where[0].value, where[1].value] = [x, y];
      tryAt(x, y);
    });
    const begin = () => {
      clear();
      said.textContent = "A fresh pit. Where will you poke first?";
    };
    again.addEventListener("click", begin);
    choice.addEventListener("change", begin);
    mode.addEventListener("change", begin);
  };

  for (const box of document.querySelectorAll(".sandpit-game")) start(box);
})();
