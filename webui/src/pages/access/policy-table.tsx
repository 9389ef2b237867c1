import type { Policy, Statement } from "../../api/access";
import "./access.css";

/** The statements of policies, one a row. */
export function PolicyTable({ policies }: { policies: Policy[] }) {
  return (
    <table className="table policies">
      <thead>
        <tr>
          <th scope="col">Policy</th>
          <th scope="col">Effect</th>
          <th scope="col">Actions</th>
          <th scope="col">On</th>
        </tr>
      </thead>
      <tbody>
        {policies.flatMap(({ id, statement }) =>
          statement.map((each, index) => (
            <tr key={`${id} ${index}`}>
              <td className="break">{id}</td>
              <td>
                <span className={`badge ${each.effect === "allow" ? "good" : "bad"}`}>{each.effect}</span>
              </td>
              <td className="mono break">{each.action.join(", ")}</td>
              <td className="mono break">
                {each.resource}
                <Condition statement={each} />
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

function Condition({ statement: { condition } }: { statement: Statement }) {
  const parts = Object.entries(condition ?? {}).flatMap(([operator, fields]) =>
    Object.entries(fields).map(([field, values]) => `${field} ${operator} ${values.join(", ")}`),
  );
  if (parts.length === 0) return null;
  return <div className="soft small">if {parts.join(" and ")}</div>;
}
