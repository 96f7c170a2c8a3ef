/* The field that finds an indication, or searches: a failure is said, and "/" goes to
   the field. Without this file the form is sent by its button. */
(function () {
  "use strict";

  var OFF = "find-shortcut-off";
  var form = document.querySelector(".find-form");
  var field = form.querySelector("input[type=search]");
  var button = form.querySelector("button");
  var count = document.getElementById("match-count");
  var choice = document.querySelector("[data-shortcut]");
  var box = choice.querySelector("input");

  // What was typed on a slow line before the scripts came is looked for now.
  document.addEventListener("DOMContentLoaded", function () {
    if (window.htmx && field.value !== field.defaultValue) {
      window.htmx.trigger(field.form, "submit");
    }
  });

  function failed(sentence) {
    count.textContent = sentence + " The list is not what you asked for. Press " +
      button.textContent + ".";
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
    if (form.hasAttribute("data-keeps-address") && event.detail.xhr.status === 200) {
      window.history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
    }
  });

  function isOff() {
    try {
      return window.localStorage.getItem(OFF) === "yes";
    } catch (denied) {
      return false;
    }
  }

  box.checked = !isOff();
  choice.hidden = false;
  box.addEventListener("change", function () {
    try {
      window.localStorage.setItem(OFF, box.checked ? "no" : "yes");
    } catch (denied) {
      // It holds for this page, then.
    }
  });

  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input[type=search], input[type=text], select, textarea");
    if (event.key === "/" && box.checked && !typing &&
        !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
})();
