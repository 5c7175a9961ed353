(() => {
  const rows = [...document.querySelectorAll("article.card")];
  return rows.map((row) => {
    const told = (name) => row.querySelector(name)?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const { height } = row.getBoundingClientRect();
    return {
      id: row.id.replace("card-", ""),
      severity: ["critical", "high", "warning", "info"].find((one) => row.classList.contains(one)),
      next: told(".next"),
      about: told(".about"),
      isOpen: row.querySelector("details")?.open ?? true,
      height: Math.round(height),
    };
  });
})();
