import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { about } from "../bench/report.ts";
import { commands } from "../commands/index.ts";
import { environmentNames } from "../src/config/environment.ts";

/** What the documents say, compared with what they speak of. */

const read = (file: string): string => readFileSync(file, "utf8");
const readme = read("README.md");
const manifest = z
  .object({ scripts: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(read("package.json")));

/** The rows of the first table under a heading row that begins so, cell by cell. */
function tableIn(text: string, header: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(header));
  const rest = start === -1 ? [] : lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end === -1 ? undefined : end).map(cellsOf);
}

const cellsOf = (line: string): readonly string[] =>
  line
    .replace(/^\|\s*|\s*\|$/g, "")
    .split(/(?<!\\)\s*\|\s*/)
    .map((cell) => cell.replaceAll("\\|", "|").trim());

describe("the README", () => {
  test("has every command as it is, in the order people learn them", () => {
    expect(tableIn(readme, "| command | does |")).toEqual(
      commands.map(({ usage, summary }) => [`\`${usage}\``, summary]),
    );
  });

  test("shows each command under its own name", () => {
    expect(commands.filter(({ name, usage }) => usage.split(" ")[0] !== name)).toEqual([]);
  });

  test("has the environment table of docs/environment.md, which names what the program reads", () => {
    const table = tableIn(readme, "| name | meaning | default |");

    expect(table).toEqual(tableIn(read("docs/environment.md"), "| name | meaning | default |"));
    expect(table.map(([name]) => name)).toEqual(environmentNames.map((name) => `\`${name}\``));
  });

  test("names only scripts that exist, and files that do", () => {
    const scripts = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    const files = [...readme.matchAll(/\bexamples\/[\w./-]+/g)].map(([name]) => name);

    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
    expect(files.filter((name) => !existsSync(name))).toEqual([]);
    expect(files).not.toEqual([]);
  });

  test("names only commands of the bin that its own help names", () => {
    const asked = [...readme.matchAll(/npm run holdpoint -- ([a-z-]+(?: [a-z]+\b)?)/g)].map(
      ([, name = ""]) => name,
    );
    const help = read("src/composition/run-command.ts");

    expect(asked.length).toBeGreaterThan(4);
    const unknown = asked.filter(
      (name) =>
        ![name, name.split(" ")[0] ?? name].some((words) => help.includes(`\n    ${words} `)),
    );
    expect(unknown).toEqual([]);
  });

  test("asks for the Node that package.json asks for", () => {
    expect(readme).toContain(`Node ${manifest.engines.node.replace(">=", "")} or newer`);
  });
});

const papers = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

/** Links and pictures of a paper that lead nowhere. Fenced blocks are not read. */
function brokenIn(file: string, text: string): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#");
      const goal = path === "" ? file : join(dirname(file), path);
      if (!existsSync(goal)) return true;
      return anchor !== undefined && !anchorsIn(goal).includes(anchor);
    })
    .map((target) => `${file} → ${target}`);
}

test("every measurement of the bench is on record", () => {
  const page = read("docs/benchmarks.md");

  expect([...page.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)).toEqual(Object.keys(about));
});

describe("the papers", () => {
  test.each(papers)("%s has nobody fetch a stranger's package of our name", (file) => {
    expect(read(file)).not.toMatch(/\b(?:npx|npm exec|npm install|npm i) (?:-\S+ )*holdpoint\b/);
  });

  test.each(papers)("%s links to things that are there", (file) => {
    expect(brokenIn(file, read(file))).toEqual([]);
  });

  test("a link to nothing is seen", () => {
    expect(
      brokenIn(
        "README.md",
        "[a](docs/none.md) [b](#no-heading) [c](README.md) [d](https://example.org)",
      ),
    ).toHaveLength(2);
  });

  test("each decision record has a number of its own, and says context, decision and consequence", () => {
    const records = readdirSync("docs/decisions").filter((name) => name !== "README.md");
    const odd = records.filter((name) => {
      const text = read(join("docs/decisions", name));
      const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1];
      return (
        !number ||
        !text.startsWith(`# ${number} `) ||
        !/\*\*Context\.\*\*[\s\S]*\*\*Decision\.\*\*[\s\S]*\*\*Consequence\.\*\*/.test(text)
      );
    });

    expect(odd).toEqual([]);
    expect(new Set(records.map((name) => name.slice(0, 4))).size).toBe(records.length);
    expect(records.length).toBeGreaterThan(15);
  });
});

