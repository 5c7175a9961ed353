import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { fitted, pageBlock } from "./page-block.ts";
import { freePort, scratch } from "./process.ts";

/** Third-party proxies, set up as docs/enforcement.md says: the test runs its blocks. */

interface Around {
  readonly directory: string;
  /** A block of the page, with this test's addresses and token. */
  readonly block: (
    language: string,
    has: string,
    more?: Readonly<Record<string, string>>,
  ) => string;
  /** Writes a file beside the others and returns its path. */
  readonly file: (name: string, text: string) => string;
  /** Where the proxy is to listen. */
  readonly listen: string;
}

export interface ProxySetUp {
  readonly name: string;
  /** What is to be installed for it on Debian. */
  readonly packages: string;
  readonly places: readonly string[];
  /** What it needs besides its program. */
  readonly files?: readonly string[];
  /**
   * Writes its files and returns the arguments that it starts with. Timeouts of seconds become
   * tenths.
   */
  readonly argumentsFor: (around: Around) => readonly string[];
  /** The answers to a client when Holdpoint is down, and when it hangs. */
  readonly down: number;
  readonly hangs: number;
  /** The answer when Holdpoint does not accept the token. */
  readonly unknown: number;
}

const nginx: ProxySetUp = {
  name: "nginx",
  packages: "nginx-light",
  places: ["/usr/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"],
  argumentsFor: ({ directory, block, file }) => {
    const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    for (const name of kept) mkdirSync(join(directory, name));
    const config = `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
access_log off;
${kept.map((name) => `${name}_temp_path ${directory}/${name};`).join("\n")}
${block("nginx", "", { "read_timeout 3s": "read_timeout 300ms" })}
}`;
    return ["-c", file("nginx.conf", config), "-e", join(directory, "error.log")];
  },
  down: 503,
  hangs: 503,
  unknown: 401,
};

const caddy: ProxySetUp = {
  name: "caddy",
  packages: "caddy",
  places: ["/usr/bin/caddy", "/usr/local/bin/caddy", "/opt/homebrew/bin/caddy"],
  argumentsFor: ({ block, file }) => {
    const site = block("caddyfile", "", { "header_timeout 3s": "header_timeout 300ms" });
    const config = `{\n\tadmin off\n\tauto_https off\n}\n${site}`;
    return ["run", "--adapter", "caddyfile", "--config", file("Caddyfile", config)];
  },
  down: 502,
  hangs: 504,
  unknown: 401,
};

const haproxy: ProxySetUp = {
  name: "haproxy",
  packages: "haproxy",
  places: ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/opt/homebrew/bin/haproxy"],
  argumentsFor: ({ block, file }) => {
    const script = block("lua", "haproxy", { "timeout = 750": "timeout = 100" });
    const lua = { "/etc/haproxy/holdpoint.lua": file("holdpoint.lua", script) };
    return ["-db", "-f", file("haproxy.cfg", block("haproxy", "", lua))];
  },
  down: 503,
  hangs: 503,
  unknown: 503,
};

const varnish: ProxySetUp = {
  name: "varnish",
  packages: "varnish",
  places: ["/usr/sbin/varnishd", "/usr/local/sbin/varnishd", "/opt/homebrew/sbin/varnishd"],
  argumentsFor: ({ directory, block, file, listen }) => {
    const vcl = block("vcl", "", { "first_byte_timeout = 3s": "first_byte_timeout = 300ms" });
    const own = ["-F", "-j", "none", "-n", join(directory, "own"), "-s", "malloc,16m"];
    return [...own, "-a", listen, "-f", file("holdpoint.vcl", vcl)];
  },
  down: 503,
  hangs: 503,
  unknown: 503,
};

const apache: ProxySetUp = {
  name: "apache",
  packages: "apache2-bin lua-socket",
  places: ["/usr/sbin/apache2"],
  files: ["/usr/lib/apache2/modules/mod_lua.so", "/usr/share/lua/5.3/socket/http.lua"],
  argumentsFor: ({ directory, block, file }) => {
    const soon = { "TIMEOUT = 3": "TIMEOUT = 0.3", 'timeout(3, "t")': 'timeout(0.3, "t")' };
    const script = file("holdpoint.lua", block("lua", "apache", soon));
    const site = block("apache", "", { "/etc/apache2/holdpoint.lua": script });
    const head = `ServerRoot /usr/lib/apache2
ServerName localhost
User nobody
Group nogroup
PidFile ${directory}/pid
ErrorLog ${directory}/error.log
DefaultRuntimeDir ${directory}
Mutex file:${directory} default
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
`;
    return ["-D", "FOREGROUND", "-f", file("apache.conf", `${head}${site}`)];
  },
  down: 503,
  hangs: 503,
  unknown: 503,
};

export const proxies: readonly ProxySetUp[] = [nginx, caddy, haproxy, varnish, apache];

const programOf = ({ places, files = [] }: ProxySetUp): string | undefined =>
  files.every((file) => existsSync(file)) ? places.find((path) => existsSync(path)) : undefined;

export function isInstalled(proxy: ProxySetUp): boolean {
  return programOf(proxy) !== undefined;
}

for (const proxy of proxies.filter((proxy) => !isInstalled(proxy)))
  process.stderr.write(
    `\n*** SKIPPED, because there is no ${proxy.name} (apt-get install ${proxy.packages}): its set-up of docs/enforcement.md\n\n`,
  );

/** A model's server that answers with what it was sent. */
async function modelServer(): Promise<number> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url: path, headers } = request;
    response.end(JSON.stringify({ method, path, headers, body }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Starts the proxy as the page sets it up, in front of a model's server; returns its address. */
export async function startProxy(
  proxy: ProxySetUp,
  holdpoint: string,
  token: string,
): Promise<string> {
  const directory = scratch();
  chmodSync(directory, 0o755); // Apache drops root
  const [port, model, { port: asked }] = [
    await freePort(),
    await modelServer(),
    new URL(holdpoint),
  ];
  const replaced = {
    "127.0.0.1:8080": `127.0.0.1:${port}`,
    "127.0.0.1:8000": `127.0.0.1:${model}`,
    "127.0.0.1:3000": `127.0.0.1:${asked}`,
    HOLDPOINT_GATEWAY_TOKEN: token,
    '.port = "8000"': `.port = "${model}"`,
    '.port = "3000"': `.port = "${asked}"`,
  };
  const around: Around = {
    directory,
    listen: `127.0.0.1:${port}`,
    block: (language, has, more = {}) =>
      Object.entries(replaced).reduce(
        (text, [from, to]) => text.replaceAll(from, to),
        fitted(pageBlock(language, has), more),
      ),
    file: (name, text) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    },
  };
  await running(programOf(proxy) ?? "", proxy.argumentsFor(around), directory);
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 20_000, interval: 50 }).toBe(true);
  return url;
}

/** The program in a process group of its own, which is ended with all its children. */
async function running(path: string, args: readonly string[], home: string): Promise<void> {
  const child = spawn(path, args, {
    cwd: home,
    detached: true,
    env: { HOME: home, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: "ignore",
  });
  await once(child, "spawn");
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
  });
}
