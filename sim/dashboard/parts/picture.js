// A picture that Python has drawn.

export default function ({ data, parentElement }) {
  parentElement.querySelector("div").innerHTML = data;
}
