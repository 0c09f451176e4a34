(() => {
'use strict';
const root = document.currentScript.parentNode;
if (root !== document.documentElement) return; // inside another page it stays a still picture
const SVG = 'http://www.w3.org/2000/svg', HTML = 'http://www.w3.org/1999/xhtml';
const MARGIN = 10, ROW = 16, EDGE = 4, LONGEST = 3000;

// Names only ever become text nodes or attribute values: whatever they hold, nothing of it runs.
function element(space, tag, attributes, children) {
  const e = document.createElementNS(space, tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) e.setAttribute(key, value === true ? '' : value);
  }
  e.append(...children);
  return e;
}
const svg = (tag, attributes, ...children) => element(SVG, tag, attributes, children);
const html = (tag, attributes, ...children) => element(HTML, tag, attributes, children);
const content = name => root.querySelector('metadata.' + name).textContent;

// The profile

const about = JSON.parse(content('about'));
let difference = about.difference; // or of two windows of the time
const names = [], styles = [];
let last = '';
for (const line of content('names').split('\n')) {
  if (!line) continue;
  const space = line.indexOf(' ');
  last = last.slice(0, parseInt(line.slice(2, space), 36)) + line.slice(space + 1);
  names.push(last);
  styles.push(line.slice(0, 2));
}

// Where in the source most samples of each name were, if that is known.
const sources = [];
last = '';
for (const line of root.querySelector('metadata.sources')?.textContent.split('\n') ?? []) {
  const space = line.indexOf(' ');
  if (line) last = last.slice(0, parseInt(line, 36)) + line.slice(space + 1);
  sources.push(line && last);
}

// By call: labels are names of no function. Of each place: which callers stand there, and its labels.
const labelsFrom = names.length, byCallAtAll = !!about.places;
for (const text of about.labels ?? []) { names.push(text); styles.push('z0'); }
const merged = new Set(about.merged);

// Boxes are numbered callers first, from left to right, so what stands above box i is i + 1 to end[i].
class Tree {
  frame = []; parent = []; depth = []; own = []; ownSamples = []; ownBefore = []; gap = [];
  place = new Map(); // of boxes that stand somewhere else by call
  add(parent, depth, frame, own, samples, before, gap) {
    this.parent.push(parent); this.depth.push(depth); this.frame.push(frame);
    this.own.push(own); this.ownSamples.push(samples); this.ownBefore.push(before); this.gap.push(gap);
    return this.frame.length - 1;
  }
  // Sums and positions. Rows below zero are the callers of the function in row 0.
  measure() {
    const n = this.size = this.frame.length, {parent, depth} = this;
    this.weight = Float64Array.from(this.own);
    this.samples = Float64Array.from(this.ownSamples);
    this.before = Float64Array.from(this.ownBefore);
    this.end = new Int32Array(n);
    this.top = Int32Array.from(depth);
    this.low = 0;
    for (let i = n - 1; i >= 0; i--) {
      const p = parent[i];
      if (!this.end[i]) this.end[i] = i;
      if (depth[i] < this.low) this.low = depth[i];
      if (p < 0) continue;
      if (!this.end[p]) this.end[p] = this.end[i];
      if (this.top[i] > this.top[p]) this.top[p] = this.top[i];
      if (depth[i] === -1) continue;
      this.weight[p] += this.weight[i];
      this.samples[p] += this.samples[i];
      this.before[p] += this.before[i];
    }
    const [after, before] = [this.weight[0], this.before[0]];
    const shares = !about.absolute && after > 0 && before > 0;
    this.width = new Float64Array(n);
    this.x = new Float64Array(n);
    const edge = new Float64Array(n), lowEdge = new Float64Array(n);
    this.rows = new Map();
    for (let i = 0; i < n; i++) {
      this.width[i] = !difference ? this.weight[i] / (after || 1)
        : shares ? (this.weight[i] / after + this.before[i] / before) / 2
        : (this.weight[i] + this.before[i]) / (after + before || 1);
      const p = parent[i], edges = depth[i] === -1 ? lowEdge : edge;
      if (p >= 0) this.x[i] = edges[p] + this.gap[i] / (after || 1);
      if (p >= 0) edges[p] = this.x[i] + this.width[i];
      edge[i] = lowEdge[i] = this.x[i];
      const row = this.rows.get(depth[i]);
      if (row) row.push(i); else this.rows.set(depth[i], [i]);
    }
    return this;
  }
  name(i) { return this.frame[i] < 0 ? 'all' : names[this.frame[i]]; }
  // -1 to 1
  change(i, weight = this.weight, before = this.before) {
    const a = this.weight[0] || 1, b = this.before[0] || 1, m = Math.max(a, b);
    return about.absolute ? (weight[i] - before[i]) / m : weight[i] / a - before[i] / b;
  }
  style(i) {
    if (!difference) return this.frame[i] < 0 ? 'z0' : styles[this.frame[i]];
    if (!this.weight[i] && this.before[i]) return 'v0';
    return changeStyle(this.change(i, this.own, this.ownBefore));
  }
}

function changeStyle(change) {
  const strength = about.steps.filter(s => Math.abs(change) >= s).length;
  return strength ? (change > 0 ? 'u' : 'w') + strength : 'z0';
}

// The format is told in Svg.java, writeStacks.
function readStacks(text) {
  const tree = new Tree(), path = [], {scale} = about;
  let climb = true, mark = 0, value = 0, frame = -1, own = 0, samples = -1, before = 0, gap = 0, place = -1;
  const field = () => {
    if (mark === 0) frame = value;
    else if (mark === 61) own = value; // =
    else if (mark === 35) samples = value; // #
    else if (mark === 126) before = value; // ~
    else if (mark === 43) gap = value; // +
    else place = value; // ^
  };
  for (let at = 0; at <= text.length; at++) {
    const c = at < text.length ? text.charCodeAt(at) : 10;
    if (c >= 97 && c <= 122) value = value * 36 + c - 87;
    else if (c >= 48 && c <= 57) value = value * 36 + c - 48;
    else if (c !== 32 && c !== 10) { field(); mark = c; value = 0; }
    else {
      if (climb) { path.length -= value; climb = false; }
      else {
        field();
        const depth = path.length;
        if (place >= 0) tree.place.set(tree.frame.length, place);
        path.push(tree.add(depth ? path[depth - 1] : -1, depth, depth ? frame : -1, own * scale, samples < 0 ? own : samples, before * scale, gap * scale));
        mark = own = before = gap = 0;
        samples = place = -1;
      }
      value = 0;
      if (c === 10) climb = true;
    }
  }
  return tree.measure();
}

// A tree under construction: one box for a function below one caller.
class Plan {
  parent = [-1]; frame = [-1]; own = [0]; samples = [0]; before = [0];
  recent = [0]; // the callee that was asked for last, mostly the next one too
  table = new Int32Array(1 << 12); // open addressing by caller and frame; 0 is free
  child(at, frame) {
    let node = this.recent[at];
    if (node && this.frame[node] === frame) return node;
    let slot = this.slot(at, frame);
    while ((node = this.table[slot]) && (this.frame[node] !== frame || this.parent[node] !== at)) slot = slot + 1 & this.table.length - 1;
    if (!node) {
      this.table[slot] = node = this.parent.length;
      this.parent.push(at); this.frame.push(frame); this.own.push(0); this.samples.push(0); this.before.push(0); this.recent.push(0);
      if (2 * node > this.table.length) this.grow();
    }
    return this.recent[at] = node;
  }
  slot(at, frame) {
    const mixed = Math.imul(Math.imul(at, 0x9E3779B1) ^ frame, 0x85EBCA6B);
    return (mixed ^ mixed >>> 15) & this.table.length - 1;
  }
  grow() {
    this.table = new Int32Array(2 * this.table.length);
    for (let node = 1; node < this.parent.length; node++) {
      let slot = this.slot(this.parent[node], this.frame[node]);
      while (this.table[slot]) slot = slot + 1 & this.table.length - 1;
      this.table[slot] = node;
    }
  }
  add(node, from, i) { this.own[node] += from.own[i]; this.samples[node] += from.ownSamples[i]; this.before[node] += from.ownBefore[i]; }
  // In the order of the picture.
  tree() {
    const n = this.parent.length, first = new Int32Array(n), next = new Int32Array(n), {parent, frame} = this;
    let order = Int32Array.from(parent, (_, i) => i);
    if (about.sort !== 'CALL') { // by name, as frames are; counted, as there are many boxes and few names
      const begin = new Int32Array(names.length + 2), sorted = new Int32Array(n);
      for (const f of frame) begin[f + 2]++;
      for (let f = 1; f < begin.length; f++) begin[f] += begin[f - 1];
      for (let i = 0; i < n; i++) sorted[begin[frame[i] + 1]++] = i;
      order = sorted;
    }
    if (about.sort === 'WIDTH') {
      const weight = Float64Array.from(this.own, (own, i) => own + this.before[i]);
      for (let i = n - 1; i > 0; i--) weight[parent[i]] += weight[i];
      order.sort((a, b) => weight[b] - weight[a]);
    }
    for (let k = n - 1; k >= 0; k--) if (order[k]) { next[order[k]] = first[parent[order[k]]]; first[parent[order[k]]] = order[k]; }
    const result = new Tree(), placed = new Int32Array(n), depth = new Int32Array(n);
    for (let i = 0; ;) {
      const up = parent[i];
      depth[i] = up < 0 ? 0 : depth[up] + 1;
      placed[i] = result.add(up < 0 ? -1 : placed[up], depth[i], frame[i], this.own[i], this.samples[i], this.before[i], 0);
      if (first[i]) { i = first[i]; continue; }
      while (i && !next[i]) i = parent[i];
      if (!i) return result.measure();
      i = next[i];
    }
  }
}

// How the stacks are shown by call is told in ByCall.java.
function byCall(tree) {
  const plan = new Plan(), at = new Int32Array(tree.size), placeOf = new Int32Array(tree.size).fill(-1);
  const shown = (i, callers) => !merged.has(tree.frame[i]) && (callers !== 2 || tree.parent[i] > 0);
  plan.add(0, tree, 0);
  for (let i = 1; i < tree.size; i++) {
    const anew = tree.place.get(i);
    placeOf[i] = anew ?? placeOf[tree.parent[i]];
    const [callers, ...labels] = about.places[placeOf[i]];
    let node = at[tree.parent[i]];
    if (anew !== undefined) {
      node = labels.reduce((up, label) => plan.child(up, labelsFrom + label), 0);
      const path = [];
      for (let up = callers ? tree.parent[i] : 0; up > 0; up = tree.parent[up]) if (shown(up, callers)) path.push(tree.frame[up]);
      while (path.length) node = plan.child(node, path.pop());
    }
    at[i] = shown(i, callers) ? plan.child(node, tree.frame[i]) : node;
    plan.add(at[i], tree, i);
  }
  return plan.tree();
}

// A tree without boxes that are too narrow to have been drawn; callers have their weight.
function pruned(tree) {
  const narrow = about.narrowest ?? 0;
  if (!tree.width.some(width => width < narrow)) return tree;
  const less = new Tree(), moved = new Int32Array(tree.size);
  for (let i = 0; i < tree.size; i++) {
    const up = i ? moved[tree.parent[i]] : -1;
    if (i && tree.width[i] < narrow) {
      for (let j = i; j <= tree.end[i]; j++) {
        less.own[up] += tree.own[j]; less.ownSamples[up] += tree.ownSamples[j]; less.ownBefore[up] += tree.ownBefore[j];
      }
      i = tree.end[i];
    } else {
      moved[i] = less.add(up, tree.depth[i], tree.frame[i], tree.own[i], tree.ownSamples[i], tree.ownBefore[i], tree.gap[i]);
    }
  }
  return less.measure();
}

// A tree in which functions are merged into their callers.
function mergedInto(tree, gone) {
  const plan = new Plan(), at = new Int32Array(tree.size);
  plan.add(0, tree, 0);
  for (let i = 1; i < tree.size; i++) {
    const up = at[tree.parent[i]];
    at[i] = gone.has(tree.name(i)) ? up : plan.child(up, tree.frame[i]);
    plan.add(at[i], tree, i);
  }
  return plan.tree();
}

// When samples were taken; the format is told in Timeline.java.
const times = {column: [], box: [], count: []};
{
  let column = -1;
  for (const line of about.columns ? content('times').split('\n') : []) {
    const [empty, ...boxes] = line.split(' ');
    column += 1 + (parseInt(empty, 36) || 0);
    let box = 0;
    for (const token of boxes) {
      const [step, count = '1'] = token.split('*');
      times.column.push(column);
      times.box.push(box += parseInt(step, 36));
      times.count.push(parseInt(count, 36));
    }
  }
}

// The tree of the samples of a span of columns, perhaps with another one as what was before. Each weighs what samples of its
// box weigh on the average.
function during(tree, [from, to], earlier) {
  const own = new Float64Array(tree.size), samples = new Float64Array(tree.size), before = new Float64Array(tree.size);
  times.column.forEach((column, k) => {
    const box = times.box[k], count = times.count[k], weight = count * tree.own[box] / tree.ownSamples[box];
    if (column >= from && column < to) {
      samples[box] += count;
      own[box] += weight;
    }
    if (earlier && column >= earlier[0] && column < earlier[1]) before[box] += weight;
  });
  const any = samples.map((count, i) => count + before[i]), part = new Tree(), moved = new Int32Array(tree.size);
  for (let i = tree.size - 1; i > 0; i--) any[tree.parent[i]] += any[i];
  for (let i = 0; i < tree.size; i++) {
    if (i && !any[i]) { i = tree.end[i]; continue; }
    moved[i] = part.add(i ? moved[tree.parent[i]] : -1, tree.depth[i], tree.frame[i], own[i], samples[i], before[i], 0);
    if (tree.place.has(i)) part.place.set(moved[i], tree.place.get(i));
  }
  return part.measure();
}

// A tree without all boxes of the hidden functions and what they called.
function without(tree, hidden) {
  const less = new Tree(), moved = new Int32Array(tree.size);
  for (let i = 0; i < tree.size; i++) {
    if (hidden.has(tree.name(i)) && i) { i = tree.end[i]; continue; }
    moved[i] = less.add(i ? moved[tree.parent[i]] : -1, tree.depth[i], tree.frame[i], tree.own[i], tree.ownSamples[i], tree.ownBefore[i], 0);
  }
  return less.measure();
}

// One function, wherever it was called: above it all that it called, below it all its callers. Recursion counts once.
function focused(tree, name) {
  const node = frame => ({frame, own: 0, samples: 0, before: 0, callees: new Map()});
  const child = (of, frame) => of.callees.get(frame) || of.callees.set(frame, node(frame)).get(frame);
  const top = node(-1), callers = node(-1);
  for (let i = 1; i < tree.size; i++) {
    if (tree.name(i) !== name) continue;
    top.frame = tree.frame[i];
    const at = [top];
    for (let j = i; j <= tree.end[i]; j++) {
      const here = at[tree.depth[j] - tree.depth[i]] = j === i ? top : child(at[tree.depth[j] - tree.depth[i] - 1], tree.frame[j]);
      here.own += tree.own[j]; here.samples += tree.ownSamples[j]; here.before += tree.ownBefore[j];
    }
    let here = callers;
    for (let j = tree.parent[i]; j > 0; j = tree.parent[j]) here = child(here, tree.frame[j]);
    here.own += tree.weight[i]; here.samples += tree.samples[i]; here.before += tree.before[i];
    i = tree.end[i];
  }
  const result = new Tree();
  const place = (from, step) => {
    const open = [[from, -1, 0]];
    while (open.length) {
      const [node, parent, depth] = open.pop();
      const i = node === callers ? 0 : result.add(parent, depth, node.frame, node.own, node.samples, node.before, 0);
      [...node.callees.values()].sort((a, b) => b.frame - a.frame).forEach(c => open.push([c, i, depth + step]));
    }
  };
  place(top, 1);
  place(callers, -1);
  return result.measure();
}

// Words and numbers, as in SvgText.java and Amounts.java

function shortName(symbol) {
  const name = symbol.endsWith('.abi0') ? symbol.slice(0, -5) : symbol;
  const cut = name.search(/[([{< \t:]/), end = cut < 0 ? name.length : cut;
  let slash = end ? name.lastIndexOf('/', end - 1) : -1;
  if (slash < 0 || slash + 1 === end) return name;
  if (/^v[0-9][0-9a-z]*\./.test(name.slice(slash + 1, end))) slash = slash ? name.lastIndexOf('/', slash - 1) : -1;
  return name.slice(slash + 1).replaceAll('%2e', '.');
}
const isPlain = text => !/[^\u0000-\u024f…]/.test(text);
function cells(text) {
  if (isPlain(text)) return text.length;
  let sum = 0;
  for (const c of text) sum += c.codePointAt(0) < 0x1100 || c === '…' ? 1 : 2;
  return sum;
}
function cut(text, room) {
  if (cells(text) <= room) return text;
  let end = 0, used = 1;
  for (const c of text) {
    used += c.codePointAt(0) < 0x1100 ? 1 : 2;
    if (used > room) break;
    end += c.length;
  }
  return text.slice(0, end) + '…';
}
const shortNames = new Map();
const ORIGIN = /^([\w./-]*?\w\.)(?=[\w(])(\(\*?[\w]+(?:\[.*?\])?\)\.)?/;
function label(name, room) {
  let text = shortNames.get(name);
  if (text === undefined) shortNames.set(name, text = shortName(name));
  if (cells(text) <= room) return text;
  const origin = text.match(ORIGIN);
  if (origin) {
    const inPackage = text.slice(origin[1].length);
    text = cells(inPackage) <= room || !origin[2] ? inPackage : text.slice(origin[0].length);
  }
  return cells(text) <= room ? text : room < 6 ? '' : cut(text, room);
}
// What the work was done for, with its share where there is room.
function placeLabel(i, room) {
  const withShare = tree.name(i) + ' ' + percent(tree.width[i]);
  return withShare.length <= room && !difference ? withShare : label(tree.name(i), room);
}
const grouped = number => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
const percent = share => (share * 100).toFixed(share > 0 && share < 0.001 ? 2 : 1) + ' %';
function seconds(ns) {
  const s = ns / 1e9;
  return s >= 1000 ? grouped(s) + ' s' : s >= 10 ? s.toFixed(1) + ' s' : s >= 1 ? s.toFixed(2) + ' s'
    : s >= 0.001 ? (s * 1e3).toFixed(0) + ' ms' : s ? (s * 1e6).toFixed(0) + ' µs' : '0 s';
}
function bytes(number) {
  const mib = number / 1048576, size = Math.abs(mib);
  return (size >= 100 ? grouped(mib) : mib.toFixed(size >= 0.1 || !number ? 1 : 3)) + ' MiB';
}
function weighed(w) {
  if (about.unit === 'ns') return seconds(w) + ' CPU';
  if (about.unit === 'samples' && w === 1) return '1 sample';
  const [, what, measure] = about.unit.match(/^(.*)\/(nanoseconds|bytes)$/) || [0, about.unit, ''];
  return (measure === 'bytes' ? bytes(w) : measure === 'nanoseconds' ? seconds(w) : grouped(w)) + ' ' + what;
}
const clipped = name => name.length > LONGEST ? cut(name.slice(0, LONGEST), LONGEST - 2) + '…' : name;

// State: what is drawn, kept in the address so that it can be passed on

const all = readStacks(content('stacks'));
const views = new Map(); // the trees that were looked at lately
function known(key, make) {
  const tree = views.get(key) ?? make();
  views.delete(key);
  views.set(key, tree);
  if (views.size > 8) views.delete(views.keys().next().value);
  return tree;
}
function viewed(stacks) {
  const {span, against} = state, key = span + ' ' + against;
  const sampled = span || against ? known(key, () => during(all, span ?? [0, about.columns], against)) : all;
  return known(stacks + ' ' + key, () => pruned(stacks ? sampled : byCall(sampled)));
}
const state = {zoom: 0, term: '', regex: false, icicle: about.inverted, stacks: !byCallAtAll, focus: '', hidden: [], merged: [], table: false, sort: 'own', span: null, against: null};
let whole = viewed(state.stacks), tree = whole;
let selected = 0, hovered = -1, matches = null, found = [], ranked = null, printing = false;

function hash() {
  const q = new URLSearchParams();
  if (state.zoom) q.set('z', state.zoom);
  if (state.term) q.set('s', state.term);
  if (state.regex) q.set('r', '1');
  if (state.icicle !== about.inverted) q.set('i', state.icicle ? '1' : '0');
  if (state.stacks && byCallAtAll) q.set('v', 'stacks');
  if (state.table) q.set('t', '1');
  if (state.span) q.set('w', state.span.map(inSeconds).join('-'));
  if (state.against) q.set('b', state.against.map(inSeconds).join('-'));
  if (state.focus) q.set('f', state.focus);
  state.hidden.forEach(name => q.append('h', name));
  state.merged.forEach(name => q.append('m', name));
  return '#' + q;
}
function readSpan(text) {
  const [from, to] = (text ?? '').split('-').map(s => Math.round(s * 1e9 / about.column));
  return from >= 0 && from < to && from < about.columns ? [from, Math.min(to, about.columns)] : null;
}
function readHash() {
  const q = new URLSearchParams(location.hash.slice(1));
  state.term = q.get('s') || '';
  state.regex = q.get('r') === '1';
  state.icicle = q.has('i') ? q.get('i') === '1' : about.inverted;
  state.table = q.get('t') === '1';
  state.span = readSpan(q.get('w'));
  state.against = readSpan(q.get('b'));
  state.stacks = !byCallAtAll || q.get('v') === 'stacks';
  state.focus = names.includes(q.get('f')) ? q.get('f') : '';
  state.hidden = q.getAll('h').filter(name => names.includes(name));
  state.merged = q.getAll('m').filter(name => names.includes(name));
  rebuild();
  const zoom = Number(q.get('z'));
  state.zoom = Number.isInteger(zoom) && zoom > 0 && zoom < tree.size ? zoom : 0;
  selected = state.zoom;
}
// A step that Backspace and the browser's Back undo.
function step(change) {
  clearTimeout(remembering);
  history.replaceState(history.state, '', hash());
  change();
  history.pushState({steps: (history.state?.steps || 0) + 1}, '', hash());
  show();
}
let remembering = 0;
const remember = () => { // not at every key: browsers allow so many changes in a while
  clearTimeout(remembering);
  remembering = setTimeout(() => history.replaceState(history.state, '', hash()), 150);
};
const back = () => { if (history.state?.steps) history.back(); };
function rebuild() {
  rows = null;
  difference = about.difference || !!state.against;
  tree = whole = viewed(state.stacks);
  if (state.merged.length) tree = mergedInto(tree, new Set(state.merged));
  if (state.hidden.length) tree = without(tree, new Set(state.hidden));
  if (state.focus && tree.frame.some(f => f >= 0 && names[f] === state.focus)) tree = focused(tree, state.focus);
  else state.focus = '';
  state.zoom = 0;
  selected = 0;
}
const zoomTo = box => { if (box !== state.zoom) step(() => { state.zoom = selected = box; }); stage.focus({preventScroll: true}); };
const focusOn = name => step(() => { state.focus = name; rebuild(); });
const hide = name => step(() => { state.hidden = [...new Set([...state.hidden, name])]; rebuild(); });
const merge = name => step(() => { state.merged = [...new Set([...state.merged, name])]; rebuild(); });
const toOtherView = () => byCallAtAll && step(() => { state.stacks = !state.stacks; rebuild(); });
const reset = () => step(() => { state.span = state.against = null; state.focus = ''; state.hidden = []; state.merged = []; state.term = ''; rebuild(); });

// Search

let lowerNames = null;
function search() {
  matches = null;
  found = [];
  let test = null;
  input.removeAttribute('aria-invalid');
  if (state.term.startsWith('@')) {
    const wanted = state.term.slice(1).toLowerCase();
    const letters = new Set(about.legend.filter(k => k[1].toLowerCase().startsWith(wanted)).map(k => k[0][0]));
    test = difference ? null : (name, f) => letters.has(styles[f][0]);
  } else if (state.term) {
    // As in many editors: capitals in the term make case count.
    const exact = /\p{Lu}/u.test(state.term);
    if (state.regex) {
      try {
        const pattern = new RegExp(state.term, exact ? 'u' : 'iu');
        test = name => pattern.test(name);
      } catch (e) {
        input.setAttribute('aria-invalid', 'true');
      }
    } else {
      const term = exact ? state.term : state.term.toLowerCase();
      lowerNames ||= names.map(name => name.toLowerCase());
      test = exact ? name => name.includes(term) : (name, f) => lowerNames[f].includes(term);
    }
  }
  if (test) matches = Uint8Array.from(names, (name, f) => test(name, f) ? 1 : 0);
  countMatches();
}
const isMatch = i => matches && tree.frame[i] >= 0 && matches[tree.frame[i]] === 1;
function countMatches() {
  found = [];
  ranked = null;
  const z = state.zoom;
  let covered = [0, 0], until = -1;
  for (let i = z; matches && i <= tree.end[z]; i++) {
    if (!isMatch(i)) continue;
    found.push(i);
    // A match within a match has been counted already; callers stand under the same width as callees.
    if (i > until) { covered[tree.depth[i] < 0 ? 1 : 0] += tree.width[i]; until = tree.depth[i] || tree.low === 0 ? tree.end[i] : i; }
  }
  const share = Math.max(...covered) / (tree.width[z] || 1);
  output.textContent = input.hasAttribute('aria-invalid') ? 'not a regular expression'
    : !matches ? '' : found.length ? (found.includes(selected) ? grouped(byWidth().indexOf(selected) + 1) + ' of ' : '')
      + grouped(found.length) + (found.length === 1 ? ' match, ' : ' matches, ') + percent(Math.min(1, share)) : 'no match';
  previous.disabled = next.disabled = !found.length;
}
function toMatch(direction) {
  if (!found.length) return;
  const list = byWidth(), at = list.indexOf(selected);
  select(list[at < 0 ? (direction > 0 ? 0 : list.length - 1) : (at + direction + list.length) % list.length]);
}
const byWidth = () => ranked ||= [...found].sort((a, b) => tree.width[b] - tree.width[a] || a - b);
function setTerm(term, regex = state.regex) {
  state.term = term;
  state.regex = regex;
  remember();
  if (input.value !== term) input.value = term;
  regexButton.setAttribute('aria-pressed', regex);
  search();
  draw();
  markLegend();
}

// The legend: what is a colour's own, and what stands on its boxes. Java's counts of the whole are exact, as it has all boxes.

// By the first letter of a style, parts of the whole, nothing twice.
function covered(tree) {
  const sums = {}, below = new Int32Array(tree.size);
  for (let i = 0; i < tree.size; i++) {
    if (tree.depth[i] < 0) continue;
    const letter = tree.style(i)[0], bit = 1 << letter.charCodeAt(0) - 97, callers = i ? below[tree.parent[i]] : 0;
    if (!(callers & bit)) sums[letter] = (sums[letter] || 0) + tree.width[i];
    below[i] = callers | bit;
  }
  return sums;
}
// A function of no kind is of its caller's, as in Subsystems.java. By box: the letter of its samples.
function kinds(tree) {
  const kind = new Array(tree.size), alone = new Map(about.alone), {other} = about;
  for (let i = 0; i < tree.size; i++) {
    if (tree.depth[i] < 0) continue;
    const letter = tree.frame[i] < 0 ? 'z' : styles[tree.frame[i]][0];
    kind[i] = letter !== other && letter !== 'z' ? letter : i ? kind[tree.parent[i]] : other;
    if (kind[i] === other) kind[i] = alone.get(tree.frame[i]) ?? other;
  }
  return kind;
}
function divided(tree, own, all) {
  const sums = {};
  kinds(tree).forEach((letter, i) => { sums[letter] = (sums[letter] || 0) + own[i] / (all || 1); });
  return sums;
}
const owned = tree => tree.owned ||= divided(tree, tree.own, tree.weight[0]);
const chip = style => svg('svg', {class: 'chip', width: 12, height: 12, 'aria-hidden': 'true'}, svg('path', {class: style, d: 'M0 6h12'}));
function showLegend() {
  if (difference) return legend.replaceChildren(...(state.against ? about.changes : about.legend).map(([style, text]) => html('span', {}, chip(style), text)));
  const own = tree !== whole ? owned(tree) : state.span && owned(viewed(true)), total = tree.covered ||= covered(tree);
  legend.replaceChildren(...about.legend.flatMap(([style, text, share, , detail]) => {
    const letter = style[0], mine = own ? percent(own[letter] || 0) : share, sum = Math.max(parseFloat(mine) / 100, total[letter] || 0);
    if (parseFloat(mine) === 0 && !total[letter] && letter !== 'z') return [];
    if (letter === 'z') return html('span', {}, chip(style), text);
    const entry = button('', detail && !own ? 'Own: ' + detail : 'Mark these functions', () => {
      setTerm(state.term === '@' + text ? '' : '@' + text);
      if (state.term) toMatch(1);
    }, {'data-term': '@' + text});
    entry.append(chip(style), text + ' ' + mine, html('span', {class: 'total'}, '· ' + percent(sum)));
    return entry;
  }));
  markLegend();
}
function markLegend() {
  for (const entry of legend.querySelectorAll('button')) entry.setAttribute('aria-pressed', entry.dataset.term === state.term);
}

// The table of functions: of what is drawn, recursion counted once; where there are calls, with the call that most of it is of.

let rows = null;
function functions(tree) {
  const own = new Map(), before = new Map(), total = new Map(), calls = new Map(), open = new Map(), path = [];
  const add = (map, key, value) => map.set(key, (map.get(key) || 0) + value);
  const first = tree.frame[0] < 0 ? 1 : 0; // a focused function is the root itself
  let call = -1;
  for (let i = first; i < tree.size; i++) {
    const f = tree.frame[i], depth = tree.depth[i];
    if (depth < 0) break; // a focused function's callers
    while (path.length > depth - first) add(open, path.pop(), -1);
    path.push(f);
    add(open, f, 1);
    if (f >= labelsFrom) { call = f; continue; }
    add(own, f, tree.own[i]);
    add(before, f, tree.ownBefore[i]);
    if (open.get(f) > 1) continue;
    add(total, f, tree.weight[i]);
    if (call >= 0) add(calls, f * names.length + call, tree.weight[i]);
  }
  const most = new Map();
  for (const [key, weight] of calls) {
    const f = Math.floor(key / names.length);
    if (!(most.get(f)?.weight >= weight)) most.set(f, {call: names[key % names.length], weight});
  }
  return [...total].map(([f, weight]) => ({f, name: names[f], own: own.get(f), before: before.get(f), total: weight, call: most.get(f)?.call ?? ''}));
}
const ROWS = 200;
function showTable() {
  aside.hidden = !state.table;
  tableButton.setAttribute('aria-pressed', state.table);
  if (!state.table) { rows = null; return; }
  rows ||= functions(tree);
  const exact = /\p{Lu}/u.test(filter.value), wanted = exact ? filter.value : filter.value.toLowerCase(), by = state.sort, part = w => percent(w / (tree.weight[0] || 1));
  const list = rows.filter(row => (exact ? row.name : row.name.toLowerCase()).includes(wanted));
  const text = (a, b) => a < b ? -1 : a > b ? 1 : 0;
  list.sort((a, b) => (by === 'name' || by === 'call' ? text(a[by], b[by]) : b[by] - a[by]) || b.total - a.total || a.f - b.f);
  for (const head of heads) head.setAttribute('aria-sort', head.dataset.by !== by ? 'none' : by === 'own' || by === 'total' ? 'descending' : 'ascending');
  heads[2].hidden = !list.some(row => row.call);
  body.replaceChildren(...list.slice(0, ROWS).map(row => html('tr', {}, html('td', {}, part(row.own)), html('td', {}, part(row.total)),
    ...(heads[2].hidden ? [] : [html('td', {}, row.call)]), html('td', {}, button(clipped(shortName(row.name)), clipped(row.name), () => findFunction(row.f))))));
  count.textContent = grouped(list.length) + (list.length === 1 ? ' function' : ' functions') + (list.length > ROWS ? ', the first ' + ROWS + ' shown' : '');
}
function findFunction(f) {
  setTerm(names[f], false);
  let best = -1;
  for (let i = state.zoom; i <= tree.end[state.zoom]; i++) if (tree.frame[i] === f && (best < 0 || tree.width[i] > tree.width[best])) best = i;
  if (best >= 0) select(best);
}

// The strip: CPU over time. A window of it is chosen by dragging, or by the sliders at its ends.

const inSeconds = column => +(column * about.column / 1e9).toFixed(2);
const TALL = 40, AXIS = 14;
let stripWidth = 0;
const columnAt = x => Math.max(0, Math.min(about.columns, Math.round((x - MARGIN) / stripWidth * about.columns)));
const xOf = column => MARGIN + column / about.columns * stripWidth;
let stripKinds = null;
function drawStrip() {
  if (!about.columns) return;
  const room = Math.max(100, strip.clientWidth - 2 * MARGIN);
  if (room === stripWidth) return showSpan(state.span);
  stripKinds ||= kinds(all);
  stripWidth = room;
  // Bars of a few samples each, or chance is all that one sees; all of as many columns, or even work would look uneven.
  const each = Math.ceil(about.columns / Math.min(Math.floor(stripWidth / 2), Math.max(60, Math.ceil(all.samples[0] / 4))));
  const bins = Math.ceil(about.columns / each), sums = {}, tops = new Float64Array(bins), parts = [];
  times.column.forEach((column, k) => {
    const bin = Math.floor(column / each), box = times.box[k], weight = times.count[k] * all.own[box] / all.ownSamples[box];
    (sums[stripKinds[box]] ||= new Float64Array(bins))[bin] += weight;
    tops[bin] += weight;
  });
  const most = Math.max(...tops) || 1, base = new Float64Array(bins), step = stripWidth * each / about.columns;
  for (const [style] of about.legend) {
    const heights = sums[style[0]];
    let d = '';
    for (let bin = 0; heights && bin < bins; bin++) {
      if (!heights[bin]) continue;
      const height = heights[bin] / most * TALL;
      d += 'M' + (MARGIN + (bin + 0.5) * step).toFixed(1) + ' ' + (TALL - base[bin]).toFixed(1) + 'v-' + height.toFixed(1);
      base[bin] += height;
    }
    if (d) parts.push(svg('path', {class: style, d, 'stroke-width': step.toFixed(2)}));
  }
  const whole = about.columns * about.column / 1e9;
  const tick = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400].find(t => t / whole * stripWidth >= 70) ?? whole;
  for (let t = 0, k = 0; t <= whole; t = ++k * tick) {
    const x = MARGIN + t / whole * stripWidth;
    if (x < MARGIN + stripWidth - 30) parts.push(svg('path', {class: 'tick', d: 'M' + x.toFixed(1) + ' ' + TALL + 'v4'}), svg('text', {x: x + 3, y: TALL + 11}, +t.toFixed(1) + ' s'));
  }
  bars.replaceChildren(...parts);
  bars.setAttribute('width', stripWidth + 2 * MARGIN);
  showSpan(state.span);
}
function showSpan(span) {
  const [from, to] = span ?? [0, about.columns];
  dims[0].style.width = xOf(from) + 'px';
  dims[1].style.left = xOf(to) + 'px';
  strip.classList.toggle('chosen', !!span);
  compare.hidden = !state.span || about.difference;
  earlier.hidden = !state.against;
  if (state.against) earlier.style.cssText = 'left:' + xOf(state.against[0]) + 'px;width:' + (xOf(state.against[1]) - xOf(state.against[0])) + 'px';
  sliders.forEach((slider, k) => {
    const column = k ? to : from;
    slider.style.left = xOf(column) + 'px';
    for (const [key, value] of Object.entries({valuemin: k ? inSeconds(from) : 0, valuemax: k ? inSeconds(about.columns) : inSeconds(to), valuenow: inSeconds(column),
      valuetext: inSeconds(column) + ' seconds'})) slider.setAttribute('aria-' + key, value);
  });
}
// The zoomed box stays zoomed if the window has it.
function lookAt(span) {
  const frames = [];
  for (let i = state.zoom; i > 0; i = tree.parent[i]) frames.unshift(tree.frame[i]);
  state.span = span && (span[0] > 0 || span[1] < about.columns) ? span : null;
  rebuild();
  let at = 0;
  for (const frame of state.focus ? [] : frames) {
    let callee = -1;
    for (let i = at + 1; i <= tree.end[at]; i = tree.end[i] + 1) if (tree.frame[i] === frame) callee = i;
    if (callee < 0) return;
    at = callee;
  }
  state.zoom = selected = at;
}
function slide(event, k) {
  const span = [...(state.span ?? [0, about.columns])], coarse = event.shiftKey ? 1 : Math.max(1, Math.round(about.columns / 100));
  const steps = {ArrowLeft: -coarse, ArrowDown: -coarse, ArrowRight: coarse, ArrowUp: coarse, PageDown: -10 * coarse, PageUp: 10 * coarse, Home: -Infinity, End: Infinity};
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  span[k] = k ? Math.max(span[0] + 1, Math.min(about.columns, span[1] + steps[event.key])) : Math.max(0, Math.min(span[1] - 1, span[0] + steps[event.key]));
  lookAt(span);
  remember();
  show();
}
// What a window was for, in a line.
function showAnswer() {
  const key = state.span + ' ' + state.against, seconds = ([from, to]) => inSeconds(from) + ' s to ' + inSeconds(to) + ' s';
  if (!about.columns || answer.dataset.span === key) return;
  answer.dataset.span = key;
  const rows = [], seen = viewed(!byCallAtAll), own = byCallAtAll ? {} : owned(seen), before = byCallAtAll || !difference ? {} : divided(seen, seen.ownBefore, seen.before[0]);
  const beside = new Set(about.places?.filter(place => place[0] && place.length > 2).map(place => labelsFrom + place[1]));
  for (let i = 1; i < seen.size; i++) { // as the table of the answer: calls, before the handler, each work beside requests
    const f = seen.frame[i];
    if (f >= labelsFrom && (seen.depth[i] === 1 ? !beside.has(f) : beside.has(seen.frame[seen.parent[i]]))) {
      rows.push([seen.name(i), seen.weight[i] / (seen.weight[0] || 1), seen.before[i] / (seen.before[0] || 1)]);
    }
  }
  if (Math.max(own[about.other] || 0, before[about.other] || 0) > 0.5) {
    for (const row of functions(seen)) rows.push([shortName(row.name), row.own / (seen.weight[0] || 1), row.before / (seen.before[0] || 1)]);
  } else for (const [style, text] of about.legend) {
    if (own[style[0]] || before[style[0]]) rows.push([text, own[style[0]] || 0, before[style[0]] || 0]);
  }
  // As in Chance.java: so much a share may differ in 95 of 100 recordings; what differs by less is no difference.
  const spread = (p, n) => 3.8416 * p * (1 - p) / (n || 1), n = seen.samples[0], change = row => Math.abs(row[1] - row[2]);
  const then = state.against ? countIn(state.against) : 0, said = row => percent(row[1]) + (difference ? ' (before ' + percent(row[2]) + ')' : '');
  const list = difference ? rows.filter(row => change(row) ** 2 > spread(row[1], n) + spread(row[2], then)).sort((a, b) => change(b) - change(a))
    : rows.filter(row => row[1]).sort((a, b) => b[1] - a[1]);
  const error = !difference && list.length && list[0][1] < 1 ? ' ± ' + (Math.sqrt(spread(list[0][1], n)) * 100).toFixed(1) : '';
  answer.textContent = seconds(state.span ?? [0, about.columns]) + (state.against ? ', before: ' + seconds(state.against) : '')
    + (n ? ', ' + grouped(n) + (n === 1 ? ' sample: ' : ' samples: ') : ': ') + (list.slice(0, 5).map((row, k) => row[0] + ' ' + said(row) + (k ? '' : error)).join(', ')
    || (!n ? 'nothing ran' : difference ? 'nothing differs by more than its error' : 'nothing is known'));
}
const countIn = ([from, to]) => times.count.reduce((sum, count, k) => sum + (times.column[k] >= from && times.column[k] < to ? count : 0), 0);

// The page

const button = (text, title, action, more) => html('button', {type: 'button', title, onclick: action, ...more}, text);
const input = html('input', {type: 'text', placeholder: 'Search', 'aria-label': 'Search functions', spellcheck: 'false', autocomplete: 'off',
  title: 'Part of a name, or @ and a subsystem; / or Ctrl-F', oninput: () => setTerm(input.value)});
const regexButton = button('.*', 'Regular expression', () => setTerm(state.term, !state.regex), {'aria-label': 'Regular expression', 'aria-pressed': 'false'});
const previous = button('‹', 'Previous match (Shift-N)', () => toMatch(-1), {'aria-label': 'Previous match'});
const next = button('›', 'Next match (N)', () => toMatch(1), {'aria-label': 'Next match'});
const output = html('output', {class: 'found', 'aria-live': 'polite'});
const otherView = button('', 'The same stacks, by call or as they are (V)', toOtherView, {hidden: !byCallAtAll});
const tableButton = button('Table', 'Functions, with their shares (T)', () => step(() => { state.table = !state.table; }), {'aria-pressed': 'false'});
const flip = button('', 'Turn upside down (I)', () => step(() => { state.icicle = !state.icicle; }));
const backButton = button('Back', 'Undo the last step (Backspace)', back);
const resetButton = button('Reset', 'Whole profile (Esc)', reset);
const helpButton = button('?', 'Keys (?)', () => showHelp(help.hidden), {'aria-label': 'Keys', 'aria-expanded': 'false'});
const path = html('nav', {class: 'path', 'aria-label': 'Zoomed path'});
const name = html('div', {class: 'name'}), numbers = html('div', {class: 'numbers'});
const actions = [
  button('Focus', 'Callers and callees of this function, wherever it is called (F)', () => focusOn(tree.name(selected))),
  button('Hide', 'Leave out this function and what it calls (H)', () => hide(tree.name(selected))),
  button('Merge', 'Merge this function into its callers (M)', () => merge(tree.name(selected))),
  button('Copy', 'Copy the name (C)', () => copy(tree.name(selected)))];
const legend = html('div', {class: 'legend', role: 'group', 'aria-label': 'Legend', title: about.shares});
const tip = html('div', {class: 'tip', hidden: true, 'aria-hidden': 'true'});
const menu = html('div', {class: 'menu', role: 'menu', hidden: true});
const help = html('div', {class: 'menu help', role: 'dialog', 'aria-label': 'Keys', hidden: true, tabindex: '-1'},
  html('strong', {}, 'Keys'), html('dl', {}, ...[['Arrows', 'go to caller, callee, neighbours'], ['Enter, click', 'zoom'],
    ['Backspace', 'one step back'], ['Esc', 'clear the search, then the whole profile'], ['/ or Ctrl-F', 'search; @ and a name finds a subsystem'],
    ['N, Shift-N', 'next, previous match, the widest first'], ['F', 'focus: callers and callees of one function'], ['H', 'hide a function and what it calls'], ['M', 'merge a function into its callers'],
    ...(about.columns ? [['Drag over the strip', 'look at a part of the time']] : []), ['T', 'the table of functions'], ...(byCallAtAll ? [['V', 'by call, or the plain stacks']] : []),
    ['C', 'copy the name'], ['I', 'upside down'], ['Home', 'to the zoomed box'], ['Right click', 'all of this as a menu']]
    .flatMap(([key, what]) => [html('dt', {}, key), html('dd', {}, what)])),
  button('Close', 'Close', () => showHelp(false)));
const boxes = svg('g', {class: 'boxes', transform: 'translate(0 .5)'});
const labels = svg('g', {class: 'labels'});
const flames = svg('svg', {'aria-hidden': 'true'}, boxes, labels);
// Frames around the box under the pointer and the selected one: layers of their own, so that the boxes need no repainting.
const over = html('div', {class: 'over', hidden: true}), ring = html('div', {class: 'ring', role: 'treeitem'});
const stage = html('div', {class: 'stage', role: 'tree', tabindex: '0', 'aria-label': 'Flame graph: ' + about.title}, flames, over, ring);
const bars = svg('svg', {height: TALL + AXIS, 'aria-hidden': 'true'});
const dims = ['before', 'after'].map(side => html('div', {class: 'dim ' + side}));
const earlier = html('div', {class: 'earlier', hidden: true});
const sliders = ['from', 'to'].map((side, k) => html('div', {class: 'slider', role: 'slider', tabindex: '0', 'aria-label': 'Window ' + side, onkeydown: event => slide(event, k)}));
const strip = html('div', {class: 'strip', title: 'CPU over time: drag over a part to look at it alone'}, bars, ...dims, earlier, ...sliders);
const answer = html('p', {role: 'status'});
const compare = button('Compare', 'See what is different in another part: this one becomes the one before', () => step(() => {
  state.against = state.span;
  lookAt(null);
}));
const time = html('section', {class: 'time', 'aria-label': 'Time', hidden: !about.columns}, strip, html('div', {class: 'answer'}, answer, compare));
let dragged = null;
strip.addEventListener('pointerdown', event => {
  if (event.button) return;
  const x = event.clientX - strip.getBoundingClientRect().left, k = state.span ? sliders.indexOf(event.target) : -1;
  dragged = {from: x, at: k < 0 ? columnAt(x) : state.span[1 - k], moved: k >= 0};
  strip.setPointerCapture(event.pointerId);
});
const spanTo = event => {
  const end = columnAt(event.clientX - strip.getBoundingClientRect().left), a = Math.min(end, dragged.at);
  return [Math.min(a, about.columns - 1), Math.max(a + 1, end, dragged.at)];
};
strip.addEventListener('pointermove', event => {
  if (!dragged) return;
  dragged.moved ||= Math.abs(event.clientX - strip.getBoundingClientRect().left - dragged.from) > 3;
  if (dragged.moved) showSpan(spanTo(event));
});
strip.addEventListener('pointerup', event => {
  if (!dragged) return;
  const span = dragged.moved ? spanTo(event) : null;
  dragged = null;
  if (span || state.span) step(() => lookAt(span)); else showSpan(null);
});
strip.addEventListener('pointercancel', () => { dragged = null; showSpan(state.span); });
const main = html('main', {}, stage);
const filter = html('input', {type: 'text', placeholder: 'Filter', 'aria-label': 'Filter functions', spellcheck: 'false', autocomplete: 'off', oninput: () => showTable()});
const heads = [['own', 'Own', 'Its own share'], ['total', 'Total', 'Its share with what it calls'], ['call', 'Call', 'What most of it is done for'], ['name', 'Function', 'Name']]
  .map(([by, text, title]) => html('th', {scope: 'col', 'data-by': by}, button(text, 'Sort by: ' + title, () => { state.sort = by; showTable(); })));
const body = html('tbody', {}), count = html('span', {class: 'count', role: 'status'});
const aside = html('aside', {'aria-label': 'Functions', hidden: true}, html('div', {}, filter, count),
  html('table', {}, html('thead', {}, html('tr', {}, ...heads)), body));
const spoken = html('div', {class: 'quiet', role: 'status'});
const app = html('div', {class: 'app'},
  html('header', {}, html('div', {class: 'titles'}, html('h1', {}, about.title), html('p', {}, about.subtitle), html('p', {}, about.total + ' · ' + about.caption)),
    html('div', {class: 'tools', role: 'toolbar', 'aria-label': 'Tools'}, input, regexButton, previous, next, output, otherView, tableButton, flip, backButton, resetButton, helpButton)),
  path, time, html('div', {class: 'middle'}, main, aside), html('footer', {}, html('div', {class: 'detail'}, html('div', {}, name, numbers), ...actions), legend), tip, menu, help, spoken);
root.append(svg('foreignObject', {width: '100%', height: '100%'}, app));
root.querySelector('.still').remove();
root.removeAttribute('role');
root.removeAttribute('viewBox');
root.setAttribute('width', '100%');
root.setAttribute('height', '100%');

// Drawing: only boxes in sight, all boxes of one colour as one path, as in the still picture

let inner = 100, cell = 6.71;
const sizeOf = i => tree.width[i] / (tree.width[state.zoom] || 1) * inner;
const leftOf = i => MARGIN + (tree.x[i] - tree.x[state.zoom]) / (tree.width[state.zoom] || 1) * inner;
const isAbove = i => i >= state.zoom && i <= tree.end[state.zoom]; // the zoomed box and what it called
const highest = () => tree.top[state.zoom];
const lowest = () => state.zoom ? (tree.depth[state.zoom] < 0 ? Math.min(...[...tree.rows.keys()]) : 0) : tree.low;
function rowTop(row) { return ROW * (state.icicle ? row - lowest() : highest() - row); }
function firstAtLeast(list, value) {
  let a = 0, b = list.length;
  while (a < b) { const m = a + b >> 1; if (list[m] < value) a = m + 1; else b = m; }
  return a;
}
function extent(i) {
  const left = Math.max(MARGIN, leftOf(i)), right = Math.min(MARGIN + inner, leftOf(i) + sizeOf(i));
  return [left, right - left];
}
function resize() {
  inner = Math.max(100, main.clientWidth - 2 * MARGIN);
  const height = (highest() - lowest() + 1) * ROW + 4;
  flames.setAttribute('width', inner + 2 * MARGIN);
  flames.setAttribute('height', height);
  return height;
}
let drawnFrom = 0, drawnTo = 0;
function draw() {
  const height = resize(), screen = main.clientHeight;
  drawnFrom = printing ? 0 : main.scrollTop - screen / 2;
  drawnTo = printing ? height : main.scrollTop + 1.5 * screen;
  const all = [], texts = [];
  let paths = new Map(), edges = new Map();
  const place = (i, left, width, y, room, faded) => {
    const match = isMatch(i), style = match ? 'hit' : tree.style(i) + faded;
    const line = 'M' + left.toFixed(1) + ' ' + (y + ROW / 2) + 'h' + (width < 1.5 ? Math.max(0.3, width) : width - 0.5).toFixed(1);
    paths.set(style, (paths.get(style) || '') + line);
    if (difference) { // the edge: its change with what it calls
      const edge = changeStyle(tree.change(i)) + faded;
      edges.set(edge, (edges.get(edge) || '') + line.replace(/ .*h/, ' ' + (y + (state.icicle ? EDGE / 2 : ROW - 1 - EDGE / 2)) + 'h'));
    }
    const text = room < 3 ? '' : tree.frame[i] < labelsFrom ? label(tree.name(i), room) : placeLabel(i, room);
    if (text) texts.push(svg('text', {x: (left + 3).toFixed(1), y: y + 12, class: match && 'onhit',
      ...(isPlain(text) ? {} : {lengthAdjust: 'spacingAndGlyphs', textLength: Math.round(cells(text) * cell)})}, text));
  };
  // A row's boxes of one colour are one path; not more rows, or the browser would go through all of it for every tile.
  const finishRow = () => {
    for (const [style, d] of paths) all.push(svg('path', {class: style, d}));
    for (const [style, d] of edges) all.push(svg('path', {class: style + ' edge', d}));
    paths = new Map();
    edges = new Map();
  };
  for (let i = tree.parent[state.zoom]; i >= 0; i = tree.parent[i]) {
    const y = rowTop(tree.depth[i]);
    if (y + ROW > drawnFrom && y < drawnTo) place(i, MARGIN, inner, y, Math.floor((inner - 6) / cell), ' faded');
    finishRow();
  }
  const scale = inner / (tree.width[state.zoom] || 1), origin = tree.x[state.zoom], last = tree.end[state.zoom];
  for (const [row, list] of tree.rows) {
    const y = rowTop(row);
    if (y + ROW < drawnFrom || y > drawnTo) continue;
    let drawn = 0;
    for (let k = firstAtLeast(list, state.zoom); k < list.length && list[k] <= last; k++) {
      const i = list[k], left = MARGIN + (tree.x[i] - origin) * scale, width = tree.width[i] * scale;
      // Of boxes narrower than a pixel one is drawn for each pixel.
      if (width < 1 && left + width - drawn < 1) continue;
      drawn = left + width;
      place(i, left, width, y, Math.floor((width - 6) / cell), '');
    }
    finishRow();
  }
  boxes.replaceChildren(...all);
  labels.replaceChildren(...texts);
  drawRing();
}
function frameBox(frame, i) {
  const [left, width] = extent(i);
  frame.style.transform = 'translate(' + left + 'px,' + rowTop(tree.depth[i]) + 'px)';
  frame.style.width = Math.max(3, width - 0.5) + 'px';
}
function drawRing() {
  ring.hidden = !isAbove(selected) && !isUnder(selected);
  frameBox(ring, selected);
}
const isUnder = i => { for (let j = state.zoom; j >= 0; j = tree.parent[j]) if (j === i) return true; return false; };
function boxAt(event) {
  const r = flames.getBoundingClientRect(), x = event.clientX - r.left, y = event.clientY - r.top;
  const line = Math.floor(y / ROW), row = state.icicle ? line + lowest() : highest() - line;
  const list = tree.rows.get(row);
  if (!list || x < MARGIN || x > MARGIN + inner) return -1;
  for (let i = tree.parent[state.zoom]; i >= 0 && state.zoom; i = tree.parent[i]) if (tree.depth[i] === row) return i;
  let best = -1;
  for (let k = firstAtLeast(list, state.zoom); k < list.length && list[k] <= tree.end[state.zoom]; k++) {
    const left = leftOf(list[k]);
    if (left > x + 1) break;
    if (x >= left - 0.5 && x <= left + Math.max(1, sizeOf(list[k]))) best = list[k];
  }
  return best;
}

// What a box says

function facts(i) {
  const p = tree.parent[i], z = state.zoom, part = (a, b) => percent(b ? a / b : 0);
  const list = [weighed(tree.weight[i])];
  if (about.unit !== 'samples' && about.counted) list.push(grouped(tree.samples[i]) + (tree.samples[i] === 1 ? ' sample' : ' samples'));
  list.push(part(tree.weight[i], whole.weight[0]) + ' of all');
  if ((z || tree !== whole) && isAbove(i)) list.push(part(tree.weight[i], tree.weight[z]) + ' of zoomed');
  if (p > 0) list.push(part(tree.weight[i], tree.weight[p]) + ' of parent');
  if (tree.own[i] && tree.end[i] > i) list.push(weighed(tree.own[i]) + ' in itself');
  if (difference) {
    const points = tree.change(i) * 100;
    list.push('before: ' + weighed(tree.before[i]) + ', ' + part(tree.before[i], whole.before[0]));
    list.push(!tree.weight[i] ? 'vanished' : !tree.before[i] ? 'new' : (points < 0 ? '−' : '+') + Math.abs(points).toFixed(2) + ' points');
  }
  if (sources[tree.frame[i]]) list.push(sources[tree.frame[i]]);
  return list.join(' · ');
}
function showDetail() {
  name.textContent = clipped(tree.name(selected));
  numbers.textContent = facts(selected);
  actions.forEach(b => { b.disabled = tree.frame[selected] < 0; });
  const list = tree.rows.get(tree.depth[selected]);
  const attributes = {id: 'box' + selected, 'aria-label': clipped(tree.name(selected)) + ', ' + facts(selected),
    'aria-level': tree.depth[selected] - tree.low + 1, 'aria-selected': 'true', 'aria-expanded': tree.end[selected] > selected ? 'true' : 'false',
    'aria-posinset': firstAtLeast(list, selected) + 1, 'aria-setsize': list.length};
  for (const [key, value] of Object.entries(attributes)) ring.setAttribute(key, value);
  stage.setAttribute('aria-activedescendant', ring.id);
}
function hover(event) {
  hovered = event ? boxAt(event) : -1;
  tip.hidden = hovered < 0;
  over.hidden = hovered < 0;
  if (hovered < 0) return;
  frameBox(over, hovered);
  tip.replaceChildren(html('div', {class: 'name'}, clipped(tree.name(hovered))), html('div', {class: 'numbers'}, facts(hovered)));
  keepInside(tip, event.clientX + 14, event.clientY + 18, event.clientY - 10);
}
function keepInside(box, x, y, above) {
  const w = app.clientWidth, h = app.clientHeight;
  box.style.left = '0px';
  box.style.top = '0px';
  box.style.left = Math.max(4, Math.min(x, w - box.offsetWidth - 4)) + 'px';
  box.style.top = Math.max(4, y + box.offsetHeight > h - 4 ? above - box.offsetHeight : y) + 'px';
}
function select(i) {
  selected = i;
  const y = rowTop(tree.depth[i]);
  if (y < main.scrollTop || y + ROW > main.scrollTop + main.clientHeight) {
    main.scrollTop = y - main.clientHeight / 2;
    draw();
  }
  drawRing();
  showDetail();
  countMatches();
}
function showPath() {
  const parts = [];
  if (state.span) parts.push(button('time: ' + state.span.map(inSeconds).join(' to ') + ' s ✕', 'The whole recording', () => step(() => lookAt(null)), {class: 'state'}));
  if (state.against) parts.push(button('before: ' + state.against.map(inSeconds).join(' to ') + ' s ✕', 'Compare no longer', () =>
    step(() => { state.against = null; lookAt(state.span); }), {class: 'state'}));
  state.merged.forEach(gone => parts.push(button('merged: ' + cut(shortName(gone), 40) + ' ✕', 'Show it again', () =>
    step(() => { state.merged = state.merged.filter(n => n !== gone); rebuild(); }), {class: 'state'})));
  state.hidden.forEach(hidden => parts.push(button('hidden: ' + cut(shortName(hidden), 40) + ' ✕', 'Show it again', () =>
    step(() => { state.hidden = state.hidden.filter(n => n !== hidden); rebuild(); }), {class: 'state'})));
  if (state.focus) parts.push(button('focus: ' + cut(shortName(state.focus), 60) + ' ✕', 'Back to the whole', () =>
    step(() => { state.focus = ''; rebuild(); }), {class: 'state'}));
  const chain = [];
  for (let i = state.zoom; i >= 0 && state.zoom; i = tree.parent[i]) chain.unshift(i);
  chain.forEach((i, k) => {
    if (k) parts.push(html('span', {'aria-hidden': 'true'}, '›'));
    parts.push(button(cut(shortName(tree.name(i)), 60), clipped(tree.name(i)), () => zoomTo(i), i === state.zoom ? {'aria-current': 'location'} : {}));
  });
  path.replaceChildren(...parts);
  path.scrollLeft = path.scrollWidth;
}
// After a change of what is drawn, not only of where one looks.
function show() {
  hover(null);
  otherView.textContent = state.stacks ? 'By call' : 'Plain stacks';
  flip.textContent = state.icicle ? 'Flame' : 'Icicle';
  regexButton.setAttribute('aria-pressed', state.regex);
  if (input.value !== state.term) input.value = state.term;
  backButton.disabled = !history.state?.steps;
  showPath();
  search();
  showLegend();
  showTable();
  showAnswer();
  drawStrip();
  showDetail();
  resize();
  // The zoomed box near the edge that its stack grows from, with a few of its callers; a focused function in the middle.
  const y = rowTop(tree.depth[state.zoom]), callers = state.zoom ? Math.min(3, Math.abs(tree.depth[state.zoom])) * ROW : 0;
  main.scrollTop = !state.zoom && tree.low ? y - main.clientHeight / 2 : state.icicle ? y - callers : y + ROW + callers + 6 - main.clientHeight;
  draw();
  spoken.textContent = (state.focus ? 'Focused on ' + clipped(state.focus) + '. ' : '') + (state.zoom ? 'Zoomed to ' + clipped(tree.name(state.zoom)) : 'Whole profile');
}

// Deeds

// Where the page came unencrypted only a document of HTML can copy, and a picture has none but in a frame. A key or click counts
// there if the frame was there before it.
const frame = navigator.clipboard ? null : html('iframe', {class: 'quiet', 'aria-hidden': 'true', tabindex: '-1'});
if (frame) app.append(frame);
function copy(text) {
  const say = word => { spoken.textContent = word; output.textContent = word; };
  if (!frame) {
    navigator.clipboard.writeText(text).then(() => say('copied'), () => say('not copied'));
    return;
  }
  const inside = frame.contentDocument, area = inside.createElement('textarea');
  area.value = text;
  inside.body.replaceChildren(area);
  frame.contentWindow.focus();
  area.select();
  say(inside.execCommand('copy') ? 'copied' : 'not copied');
  stage.focus({preventScroll: true});
}
function openMenu(i, x, y) {
  selected = i;
  drawRing();
  showDetail();
  const entry = (text, action, usable = true) => html('button', {type: 'button', role: 'menuitem', disabled: !usable,
    onclick: () => { closeMenu(); action(); }}, text);
  const isFunction = tree.frame[i] >= 0;
  menu.replaceChildren(entry('Zoom', () => zoomTo(i)), entry('Focus: callers and callees', () => focusOn(tree.name(i)), isFunction),
    entry('Hide with what it calls', () => hide(tree.name(i)), isFunction),
    entry('Merge into its callers', () => merge(tree.name(i)), isFunction), entry('Copy name', () => copy(tree.name(i))),
    entry('Search for it', () => setTerm(tree.name(i), false), isFunction), entry('Reset', reset));
  menu.hidden = false;
  hover(null);
  keepInside(menu, x, y, y);
  menu.firstChild.focus();
}
function closeMenu() {
  if (menu.hidden) return;
  menu.hidden = true;
  stage.focus({preventScroll: true});
}
function showHelp(shown) {
  help.hidden = !shown;
  helpButton.setAttribute('aria-expanded', shown);
  (shown ? help : stage).focus();
}
function neighbour(direction) {
  const list = tree.rows.get(tree.depth[selected]);
  for (let k = firstAtLeast(list, selected) + direction; k >= 0 && k < list.length; k += direction) {
    if (isAbove(list[k]) && sizeOf(list[k]) >= 0.5) return list[k];
    if (!isAbove(list[k])) break;
  }
  return selected;
}
function away(sign) { // a step from the root: to the widest of those next to it, callees or (in row 0 and below) callers
  const row = tree.depth[selected] + sign;
  if (tree.depth[selected] * sign < 0) return tree.parent[selected];
  const list = tree.rows.get(row) || [];
  let best = selected;
  for (let k = firstAtLeast(list, selected); k < list.length && list[k] <= tree.end[selected]; k++) {
    if (tree.parent[list[k]] === selected && (best === selected || tree.width[list[k]] > tree.width[best])) best = list[k];
  }
  return best;
}
const keys = {
  ArrowUp: () => select(state.icicle ? towardCallers() : away(1)),
  ArrowDown: () => select(state.icicle ? away(1) : towardCallers()),
  ArrowLeft: () => select(neighbour(-1)),
  ArrowRight: () => select(neighbour(1)),
  Home: () => select(state.zoom),
  Enter: () => zoomTo(selected),
  Backspace: back,
  n: () => toMatch(1),
  N: () => toMatch(-1),
  c: () => copy(tree.name(selected)),
  f: () => tree.frame[selected] >= 0 && focusOn(tree.name(selected)),
  h: () => tree.frame[selected] >= 0 && hide(tree.name(selected)),
  m: () => tree.frame[selected] >= 0 && merge(tree.name(selected)),
  t: () => tableButton.click(),
  v: toOtherView,
  i: () => flip.click(),
  '/': () => { input.focus(); input.select(); },
  '?': () => showHelp(help.hidden),
};
const towardCallers = () => tree.depth[selected] > 0 ? tree.parent[selected] : away(-1);

document.addEventListener('keydown', event => {
  const typing = event.target === input || event.target === filter, inMenu = !menu.hidden && menu.contains(event.target);
  const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f';
  if (isFind && !typing) keys['/']();
  else if (event.ctrlKey || event.metaKey || event.altKey || isFind) return;
  else if (event.key === 'Escape') {
    if (!menu.hidden) closeMenu();
    else if (!help.hidden) showHelp(false);
    else if (state.term) { setTerm(''); stage.focus(); }
    else if (typing) stage.focus();
    else if (state.zoom || state.span || state.against || state.focus || state.hidden.length || state.merged.length) reset();
  } else if (inMenu) {
    const items = [...menu.children].filter(b => !b.disabled), at = items.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') items[(at + 1) % items.length].focus();
    else if (event.key === 'ArrowUp') items[(at + items.length - 1) % items.length].focus();
    else return;
  } else if (typing) {
    if (event.key !== 'Enter' || event.target === filter) return;
    toMatch(event.shiftKey ? -1 : 1);
  } else if (event.target.closest?.('button') && (event.key === 'Enter' || event.key === ' ')) return;
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});
stage.addEventListener('click', event => { const i = boxAt(event); if (i >= 0) { selected = i; zoomTo(i); drawRing(); showDetail(); } });
stage.addEventListener('pointermove', event => { if (event.pointerType !== 'touch') hover(event); });
stage.addEventListener('pointerleave', () => hover(null));
stage.addEventListener('contextmenu', event => {
  const byKey = event.button !== 2 && !event.clientX, i = byKey ? selected : boxAt(event);
  if (i < 0) return;
  event.preventDefault();
  const r = flames.getBoundingClientRect(), [left] = extent(i);
  openMenu(i, byKey ? r.left + left + 10 : event.clientX, byKey ? r.top + rowTop(tree.depth[i]) + ROW : event.clientY);
});
app.addEventListener('pointerdown', event => { if (!menu.contains(event.target)) menu.hidden = true; });
let waiting = false;
main.addEventListener('scroll', () => {
  hover(null);
  if (!waiting) requestAnimationFrame(() => {
    waiting = false;
    if (main.scrollTop < drawnFrom || main.scrollTop + main.clientHeight > drawnTo) draw();
  });
  waiting = true;
});
addEventListener('popstate', () => { readHash(); show(); });
addEventListener('resize', () => { drawStrip(); draw(); });
addEventListener('beforeprint', () => {
  printing = true;
  hover(null);
  draw();
  root.setAttribute('viewBox', '0 0 ' + app.offsetWidth + ' ' + (app.offsetHeight + main.scrollHeight - main.clientHeight));
});
addEventListener('afterprint', () => { printing = false; root.removeAttribute('viewBox'); draw(); });

const probe = svg('text', {}, 'M'.repeat(50));
labels.append(probe);
cell = probe.getComputedTextLength() / 50 || cell;
readHash();
show();
})();
