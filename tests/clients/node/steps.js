// What all clients do, one line of JSON per step on standard output: {"step", "answer"}. What the
// answers should be is known to the caller.
import { readFileSync } from "node:fs";

/** Server, keys, post and comments, as the caller has written them down. */
export const given = JSON.parse(readFileSync(process.argv[2], "utf8"));

/**
 * Runs the steps in their order.
 *
 * @param {Record<string, () => Promise<unknown>>} steps What to do, by name of the step.
 */
export async function run(steps) {
  for (const [step, act] of Object.entries(steps)) {
    let answer;
    try {
      answer = await act();
    } catch (error) {
      answer = `error: ${error.message ?? error}`;
    }
    console.log(JSON.stringify({ step, answer: answer ?? null }));
  }
}