test("ARCHITECTURE.md names files that exist, and describes every folder of core, app, http and console", () => {
  const text = read("ARCHITECTURE.md");
  const named = [...text.matchAll(/\b(?:src|commands|core|db)\/[\w./-]*\w/g)].map(([path]) => path);
  const missing = named
    .map((path) => path.replace(/^core\//, "src/core/"))
    .filter((path) => !existsSync(path) && !existsSync(`${path}.ts`));
  const described = [...text.matchAll(/`([\w/-]+)\/`/g)].map(([, folder = ""]) => folder);
  const folders = ["src/core", "src/app", "src/http", "src/console"].flatMap((room) =>
    readdirSync(room, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "assets")
      .map(({ name }) => name),
  );

  expect(named.length).toBeGreaterThan(40);
  expect(missing).toEqual([]);
  expect(folders.filter((folder) => !described.includes(folder))).toEqual([]);
});

/** Described in the log format so that verifiers know them, though nothing writes them yet. */
test("the log format describes every kind of entry that is written, and says of no other that it is", () => {
  const unions = ["entry", "account-entries", "decision-entries", "log-entries"].map((name) =>
    read(`src/core/log/${name}.ts`),
  );
  const written = [...unions.join("\n").matchAll(/\bkind: "([a-z.]+)"/g)].map(
    ([, kind = ""]) => kind,
  );
  const described = tableIn(read("docs/log-format.md"), "| kind | meaning |").map(
    ([kind = ""]) => kind,
  );

  expect(written.length).toBeGreaterThan(15);
  expect([...described].sort()).toEqual([...written].sort());
});

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions of a Dockerfile: comments dropped, continued lines joined. */
const instructionsIn = (text: string): readonly Instruction[] =>
  text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest };
    });

const words = z.array(z.string()).min(1);
/** The words of an exec form, or null for a shell form. */
function execForm(rest: string): readonly string[] | null {
  try {
    return words.parse(JSON.parse(rest));
  } catch {
    return null;
  }
}

const known = [
  "FROM",
  "ENV",
  "ARG",
  "WORKDIR",
  "COPY",
  "RUN",
  "VOLUME",
  "USER",
  "EXPOSE",
  "HEALTHCHECK",
  "CMD",
  "LABEL",
];
const startCommand = manifest.scripts["start"]?.replace(/^exec /, "").split(" ") ?? [];

/** What is wrong with a Dockerfile, a sentence each. */
function objectionsTo(text: string): readonly string[] {
  const all = instructionsIn(text);
  const of = (name: string): readonly string[] =>
    all.filter((instruction) => instruction.name === name).map((instruction) => instruction.rest);
  const rules: readonly (readonly [boolean, string])[] = [
    [all[0]?.name !== "FROM", "FROM does not come first"],
    [
      of("FROM").some(
        (base) => !/^node:24(?:\.\d+){0,2}-[a-z]+-slim(?:@sha256:[0-9a-f]{64})?$/.test(base),
      ),
      "the base is no pinned node:24-…-slim",
    ],
    [of("FROM").length !== 1, "there is more than one stage, or none"],
    [of("ADD").length > 0, "ADD fetches and unpacks; COPY copies"],
    [all.some(({ name }) => name !== "ADD" && !known.includes(name)), "an instruction is unknown"],
    [!of("RUN").some((run) => /\bnpm ci --omit=dev\b/.test(run)), "npm ci --omit=dev does not run"],
    [
      of("RUN").some((run) => /\bnpm (?:i|install)\b|\bcurl\b|\bwget\b|\bsudo\b/.test(run)),
      "something is installed past the lock file",
    ],
    [of("COPY").some((copied) => copied.startsWith(". ")), "COPY takes everything"],
    [/^(?:root|0)?(?::|$)/.test(of("USER").at(-1) ?? ""), "it runs as root"],
    [
      all.findLastIndex((instruction) => instruction.name === "RUN") >
        all.findLastIndex((instruction) => instruction.name === "USER"),
      "something runs after USER",
    ],
    [of("ENV").some((env) => /TOKEN|SECRET|PASSWORD|_KEY/.test(env)), "a secret is in the image"],
    [
      execForm(of("HEALTHCHECK")[0]?.replace(/^.*?\bCMD\b/, "") ?? "")?.[0] !== "node",
      "HEALTHCHECK does not ask with node",
    ],
    [
      of("CMD").length !== 1 || execForm(of("CMD")[0] ?? "")?.join(" ") !== startCommand.join(" "),
      "CMD is not what npm start runs, in exec form",
    ],
  ];
  return rules.flatMap(([broken, objection]) => (broken ? [objection] : []));
}

