const fileErrors: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory, not a file",
  ENOTDIR: "it is a file, not a directory",
};

/** An error in words; of a file that cannot be read: which, and why. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : fileErrors[code];
  return why === undefined ? error.message : [path, why].filter(Boolean).join(": ");
}
