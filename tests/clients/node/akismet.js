// npm `akismet`, as in Waline, Staticman and NodeBB: the key in front of the host name, over request.
import { promisify } from "node:util";
import akismet from "akismet";
import { given, run } from "./steps.js";

function client(apiKey) {
  const made = akismet.client({ apiKey, blog: given.blog, host: "localhost", port: given.port });
  return (method, ...args) => promisify(made[method].bind(made))(...args);
}

const comment = (of) => ({
  user_ip: "::ffff:192.0.2.17",
  referrer: given.permalink,
  permalink: given.permalink,
  comment_type: "comment",
  comment_author: of.author,
  comment_author_email: of.author_email,
  comment_author_url: of.author_url,
  comment_content: of.body,
});

await run({
  verify: () => client(given.key)("verifyKey"),
  bad_key: () => client(given.bad_key)("verifyKey"),
  genuine: () => client(given.key)("checkComment", comment(given.genuine)),
  spam: () => client(given.key)("checkComment", comment(given.spam)),
  test_value: () =>
    client(given.key)("checkComment", {
      ...comment(given.genuine),
      comment_author: "viagra-test-123",
      is_test: 1,
    }),
  submit_spam: () => client(given.key)("submitSpam", comment(given.genuine)),
  submit_ham: () => client(given.key)("submitHam", comment(given.spam)),
});
