const widest = 100;

/** Markdown with its prose wrapped; tables, headings and code stay as they are. */
export function wrapped(markdown: string): string {
  const parts = markdown.split(/(^```[\s\S]*?^```$)/m);
  return parts
    .map((part) => (part.startsWith("```") ? part : part.split("\n").map(wrappedLine).join("\n")))
    .join("");
}

function wrappedLine(line: string): string {
  if (line.length <= widest || /^[|#]/.test(line)) return line;
  const indent = " ".repeat(/^(?:- |\d+\. )?/.exec(line)?.[0].length ?? 0);
  const lines: string[] = [];
  let now = "";
  for (const word of line.split(" ")) {
    if (now !== "" && now.length + 1 + word.length > widest) {
      lines.push(now);
      now = indent + word;
    } else now = now === "" ? word : `${now} ${word}`;
  }
  return [...lines, now].join("\n");
}
