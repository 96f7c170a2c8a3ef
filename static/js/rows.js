/* The rows of the dose table: one is read at a time, each is an address that opens it, and
   Find shows those that have the words in a name. Without it a row opens by its own sign,
   and Find searches. */
(function () {
  "use strict";

  function all(selector) {
    return Array.prototype.slice.call(document.querySelectorAll(selector));
  }

  /* Rows: one is read at a time, and each is an address. */

  function openAddressed(isReached) {
    var row = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    var fold = row && row.querySelector(".more > td > details");
    fold = fold || (row && row.tagName === "DETAILS" ? row : null);
    if (fold) {
      fold.open = true;
      if (isReached) {
        row.scrollIntoView();
      }
    }
  }

  document.addEventListener("toggle", function (event) {
    if (event.target.open && event.target.parentNode.parentNode.className === "more") {
      all(".more > td > details[open]").forEach(function (other) {
        other.open = other === event.target;
      });
    }
  }, true);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link && link.hash === window.location.hash) {
      openAddressed(true);
    }
    if (link && link.hasAttribute("data-opens")) {
      var row = link.closest("tbody");
      var choice = row.querySelector(".divide-form button, .confirm-form button") ||
        row.querySelector(".more input:not([type=hidden]), .more button");
      row.querySelector(".more > td > details").open = true;
      if (choice) {
        // After the browser has gone to the row, which takes the focus with it.
        window.setTimeout(function () {
          choice.focus();
        });
      }
    }
  });
  window.addEventListener("hashchange", function () {
    openAddressed(true);
  });

  /* Find: rows by their names; what hides a row says so. */

  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  // A name as what is typed is compared with it: its words, and all of them joined.
  function spaced(name) {
    var words = plain(name).replace(/['\u2019]/g, "").split(/[^a-z0-9]+/);
    return " " + words.join(" ") + " " + words.join("");
  }

  function find() {
    var said = document.getElementById("find-said");
    var field = document.getElementById("find");
    var words = plain(field.value).split(/[^a-z0-9]+/).filter(Boolean);
    var rows = all("[data-find]");
    var by = {};
    var others = 0;
    var shown = rows.filter(function (row) {
      function has(name) {
        return words.every(function (word) {
          return name.indexOf(" " + word) >= 0;
        });
      }
      var own = has(row.dataset.find);
      var other = own ? "" : (row.dataset.others || "").split("|").filter(function (name) {
        return name && has(spaced(name));
      })[0];
      row.hidden = !own && !other;
      if (other) {
        others += 1;
        by[other + ": " + row.dataset.prints + ". "] = true;
      }
      return !row.hidden;
    }).length;
    // Another name is said where all that is shown was found by one.
    var found = others === shown ? Object.keys(by).join("") : "";
    said.textContent = words.length ? found + shown + " of " + rows.length + " lines shown. " : "";
    if (words.length) {
      var link = document.createElement("a");
      link.href = shown ? "#find" : field.form.action + "?q=" + encodeURIComponent(field.value);
      link.textContent = shown ? "Show all" : "Search the whole guide";
      link.addEventListener("click", function () {
        if (shown) {
          field.value = "";
          find();
          field.focus();
        }
      });
      said.appendChild(link);
    }
  }

  all("[data-find-form]").forEach(function (form) {
    document.getElementById("find").addEventListener("input", find);
    form.addEventListener("submit", function (event) {
      var rows = all("[data-find]:not([hidden])");
      if (rows.length) {
        event.preventDefault();
        if (rows.length === 1) {
          window.location.hash = rows[0].id;
        }
      }
    });
  });

  // What was accepted stands in the bar, which each row's form sends with its own fields.
  function takeFromBar() {
    all(window.htmx ? "[data-patient-field]" : "none").forEach(function (field) {
      field.remove();
    });
  }

  document.addEventListener("htmx:afterSwap", function (event) {
    takeFromBar();
    if (event.detail.target.id === "every-line") {
      // Not by the table's class, which htmx sets a moment later.
      document.querySelector("[data-bar]").classList.toggle(
        "has-patient", Boolean(document.querySelector(".worked-out")));
      find();
      openAddressed(false);
    }
  });

  takeFromBar();
  openAddressed(true);
})();
