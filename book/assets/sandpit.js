// A pit to be poked, or to walk in: by mouse, by touch, or by typing where. It runs without a server.
(() => {
  const LIMIT = 25;
  const NEAR = 0.15;
  const SVG = "http://www.w3.org/2000/svg";
  const COMPASS = ["east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east"];

  // depth, slope and curvature [xx, xy, yy] of a pit at a place
  const ground = (pit, x, y) => {
    let f = -((x - pit.hill[0]) ** 2) - (y - pit.hill[1]) ** 2;
    let slope = [-2 * (x - pit.hill[0]), -2 * (y - pit.hill[1])];
    let bend = [-2, 0, -2];
    const add = (value, gx, gy, xx, xy, yy) => {
      f += value;
      slope = [slope[0] + gx, slope[1] + gy];
      bend = [bend[0] + xx, bend[1] + xy, bend[2] + yy];
    };
    for (const [a, b, deep, wide] of pit.hollows) {
      const [u, v] = [(2 * (x - a)) / wide, (2 * (y - b)) / wide];
      const bell = deep * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / wide);
      add(-bell, bell * u, bell * v, bell * (2 / wide - u * u), -bell * u * v, bell * (2 / wide - v * v));
    }
    for (const [p, q, r, phase] of pit.ripples) {
      const [c, s] = [r * Math.cos(p * x + q * y + phase), r * Math.sin(p * x + q * y + phase)];
      add(c, -p * s, -q * s, -p * p * c, -p * q * c, -q * q * c);
    }
    const scaled = (values) => values.map((value) => pit.scale * value);
    return { depth: -9 + pit.scale * (f - pit.low), slope: scaled(slope), bend: scaled(bend) };
  };

  const make = (name, attributes, text) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const label = (text, node) => {
    const outer = make("label", {}, text);
    outer.append(node);
    return outer;
  };

  const select = (names) => {
    const node = make("select", {});
    names.forEach((name, k) => node.append(make("option", { value: k }, name)));
    return node;
  };

  const coordinate = (value) => make("input", { type: "number", min: 0, max: 6, step: 0.01, value, required: "" });

  // where the board was clicked, to a centimetre; nothing beyond its edge
  const place = (svg, event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const at = [point.x, 6 - point.y];
    if (at.some((v) => v < -0.1 || v > 6.1)) return null;
    return at.map((v) => Math.round(100 * Math.min(6, Math.max(0, v))) / 100);
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
    const choice = select(pits.map((p) => p.name));
    const mode = make("select", {});
    mode.append(make("option", { value: "slope" }, "depth and downhill"), make("option", { value: "depth" }, "depth alone"));
    const where = ["x", "y"].map(() => coordinate(3));
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
      const { depth, slope } = ground(pit, x, y);
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
      const at = place(svg, event);
      if (!at) return;
      const [x, y] = at;
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

  // the steps, each from what the ground is at a place (and from the step before, for momentum)
  const clip = (v) => Math.min(6, Math.max(0, v));
  const size = (v) => Math.hypot(...v);
  const times = (a, v) => v.map((value) => a * value);
  const newton = ({ slope: [a, b], bend: [xx, xy, yy] }) => {
    const det = xx * yy - xy * xy;
    return [(xy * b - yy * a) / det, (xy * a - xx * b) / det];
  };
  const lowestBend = ([xx, xy, yy]) => (xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy);
  const STEPS = {
    "constant: 0.5 m downhill": ({ slope }) => times(-0.5 / (size(slope) || 1), slope),
    "proportional: -0.2 J": ({ slope }) => times(-0.2, slope),
    "Newton": newton,
    "hybrid": (here) => {
      if (lowestBend(here.bend) > 0) {
        const step = newton(here);
        if (size(step) <= 1) return step;
      }
      return times(-Math.min(1, 1 / (size(here.slope) || 1)), here.slope);
    },
    "line search": (here, at, pit) => {
      const steep = size(here.slope);
      let long = 1;
      while (long > 1e-6) {
        const step = times(-long / (steep || 1), here.slope);
        const there = ground(pit, ...at.map((v, k) => clip(v + step[k])));
        if (there.depth <= here.depth - 1e-4 * long * steep) return step;
        long /= 2;
      }
      return [0, 0];
    },
    "momentum: -0.1 J + 0.5 of the step before": ({ slope }, at, pit, last) => slope.map((g, k) => 0.5 * last[k] - 0.1 * g),
  };

  const walk = (pit, step, from) => {
    const path = [from];
    let last = [0, 0];
    for (let k = 0; k < 40; k += 1) {
      const at = path[k];
      last = step(ground(pit, ...at), at, pit, last);
      path.push(at.map((v, i) => clip(v + last[i])));
    }
    return path;
  };

  // 0 the lowest point, 1 the edge, 2 level elsewhere, 3 no rest
  const endOf = (pit, path) => {
    const [before, end] = path.slice(-2);
    if (size([end[0] - pit.minimum[0], end[1] - pit.minimum[1]]) < 1e-3) return 0;
    if (Math.max(Math.abs(end[0] - before[0]), Math.abs(end[1] - before[1])) > 1e-6) return 3;
    return end.every((v) => v > 0 && v < 6) ? 2 : 1;
  };
  const ENDS = ["at the lowest point", "at the edge", "at rest on level ground elsewhere", "not at rest"];

  const startWalk = (box) => {
    const pits = JSON.parse(box.dataset.pits);
    const svg = box.querySelector("svg");
    const pokes = box.querySelector(".pokes");
    const basins = box.querySelector(".basins");
    const names = Object.keys(STEPS);
    const form = make("form", { class: "sandpit-form" });
    const [choice, way] = [select(pits.map((p) => p.name)), select(names)];
    const where = [coordinate(2), coordinate(2.5)];
    const all = make("button", { type: "button" }, "Colour all starts");
    form.append(label("Pit", choice), label("Step", way), label("x", where[0]), label("y", where[1]), make("button", { type: "submit" }, "Walk"), all);
    const said = make("p", { class: "sandpit-said", role: "status" }, "Click where a walk of 40 steps is to start, or type a place.");
    box.append(form, said);
    box.classList.add("playable");

    const go = (x, y) => {
      const pit = pits[Number(choice.value)];
      const path = walk(pit, STEPS[names[way.value]], [x, y]);
      const end = path[40];
      pokes.replaceChildren();
      draw(pokes, "path", { d: `M${path.map((at) => `${at[0]},${6 - at[1]}`).join("L")}`, class: "downhill trail" });
      path.forEach(([a, b]) => draw(pokes, "circle", { cx: a, cy: 6 - b, r: 0.05 }));
      draw(pokes, "circle", { cx: pit.minimum[0], cy: 6 - pit.minimum[1], r: NEAR, class: "goal" });
      const words = `From (${x.toFixed(2)}, ${y.toFixed(2)}) the walk ends ${ENDS[endOf(pit, path)]}`;
      said.textContent = `${words}: (${end[0].toFixed(4)}, ${end[1].toFixed(4)}), ${(-ground(pit, ...end).depth).toFixed(2)} m deep.`;
      svg.setAttribute("aria-label", `A square of 6 by 6 metres. ${said.textContent}`);
    };
    const wipe = () => {
      basins.replaceChildren();
      pokes.replaceChildren();
      said.textContent = "Another walk. Where does it start?";
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(...where.map((input) => Number(input.value)));
    });
    svg.addEventListener("click", (event) => {
      const at = place(svg, event);
      if (!at) return;
      [where[0].value, where[1].value] = at;
      go(...at);
    });
    all.addEventListener("click", () => {
      const pit = pits[Number(choice.value)];
      const squares = ["", "", "", ""];
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 40; i += 1) {
        for (let j = 0; j < 40; j += 1) {
          const from = [0.075 + 0.15 * j, 0.075 + 0.15 * i];
          const kind = endOf(pit, walk(pit, STEPS[names[way.value]], from));
          squares[kind] += `M${from[0] - 0.075},${6 - from[1] - 0.075}h0.15v0.15h-0.15z`;
          counts[kind] += 1;
        }
      }
      basins.replaceChildren();
      squares.forEach((d, kind) => draw(basins, "path", { d, class: `end-${kind}` }));
      const share = (kind) => `${((100 * counts[kind]) / 1600).toFixed(1)} %`;
      said.textContent = `Of 1600 starts ${share(0)} end at the lowest point (blue), ${share(1)} at the edge (grey), ${share(2)} on level ground elsewhere (orange), and ${share(3)} nowhere (no colour).`;
    });
    choice.addEventListener("change", wipe);
    way.addEventListener("change", wipe);
  };

  for (const box of document.querySelectorAll(".sandpit-game")) start(box);
  for (const box of document.querySelectorAll(".sandpit-walk")) startWalk(box);
})();
