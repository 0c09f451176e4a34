"use strict";
(() => {
const $ = id => document.getElementById(id);
const all = JSON.parse($("results").textContent).results.filter(r => r && !r.error);
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a90a", "#8a6fd1", "#8d99a6"];
const SHOWN = 8, PAGE = 50, WRONG = 0.05;
// How two single runs differ, as Comparison.java has it: a variance, known by so many degrees of freedom, and the error at 95 %.
const USUAL = /*USUAL*/, FREEDOM = /*FREEDOM*/, ERROR = /*ERROR*/;
all.forEach((r, i) => { r.i = i; r.time = Date.parse(r.start); });
let shown = all, before = null, after = null, rowsShown = PAGE;

const element = (name, attributes, ...content) => {
  const made = name.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) if (value != null && value !== false) made.setAttribute(key, value);
  made.append(...content.filter(c => c != null));
  return made;
};
const percent = x => (100 * x).toFixed(1) + " %";
const part = (r, by, name) => r.samples ? (r[by][name] || 0) / r.samples : 0;
const when = r => r.start.slice(0, 16).replace("T", " ");
const comparable = (a, b) => a && b && a.target === b.target && a.engine === b.engine && a.event === b.event
  && !(a.cluster && b.cluster && a.cluster !== b.cluster);
const previous = r => { for (let i = r.i - 1; i >= 0; i--) if (comparable(all[i], r)) return all[i]; return null; };

// What chance makes of a difference: the two-proportion test with Holm's correction, as history compare does it.
const chance = t => { // both tails of Student's distribution, for even degrees of freedom (Abramowitz and Stegun, 26.7.4)
  const angle = Math.atan(Math.abs(t) / Math.sqrt(FREEDOM));
  let term = 1, sum = 1;
  for (let k = 2; k < FREEDOM; k += 2) sum += term *= Math.cos(angle) ** 2 * (k - 1) / k;
  return Math.max(0, 1 - Math.sin(angle) * sum);
};
const differences = (a, b) => {
  const rows = [];
  for (const by of ["calls", "kinds"]) {
    for (const name of new Set([...Object.keys(b[by]), ...Object.keys(a[by])])) {
      const p = part(a, by, name), q = part(b, by, name), n = (a[by][name] || 0) + (b[by][name] || 0);
      const both = n / (a.samples + b.samples), inverse = 1 / a.samples + 1 / b.samples;
      const deviation = Math.sqrt(both * (1 - both) * inverse * USUAL), d = Math.abs(q - p) - inverse / 2;
      rows.push({by, name, p, q, n, error: ERROR * Math.hypot(Math.sqrt(p * (1 - p) / a.samples), Math.sqrt(q * (1 - q) / b.samples)),
        chance: d <= 0 || !deviation ? 1 : chance(d / deviation)});
    }
  }
  const looked = rows.filter(r => r.n >= 10).sort((r, s) => r.chance - s.chance);
  for (let i = 0; i < looked.length && looked[i].chance <= WRONG / (looked.length - i); i++) looked[i].changed = Math.abs(looked[i].q - looked[i].p) > looked[i].error;
  return rows.sort((r, s) => (s.changed || 0) - (r.changed || 0) || Math.abs(s.q - s.p) - Math.abs(r.q - r.p));
};

// Filters
const FILTERS = ["target", "cluster", "version", "node"];
const chosen = {};
const filters = () => {
  for (const key of FILTERS) {
    const values = [...new Set(all.map(r => r[key]).filter(v => v != null))].sort();
    if (values.length < 2) continue;
    const select = element("select", {id: "f-" + key}, element("option", {value: ""}, "all"),
      ...values.map(v => element("option", {value: v}, key === "cluster" ? v.slice(0, 13) : v)));
    select.addEventListener("change", () => { chosen[key] = select.value; refresh(); });
    $("filters").append(element("label", {}, key, select));
  }
  const load = element("input", {type: "number", min: 0, step: "any", id: "f-load", style: "width:6em"});
  load.addEventListener("input", () => { chosen.load = load.value; refresh(); });
  $("filters").append(element("label", {}, "load at most", load));
  $("filters").addEventListener("submit", e => e.preventDefault());
};
const fits = r => FILTERS.every(key => !chosen[key] || r[key] === chosen[key]) && !(chosen.load && r.load > +chosen.load);
const refresh = () => {
  shown = all.filter(fits);
  $("count").textContent = `${shown.length} of ${all.length} results`;
  rowsShown = PAGE;
  for (const id of ["before", "after"]) {
    $(id).replaceChildren(...shown.slice().reverse().map(r => element("option", {value: r.i}, `${when(r)}  ${r.target} ${r.version || ""} ${r.node || ""}`)));
  }
  if (!shown.includes(after)) pick(shown[shown.length - 1] || null);
  else show();
  chart();
};

// Time line
const setting = name => document.querySelector(`input[name=${name}]:checked`).value;
let place = [];
const chart = () => {
  const box = $("chart"), w = Math.max(280, box.clientWidth), h = 240, left = 44, right = 10, top = 14, low = 22;
  const by = setting("by"), cpus = setting("in") === "cpus";
  const svg = element("svg:svg", {viewBox: `0 0 ${w} ${h}`, height: h, "aria-hidden": "true"});
  const sums = {};
  shown.forEach(r => Object.keys(r[by]).forEach(name => sums[name] = (sums[name] || 0) + part(r, by, name)));
  const names = Object.keys(sums).sort((a, b) => sums[b] - sums[a]).slice(0, SHOWN);
  const first = shown.length ? shown[0].time : 0, span = shown.length ? shown[shown.length - 1].time - first : 0;
  const x = r => left + (w - left - right) * (span ? (r.time - first) / span : 0.5);
  const most = cpus ? Math.max(0.01, ...shown.map(r => r.cpus)) * 1.08 : 1;
  const y = v => h - low - (h - low - top) * v / most;
  place = shown.map(x);
  for (let i = 0; i <= 4; i++) {
    const v = most * i / 4;
    svg.append(element("svg:line", {x1: left, x2: w - right, y1: y(v), y2: y(v), stroke: "var(--line)"}),
      element("svg:text", {x: left - 6, y: y(v) + 4, "text-anchor": "end"}, cpus ? v.toFixed(most < 2 ? 2 : 1) : Math.round(100 * v) + " %"));
  }
  const total = r => cpus ? r.cpus : 1;
  const below = shown.map(() => 0);
  [...names, null].forEach((name, k) => {
    const lower = below.slice();
    shown.forEach((r, i) => below[i] = name == null ? total(r) : below[i] + total(r) * part(r, by, name));
    const colour = COLOURS[Math.min(k, COLOURS.length - 1)];
    if (shown.length === 1) {
      svg.append(element("svg:rect", {x: place[0] - 12, width: 24, y: y(below[0]), height: Math.max(0, y(lower[0]) - y(below[0])), fill: colour}));
    } else if (shown.length) {
      const up = below.map((v, i) => place[i].toFixed(1) + "," + y(v).toFixed(1));
      const down = lower.map((v, i) => place[i].toFixed(1) + "," + y(v).toFixed(1)).reverse();
      svg.append(element("svg:polygon", {points: up.concat(down).join(" "), fill: colour, "fill-opacity": 0.85}));
    }
  });
  const last = {};
  let labelled = -100;
  shown.forEach((r, i) => {
    const other = last[r.target], mark = other && (other.version !== r.version || other.build !== r.build);
    last[r.target] = r;
    if (!mark) return;
    svg.append(element("svg:line", {x1: place[i], x2: place[i], y1: top, y2: h - low, stroke: "var(--ink)", "stroke-dasharray": "3 3"}));
    if (place[i] - labelled < 60) return;
    labelled = place[i];
    svg.append(element("svg:text", {x: place[i], y: 10, "text-anchor": place[i] > w - 70 ? "end" : "start"}, other.version !== r.version ? r.version : "build"));
  });
  for (const r of [before, after]) {
    const i = shown.indexOf(r);
    if (i >= 0) svg.append(element("svg:line", {x1: place[i], x2: place[i], y1: top, y2: h - low, stroke: "var(--mark)", "stroke-width": r === after ? 3 : 1.5}));
  }
  if (shown.length) {
    svg.append(element("svg:text", {x: left, y: h - 6}, when(shown[0]).slice(0, 10)),
      element("svg:text", {x: w - right, y: h - 6, "text-anchor": "end"}, when(shown[shown.length - 1]).slice(0, 10)));
  }
  box.replaceChildren(svg);
  $("legend").replaceChildren(...[...names, Object.keys(sums).length > SHOWN ? "the rest" : null].filter(n => n).map((name, k) =>
    element("li", {}, element("i", {style: "background:" + COLOURS[Math.min(k, COLOURS.length - 1)]}), name)));
};
const nearest = event => {
  const at = (event.clientX - $("chart").getBoundingClientRect().left) * Math.max(280, $("chart").clientWidth) / $("chart").clientWidth;
  let best = 0;
  place.forEach((x, i) => { if (Math.abs(x - at) < Math.abs(place[best] - at)) best = i; });
  return shown[best];
};

// Two results
const pick = (r, other) => {
  after = r;
  before = other || (r && previous(r));
  show();
};
const show = () => {
  $("after").value = after ? after.i : "";
  if (before && ![...$("before").options].some(o => +o.value === before.i)) {
    $("before").append(element("option", {value: before.i}, when(before) + "  " + before.target));
  }
  $("before").value = before ? before.i : "";
  const card = r => element("div", {}, element("strong", {}, when(r) + " UTC"), element("br"),
    `${r.target} ${r.version || ""} on ${r.node || "?"}, ${r.cpus ? r.cpus.toFixed(2) + " CPUs, " : ""}${r.samples.toLocaleString("en")} samples`
    + (r.load == null ? "" : `, load ${r.load}`) + (r.requests == null ? "" : `, ${r.requests.toLocaleString("en")} requests`),
    ...r.words.map(line => element("p", {}, line)), element("a", {href: r.name + ".svg"}, "flame graph"), " ",
    element("a", {href: r.name + ".json"}, "metadata"));
  $("answers").replaceChildren(...[before, after].filter(r => r).map(card));
  $("rows").replaceChildren();
  hideGraph("");
  if (!after) $("verdict").textContent = "Nothing fits the filters.";
  else if (!before) $("verdict").textContent = "There is no earlier result that it may be compared with: choose one.";
  else if (!comparable(before, after)) $("verdict").textContent = "Another target, engine, event or cluster: these say nothing about each other.";
  else compare();
  table();
};
const compare = () => {
  const rows = differences(before, after), changed = rows.filter(r => r.changed && r.by === "calls");
  const points = r => `${r.q >= r.p ? "+" : "−"}${Math.abs(100 * (r.q - r.p)).toFixed(1)} ± ${(100 * r.error).toFixed(1)}`;
  const busy = before.cpus && after.cpus ? `${before.cpus.toFixed(2)} → ${after.cpus.toFixed(2)} CPUs. ` : "";
  $("verdict").textContent = busy + (changed.length ? changed.slice(0, 3).map(r => `${r.name} ${points(r)} points`).join(", ") + "."
    : rows.some(r => r.changed) ? "No call changed by more than chance does, but kinds of code did." : "No change that these samples could show.");
  const cells = r => element("tr", {}, element("th", {scope: "row"}, r.name),
    element("td", {class: "n " + (r.changed ? r.q > r.p ? "grew" : "shrank" : "")}, points(r)), element("td", {}, r.changed ? "changed" : Math.abs(r.q - r.p) > r.error ? "may be chance" : "inside the error"),
    element("td", {class: "n"}, percent(r.p)), element("td", {class: "n"}, percent(r.q)),
    element("td", {class: "n"}, before.cpus && after.cpus ? `${(r.p * before.cpus).toFixed(3)} → ${(r.q * after.cpus).toFixed(3)} CPUs` : ""));
  for (const [by, title] of [["calls", "Calls"], ["kinds", "Kinds of code"]]) {
    const of = rows.filter(r => r.by === by && (r.changed || Math.max(r.p, r.q) >= 0.02));
    $("rows").append(element("table", {}, element("caption", {style: "text-align:left"}, title), element("thead", {}, element("tr", {},
      ...["", "points", "", "before", "after", "CPUs"].map((t, i) => element("th", {scope: "col", class: i && i !== 2 ? "n" : null}, t)))),
      element("tbody", {}, ...of.map(cells))));
  }
  if (before !== after) load();
};

// Differential graph
const stacks = new Map();
const unpack = async body => new Response(body.pipeThrough(new DecompressionStream("gzip"))).text();
const folded = r => {
  if (!stacks.has(r.name)) {
    stacks.set(r.name, fetch(r.name + ".folded.gz").then(answer => answer.ok ? unpack(answer.body) : Promise.reject(new Error(answer.status))));
    stacks.get(r.name).catch(() => stacks.delete(r.name));
  }
  return stacks.get(r.name);
};
let tree = null, zoom = null, at = null, boxes = [], asked = 0;
const hideGraph = text => {
  asked++;
  tree = null;
  $("graph").hidden = true;
  $("graph-status").textContent = text;
  $("pick").hidden = true;
};
const load = async () => {
  hideGraph("reading the stacks …");
  const mine = asked, a = before, b = after;
  try {
    const texts = await Promise.all([folded(a), folded(b)]);
    if (mine === asked) draw(...texts);
  } catch (e) {
    if (mine !== asked) return;
    $("graph-status").textContent = location.protocol === "file:" ? "Opened from a disk, a page may not read the files beside it by itself."
      : "The stacks cannot be read here.";
    $("pick").hidden = false;
  }
};
const draw = (first, second) => {
  const root = {name: "all", a: 0, b: 0, under: new Map(), up: null, depth: 0};
  [first, second].forEach((text, side) => {
    const key = side ? "b" : "a";
    for (const line of text.split("\n")) {
      const end = line.lastIndexOf(" "), weight = +line.slice(end + 1);
      if (end < 0 || !(weight > 0)) continue;
      let node = root;
      node[key] += weight;
      for (const name of line.slice(0, end).split(";")) {
        let next = node.under.get(name);
        if (!next) node.under.set(name, next = {name, a: 0, b: 0, under: new Map(), up: node, depth: node.depth + 1});
        next[key] += weight;
        node = next;
      }
    }
  });
  tree = root;
  zoom = at = root;
  $("graph-status").textContent = "";
  $("graph").hidden = false;
  paint();
};
const share = n => ((tree.a ? n.a / tree.a : 0) + (tree.b ? n.b / tree.b : 0)) / 2;
const grown = n => (tree.b ? n.b / tree.b : 0) - (tree.a ? n.a / tree.a : 0);
const paint = () => {
  if (!tree) return;
  const canvas = $("graph"), w = canvas.clientWidth || 300, row = 18, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  boxes = [];
  const lay = (node, x, width) => {
    boxes.push({node, x, width, y: (node.depth - zoom.depth) * row});
    let from = x;
    for (const child of [...node.under.values()].sort((p, q) => p.name < q.name ? -1 : 1)) {
      const wide = width * share(child) / share(node);
      if (wide >= 0.5) lay(child, from, wide);
      from += wide;
    }
  };
  lay(zoom, 0, w);
  const h = Math.max(...boxes.map(b => b.y)) + row, dense = window.devicePixelRatio || 1;
  canvas.style.height = h + "px";
  canvas.width = w * dense;
  canvas.height = h * dense;
  const pen = canvas.getContext("2d");
  pen.scale(dense, dense);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (const {node, x, y, width} of boxes) {
    const strength = Math.min(1, Math.abs(grown(node)) * 12) ** 0.5, light = dark ? 26 + 16 * strength : 94 - 26 * strength;
    pen.fillStyle = `hsl(${grown(node) > 0 ? 8 : 212} ${Math.round(15 + 60 * strength)}% ${light}%)`;
    pen.fillRect(x, y, Math.max(0.5, width - 0.5), row - 1);
    if (node === at) {
      pen.lineWidth = 2;
      pen.strokeStyle = dark ? "#fff" : "#000";
      pen.strokeRect(x + 1, y + 1, Math.max(1, width - 2), row - 3);
    }
    if (width < 30) continue;
    const short = node.name.replace(/^.*\/(?=[^/]*$)/, "");
    pen.fillStyle = dark ? "#f2f4f6" : "#16181b";
    pen.fillText(short.slice(0, Math.floor((width - 6) / 6.2)), x + 3, y + row / 2);
  }
};
const say = node => {
  at = node;
  $("graph-status").textContent = `${node.name}: ${percent(tree.a ? node.a / tree.a : 0)} → ${percent(tree.b ? node.b / tree.b : 0)}`;
  paint();
};
const under = event => {
  const box = $("graph").getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  const found = boxes.find(b => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + 18);
  return found && found.node;
};
$("graph").addEventListener("mousemove", e => { const n = under(e); if (n && n !== at) say(n); });
$("graph").addEventListener("click", e => { const n = under(e); if (n) { zoom = n; say(n); } });
$("graph").addEventListener("keydown", e => {
  const beside = step => {
    const level = boxes.filter(b => b.node.depth === at.depth);
    return (level[level.findIndex(b => b.node === at) + step] || {}).node;
  };
  const child = () => [...at.under.values()].sort((p, q) => share(q) - share(p))[0];
  const next = {ArrowDown: child, ArrowUp: () => at !== zoom && at.up, ArrowLeft: () => beside(-1), ArrowRight: () => beside(1)}[e.key];
  if (next) { const n = next(); if (n) say(n); }
  else if (e.key === "Enter") { zoom = at; say(at); }
  else if (e.key === "Escape") { zoom = tree; say(at); }
  else return;
  e.preventDefault();
});
$("files").addEventListener("change", async () => {
  const files = {};
  for (const file of $("files").files) files[file.name] = file;
  const wanted = [before, after].map(r => files[r.name + ".folded.gz"]);
  if (!wanted[0] || !wanted[1]) {
    $("graph-status").textContent = `Choose ${before.name}.folded.gz and ${after.name}.folded.gz, both at once.`;
    return;
  }
  draw(...await Promise.all(wanted.map(file => unpack(file.stream()))));
});

// Table
const table = () => {
  const row = r => {
    const top = r.top ? `${r.top} ${Math.round(100 * part(r, "calls", r.top))} %` : "";
    const take = element("button", {type: "button", "aria-label": "look at " + when(r)}, "look");
    take.addEventListener("click", () => { pick(r); chart(); $("compared").scrollIntoView(); });
    return element("tr", {"aria-selected": r === after ? "true" : null}, element("th", {scope: "row"}, when(r)), element("td", {}, r.target),
      element("td", {}, r.version || ""), element("td", {}, r.node || ""), element("td", {}, (r.cluster || "").slice(0, 8)),
      element("td", {class: "n"}, r.cpus ? r.cpus.toFixed(2) : ""), element("td", {class: "n"}, r.load == null ? "" : String(r.load)),
      element("td", {}, top), element("td", {}, element("a", {href: r.name + ".svg"}, "graph")), element("td", {}, take));
  };
  $("table").replaceChildren(element("thead", {}, element("tr", {}, ...["time (UTC)", "target", "version", "node", "cluster", "CPUs", "load", "top call", "", ""]
    .map(t => element("th", {scope: "col"}, t)))), element("tbody", {}, ...shown.slice().reverse().slice(0, rowsShown).map(row)));
  $("more").hidden = rowsShown >= shown.length;
};

$("more").addEventListener("click", () => { rowsShown += 10 * PAGE; table(); });
$("chart").addEventListener("click", e => {
  if (!shown.length) return;
  if (e.shiftKey) pick(after, nearest(e));
  else pick(nearest(e));
  chart();
});
let line = null;
$("chart").addEventListener("keydown", e => {
  const i = shown.indexOf(line || after), to = {ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: shown.length - 1}[e.key];
  if (to != null && shown[to]) { line = shown[to]; pick(line); }
  else if (e.key.toLowerCase() === "b" && after) { line = after; pick(shown[shown.length - 1], line); }
  else return;
  chart();
  e.preventDefault();
});
for (const id of ["before", "after"]) {
  $(id).addEventListener("change", () => {
    const r = all[+$(id).value];
    if (id === "after") pick(r, before && before.i < r.i && comparable(before, r) ? before : null);
    else pick(after, r);
    chart();
  });
}
document.querySelectorAll("input[type=radio]").forEach(radio => radio.addEventListener("change", chart));
let width = 0;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; chart(); paint(); } });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
filters();
refresh();
})();
