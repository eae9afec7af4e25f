// Shows the rows of a page's table that hold all words typed, wherever they stand.
// Tone marks need not be typed: yiqing finds yì qíng, because blanks are left out as well.
(function () {
  const box = document.getElementById("search");
  if (!box) return;
  const plain = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const rows = Array.from(document.querySelectorAll("tbody tr")).map((row) => {
    const text = plain(row.textContent);
    return { row, text, joined: text.replace(/\s+/g, "") };
  });
  const said = document.getElementById("n-found");
  function show() {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { row, text, joined } of rows) {
      const fits = words.every((word) => text.includes(word) || joined.includes(word));
      row.hidden = !fits;
      found += fits ? 1 : 0;
    }
    said.textContent = found + " / " + rows.length;
  }
  box.addEventListener("input", show);
  show();
})();
