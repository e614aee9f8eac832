"use strict";
(() => {
  // Sorting. Without JavaScript the headers are plain text; with it they are buttons.
  const column = (row, index) => row.cells[index].dataset.key;
  const compare = (a, b, sign) => {
    if (a === "" || b === "") return (a === "") - (b === ""); // what has no value stays last, either way
    const x = Number(a), y = Number(b);
    return sign * (Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y);
  };
  for (const table of document.querySelectorAll("table.board")) {
    const body = table.tBodies[0], first = [...body.rows], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        const sign = direction === "ascending" ? 1 : -1;
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", direction);
        const rows = [...first].sort((a, b) => compare(column(a, index), column(b, index), sign));
        body.append(...rows);
        table.toggleAttribute("data-sorted", rows.some((row, i) => row !== first[i]));
      });
    });
  }

  // Plots. A colour is a name: "@c3", or "@c3/15" for 15 % of it.
  if (typeof Plotly === "undefined") return;
  const colour = (text, style) => {
    const [name, percent] = text.slice(1).split("/");
    const hex = style.getPropertyValue("--" + name).trim();
    return percent ? hex + Math.round(2.55 * Number(percent)).toString(16).padStart(2, "0") : hex;
  };
  const painted = (value, style) => {
    if (typeof value === "string") return /^@[a-z0-9]+(\/\d+)?$/.test(value) ? colour(value, style) : value;
    if (Array.isArray(value)) return value.map((part) => painted(part, style));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, painted(part, style)]));
  };
  const axis = (given) => ({
    gridcolor: "@line", linecolor: "@strong", tickcolor: "@strong", automargin: true, fixedrange: true, ...given,
    title: { standoff: 8, font: { size: 13, color: "@muted" }, ...given?.title },
  });
  // Too long a label loses its middle; an entity is one character, and is not to be cut in two.
  const shortened = (text, most) => {
    const plain = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    if (plain.length <= most) return text;
    const half = Math.floor(most / 2);
    return (plain.slice(0, half) + "…" + plain.slice(1 + half - most))
      .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  };
  const draw = (div) => {
    const style = getComputedStyle(document.documentElement);
    const { data, layout } = JSON.parse(document.getElementById(div.id + "-data").textContent);
    const width = div.clientWidth;
    const whole = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false,
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: "@ink" },
      hoverlabel: { bgcolor: "@panel", bordercolor: "@strong", font: { color: "@ink" }, namelength: -1 },
      ...layout,
      width,
      height: layout.height ?? 360,
      xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis),
      annotations: (layout.annotations || []).map((note) =>
        note.name === "label" ? { ...note, text: shortened(note.text, Math.max(8, Math.floor((width - 185) / 7.5))) } : note),
    };
    return Plotly.newPlot(div, painted(data, style), painted(whole, style), { displayModeBar: false });
  };
  const plots = [...document.querySelectorAll(".plot")];
  const drawn = new Map();
  const all = () => plots.forEach(draw);
  const fit = () => {
    for (const plot of plots) {
      if (!plot.clientWidth || drawn.get(plot) === plot.clientWidth) continue;
      drawn.set(plot, plot.clientWidth);
      draw(plot);
    }
  };
  fit();
  addEventListener("resize", fit);
  document.addEventListener("toggle", fit, true); // what was folded has had no width
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
})();
