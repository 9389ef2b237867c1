import * as Ariakit from "@ariakit/react";
import { useState } from "react";
import { samplesOf } from "../../lib/code-samples";
import { lakefsUri } from "../../lib/paths";
import { Dialog } from "../../ui/dialog";
import { CopyButton } from "../../ui/values";
import { Code } from "../preview/code";
import "./code-dialog.css";

interface CodeDialogProps {
  repository: string;
  branch: string;
  /** An object, a folder ("a/") or, if empty, all of the ref. */
  path: string;
  onClose: () => void;
}

const storageKey = "tarn:code-tool";

function lastTool(): string {
  try {
    return localStorage.getItem(storageKey) ?? "Python";
  } catch {
    return "Python";
  }
}

/** Code that reads what is looked at, for the tool that one likes. */
export function CodeDialog({ repository, branch, path, onClose }: CodeDialogProps) {
  const samples = samplesOf({ endpoint: location.origin, repository, ref: branch, path });
  const [tool, setTool] = useState(lastTool);
  const choose = (chosen: string | null | undefined) => {
    if (!chosen) return;
    setTool(chosen);
    try {
      localStorage.setItem(storageKey, chosen);
    } catch {
      // Not kept, then.
    }
  };
  return (
    <Dialog title="Use it from code" open onClose={onClose} shape="wide" footer={null}>
      <p className="soft break code-uri">{lakefsUri(repository, branch, path)}</p>
      <Ariakit.TabProvider selectedId={tool} setSelectedId={choose}>
        <Ariakit.TabList className="tabs code-tools" aria-label="Tool">
          {samples.map((sample) => (
            <Ariakit.Tab key={sample.tool} id={sample.tool}>
              {sample.tool}
            </Ariakit.Tab>
          ))}
        </Ariakit.TabList>
        {samples.map(({ tool: name, language, text }) => (
          <Ariakit.TabPanel key={name} tabId={name} className="code-sample" focusable={false}>
            <div className="code-copy">
              <CopyButton text={text} label={`Copy the code for ${name}`} />
            </div>
            <Code text={text} language={language} label={`Code for ${name}`} />
          </Ariakit.TabPanel>
        ))}
      </Ariakit.TabProvider>
    </Dialog>
  );
}
