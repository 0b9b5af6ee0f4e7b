// SPDX-License-Identifier: Apache-2.0
// What makes pages quicker to use; all of them work without it.
"use strict";

// A select of moments is a slider, too: the oldest on the left.
for (const select of document.querySelectorAll("select[data-slider]")) {
	const slider = document.createElement("input");
	const last = select.options.length - 1;
	const say = () => slider.setAttribute("aria-valuetext",
		select.options[select.selectedIndex].label);
	slider.type = "range";
	slider.min = 0;
	slider.max = last;
	slider.value = last - select.selectedIndex;
	slider.setAttribute("aria-label", select.dataset.slider);
	slider.addEventListener("input", () => {
		select.selectedIndex = last - slider.value;
		say();
	});
	select.addEventListener("change", () => {
		slider.value = last - select.selectedIndex;
		say();
	});
	say();
	select.before(slider);
}

// Evidence of all findings at once.
for (const place of document.querySelectorAll("[data-opens]")) {
	const button = document.createElement("button");
	const list = document.getElementById(place.dataset.opens);
	let open = false;
	button.type = "button";
	button.className = "small";
	const name = () => {
		button.textContent = open ? "Close all" : "Open all";
	};
	button.addEventListener("click", () => {
		open = !open;
		for (const details of list.querySelectorAll(":scope > details"))
			details.open = open;
		name();
	});
	name();
	place.append(button);
}

// A form that takes long says so, and is not sent twice.
for (const form of document.querySelectorAll("form[data-busy]")) {
	const said = form.querySelector("[role=status]");
	let sent = false;
	form.addEventListener("submit", (event) => {
		if (sent)
			event.preventDefault();
		sent = true;
		if (said)
			said.textContent = form.dataset.busy;
	});
	// The browser's way back brings the page as it was left.
	addEventListener("pageshow", () => {
		sent = false;
		if (said)
			said.textContent = "";
	});
}

// What is still going on is looked at again.
for (const again of document.querySelectorAll("[data-again]"))
	setTimeout(() => location.reload(), 1000 * again.dataset.again);
