// The table of nations. Press a heading to sort, a nation to have it explained.

const SHORT = 16; // characters of a cell that is not broken into lines, as at the hyphens of a date
const sorts = new WeakMap(); // by place on the page: the column pressed, and its direction

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const { table: { headings, rows }, numbers } = data;
  table.caption.textContent = data.legend;
  const name = (row) => {
    const cell = element("th", { scope: "row" });
    cell.append(press(row[0].text, () => setTriggerValue("nation", data.codes[row[0].text])));
    return cell;
  };
  const draw = () => {
    const { index, sign } = sorts.get(parentElement) || { index: -1 };
    const tops = headings.map((text, place) => {
      const heading = element("th", { scope: "col", className: numbers[place] ? "number" : "" });
      if (place === index) heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      heading.append(press(text, () => sort(place)));
      return heading;
    });
    table.tHead.rows[0].replaceChildren(...tops);
    const compare = (a, b) => ordered(a[index].value, b[index].value, sign);
    const shown = index < 0 ? rows : [...rows].sort(compare);
    table.tBodies[0].replaceChildren(
      ...shown.map((row) => {
        const line = element("tr", {});
        const cells = row.slice(1).map((cell, place) => {
          const className = numbers[place + 1] ? "number" : cell.text.length <= SHORT ? "short" : "";
          return element("td", { textContent: cell.text, className });
        });
        line.append(name(row), ...cells);
        return line;
      }),
    );
  };
  const sort = (index) => {
    const before = sorts.get(parentElement);
    const first = numbers[index] ? -1 : 1; // numbers from the largest, words from A
    sorts.set(parentElement, { index, sign: before?.index === index ? -before.sign : first });
    draw();
  };
  draw();
}

function ordered(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null); // without a value: last
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
}

function press(text, onclick) {
  return element("button", { type: "button", textContent: text, onclick });
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
