// Reads and writes an org over TLS with the unmodified jsforce; prints what it saw as JSON.
// URL, token and run number come from the environment; Node trusts NODE_EXTRA_CA_CERTS.
import jsforce from "jsforce";

const connection = new jsforce.Connection({
  instanceUrl: process.env.ORG_URL,
  accessToken: process.env.ORG_TOKEN,
  version: "66.0",
});
const account = connection.sobject("Account");
const made = await account.create({ Name: "Made by jsforce" });
await account.update({ Id: made.id, Name: "Changed by jsforce" });
const read = await account.retrieve(made.id);

const key = "0050000000000jsAAA";
const upserted = await connection
  .sobject("Adoption_Score__c")
  .upsert({ User_Key__c: key, Score__c: 71.5, Word__c: "On track" }, "User_Key__c");
const again = await connection
  .sobject("Adoption_Score__c")
  .upsert({ User_Key__c: key, Score__c: 72.5 }, "User_Key__c");

const many = await account.create(
  Array.from({ length: 7 }, (_, at) => ({ Name: `jsforce ${at}` })),
  { allOrNone: true },
);
const found = await connection.query("SELECT Name FROM Account WHERE Name LIKE 'jsforce %'");
const scores = await connection.query(
  `SELECT Score__c FROM Adoption_Score__c WHERE User_Key__c = '${key}'`,
);
const described = await connection.describe("Adoption_Score__c");
let refused = "";
try {
  await connection.sobject("Adoption_Score__c").create({ User_Key__c: key });
} catch (error) {
  refused = error.errorCode;
}
await account.destroy([made.id, ...many.map((one) => one.id)]);
const left = await connection.query("SELECT COUNT() FROM Account WHERE Name LIKE '%jsforce%'");

console.log(
  JSON.stringify({
    name: read.Name,
    upserts: [upserted.success, again.success],
    score: scores.records.map((one) => one.Score__c),
    found: found.records.map((one) => one.Name).sort(),
    fields: described.fields.filter((one) => one.custom).length > 5,
    refused,
    left: left.totalSize,
  }),
);
