import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/**
 * What emscripten's NODEFS has of an open file: `nfd` is Node's descriptor, absent for a directory.
 */
interface Stream {
  readonly nfd?: number;
  readonly node: object;
}

/** What is to be changed of a file; whatever else there is, is handed on. */
interface Attributes {
  readonly mode?: number;
}

type Init = NodeFS["init"];
type EmscriptenOptions = Awaited<ReturnType<Init>>["emscriptenOpts"];
type PreRun = Extract<EmscriptenOptions["preRun"], readonly unknown[] | undefined>;

/**
 * Emscripten knows no umask: it gives each new file the mode that was asked for, which is 0666 for
 * most of a database.
 */
const ownerOnly = ~0o077;

/**
 * PGlite's NodeFS, except that fsync reaches the disk, and that its files are their owner's alone.
 * Stock NODEFS has no fsync at all: emscripten then answers "done".
 */
export class DurableFS extends NodeFS {
  /** Flushes so far. */
  synced = 0;

  override async init(...args: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(...args);
    const preRun: PreRun = [emscriptenOpts.preRun ?? []].flat();
    const patch = (module: { readonly NODEFS?: NodeFsInsides }): void => {
      const insides = module.NODEFS;
      if (insides === undefined) throw new Error("This PGlite has no NODEFS.");
      insides.stream_ops.fsync = (stream) => this.#sync(stream, insides);
      const { setattr } = insides.node_ops;
      insides.node_ops.setattr = (node, { mode, ...attributes }) =>
        setattr(node, mode === undefined ? attributes : { ...attributes, mode: mode & ownerOnly });
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...preRun, patch] } };
  }

  #sync(stream: Stream, insides: NodeFsInsides): number {
    if (stream.nfd !== undefined) fdatasyncSync(stream.nfd);
    else syncPath(insides.realPath(stream.node));
    this.synced += 1;
    return 0;
  }
}

/** Flushes every file and directory below, and the directory itself. */
export function syncTree(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }))
    syncPath(join(directory, name));
  syncPath(directory);
}

interface NodeFsInsides {
  stream_ops: { fsync?: (stream: Stream) => number };
  node_ops: { setattr: (node: object, attributes: Attributes) => void };
  realPath(node: object): string;
}

/** Flushes one file or directory. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
