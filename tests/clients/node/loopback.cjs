// Loaded before everything else: gives the loopback address to every name that ends in `.localhost`,
// as RFC 6761 (section 6.3) asks of resolvers and few of them do. Clients that put the key in front
// of the host name (`KEY.localhost`) reach the server like this.
const dns = require("node:dns");

const { lookup } = dns;

dns.lookup = (host, ...rest) =>
  lookup(/(^|\.)localhost$/i.test(host) ? "127.0.0.1" : host, ...rest);
