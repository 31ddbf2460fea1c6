// The table of nations. Press a heading to sort, a nation to have it explained.

const SHORT = 16; // characters of a cell that is not broken into lines, as at the hyphens of a date
const sorts = new WeakMap(); // by place on the page: the column pressed, and its direction

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const { caption, columns, rows } = data.table;
  table.caption.textContent = caption;
  const name = (row) => {
    const cell = element("th", { scope: "row" });
    cell.append(press(row[0].text, () => setTriggerValue("nation", data.codes[row[0].text])));
    return cell;
  };
  const draw = () => {
    const { index, sign } = sorts.get(parentElement) || { index: -1 };
    const headings = columns.map((column, place) => {
      const heading = element("th", { scope: "col", className: column.numbers ? "number" : "" });
      if (place === index) heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      heading.append(press(column.heading, () => sort(place)));
      return heading;
    });
    table.tHead.rows[0].replaceChildren(...headings);
    const compare = (a, b) => sign * ordered(a[index].order, b[index].order);
    const shown = index < 0 ? rows : [...rows].sort(compare);
    table.tBodies[0].replaceChildren(
      ...shown.map((row) => {
        const line = element("tr", {});
        const cells = row.slice(1).map((cell, place) => {
          const className = columns[place + 1].numbers ? "number" : cell.text.length <= SHORT ? "short" : "";
          return element("td", { textContent: cell.text, className });
        });
        line.append(name(row), ...cells);
        return line;
      }),
    );
  };
  const sort = (index) => {
    const before = sorts.get(parentElement);
    const first = columns[index].numbers ? -1 : 1; // numbers from the largest, words from A
    sorts.set(parentElement, { index, sign: before?.index === index ? -before.sign : first });
    draw();
  };
  draw();
}

function ordered(a, b) {
  return typeof a === "number" ? a - b : a.localeCompare(b);
}

function press(text, onclick) {
  return element("button", { type: "button", textContent: text, onclick });
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
