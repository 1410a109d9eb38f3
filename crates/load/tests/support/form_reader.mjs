// Answers every request with the form that it carries, as Node's own reader of forms has it:
// {"type": …, "query": …, "fields": [[name, text | [filename, type, text]], …]}.
import { createServer } from "node:http";

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url, "http://target");
  const read = new Request(url, {
    method: request.method,
    headers: request.headers,
    body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
  });
  const fields = [];
  for (const [name, value] of await read.formData()) {
    const text = typeof value === "string";
    fields.push([name, text ? value : [value.name, value.type, await value.text()]]);
  }
  const type = request.headers["content-type"].split(";")[0];
  const answer = { type, query: [...url.searchParams], fields };
  response.end(JSON.stringify(answer));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
