/* Says what a dosing line would say while its fields are typed. Without this file the
   page says it of what is stored. */
(function () {
  "use strict";

  var WAIT = 400; // milliseconds without a key
  var waiting = null;

  function fill(place, said) {
    var list = document.createElement("ul");
    var sentence = document.createElement("strong");
    var read = document.createElement("p");
    sentence.textContent = said.sentence;
    read.textContent = said.read ? "Read from the print: " + said.read : "";
    said.problems.forEach(function (problem) {
      var item = document.createElement("li");
      item.textContent = problem;
      list.appendChild(item);
    });
    place.textContent = "";
    [sentence, read, list].forEach(function (part) { place.appendChild(part); });
  }

  function ask(line, place) {
    var form = line.closest("form");
    var sent = new FormData(form);
    sent.append("line", line.id);
    fetch("../line/", {
      method: "POST",
      body: sent,
      credentials: "same-origin"
    }).then(function (answer) {
      return answer.ok ? answer.json() : null;
    }).then(function (said) {
      if (said) { fill(place, said); }
    }).catch(function () { /* what is stored stays on the page */ });
  }

  document.addEventListener("input", function (event) {
    var line = event.target.closest(".inline-related");
    var place = line && line.querySelector("[data-line-said]");
    if (!place) { return; }
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { ask(line, place); }, WAIT);
  });
}());
