// The data of a figure or of the threshold lie in it as JSON.
const readData = (element) =>
  JSON.parse(element.querySelector(":scope > script[type='application/json']").textContent);
