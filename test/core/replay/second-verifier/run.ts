import { differences, findPython, theirs } from "./ask.ts";
import { anyVariants, knownVariants, type Variant } from "./variants.ts";

/**
 * `npm run test:verifiers -- [count] [seed]`: two verifiers judge so many logs, 2,500 by default.
 */

const [count = "2500", seed = "1"] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const python = findPython();

if (python === null) {
  say("Python 3 with the package cryptography (Debian: python3-cryptography) is not here.");
  process.exitCode = 3;
} else {
  const all = [...knownVariants(), ...anyVariants(Number(count), Number(seed))];
  const found: ReturnType<typeof differences>[number][] = [];
  const verdicts = new Map<string, number>();
  for (let n = 0; n < all.length; n += 250) {
    const part: readonly Variant[] = all.slice(n, n + 250);
    const answers = theirs(python, part);
    for (const { is } of answers) verdicts.set(String(is), (verdicts.get(String(is)) ?? 0) + 1);
    found.push(...differences(part, answers));
  }
  for (const difference of found) say(JSON.stringify(difference));
  const counted = [...verdicts].map(([is, times]) => `${is} ${times}`).join(", ");
  say(`${all.length} logs: ${counted}. The two verifiers differ about ${found.length}.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