describe("the Dockerfile", () => {
  const dockerfile = read("Dockerfile");

  test("has nothing to object to", () => {
    expect(objectionsTo(dockerfile)).toEqual([]);
  });

  test("starts what npm start starts, which exists", () => {
    const limits = ["--max-old-space-size=512", "--max-semi-space-size=8"];
    expect(startCommand).toEqual(["node", ...limits, "src/holdpoint.mjs"]);
    expect(existsSync("src/holdpoint.mjs")).toBe(true);
  });

  test("copies everything that the program imports and reads, and .dockerignore lets it through", () => {
    const copied = instructionsIn(dockerfile)
      .filter(({ name }) => name === "COPY")
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
    const let_ = read(".dockerignore").split("\n");

    expect(copied).toEqual(
      expect.arrayContaining([
        "package.json",
        "package-lock.json",
        "policy.example.yaml",
        "commands",
        "db",
        "src",
      ]),
    );
    expect(copied.filter((name) => !existsSync(name) || !let_.includes(`!${name}`))).toEqual([]);
    expect(let_).toContain("*");
  });

  test("asks a health check of a route that is there", () => {
    expect(dockerfile).toContain("/readyz");
    expect(read("src/http/operator/health-routes.ts")).toContain('"/readyz"');
  });

  test.each([
    ["a floating base", /node:24-\S+/, "node:latest"],
    ["another major", /node:24-/, "node:20-"],
    ["a full image", /-slim/, ""],
    ["ADD", /COPY policy/, "ADD policy"],
    ["development packages", / --omit=dev/, ""],
    ["root", /^USER node$/m, "USER root"],
    ["root by number", /^USER node$/m, "USER 0:0"],
    ["no user at all", /^USER node$/m, ""],
    ["a step after USER", /^EXPOSE 3000$/m, "RUN id"],
    ["no health check", /^HEALTHCHECK.*$/m, ""],
    [
      "a health check by curl",
      /CMD \["node", "-e".*\]/,
      'CMD ["curl", "http://127.0.0.1:3000/readyz"]',
    ],
    ["a shell form", /^CMD .*$/m, "CMD node src/holdpoint.mjs"],
    ["another start command", /^CMD .*$/m, 'CMD ["npm", "start"]'],
    ["everything copied", /COPY src \.\/src/, "COPY . ./"],
    ["a secret", /^ENV /m, "ENV HOLDPOINT_OPERATOR_TOKEN=x "],
    ["a misspelt instruction", /^EXPOSE/m, "EXPOSES"],
  ])("would be refused for %s", (_, from, to) => {
    const worse = dockerfile.replace(from, to);

    expect(worse).not.toBe(dockerfile);
    expect(objectionsTo(worse)).not.toEqual([]);
  });
});

test("the page on Inspect AI shows the hook as it is in examples", () => {
  const shown = /```python\n([\s\S]*?)```/.exec(read("docs/sources/inspect.md"))?.[1];

  expect(shown).toBe(read("examples/inspect/holdpoint_hook.py"));
});
