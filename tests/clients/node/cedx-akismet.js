// npm `@cedx/akismet`: the key in the body, over fetch. It throws on headers that speak of errors.
import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";
import { given, run } from "./steps.js";

const client = (key, isTest = false) =>
  new Client(key, new Blog({ url: given.blog, charset: "UTF-8", languages: ["en"] }), {
    baseUrl: `http://127.0.0.1:${given.port}`,
    isTest,
  });

const comment = (of) =>
  new Comment({
    author: new Author({
      name: of.author,
      email: of.author_email,
      url: of.author_url || null,
      ipAddress: "192.0.2.17",
      userAgent: given.user_agent,
    }),
    content: of.body,
    context: given.tags,
    permalink: given.permalink,
    referrer: given.permalink,
    type: "comment",
  });

const isSpam = (result) => result !== CheckResult.ham;

await run({
  verify: () => client(given.key).verifyKey(),
  bad_key: () => client(given.bad_key).verifyKey(),
  genuine: async () => isSpam(await client(given.key).checkComment(comment(given.genuine))),
  spam: async () => isSpam(await client(given.key).checkComment(comment(given.spam))),
  test_value: async () =>
    isSpam(
      await client(given.key, true).checkComment(
        comment({ ...given.genuine, author: "viagra-test-123" }),
      ),
    ),
  submit_spam: () => client(given.key).submitSpam(comment(given.genuine)),
  submit_ham: () => client(given.key).submitHam(comment(given.spam)),
});
