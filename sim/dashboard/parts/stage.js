// Map, strip, size and force. Python hands over the data; the rounds are played here.
// Names come from files: they are only ever set as text, by Python in its pictures too.

const PLAYED_IN = 8000; // milliseconds, all rounds
const SVG = "http://www.w3.org/2000/svg";
const stages = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    stages.set(parentElement, stage);
  }
  stage.choose = (code) => setTriggerValue("nation", code);
  stage.take(data);
  return () => stage.pause();
}

class Stage {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.find(".play").onclick = () => (this.frame ? this.pause() : this.play());
    this.find(".round").oninput = (event) => {
      this.pause();
      this.show(Number(event.target.value));
    };
    this.find("canvas").onclick = (event) => this.choose(this.data.codes[this.pointed(event)]);
    this.find("canvas").onmousemove = (event) => this.tell(event);
  }

  take(data) {
    const wasAtEnd = !this.data || this.round >= this.last;
    const places = JSON.stringify([data.map, data.codes]);
    this.data = data;
    this.last = data.rounds.length - 1;
    this.find(".round").max = this.last;
    if (places !== this.places) this.drawMap();
    this.places = places;
    this.drawTiles();
    this.drawStrip();
    this.drawNotes();
    this.drawPictures();
    this.show(wasAtEnd && !this.frame ? this.last : Math.min(this.round, this.last));
  }

  play() {
    const first = this.round >= this.last ? 0 : this.round;
    let begun; // by the clock of frames: theirs may begin before the button was pressed
    this.find(".play").textContent = "\u23f8 Pause";
    this.find(".stage").classList.add("playing");
    const step = (now) => {
      begun ??= now;
      const round = Math.min(first + Math.floor(((now - begun) * (this.last + 1)) / PLAYED_IN), this.last);
      if (round !== this.round) this.show(round);
      if (round < this.last) this.frame = requestAnimationFrame(step);
      else this.pause();
    };
    this.show(first);
    this.frame = requestAnimationFrame(step);
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.find(".play").textContent = "\u25b6 Play";
    this.find(".stage").classList.remove("playing");
  }

  show(round) {
    const { codes, names, shares, words, dates, rounds, colours } = this.data;
    this.round = round;
    const now = `${dates[round]}: ${rounds[round]}`;
    const slider = this.find(".round");
    slider.value = round;
    slider.setAttribute("aria-valuetext", now);
    this.find(".now").textContent = now;
    this.find(".stage").dataset.round = round;
    this.find(".cursor").style.left = `${(100 * (round + 0.5)) / (this.last + 1)}%`;
    for (const cursor of this.cursors) {
      const [left, right] = [Number(cursor.dataset.left), Number(cursor.dataset.right)];
      const x = left + ((right - left) * round) / this.last;
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
    codes.forEach((code, nation) => {
      const colour = colours.shades[shares[round][nation]];
      const told = `${names[nation]}: ${words[round][nation]}`;
      const mark = this.marks.get(code);
      if (mark) {
        mark.path.setAttribute("fill", colour);
        mark.title.textContent = told;
        mark.path.classList.toggle("chosen", code === this.data.nation);
        if (mark.text) mark.text.setAttribute("fill", shares[round][nation] > colours.dark ? "white" : "#222222");
      }
      const tile = this.tiles.get(code);
      if (tile) {
        tile.firstChild.style.background = colour;
        tile.lastChild.textContent = told;
      }
      this.ends[nation].textContent = words[round][nation].split(" [")[0];
    });
    this.find(".map svg").setAttribute("aria-label", `Map of who ${this.data.does}. ${now}`);
  }

  drawMap() {
    const { map, codes, colours } = this.data;
    const svg = this.find(".map svg");
    svg.replaceChildren();
    this.marks = new Map();
    this.find(".map").classList.toggle("absent", !map);
    if (!map) return;
    svg.setAttribute("viewBox", map.box.join(" "));
    const size = map.box[2] / 56;
    const nations = new Set(codes);
    const ordered = [...map.countries].sort((a, b) => nations.has(a.code) - nations.has(b.code));
    for (const country of ordered) {
      const path = add(svg, "path", { d: country.path, fill: colours.context, "fill-rule": "evenodd" });
      const title = add(path, "title", {});
      title.textContent = country.name;
      if (!nations.has(country.code)) continue;
      path.classList.add("nation");
      path.dataset.code = country.code;
      path.onclick = () => this.choose(country.code);
      this.marks.set(country.code, { path, title });
    }
    for (const country of ordered.filter((each) => each.at)) {
      const [x, y] = country.at;
      const text = add(svg, "text", { x, y, "font-size": size });
      text.textContent = country.code;
      this.marks.get(country.code).text = text;
    }
  }

  drawTiles() {
    const { codes, nation } = this.data;
    this.tiles = new Map();
    const off = codes.filter((code) => !this.marks.has(code));
    this.find(".tiles").replaceChildren(
      ...off.map((code) => {
        const tile = this.button(code, code === nation);
        tile.append(document.createElement("i"), document.createElement("span"));
        this.tiles.set(code, tile);
        return tile;
      }),
    );
    const shades = this.data.colours.shades;
    const stops = [0, 25, 50, 75, 100].map((share) => shades[share]).join(", ");
    this.find(".key i").style.background = `linear-gradient(to right, ${stops})`;
  }

  drawStrip() {
    const { codes, names, order, shares, dates, events, colours, nation } = this.data;
    const canvas = this.find("canvas");
    canvas.width = shares.length;
    canvas.height = order.length;
    canvas.style.height = `calc(${order.length} * var(--row))`;
    canvas.setAttribute("aria-label", `Share of the runs in which each nation ${this.data.does}, over time`);
    const pen = canvas.getContext("2d");
    order.forEach((index, row) =>
      shares.forEach((of, round) => {
        pen.fillStyle = colours.shades[of[index]];
        pen.fillRect(round, row, 1, 1);
      }),
    );
    this.ends = [];
    const ends = order.map((index) => (this.ends[index] = document.createElement("span")));
    this.find(".ends").replaceChildren(...ends);
    const labels = order.map((index) => {
      const label = this.button(codes[index], codes[index] === nation);
      label.textContent = label.title = names[index];
      return label;
    });
    this.find(".names").replaceChildren(...labels);
    const middle = Math.floor(this.last / 2);
    this.find(".dates").replaceChildren(
      ...[0, middle, this.last].map((round) => {
        const date = document.createElement("span");
        date.textContent = dates[round];
        return date;
      }),
    );
    this.find(".events").replaceChildren(
      ...events.map((event) => {
        const line = document.createElement("i");
        line.style.left = `${(100 * event.round) / (this.last + 1)}%`;
        return line;
      }),
    );
  }

  drawNotes() {
    const { events, dates, map, runs } = this.data;
    const listed = events.map((event) => `${dates[event.round]}: ${event.title}`);
    const happened = listed.length ? ` Dashed lines: ${listed.join("; ")}.` : "";
    const source = map && map.source ? ` Outlines: ${map.source}, Lambert's equal-area projection.` : "";
    this.find(".note").textContent =
      `Share of the runs in which a nation ${this.data.does}, with its 95 % interval; of nations and soldiers the ` +
      `range of 90 % of the runs. ${runs}${happened} Click a nation for its explanation.${source}`;
  }

  drawPictures() {
    for (const name of ["size", "force"]) {
      const { picture, note } = this.data[name];
      this.find(`.${name} div`).innerHTML = picture;
      this.find(`.${name} figcaption`).textContent = `${note} ${this.data.runs}`;
    }
    this.cursors = ["size", "force"].map((name) => this.find(`.${name} .cursor`));
  }

  button(code, isChosen) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.code = code;
    button.classList.toggle("chosen", isChosen);
    button.onclick = () => this.choose(code);
    return button;
  }

  // The index of the nation whose row of the strip is pointed at.
  pointed(event) {
    const box = event.target.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) * this.data.order.length) / box.height);
    return this.data.order[Math.min(Math.max(row, 0), this.data.order.length - 1)];
  }

  tell(event) {
    const box = event.target.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) * (this.last + 1)) / box.width);
    const [nation, round] = [this.pointed(event), Math.min(Math.max(at, 0), this.last)];
    const { names, words, dates } = this.data;
    event.target.title = `${names[nation]}, ${dates[round]}: ${words[round][nation]}`;
  }
}

function add(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
}
