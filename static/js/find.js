/* The box that finds: what was typed early is looked for, the address keeps it, and a
   failure is said. Without this file the form is sent by its button. */
(function () {
  "use strict";

  var field = document.getElementById("id_q");
  var button = field.form.querySelector("button");

  // What was typed on a slow line before the scripts came is looked for now.
  document.addEventListener("DOMContentLoaded", function () {
    if (window.htmx && field.value !== field.defaultValue) {
      window.htmx.trigger(field.form, "submit");
    }
  });

  function failed(sentence) {
    document.getElementById("match-count").textContent = sentence +
      " The list is not what you asked for. Press " + button.textContent + ".";
    document.getElementById("matches").textContent = "";
  }

  document.addEventListener("htmx:responseError", function (event) {
    failed("The server could not answer (" + event.detail.xhr.status + ").");
  });
  document.addEventListener("htmx:sendError", function () {
    failed("No answer came from the server.");
  });
  document.addEventListener("htmx:timeout", function () {
    failed("The server took longer than 8 seconds.");
  });

  // So that who comes back from a hit, or reloads, finds the list that was left.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.xhr.status === 200) {
      window.history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
    }
  });
})();
