import { nearest } from "../nearest.ts";

/** The name that was likely meant, or undefined where none shares half of its letters. */
export const closest = (name: string, names: readonly string[]): string | undefined => {
  const [found] = nearest(name, names);
  return found !== undefined && alike(name.toLowerCase(), found.toLowerCase()) ? found : undefined;
};

const alike = (a: string, b: string): boolean => {
  const left = [...b];
  for (const letter of a) {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
  }
  return (b.length - left.length) * 2 >= Math.max(a.length, b.length);
};
