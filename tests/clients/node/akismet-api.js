// npm `akismet-api`, as in Coral: the key in front of the host name, over superagent.
import { AkismetClient } from "akismet-api";
import { given, run } from "./steps.js";

const client = (key) =>
  new AkismetClient({ key, blog: given.blog, protocol: "http", host: `localhost:${given.port}` });

const comment = (of) => ({
  ip: "192.0.2.17",
  useragent: given.user_agent,
  referrer: given.permalink,
  permalink: given.permalink,
  type: "comment",
  name: of.author,
  email: of.author_email,
  url: of.author_url,
  content: of.body,
});

await run({
  verify: () => client(given.key).verifyKey(),
  bad_key: () => client(given.bad_key).verifyKey(),
  genuine: () => client(given.key).checkSpam(comment(given.genuine)),
  spam: () => client(given.key).checkSpam(comment(given.spam)),
  test_value: () =>
    client(given.key).checkSpam({ ...comment(given.genuine), name: "viagra-test-123", isTest: true }),
  submit_spam: async () => (await client(given.key).submitSpam(comment(given.genuine))).text,
  submit_ham: async () => (await client(given.key).submitHam(comment(given.spam))).text,
});
