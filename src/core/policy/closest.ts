import { nearestNames } from "../did-you-mean.ts";

/** The name that was likely meant, or undefined where none shares half of its letters. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const [found] = nearestNames(name, names);
  return found !== undefined && alike(name.toLowerCase(), found.toLowerCase()) ? found : undefined;
}

function alike(a: string, b: string): boolean {
  const left = [...b];
  for (const letter of a) {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
  }
  return (b.length - left.length) * 2 >= Math.max(a.length, b.length);
}
