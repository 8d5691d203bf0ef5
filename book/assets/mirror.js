// Turns the mirror before the bear: a slider for its angle, and the image follows.
(() => {
  for (const box of document.querySelectorAll(".bear-at-the-mirror")) {
    const image = box.querySelector(".image");
    const mirror = box.querySelector(".mirror");
    const label = document.createElement("label");
    const slider = document.createElement("input");
    const matrix = document.createElement("span");
    const now = /-?[\d.]+/.exec(mirror.getAttribute("transform"))[0];
    Object.assign(slider, { type: "range", min: 0, max: 180, step: 1, value: now });
    label.style.cssText = "display: flex; gap: 0.8rem; max-width: 26rem; margin: 0.4rem auto";
    slider.style.flex = "1";
    label.append("Turn the mirror", slider);
    matrix.style.cssText = "display: block; font-family: monospace; text-align: center";
    box.append(label, matrix);

    const turn = () => {
      const angle = (2 * slider.value * Math.PI) / 180;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      image.setAttribute("transform", `matrix(${c} ${s} ${s} ${-c} 0 0)`);
      mirror.setAttribute("transform", `rotate(${slider.value})`);
      slider.setAttribute("aria-valuetext", `${slider.value} degrees`);
      const [x, y] = [c, s].map((n) => n.toFixed(2).replace("-0.00", "0.00"));
      const z = (-c).toFixed(2).replace("-0.00", "0.00");
      matrix.textContent = `${slider.value}°: M = [[${x}, ${y}], [${y}, ${z}]]`;
    };
    slider.addEventListener("input", turn);
    turn();
  }
})();
