import { createServer } from "node:http";
import { Provider } from "oidc-provider";

/**
 * `oidc-provider.mjs <port> <callback> <client id> <client secret>`: a certified OpenID Connect provider
 * with its own pages for login and consent, on localhost. Whoever types a name is that subject.
 */

const [port, callback, clientId, clientSecret] = process.argv.slice(2);

const server = createServer((request, response) => answer(request, response));
let answer = () => undefined;

server.listen(Number(port), "127.0.0.1", () => {
  const url = `http://localhost:${port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [callback],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    clientAuthMethods: ["client_secret_basic"],
    cookies: { keys: ["keys-of-a-provider-for-tests"] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    pkce: { required: () => true },
  });
  answer = provider.callback();
  process.stdout.write(`${url}\n`);
});
