// Signs a file and posts it, with Node's own library: post.mjs URL FILE. The secret is in PRECINCT_WEBHOOK_SECRET.
// `post.mjs --sign ID TIMESTAMP FILE` prints the signature alone.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

function sign(secret, id, timestamp, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  // The body byte for byte, as it is posted.
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

async function post(url, secret, body) {
  const id = `msg_${randomUUID()}`; // one for each body, the same when it is posted again
  for (const wait of [5, 30, 120, 600, 0]) {
    const timestamp = String(Math.floor(Date.now() / 1000)); // new for each try: five minutes later the old one is refused
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": sign(secret, id, timestamp, body),
    };
    // No answer: nothing may be stored, and the same again does no harm.
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(30_000) }).catch(() => null);
    if (answer?.ok) return answer.text();
    if (answer && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
      throw new Error(`${answer.status} ${await answer.text()}`); // will be refused again: mend it
    }
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
  throw new Error("not taken after five tries: keep the body and post it again");
}

const secret = process.env.PRECINCT_WEBHOOK_SECRET;
const [first, second, third, fourth] = process.argv.slice(2);
if (first === "--sign") {
  console.log(sign(secret, second, third, readFileSync(fourth)));
} else {
  console.log(await post(first, secret, readFileSync(second)));
}
